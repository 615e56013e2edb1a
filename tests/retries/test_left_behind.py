"""A call that is cut off in the middle leaves a client that works, and nothing for the next call to stumble over."""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Callable
from typing import Any

import anyio
import anyio.to_thread
import pytest
from kit.api_server import ApiServer, carry_out, lost, page
from kit.callers import NO_CERTIFICATES, Caller, Callers, half_read_on_trio
from kit.internals import trust, when_reading_a_body
from kit.responses import envelope, head
from kit.server import PATIENCE, Exchange, Listener

from mailpartner import APITimeoutError, ResponseTooLargeError, UnexpectedResponseError

in_both_loops = pytest.mark.parametrize("client_kind", ["asyncio", "trio"])


def says(message: str, after: threading.Event | None = None) -> Callable[[Exchange], None]:
    """Delete, and answer with a message; if so, not before an event."""

    def step(exchange: Exchange) -> None:
        carry_out(exchange)
        assert after is None or after.wait(PATIENCE)
        exchange.respond(envelope(exchange.request.format, True, 200, message))

    return step


def cancelled(mp: Caller, when: Callable[[], object], entry: int = 1) -> None:
    """Start a deletion and cancel it when something has happened."""

    async def scenario() -> None:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(mp.client.unsubscribes.delete, entry)
            await anyio.to_thread.run_sync(when)
            await anyio.wait_all_tasks_blocked()
            tasks.cancel_scope.cancel()

    mp.run(scenario)


def next_call_is_sound(mp: Caller, server: ApiServer, connection: int) -> None:
    """The next call gets its own answer at its first attempt, over a connection that nobody else has."""
    server.then(says("the answer to the next call"))
    deletion = mp.delete(2, timeout=1, max_retries=0)
    assert (deletion.message, deletion.attempts) == ("the answer to the next call", 1)
    assert server.requests[-1].connection == connection
    server.until(lambda: server.open_connections == {connection})


@in_both_loops
def test_cancelled_before_the_answer(server: ApiServer, connect: Callers, client_kind: str) -> None:
    """A call cancelled while it waits closes its connection: its late answer is not taken for the next call's."""
    gone = threading.Event()
    server.then(says("late", after=gone))
    mp = connect(server.url, client_kind)

    cancelled(mp, when=lambda: server.until_requests(1))
    gone.set()

    next_call_is_sound(mp, server, connection=2)


