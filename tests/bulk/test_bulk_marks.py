"""Only what was sent is marked as sent, and what came of it is kept, however a run ends."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import signal
import threading
from pathlib import Path
from typing import Any

import httpx
import pytest
from bulk_help import DELETED, DONE, KEY, Server, bulk, script, states

from mailpartner import AsyncMailPartner, BulkFailure, BulkStoppedError, JournalError, MailPartner
from mailpartner._bulk.journal import Journal
from mailpartner._bulk.journal_row import PENDING, SENT
from mailpartner._core.rate_limiter import RateLimiter
from mailpartner.sandbox import Sandbox


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal"


IMPATIENT = """
import os, signal, sys, threading
from mailpartner import MailPartner
with MailPartner(base_url=sys.argv[1]) as mp:
    for seconds in (0.4, 0.6):
        threading.Timer(seconds, os.kill, (os.getpid(), signal.SIGINT)).start()
    mp.unsubscribes.delete_many(range(1, 99), rate=60, concurrency=4, journal=sys.argv[2]).results()
"""


def test_ctrl_c_twice(path: Path) -> None:
    """A second Ctrl-C, while the run waits for an answer, leaves the ids that waited for their turn as not sent."""
    held = threading.Event()

    def answer(id: int, number: int) -> bytes:
        held.wait(10)
        return DONE

    with Server(answer) as server:
        with script(IMPATIENT, server.url, str(path)) as process:
            _, error = process.communicate(timeout=30)
        held.set()
        sent = set(server.ids)
    assert "KeyboardInterrupt" in error
    assert len(sent) == 1
    assert {number for number, state in states(path).items() if state == SENT} == sent


def test_an_async_run_that_is_left_while_ids_wait_for_their_turn(sandbox: Sandbox, path: Path) -> None:
    """As in threads, what waits for the rate has not been sent."""
    bulk("async", sandbox.url, range(1, 9), journal=path, most=1, rate=1, concurrency=4)
    assert states(path) == {1: DELETED, 2: PENDING, 3: PENDING, 4: PENDING}


def test_a_cancellation_while_an_async_run_ends(sandbox: Sandbox, path: Path) -> None:
    """What has come is recorded although the task is cancelled as it leaves the run."""

    async def leave() -> list[Any]:
        told = []
        async with AsyncMailPartner(base_url=sandbox.url) as mp:
            run = mp.unsubscribes.delete_many(range(1, 200), rate=None, concurrency=8, journal=path)
            async with run:
                async for item in run:
                    told.append(item.input)
                    task = asyncio.current_task()
                    assert task is not None
                    asyncio.get_running_loop().call_soon(task.cancel)
                    break
        return told

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(leave())
    assert DELETED in states(path).values()


@pytest.mark.parametrize("error", [ValueError, TypeError, RuntimeError])
def test_an_error_after_sending_is_no_fault_of_the_input(sandbox: Sandbox, path: Path, error: type[Exception]) -> None:
    """What a hook raises on the answer stops the run; the id is in doubt, and is sent again by the next run."""

    def hook(response: httpx.Response) -> None:
        raise error("of the hook")

    with (
        httpx.Client(event_hooks={"response": [hook]}) as http,
        MailPartner(KEY, base_url=sandbox.url, http_client=http) as mp,
        pytest.raises(error, match="of the hook"),
    ):
        mp.unsubscribes.delete_many([1, 2, 3], rate=None, concurrency=1, journal=path).results()
    assert states(path) == {1: SENT}
    assert set(bulk("sync", sandbox.url, [1, 2, 3], journal=path).outcomes.values()) <= {"deleted", "already_gone"}


def test_a_client_that_is_closed_in_mid_run(sandbox: Sandbox, path: Path) -> None:
    """Ids whose calls then find the client closed are as not sent."""
    clients: list[Any] = []
    told = bulk(
        "sync", sandbox.url, range(1, 50), concurrency=4, journal=path, prepare=clients.append,
        each=lambda item: clients[0].close(),
    )  # fmt: skip
    assert isinstance(told.error, RuntimeError)
    assert "closed" in str(told.error)
    assert SENT not in states(path).values()


def test_a_task_that_others_cancel(path: Path) -> None:
    """The run stops and says so, instead of ending as if all had been done."""
    reached, held = threading.Semaphore(0), threading.Event()

    def answer(id: int, number: int) -> bytes:
        reached.release()
        held.wait(10)
        return DONE

    async def run(url: str) -> None:
        async with AsyncMailPartner(base_url=url) as mp:
            given = mp.unsubscribes.delete_many(range(1, 9), rate=None, concurrency=4, journal=path)
            ours = asyncio.create_task(given.results())
            for _ in range(4):
                await asyncio.to_thread(reached.acquire)
            for task in asyncio.all_tasks() - {ours, asyncio.current_task()}:
                task.cancel()
            await ours

    with Server(answer) as server:
        with pytest.raises(BulkStoppedError, match="other code cancelled"):
            asyncio.run(run(server.url))
        held.set()
    assert set(states(path).values()) <= {SENT, PENDING}


def test_stop_after_the_loop_has_closed(sandbox: Sandbox) -> None:
    """`stop` on an async run that is over does nothing."""

    async def finished() -> Any:
        async with AsyncMailPartner(base_url=sandbox.url) as mp:
            run = mp.unsubscribes.delete_many([1], rate=None)
            await run.results()
            return run

    asyncio.run(finished()).stop()


def test_leaving_says_that_the_journal_could_not_be_written(sandbox: Sandbox, path: Path) -> None:
    """`close`, and the end of a with block, raise what kept the outcomes from being recorded."""
    with contextlib.closing(Journal(path)) as journal, MailPartner(base_url=sandbox.url) as mp:
        run = mp.unsubscribes.delete_many(range(1, 9), rate=None, journal=journal)
        next(run)
        journal._db.execute("PRAGMA query_only = ON")
        with pytest.raises(JournalError):
            run.close()
        journal._db.execute("PRAGMA query_only = OFF")


def test_a_run_that_is_collected_in_the_midst_of_anything(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run in a cycle, collected while its own thread holds a lock that the run needs, blocks nobody."""
    original = RateLimiter._next_moment

    def collecting(self: RateLimiter, now: float) -> float:
        gc.collect()
        return original(self, now)

    def leave(mp: MailPartner) -> None:
        run = mp.unsubscribes.delete_many(range(1, 9), rate=60_000, concurrency=4)
        cycle: list[Any] = [run]
        cycle.append(cycle)
        next(run)

    with MailPartner(base_url=sandbox.url) as mp:
        gc.disable()
        try:
            leave(mp)
            monkeypatch.setattr(RateLimiter, "_next_moment", collecting)
            assert mp.unsubscribes.delete(100).outcome == DELETED
        finally:
            gc.enable()
        for thread in threading.enumerate():
            if thread.name.startswith("mailpartner-") and "sandbox" not in thread.name:
                thread.join(10)
                assert not thread.is_alive()


