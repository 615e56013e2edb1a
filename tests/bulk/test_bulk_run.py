"""A bulk run as an object: collected, stopped, left, dropped, and what goes wrong around it."""

from __future__ import annotations

import asyncio
import gc
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import trio
from bulk_help import DELETED, DONE, GONE, PATIENCE, Server, bulk, states
from kit.clock import FakeClock

from mailpartner import AsyncMailPartner, BulkStoppedError, JournalError, MailPartner
from mailpartner._bulk.journal_row import PENDING
from mailpartner._core.clock import Clock
from mailpartner.sandbox import Sandbox
from mailpartner.testing import ScriptedMailPartner, done, refused

KINDS = ["sync", "async"]


def test_results_collects_all_items(sandbox: Sandbox) -> None:
    """`results()` carries the run out and returns its items, sync and async."""
    with MailPartner(base_url=sandbox.url) as mp:
        items = mp.unsubscribes.delete_many([1, 2, 5000]).results()

    async def main() -> None:
        async with AsyncMailPartner(base_url=sandbox.url) as mp:
            items = await mp.unsubscribes.delete_many([3, 4, 5001]).results()
            assert {item.input: item.outcome for item in items} == {3: DELETED, 4: DELETED, 5001: GONE}

    asyncio.run(main())
    assert {item.id: item.outcome for item in items} == {1: DELETED, 2: DELETED, 5000: GONE}


def test_the_error_of_a_stopped_run_has_its_items() -> None:
    """What `results()` had collected before the run stopped is not lost."""
    script = [done(), *[refused(10)] * 8]
    mp = ScriptedMailPartner(*script)
    with pytest.raises(Exception, match="INVALID_API_KEY") as caught:
        mp.unsubscribes.delete_many([1, 2, 3], concurrency=1).results()
    assert [item.input for item in caught.value.items] == [1, 2]  # type: ignore[attr-defined]


@pytest.mark.parametrize("kind", KINDS)
def test_a_run_that_is_dropped_unused_warns(kind: str) -> None:
    """A run that nobody iterates sends nothing, and says so instead of staying silent."""
    client: Any = (MailPartner if kind == "sync" else AsyncMailPartner)(base_url="http://127.0.0.1:9")

    def drop() -> None:
        client.unsubscribes.delete_many([1, 2])
        gc.collect()

    with pytest.warns(RuntimeWarning, match="never iterated: nothing was sent"):
        drop()


def test_a_run_that_is_used_does_not_warn(sandbox: Sandbox) -> None:
    """Neither one that was iterated nor one that was closed."""
    with MailPartner(base_url=sandbox.url) as mp:
        mp.unsubscribes.delete_many([1]).results()
        mp.unsubscribes.delete_many([2]).close()
        with mp.unsubscribes.delete_many([3]) as run:
            next(run)
        gc.collect()
    assert sandbox.count() == 998


class Gate:
    """Answers once it is opened, and says when a request has come."""

    def __init__(self, body: bytes = DONE) -> None:
        self.opened, self.asked = threading.Event(), threading.Event()
        self._body = body

    def __call__(self, entry: int, number: int) -> bytes:
        self.asked.set()
        assert self.opened.wait(PATIENCE)
        return self._body


@pytest.mark.parametrize("kind", KINDS)
def test_a_run_is_stopped_from_another_thread(kind: str) -> None:
    """The requests that were sent end and are yielded, no more ids are taken, and the iteration ends normally."""
    gate = Gate()
    with Server(gate) as server:
        runs: list[Any] = []

        def stop() -> None:
            assert gate.asked.wait(PATIENCE)
            runs[0].stop()
            gate.opened.set()

        stopper = threading.Thread(target=stop)
        stopper.start()
        if kind == "sync":
            with MailPartner(base_url=server.url) as mp:
                runs.append(mp.unsubscribes.delete_many(range(1, 1000), rate=None, concurrency=4))
                items = runs[0].results()
        else:

            async def main() -> list[Any]:
                async with AsyncMailPartner(base_url=server.url) as mp:
                    runs.append(mp.unsubscribes.delete_many(range(1, 1000), rate=None, concurrency=4))
                    result: list[Any] = await runs[0].results()
                    return result

            items = asyncio.run(main())
        stopper.join(PATIENCE)
        assert len(items) == len(server.requests) < 20
        assert {item.outcome for item in items} == {DELETED}


