"""Connections are kept and used again, never more of them than calls under way, and a dead one costs nothing."""

from __future__ import annotations

import contextlib
from concurrent.futures import ThreadPoolExecutor

import anyio
import pytest
from kit.api_server import ApiServer, answered, carry_out, lost, page, refused
from kit.callers import CLIENT_KINDS, CUSTOM_KINDS, Callers
from kit.responses import envelope
from kit.server import Exchange, Step
from kit.steps import together

from mailpartner import Deletion, MailPartnerError, Outcome

THREADS = 20
TASKS = 50

every_client = pytest.mark.parametrize("client_kind", [*CLIENT_KINDS, *CUSTOM_KINDS])


def then_closed(then: Step) -> Step:
    """Answer, and close the connection without a word, as a server does with one that is idle."""

    def step(exchange: Exchange) -> None:
        then(exchange)
        exchange.hang_up()

    return step


def said_to_close(exchange: Exchange) -> None:
    """Answer, saying that the connection will be closed."""
    exchange.respond(carry_out(exchange), headers=["Connection: close"])
    exchange.hang_up()


def until_closed(exchange: Exchange) -> None:
    """An answer whose end is the end of the connection."""
    exchange.send(b"HTTP/1.0 200 OK\r\n\r\n" + carry_out(exchange))
    exchange.hang_up()


def in_chunks(exchange: Exchange) -> None:
    """An answer in chunks of a few bytes."""
    body = carry_out(exchange)
    parts = [body[start : start + 5] for start in range(0, len(body), 5)]
    exchange.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    for part in [*parts, b""]:
        exchange.send(b"%x\r\n%b\r\n" % (len(part), part))


@every_client
def test_many_calls_use_one_connection(server: ApiServer, connect: Callers, client_kind: str) -> None:
    """Calls one after the other share a connection, whatever is answered in what way."""
    server.entries = set(range(1, 31))
    server.then(answered, refused(4), page(404), in_chunks, refused(10, status=401), page(405), answered)
    mp = connect(server.url, client_kind, max_retries=0)

    for entry in range(1, 31):
        with contextlib.suppress(MailPartnerError):
            mp.delete(entry)

    assert len(server.requests) == 31  # one more for the GET after the 405
    assert {request.connection for request in server.requests} == {1}


@every_client
def test_a_connection_that_was_closed_while_idle(server: ApiServer, connect: Callers, client_kind: str) -> None:
    """A connection that the server closed between two calls is noticed before anything is sent: no doubt."""
    server.entries |= {1, 2}
    server.then(then_closed(answered))
    mp = connect(server.url, client_kind)

    assert mp.delete(1).attempts == 1
    server.until(lambda: not server.open_connections)
    deletion = mp.delete(2)

    assert (deletion.outcome, deletion.attempts) == (Outcome.DELETED, 1)
    assert [request.connection for request in server.requests] == [1, 2]


@every_client
@pytest.mark.parametrize("step", [said_to_close, until_closed], ids=lambda step: step.__name__)
def test_an_answer_that_closes_its_connection(
    server: ApiServer, connect: Callers, client_kind: str, step: Step
) -> None:
    """A server that closes each connection after its answer is asked over a new one each time, at one attempt each."""
    server.entries |= {1, 2, 3}
    server.always = step
    mp = connect(server.url, client_kind)

    assert [mp.delete(entry).attempts for entry in (1, 2, 3)] == [1, 1, 1]
    assert [request.connection for request in server.requests] == [1, 2, 3]


def test_a_connection_that_closes_under_the_request(server: ApiServer, connect: Callers, client_kind: str) -> None:
    """A kept connection that closes just as the next request arrives is a doubt, and the retry ends it."""
    server.entries |= {1, 2}
    server.then(answered, lost("closed_early", applied=False))
    mp = connect(server.url, client_kind)

    assert mp.delete(1).attempts == 1
    assert mp.delete(2).attempts == 2
    assert [request.connection for request in server.requests] == [1, 1, 2]


