"""How many connections a client has at a time: so many that it is quick, and never all that a process may open."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import Future

import pytest
from kit.api_server import KEY, ApiServer, answered, lost
from kit.callers import CLIENT_KINDS, Caller, Callers
from kit.internals import (
    event_loops_known_to,
    expire_idle_connections,
    idle_connections,
    limit_connections,
)
from kit.steps import held

from mailpartner import APIConnectionError, APITimeoutError, AsyncMailPartner, Deletion, Outcome
from mailpartner._transport.connection_limit import ConnectionLimit

every_client_kind = pytest.mark.parametrize("client_kind", CLIENT_KINDS)


def at_once(
    server: ApiServer, connect: Callers, client_kind: str, count: int
) -> tuple[Caller, threading.Event, list[Future[Deletion]]]:
    """A client with so many calls under way, of the entries from 1 on; the event lets the server answer them."""
    server.entries = set(range(1, count + 1))
    release = threading.Event()
    server.then(*[held(release, answered)] * count)
    mp = connect(server.url, client_kind)
    return mp, release, [mp.start(entry) for entry in range(1, count + 1)]


@every_client_kind
def test_calls_beyond_the_room_wait_for_a_place(
    server: ApiServer, connect: Callers, client_kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of more calls at once than there is room for, the others follow as the first end, on their connections."""
    limit_connections(monkeypatch, 3)
    _, release, calls = at_once(server, connect, client_kind, 10)
    server.until_requests(3)
    assert len(server.requests) == 3
    release.set()
    assert {call.result(10).outcome for call in calls} == {Outcome.DELETED}
    assert server.connections == 3


def test_who_came_first_is_let_in_first() -> None:
    """A thread that leaves and comes again waits behind those that have waited: else they would wait for ever."""
    room = ConnectionLimit(1)
    assert room.acquire(0)
    stay = threading.Event()
    waiting = threading.Thread(target=lambda: (room.acquire(10), stay.wait(10), room.release()))
    waiting.start()
    while not room._waiting:
        pass
    room.release()
    assert not room.acquire(0)
    stay.set()
    waiting.join()
    assert room.acquire(0)


def test_who_gives_up_takes_no_place() -> None:
    """A place that comes free just as a thread gives up goes to the next."""
    room = ConnectionLimit(1)
    assert room.acquire(0)
    assert not room.acquire(0.01)
    turn = threading.Lock()
    room._waiting.append(turn)
    turn.acquire()
    room.release()  # to who is about to give up
    room._give_up(turn)
    assert room.acquire(0)
    assert not room.acquire(0)