@pytest.mark.parametrize("kind", KINDS)
def test_stop_wakes_a_call_that_waits_to_be_repeated(kind: str) -> None:
    """A call that waits a minute for its next attempt ends at once, with the error of its last one."""
    limited = b'{"success":false,"code":500}'
    gate = Gate(limited)
    gate.opened.set()
    runs: list[Any] = []
    with Server(gate) as server:

        class Waiting(Clock):
            """The system's clock, but waits are long, and stop the run when they begin."""

            def sleep(self, seconds: float, stop: threading.Event | None = None) -> None:
                runs[0].stop()
                super().sleep(60, stop)

            async def async_sleep(self, seconds: float, stop: asyncio.Event | None = None) -> None:
                runs[0].stop()
                await super().async_sleep(60, stop)

        def prepare(mp: Any) -> None:
            kept = mp.unsubscribes.delete_many

            def delete_many(*given: Any, **named: Any) -> Any:
                runs.append(kept(*given, **named))
                return runs[0]

            mp.unsubscribes.delete_many = delete_many

        told = bulk(kind, server.url, range(1, 1000), clock=Waiting(), concurrency=2, prepare=prepare)
    assert told.error is None
    assert {type(item.error).__name__ for item in told.items} == {"ServerError"}


def test_on_trio_a_run_refuses_before_anything_starts(tmp_path: Path) -> None:
    """A bulk run needs asyncio: on trio it says so at once, opens no journal, and leaves no coroutine behind."""

    async def main() -> None:
        async with AsyncMailPartner(base_url="http://127.0.0.1:9") as mp:
            with pytest.raises(RuntimeError, match="need asyncio, and this is trio"):
                mp.unsubscribes.delete_many([1], journal=tmp_path / "a.journal")

    trio.run(main)
    assert list(tmp_path.iterdir()) == []


LEFT = """
import sys
from concurrent.futures import ThreadPoolExecutor
from mailpartner import AsyncMailPartner, MailPartner
import asyncio
url, kind, journal = sys.argv[1:]
options = dict(rate=None, concurrency=4, journal=journal or None)
if kind == "executor":
    options["executor"] = ThreadPoolExecutor(2)
if kind == "async":
    async def main():
        global run
        mp = AsyncMailPartner(base_url=url)
        run = mp.unsubscribes.delete_many(range(1, 200), **options)
        async for item in run:
            break
    asyncio.run(main())
else:
    mp = MailPartner(base_url=url)
    run = mp.unsubscribes.delete_many(range(1, 200), **options)
    for item in run:
        break
print("end")
"""


@pytest.mark.parametrize("kind", ["sync", "async", "executor"])
@pytest.mark.parametrize("with_journal", [False, True], ids=["without_journal", "with_journal"])
def test_a_program_that_leaves_a_run_open_ends(sandbox: Sandbox, tmp_path: Path, kind: str, with_journal: bool) -> None:
    """`break`, the run still in a variable, end of the script: the process ends by itself."""
    journal = str(tmp_path / "left.journal") if with_journal else ""
    command = [sys.executable, "-W", "error", "-c", LEFT, sandbox.url, kind, journal]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (ended.returncode, ended.stdout) == (0, "end\n"), ended.stderr


