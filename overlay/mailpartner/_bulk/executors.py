"""Send the items of a bulk run on an executor: in threads, processes or on other machines.

Chunks of items go to the workers, and their results come back; both can be pickled. Times in them are durations: the
clocks of two machines differ. Workers take the key from their own environment. The journal stays here.
"""

from __future__ import annotations

import functools
import os
import threading
import time
import weakref
from asyncio import CancelledError
from collections.abc import Callable
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from mailpartner._bulk.state import BulkState, FailurePolicy, Job, NotSent, Result, send
from mailpartner._core.call import CallControl
from mailpartner._core.rate_limiter import CATCH_UP, MARGIN, FixedSchedule, on_grid
from mailpartner._transport import credential
from mailpartner._transport.setup import session_from_environment
from mailpartner.errors import APIConnectionError, BulkStoppedError, ConfigurationError
from mailpartner.results import BulkItem

if TYPE_CHECKING:
    from mailpartner._bulk.options import Describe
    from mailpartner._core.options import Options
    from mailpartner._core.session import AnySession, Session

CHUNK_SECONDS: Final = 2.0
UNLIMITED_CHUNK: Final = 100
MAX_CHUNK: Final = 500

_RUNS_ONCE: Final = (ThreadPoolExecutor, ProcessPoolExecutor)
"""Executors that run a task at most once, and cancel only those that have not begun.

Others may repeat the chunk of a lost worker, and cancel one that has begun (Dask does both): what such a chunk does
not report is in doubt.
"""

_RUN_AGAIN: Final = "What is done is done; run it again with a new executor, and the same journal if it has one."


class Chunk(NamedTuple):
    """Items for one worker.

    Attributes:
        delay: Seconds from its arrival at the worker to the first request; less than 0 if it is late.
        spacing: Seconds between two requests; 0 for no limit.
    """

    describe: Describe[Any]
    base_url: str
    options: Options
    items: tuple[Any, ...]
    delay: float = 0.0
    spacing: float = 0.0


class Report(NamedTuple):
    """What came of a chunk.

    Attributes:
        results: A result for each item, in order; fewer if the worker gave up.
        slots: How many spacings after its first request the next chunk may begin.
    """

    results: list[Result]
    slots: int


class SharedRate:
    """The rate, shared by the chunks that are sent at the same time: of n chunks each has every nth moment."""

    def __init__(self, chunks: int, rate: float | None, clock: Callable[[], float] = time.monotonic) -> None:
        self.spacing = 0.0 if rate is None else chunks * 60.0 / (rate * MARGIN)
        self.chunk_size = UNLIMITED_CHUNK if rate is None else int(CHUNK_SECONDS / self.spacing)
        self.chunk_size = min(max(self.chunk_size, 1), MAX_CHUNK)
        self._clock = clock
        self._waited_until = self._asked_at = now = clock()
        self._free = [now + number * self.spacing / chunks for number in range(chunks)]

    def wait(self) -> float | None:
        """Return the seconds until a chunk may be handed out, None if as many as may be are in the executor."""
        self._asked_at = now = self._now()
        if self.spacing:
            self._free = [on_grid(moment, self.spacing, now - CATCH_UP) for moment in self._free]
        return max(0.0, min(self._free) - now - CATCH_UP) if self._free else None

    def waited(self, seconds: float) -> None:
        """Note that so many seconds have passed since `wait`: the clock may stand still."""
        self._waited_until = self._asked_at + seconds

    def _now(self) -> float:
        return max(self._clock(), self._waited_until)

    def take(self) -> tuple[float, float]:
        """Return the next moment, and the seconds until then."""
        moment = self._free.pop(self._free.index(min(self._free)))
        return moment, moment - self._now() if self.spacing else 0.0

    def give_back(self, moment: float, slots: int) -> None:
        """Let another chunk begin so many spacings after `moment`."""
        self._free.append(moment + slots * self.spacing)