def test_widening_in_several_threads_widens_once() -> None:
    """Runs that begin at the same time have the room that the widest of them wants, and no more."""
    room = ConnectionLimit(1)
    threads = [threading.Thread(target=room.resize, args=(5,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [room.acquire(0) for _ in range(6)] == [True] * 5 + [False]


@every_client_kind
def test_a_call_that_finds_no_place_was_not_sent(
    server: ApiServer, connect: Callers, client_kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It waits no longer than its deadline, and says what it waited for, and that nothing was done."""
    limit_connections(monkeypatch, 1)
    release = threading.Event()
    server.then(held(release, answered))
    mp = connect(server.url, client_kind)
    first = mp.start(300)
    server.until_requests(1)
    with pytest.raises(APITimeoutError) as caught:
        mp.delete(7, deadline=0.05)
    release.set()
    assert (caught.value.maybe_applied, len(server.requests)) == (False, 1)
    assert "all 1 connections of this client were in use" in str(caught.value)
    assert "Nothing was done" in str(caught.value)
    assert first.result(10).outcome is Outcome.DELETED
    server.entries.add(7)
    assert mp.delete(7).outcome is Outcome.DELETED


@pytest.mark.parametrize("client_kind", ["sync", "asyncio"])
def test_a_bulk_run_has_the_room_that_it_asks_for(
    server: ApiServer, connect: Callers, client_kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More concurrency than there is room by default widens it, on a client that was used before, too."""
    limit_connections(monkeypatch, 1)
    server.entries = set(range(1, 7))
    mp = connect(server.url, client_kind)
    mp.delete(6)
    release = threading.Event()
    server.then(*[held(release, answered)] * 5)
    watch = threading.Thread(target=lambda: (server.until_requests(6), release.set()))
    watch.start()

    def sync_run() -> int:
        return len(list(mp.client.unsubscribes.delete_many(range(1, 6), rate=None, concurrency=5)))

    async def async_run() -> int:
        return len([item async for item in mp.client.unsubscribes.delete_many(range(1, 6), rate=None, concurrency=5)])

    assert mp.run(sync_run if client_kind == "sync" else async_run) == 5
    watch.join()
    assert (server.entries, server.connections) == (set(), 5)


@every_client_kind
def test_a_connection_that_nobody_uses_is_closed(
    server: ApiServer, connect: Callers, client_kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a burst of calls those connections that later calls do not need are closed, not kept for ever."""
    mp, release, calls = at_once(server, connect, client_kind, 5)
    server.entries |= {6, 7, 8}
    server.until_requests(5)
    release.set()
    for call in calls:
        call.result(10)
    assert len(server.open_connections) == 5

    expire_idle_connections(monkeypatch)
    mp.delete(6)
    mp.delete(7)
    server.until(lambda: len(server.open_connections) <= 1)
    assert mp.delete(8).outcome is Outcome.DELETED


@pytest.mark.parametrize("ticks", [1, 3, 8])
def test_cancelling_a_call_closes_no_connection_of_another(
    server: ApiServer, ticks: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A call that is cancelled while it closes what was idle too long has given its own connection back before: it is
    another's by then."""
    server.entries = set(range(1, 41))
    first, second = threading.Event(), threading.Event()
    server.then(*[held(first, answered)] * 20, answered, held(second, answered))

    async def calls() -> tuple[bool, Outcome]:
        async with AsyncMailPartner(KEY, base_url=server.url) as mp:
            burst = [asyncio.create_task(mp.unsubscribes.delete(entry)) for entry in range(1, 21)]
            await asyncio.to_thread(server.until_requests, 20)
            first.set()
            await asyncio.gather(*burst)
            expire_idle_connections(monkeypatch)
            closing = asyncio.create_task(mp.unsubscribes.delete(30))
            async with asyncio.timeout(10):
                while len(idle_connections(mp)) > 1 or not server.requests[20:]:
                    await asyncio.sleep(0)
            other = asyncio.create_task(mp.unsubscribes.delete(31))
            for _ in range(ticks):
                await asyncio.sleep(0)
            was_busy = closing.cancel()
            await asyncio.to_thread(server.until_requests, 22)
            second.set()
            await asyncio.gather(closing, return_exceptions=True)
            deletion = await other
            return was_busy, (deletion.outcome, deletion.attempts)  # type: ignore[return-value]

    _, came = asyncio.run(calls())
    assert came == (Outcome.DELETED, 1)
    server.until(lambda: not server.open_connections)


def test_a_loop_that_has_ended_is_let_go() -> None:
    """Also where all calls in it were lost: a client that is used in one loop after the other keeps none of them."""
    mp = AsyncMailPartner(KEY, base_url="http://127.0.0.1:9", max_retries=0)

    async def fails() -> None:
        with pytest.raises(APIConnectionError):
            await mp.unsubscribes.delete(300)

    for _ in range(5):
        asyncio.run(fails())
    assert event_loops_known_to(mp) == 1


@every_client_kind
def test_a_call_that_got_no_answer_leaves_its_place(
    server: ApiServer, connect: Callers, client_kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Lost answers use up neither room nor connections."""
    limit_connections(monkeypatch, 2)
    server.then(*[lost("reset")] * 6)
    mp = connect(server.url, client_kind, max_retries=6)
    assert mp.delete(300).attempts == 7
    server.until(lambda: len(server.open_connections) <= 1)