def test_executor_workers_need_no_common_clock(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """Chunks hold durations only: nothing of a run on an executor asks for the time of day."""

    def refused() -> float:
        raise AssertionError("the time of day of another machine may be any")

    monkeypatch.setattr("mailpartner._bulk.executors.time.time", refused)
    with ThreadPoolExecutor(2) as executor:
        told = bulk("sync", sandbox.url, range(1, 41), executor=executor, rate=60_000, concurrency=2)
    assert (told.error, len(told.items)) == (None, 40)


IN_THREADS = """
import atexit, gc, socket, sys
@atexit.register
def look():
    print([each for each in gc.get_objects() if isinstance(each, socket.socket) and each.fileno() >= 0])
from concurrent.futures import ThreadPoolExecutor
from mailpartner import MailPartner
with MailPartner(base_url=sys.argv[1]) as mp, ThreadPoolExecutor(2) as executor:
    assert len(mp.unsubscribes.delete_many(range(1, 5), executor=executor, rate=None).results()) == 4
"""


def test_the_connections_of_workers_are_closed_at_the_end(sandbox: Sandbox) -> None:
    """A process in which workers sent leaves no socket open: Python 3.13 would warn of it."""
    command = [sys.executable, "-c", IN_THREADS, sandbox.url]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (ended.returncode, ended.stdout) == (0, "[]\n"), ended.stderr


class Interrupting:
    """Ids that end in an interruption."""

    def __init__(self, error: type[BaseException]) -> None:
        self._error = error

    def __iter__(self) -> Iterator[int]:
        yield from (1, 2, 3)
        raise self._error


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, MemoryError])
def test_ids_before_an_interruption_are_not_left_as_sent(
    sandbox: Sandbox, tmp_path: Path, error: type[BaseException]
) -> None:
    """An iterator that raises leaves each id before it either with an outcome or as never sent."""
    journal = tmp_path / "a.journal"
    with MailPartner(base_url=sandbox.url) as mp, pytest.raises(error):
        mp.unsubscribes.delete_many(Interrupting(error), journal=journal, rate=None, concurrency=8).results()
    found = states(journal)
    assert {number for number, state in found.items() if state == DELETED} == {1, 2, 3} - sandbox.entries().keys()
    assert set(found.values()) <= {DELETED, PENDING}


def test_a_thread_that_cannot_start_leaves_nothing_as_sent(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the system gives no thread, the run raises that, and its ids are as they were."""
    journal = tmp_path / "a.journal"

    def cannot(thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    with MailPartner(base_url=sandbox.url) as mp:
        run = mp.unsubscribes.delete_many([1, 2], journal=journal, rate=None)
        with monkeypatch.context() as patched:
            patched.setattr(threading.Thread, "start", cannot)
            with pytest.raises(RuntimeError, match="can't start new thread"):
                next(run)
    assert set(states(journal).values()) <= {PENDING}
    assert sandbox.count() == 1000


class Frozen(FakeClock):
    """A clock that stands still, also while somebody waits, as one that freezegun holds."""

    def monotonic(self) -> float:
        return 1000.0


@pytest.mark.parametrize("kind", KINDS)
def test_a_clock_that_stands_still_does_not_slow_a_run(sandbox: Sandbox, kind: str) -> None:
    """The waits of 120 ids at 2,000 a minute are those of the rate, not of all ids before each."""
    clock = Frozen()
    told = bulk(kind, sandbox.url, range(1, 121), clock=clock, rate=2000, concurrency=8)
    assert (told.error, len(told.items)) == (None, 120)
    longest = max(clock.waits)
    assert longest <= 9 * 60 / (2000 * 0.99)


@pytest.mark.parametrize("kind", KINDS)
def test_more_ids_than_a_finished_journal_are_refused(sandbox: Sandbox, tmp_path: Path, kind: str) -> None:
    """A journal whose input has ended takes that input only: of ids that come after it none is sent."""
    journal = tmp_path / "a.journal"
    assert len(bulk(kind, sandbox.url, range(1, 51), journal=journal).items) == 50
    sandbox.clear_requests()
    told = bulk(kind, sandbox.url, range(1, 61), journal=journal)
    assert isinstance(told.error, JournalError)
    assert (len(told.items), sandbox.requests()) == (50, [])


def test_an_outage_stops_a_run_on_any_thread() -> None:
    """The error that ends a run says how to go on, whatever was collected."""
    with Server(lambda entry, number: None) as server, MailPartner(base_url=server.url, max_retries=0) as mp:
        with pytest.raises(BulkStoppedError) as caught:
            mp.unsubscribes.delete_many(range(1, 1000), rate=None, concurrency=2).results()
        assert len(caught.value.items) >= 20