def test_moments_that_nobody_used_stall_no_other_run(sandbox: Sandbox) -> None:
    """After a slow run was left, the next one begins as soon as its own rate allows."""
    limiter = RateLimiter()
    limiter.begin("slow", 1)
    first, wait = limiter.reserve(1000.0)
    assert wait == 0
    assert limiter.reached(first)
    for _ in range(8):
        limiter.reserve(1000.0)
    limiter.end("slow")
    limiter.begin("fast", 600)
    moment, _ = limiter.reserve(1000.0)
    assert moment == pytest.approx(1000.0 + 60 / (600 * 0.99))


class Unprintable:
    """An input whose repr fails."""

    def __repr__(self) -> str:
        raise RuntimeError


@pytest.mark.parametrize("bad", [10**5000, Unprintable(), "\ud800"], ids=["digits", "repr", "surrogate"])
def test_an_input_that_cannot_be_shown(sandbox: Sandbox, kind: str, path: Path, bad: Any) -> None:
    """It fails by itself; the others are done."""
    told = bulk(kind, sandbox.url, [1, bad, 2], journal=path)
    assert told.error is None
    assert sum(isinstance(item, BulkFailure) for item in told.items) == 1
    assert len(told.items) == 3


def test_a_journal_called_memory_is_a_file(sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite's name for no file at all is a file's name here."""
    monkeypatch.chdir(tmp_path)
    bulk("sync", sandbox.url, [1], journal=":memory:")
    assert states(tmp_path / ":memory:") == {1: DELETED}


@pytest.mark.parametrize("rate", [1e-9, 0.009, 2e9, 10**400])
def test_rates_that_no_clock_can_keep(rate: float) -> None:
    """They are refused before anything is taken."""
    with MailPartner("key") as mp, pytest.raises(ValueError, match="rate must be from"):
        mp.unsubscribes.delete_many([1], rate=rate)


def test_ctrl_c_leaves_locks_free() -> None:
    """A Ctrl-C at any moment of a lock's use does not leave it locked."""
    limiter = RateLimiter()
    limiter.begin("run", 1e9)

    def interrupt(*_: Any) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, interrupt)
    try:
        for _ in range(300):
            with contextlib.suppress(KeyboardInterrupt):
                signal.setitimer(signal.ITIMER_REAL, 0.0005)
                while True:
                    limiter.reserve(0.0)
            assert not limiter._lock.lock.locked()
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