@pytest.mark.parametrize("way", ["half_body", "body_stalled", "reset", "not_http"])
def test_a_broken_connection_is_not_used_again(server: ApiServer, connect: Callers, client_kind: str, way: str) -> None:
    """After a lost answer the next attempt goes over a new connection, and the calls after it stay there."""
    server.entries |= {1, 2}
    server.then(lost(way))
    mp = connect(server.url, client_kind).with_short_first_timeout()

    assert mp.delete(1).attempts == 2
    assert mp.delete(2).attempts == 1
    assert [request.connection for request in server.requests] == [1, 2, 2]


def says_which(exchange: Exchange) -> None:
    """An answer that names the id it answers for."""
    carry_out(exchange)
    exchange.respond(envelope(exchange.request.format, True, 200, f"done: {exchange.request.query['id']}"))


def hold_their_own(deletions: list[Deletion]) -> None:
    """Each call got its own answer."""
    assert [deletion.message for deletion in deletions] == [f"done: {deletion.id}" for deletion in deletions]
    assert {deletion.attempts for deletion in deletions} == {1}


def test_twenty_threads_on_one_client(server: ApiServer, connect: Callers) -> None:
    """Twenty threads at once get their own answers, over at most twenty connections, however many calls follow."""
    server.entries = set(range(1, 401))
    server.then(*[together(THREADS, says_which)] * THREADS)
    server.always = says_which
    mp = connect(server.url)

    with ThreadPoolExecutor(THREADS) as threads:
        deletions = list(threads.map(mp.delete, range(1, 401)))

    hold_their_own(deletions)
    assert (len(server.requests), server.connections, server.entries) == (400, THREADS, set())


@pytest.mark.parametrize("client_kind", ["asyncio", "trio"])
def test_fifty_tasks_on_one_client(server: ApiServer, connect: Callers, client_kind: str) -> None:
    """Fifty tasks at once get their own answers, over at most fifty connections, however many calls follow."""
    server.entries = set(range(1, 501))
    server.then(*[together(TASKS, says_which)] * TASKS)
    server.always = says_which
    mp = connect(server.url, client_kind)
    ids = iter(range(1, 501))
    deletions: list[Deletion] = []

    async def task() -> None:
        for entry in ids:
            deletions.append(await mp.client.unsubscribes.delete(entry))  # noqa: PERF401 - tasks take turns here

    async def all_of_them() -> None:
        async with anyio.create_task_group() as tasks:
            for _ in range(TASKS):
                tasks.start_soon(task)

    mp.run(all_of_them)

    hold_their_own(deletions)
    assert (len(server.requests), server.connections, server.entries) == (500, TASKS, set())


def test_connections_follow_the_calls_under_way(server: ApiServer, connect: Callers) -> None:
    """Three calls at once open three connections, five two more, and one alone none."""
    server.entries = set(range(1, 10))
    mp = connect(server.url)
    opened = []

    with ThreadPoolExecutor(5) as threads:
        for calls in ([1, 2, 3], [4], [5, 6, 7, 8, 9]):
            server.then(*[together(len(calls), answered)] * len(calls))
            assert {deletion.outcome for deletion in threads.map(mp.delete, calls)} == {Outcome.DELETED}
            opened.append(server.connections)

    assert opened == [3, 3, 5]


def test_twins_share_the_connections(server: ApiServer, connect: Callers, client_kind: str) -> None:
    """A client made by with_options sends over the connections of the first."""
    server.entries |= {1, 2}
    mp = connect(server.url, client_kind)

    mp.delete(1)
    mp.with_options(format="xml", timeout=3).delete(2)

    assert [(request.connection, request.format) for request in server.requests] == [(1, "json"), (1, "xml")]


def test_a_failure_beside_others_does_not_touch_them(server: ApiServer, connect: Callers) -> None:
    """Of ten threads whose answers are lost or come, each has what is its own."""
    server.entries = set(range(1, 11))
    server.then(*[together(10, odd_ones_lost)] * 10)
    mp = connect(server.url)

    with ThreadPoolExecutor(10) as threads:
        deletions = list(threads.map(mp.delete, range(1, 11)))

    odd = {deletion.id for deletion in deletions if deletion.outcome is Outcome.ALREADY_GONE}
    assert odd == {1, 3, 5, 7, 9}
    assert all(deletion.attempts == 1 + (deletion.id in odd) for deletion in deletions)


def odd_ones_lost(exchange: Exchange) -> None:
    (lost("reset") if int(exchange.request.query["id"]) % 2 else answered)(exchange)