class ExecutorRunner:
    """Hands chunks to the executor, at most `concurrency` at a time."""

    def __init__(self, state: BulkState[Any, Any], session: AnySession) -> None:
        assert state.options.executor is not None  # noqa: S101 - checked by the run
        self._executor: Executor = state.options.executor
        self._state = state
        self._session = session
        self._rate = SharedRate(state.options.concurrency, state.options.rate)
        self._done: SimpleQueue[Future[Report] | None] = SimpleQueue()
        self._chunks: dict[Future[Report], tuple[list[Job], float]] = {}
        self._runs_once = isinstance(self._executor, _RUNS_ONCE)
        self._unreported = NotSent() if self._runs_once else None
        state.on_stop = lambda: self._done.put(None)

    def advance(self) -> list[BulkItem[Any, Any]]:
        """Hand out what may be handed out, and return the items that are known; wait if there is nothing to do."""
        state = self._state
        while not state.finished and self._rate.wait() == 0.0:
            known = state.next_batch(self._rate.chunk_size)
            if state.commit() and state.unsent:
                self._hand_out()
            if known:
                return known
        if state.stop_requested and self._runs_once:
            for future in list(self._chunks):
                future.cancel()
        return state.record_results(self._wait()) if state.active else []

    def finish(self) -> None:
        """Cancel the chunks that have not begun, wait for the others, and record what came of them."""
        self._state.request_stop()
        try:
            for future in [each for each in self._chunks if each.cancel()]:
                for job in self._chunks.pop(future)[0]:
                    job.result = self._unreported
            for future in list(self._chunks):
                self._results(future)
        finally:  # also if Ctrl-C ends the wait
            self._state.finish()

    def _hand_out(self) -> None:
        """Give a chunk to the executor; if it takes none, the run stops."""
        jobs = list(self._state.unsent)
        moment, delay = self._rate.take()
        items = tuple(job.item for job in jobs)
        describe, session = self._state.operation.describe, self._session
        chunk = Chunk(describe, session.base_url, session.options, items, delay, self._rate.spacing)
        self._state.unsent.clear()
        for job in jobs:
            job.control.begin()  # from now on only the worker knows whether it was sent
        try:
            future = self._executor.submit(send_chunk, chunk)
        except Exception as error:
            for job in jobs:
                job.result = NotSent()
            self._state.record_results(jobs)
            text = f"The run stopped: the executor takes no more work ({error}). {_RUN_AGAIN}"
            self._state.stop(BulkStoppedError(text, error=error))
            return
        self._chunks[future] = jobs, moment
        future.add_done_callback(self._done.put)

    def _wait(self) -> list[Job]:
        """Wait until a chunk has ended, another may be handed out, or the run is to stop; return results."""
        timeout = None if self._state.finished else self._rate.wait()
        try:
            future = self._done.get(timeout=timeout)
        except Empty:
            self._rate.waited(timeout or 0.0)
            return []
        return self._results(future) if future is not None else []

    def _results(self, future: Future[Report]) -> list[Job]:
        """Return the jobs of a chunk with their results."""
        jobs, moment = self._chunks[future]
        if future.cancelled() and self._runs_once:
            if not self._state.stop_requested:
                text = f"The run stopped: its work was cancelled at the executor. {_RUN_AGAIN}"
                self._state.stop(BulkStoppedError(text))
            report = Report([], len(jobs))
        else:
            report = _report(future, jobs)
        for number, job in enumerate(jobs):
            job.result = report.results[number] if number < len(report.results) else self._unreported
        del self._chunks[future]
        self._rate.give_back(moment, report.slots)
        return jobs


def _report(future: Future[Report], jobs: list[Job]) -> Report:
    try:
        return future.result()
    except ConfigurationError as error:  # the worker has no key, or an unusable one: nothing was sent
        return Report([Result(error)], len(jobs))
    except (Exception, CancelledError) as error:  # asyncio's, which Dask passes on, is no Exception
        lost = APIConnectionError(
            f"The worker was lost before it reported on this item ({type(error).__name__}). It may have been done all"
            " the same. Run it again: what was done before counts as done.",
            maybe_applied=True,
        )
        return Report([Result(lost)] * len(jobs), len(jobs))


def send_chunk(chunk: Chunk) -> Report:
    """Send the items of a chunk in order, in a worker. Its key is in MAILPARTNER_API_KEY.

    It gives up where going on makes no sense; what is left is not sent. Executors may repeat the chunk of a lost
    worker: an item that the server says was done before may have been done by that one, so it is in doubt.
    """
    kept = _session(chunk.base_url, chunk.options, hash(os.environ.get(credential.VARIABLE)))
    schedule = FixedSchedule(kept.state.clock.monotonic() + chunk.delay, chunk.spacing)
    session = kept.with_schedule(schedule) if chunk.spacing else kept
    failures = FailurePolicy()
    results: list[Result] = []
    for item in chunk.items:
        result = send(session, chunk.describe, item, CallControl())
        assert isinstance(result, Result)  # noqa: S101 - nothing stops it
        if result.done_before and result.error is not None:
            result.error.maybe_applied = True  # type: ignore[attr-defined]
        results.append(result)
        if failures.reason_to_stop(result.error) is not None:
            break
    return Report(results, schedule.slots)


def _session(base_url: str, options: Options, which_key: int) -> Session:
    """Return the session of this worker process for a key, so that its connections outlive a chunk."""
    with _creating:  # or two threads would create two
        return _create(base_url, options, which_key)


_creating = threading.Lock()


@functools.lru_cache(maxsize=8)
def _create(base_url: str, options: Options, which_key: int) -> Session:
    session = session_from_environment(base_url, options)
    weakref.finalize(session, session.sender.close)  # once it is not kept any more, or the process ends
    return session
