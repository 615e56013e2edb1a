"""How many connections a client has at a time: so many that it is quick, and never all that a process may open."""

from __future__ import annotations

import threading

import pytest

from mailpartner import APITimeoutError, Outcome
from mailpartner.transport import own

from .callers import FACES, Callers
from .server import Server, answered
from .steps import held, lost

every_face = pytest.mark.parametrize("face", FACES)


@every_face
def test_calls_beyond_the_room_wait_for_a_place(
    server: Server, connect: Callers, face: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of more calls at once than there is room for, the others follow as the first end, on their connections."""
    monkeypatch.setattr(own, "MOST", 3)
    server.entries = set(range(1, 11))
    release = threading.Event()
    server.then(*[held(release, answered)] * 10)
    mp = connect(server.url, face)
    calls = [mp.start(entry) for entry in range(1, 11)]
    server.until_seen(3)
    assert len(server.seen) == 3
    release.set()
    assert {call.result(10).outcome for call in calls} == {Outcome.DELETED}
    assert server.opened == 3


@every_face
def test_a_call_that_finds_no_place_was_not_sent(
    server: Server, connect: Callers, face: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It waits no longer than its deadline, and says what it waited for, and that nothing was done."""
    monkeypatch.setattr(own, "MOST", 1)
    release = threading.Event()
    server.then(held(release, answered))
    mp = connect(server.url, face)
    first = mp.start(300)
    server.until_seen(1)
    with pytest.raises(APITimeoutError) as caught:
        mp.delete(7, deadline=0.05)
    release.set()
    assert (caught.value.maybe_applied, len(server.seen)) == (False, 1)
    assert "all 1 connections of this client were in use" in str(caught.value)
    assert "Nothing was done" in str(caught.value)
    assert first.result(10).outcome is Outcome.DELETED
    server.entries.add(7)
    assert mp.delete(7).outcome is Outcome.DELETED


@pytest.mark.parametrize("face", ["sync", "asyncio"])
def test_a_bulk_run_has_the_room_that_it_asks_for(
    server: Server, connect: Callers, face: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More concurrency than there is room by default widens it, on a client that was used before, too."""
    monkeypatch.setattr(own, "MOST", 1)
    server.entries = set(range(1, 7))
    mp = connect(server.url, face)
    mp.delete(6)
    release = threading.Event()
    server.then(*[held(release, answered)] * 5)
    watch = threading.Thread(target=lambda: (server.until_seen(6), release.set()))
    watch.start()

    def sync_run() -> int:
        return len(list(mp.client.unsubscribes.delete_many(range(1, 6), rate=None, concurrency=5)))

    async def async_run() -> int:
        return len([item async for item in mp.client.unsubscribes.delete_many(range(1, 6), rate=None, concurrency=5)])

    assert mp.run(sync_run if face == "sync" else async_run) == 5
    watch.join()
    assert (server.entries, server.opened) == (set(), 5)


@every_face
def test_a_connection_that_nobody_uses_is_closed(
    server: Server, connect: Callers, face: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a burst of calls those connections that later calls do not need are closed, not kept for ever."""
    server.entries = set(range(1, 9))
    release = threading.Event()
    server.then(*[held(release, answered)] * 5)
    mp = connect(server.url, face)
    calls = [mp.start(entry) for entry in range(1, 6)]
    server.until_seen(5)
    release.set()
    for call in calls:
        call.result(10)
    assert len(server.open_connections) == 5

    monkeypatch.setattr(own, "IDLE", 0.0)
    mp.delete(6)
    mp.delete(7)
    server.until(lambda: len(server._open) <= 1)
    assert mp.delete(8).outcome is Outcome.DELETED


@every_face
def test_a_call_that_got_no_answer_leaves_its_place(
    server: Server, connect: Callers, face: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Lost answers use up neither room nor connections."""
    monkeypatch.setattr(own, "MOST", 2)
    server.then(*[lost("reset")] * 6)
    mp = connect(server.url, face, max_retries=6)
    assert mp.delete(300).attempts == 7
    server.until(lambda: len(server._open) <= 1)