@in_both_loops
@pytest.mark.parametrize("way", ["body_stalled", "half_a_chunk", "half_the_headers"])
def test_cancelled_within_the_answer(
    server: ApiServer, connect: Callers, client_kind: str, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A call cancelled while it reads closes its connection: the rest of its answer is not the next call's."""
    starts = {
        "body_stalled": b'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"success"',
        "half_a_chunk": b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n50\r\n{"success"',
        "half_the_headers": b"HTTP/1.1 200 OK\r\nContent-Le",
    }
    reading = threading.Event()
    when_reading_a_body(monkeypatch, reading.set)

    def stalled(exchange: Exchange) -> None:
        exchange.send(starts[way])
        exchange.hold()

    server.then(stalled)
    mp = connect(server.url, client_kind)

    cancelled(mp, when=lambda: server.until_requests(1) if way == "half_the_headers" else reading.wait(PATIENCE))

    next_call_is_sound(mp, server, connection=2)


@in_both_loops
def test_cancelled_while_it_connects(connect: Callers, client_kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A call cancelled in its TLS handshake leaves no connection open, and the client tries again when asked."""
    trust(monkeypatch, NO_CERTIFICATES)

    def mute(connection: Any, number: int) -> None:
        while connection.recv(65536):
            pass

    with Listener(mute) as listener:
        mp = connect(f"https://127.0.0.1:{listener.port}", client_kind)
        for call in (1, 2):
            cancelled(mp, when=lambda call=call: listener.until(lambda: listener.connections == call))
            listener.until(lambda: not listener.open_connections, patience=1)


@in_both_loops
def test_cancelled_between_two_attempts(server: ApiServer, connect: Callers, client_kind: str) -> None:
    """A call cancelled while it waits to ask again asks no more; the connection is free for the next call."""
    waiting = threading.Event()

    async def on_wait() -> None:
        waiting.set()
        await anyio.sleep_forever()

    server.then(page(503))
    mp = connect(server.url, client_kind)
    mp.clock.on_wait = on_wait

    cancelled(mp, when=lambda: waiting.wait(PATIENCE))

    mp.clock.on_wait = lambda: None
    assert len(server.requests) == 1
    next_call_is_sound(mp, server, connection=1)


@in_both_loops
def test_cancelled_beside_others(server: ApiServer, connect: Callers, client_kind: str) -> None:
    """Of ten calls at once, those that are cancelled do not disturb the others, each of which gets its own answer."""
    server.entries = set(range(1, 11))
    gone = threading.Event()

    def says_which(exchange: Exchange) -> None:
        says(f"done: {exchange.request.query['id']}", after=gone)(exchange)

    server.always = says_which
    mp = connect(server.url, client_kind)
    messages: dict[int, str | None] = {}

    async def one(entry: int) -> None:
        messages[entry] = (await mp.client.unsubscribes.delete(entry)).message

    async def scenario() -> None:
        async with anyio.create_task_group() as all_of_them, anyio.create_task_group() as odd:
            for entry in range(1, 11):
                (odd if entry % 2 else all_of_them).start_soon(one, entry)
            await anyio.to_thread.run_sync(server.until_requests, 10)
            odd.cancel_scope.cancel()
            gone.set()

    mp.run(scenario)

    assert messages == {entry: f"done: {entry}" for entry in range(2, 11, 2)}
    assert mp.delete(2, missing_ok=True).message == "done: 2"


def test_a_task_that_is_cancelled_twice(server: ApiServer, connect: Callers) -> None:
    """asyncio's own cancel, given again while the first is still at work, closes the connection all the same."""
    server.then(lost("silence"))
    mp = connect(server.url, "asyncio")

    async def scenario() -> None:
        task = asyncio.create_task(mp.client.unsubscribes.delete(1))
        await asyncio.to_thread(server.until_requests, 1)
        task.cancel()
        asyncio.get_running_loop().call_soon(task.cancel)
        with pytest.raises(asyncio.CancelledError):
            await task

    mp.run(scenario)
    next_call_is_sound(mp, server, connection=2)


def test_a_timeout_of_the_callers_own(server: ApiServer, connect: Callers) -> None:
    """asyncio.timeout around a call ends it, and the client works on."""
    server.then(lost("silence"))
    mp = connect(server.url, "asyncio")

    async def scenario() -> None:
        async with asyncio.timeout(0.1):
            await mp.client.unsubscribes.delete(1)

    with pytest.raises(TimeoutError):
        mp.run(scenario)
    next_call_is_sound(mp, server, connection=2)


@in_both_loops
def test_closed_after_a_cancelled_call(server: ApiServer, connect: Callers, client_kind: str) -> None:
    """A call that is cancelled when the client is closed already leaves no connection open."""
    server.then(lost("silence"))
    mp = connect(server.url, client_kind)

    async def scenario() -> None:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(mp.client.unsubscribes.delete, 1)
            await anyio.to_thread.run_sync(server.until_requests, 1)
            await mp.client.close()
            tasks.cancel_scope.cancel()

    mp.run(scenario)
    server.until(lambda: not server.open_connections)


def test_ctrl_c_in_a_sync_call(server: ApiServer, connect: Callers) -> None:
    """A KeyboardInterrupt ends a call at once and closes its connection; the client works on."""
    main = threading.main_thread().ident
    assert main == threading.get_ident()
    gone = threading.Event()

    def interrupting(exchange: Exchange) -> None:
        signal.pthread_kill(main, signal.SIGINT)
        says("late", after=gone)(exchange)

    server.then(interrupting)
    mp = connect(server.url)

    with pytest.raises(KeyboardInterrupt):
        mp.delete(1)
    gone.set()

    next_call_is_sound(mp, server, connection=2)


@half_read_on_trio
def test_an_answer_that_is_left_half_read(server: ApiServer, connect: Callers, client_kind: str) -> None:
    """An answer that is too long is left and its connection closed, so that the next call gets its own."""

    def endless(exchange: Exchange) -> None:
        exchange.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while True:
            exchange.send(b"10000\r\n" + bytes(0x10000) + b"\r\n")

    server.then(endless)
    mp = connect(server.url, client_kind, max_retries=0)

    with pytest.raises(ResponseTooLargeError):
        mp.delete(1)

    next_call_is_sound(mp, server, connection=2)


@half_read_on_trio
def test_an_answer_that_is_left_at_the_deadline(server: ApiServer, connect: Callers, client_kind: str) -> None:
    """An answer that is still coming at the deadline is left in the same way."""

    def endless(exchange: Exchange) -> None:
        exchange.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while True:
            exchange.send(b"1\r\n \r\n" * 1000)

    server.then(endless)
    mp = connect(server.url, client_kind, max_retries=0)

    with pytest.raises(APITimeoutError):
        mp.delete(1, deadline=0.1)

    next_call_is_sound(mp, server, connection=2)


def test_an_answer_that_is_not_read_at_all(server: ApiServer, connect: Callers, client_kind: str) -> None:
    """A compressed answer, which nobody asked for, is left unread, and its connection closed."""

    def compressed(exchange: Exchange) -> None:
        exchange.send(head(200, "Content-Length: 5000", "Content-Encoding: gzip"))
        exchange.hold()

    server.then(compressed)
    mp = connect(server.url, client_kind, max_retries=0)

    with pytest.raises(UnexpectedResponseError, match="compressed"):
        mp.delete(1)

    next_call_is_sound(mp, server, connection=2)
