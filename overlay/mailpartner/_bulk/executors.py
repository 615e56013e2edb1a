"""A bulk run spread over somebody's executor: threads, processes, or machines.

What travels is a chunk of ids with the moments at which to send them, and back their results; both can be pickled.
Workers take the key from their own environment. The journal stays with who hands the chunks out.
"""

from __future__ import annotations

import functools
import os
import threading
import time
from asyncio import CancelledError
from collections.abc import Callable, Generator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from queue import SimpleQueue
from typing import TYPE_CHECKING, NamedTuple

from mailpartner._bulk.run import FailurePolicy, Job, NotSent, Result, Run, outcome_of
from mailpartner._core.rate_limiter import CATCH_UP, MARGIN, FixedSchedule, on_grid
from mailpartner._transport import credential
from mailpartner._transport.setup import session_from_environment
from mailpartner.errors import APIConnectionError, BulkStoppedError, ConfigurationError, NotFoundError
from mailpartner.results import BulkItem, Deletion, DeletionOutcome

if TYPE_CHECKING:
    from mailpartner._core.options import Options
    from mailpartner._core.session import Call, Session

SECONDS_A_CHUNK = 2.0
UNPACED_CHUNK = 100
LARGEST_CHUNK = 500

Ended = list[tuple[Job, Result | NotSent | None]]

_RUNS_ONCE = (ThreadPoolExecutor, ProcessPoolExecutor)
"""Executors that run what they take at most once, and cancel only what they have not begun. Others may do a lost
worker's chunk again (Dask does), and cancel one that is under way: then what no result tells of is in doubt."""

_AGAIN = "What is done is done; run it again with a new executor, and the same journal if it has one."


class Chunk(NamedTuple):
    """Ids for one worker. start: the time of day, in seconds, of the first request; spacing: seconds between two, 0
    for no pace.
    """

    describe: Callable[[int, bool], Call[Deletion]]
    base_url: str
    options: Options
    ids: tuple[int, ...]
    start: float = 0.0
    spacing: float = 0.0


class Report(NamedTuple):
    """What came of a chunk: a result for each id, in order, fewer where the worker gave up. free: when the next
    request of its lane may leave, as a time of day.
    """

    results: list[Result]
    free: float


class Lanes:
    """The pace, split: each lane has every nth moment, so that lanes need not know of each other."""

    def __init__(self, lanes: int, rate: float | None) -> None:
        self.spacing = 0.0 if rate is None else lanes * 60.0 / (rate * MARGIN)
        self.chunk = UNPACED_CHUNK if rate is None else int(SECONDS_A_CHUNK / self.spacing)
        self.chunk = min(max(self.chunk, 1), LARGEST_CHUNK)
        now = time.time()
        self.free = [(now + lane * self.spacing / lanes) for lane in range(lanes)]

    def take(self) -> float:
        """The next moment of the lane that is free the longest; the lane is taken until it is given back."""
        moment = self.free.pop(self.free.index(min(self.free)))
        return on_grid(moment, self.spacing, time.time() - CATCH_UP) if self.spacing else moment

    def give_back(self, moment: float) -> None:
        """A lane is free again from that moment on."""
        self.free.append(moment)


def in_chunks(
    run: Run,
    executor: Executor,
    lanes: Lanes,
    describe: Callable[[int, bool], Call[Deletion]],
    base_url: str,
    options: Options,
) -> Generator[BulkItem, None, None]:
    """Carry the run out on `executor`, one chunk a lane at a time."""
    work = _Work(run, executor, lanes)
    try:
        while True:
            while lanes.free and not run.over:
                jobs, known = run.take(lanes.chunk)
                if run.save() and jobs:
                    work.hand_out(jobs, describe, base_url, options)
                yield from known
            if run.in_flight:
                yield from run.account(work.ended())
            elif run.over:
                break
        run.save()
    finally:
        # What no worker has begun is not begun any more; of the rest what comes of it is kept.
        run.account(work.dismissed())
        run.save()
    if run.stopped is not None:
        raise run.stopped


class _Work:
    """The chunks that are with the executor."""

    def __init__(self, run: Run, executor: Executor, lanes: Lanes) -> None:
        self._run = run
        self._executor = executor
        self._lanes = lanes
        self._done: SimpleQueue[Future[Report]] = SimpleQueue()
        self._under_way: dict[Future[Report], tuple[list[Job], float]] = {}
        self._untold = NotSent() if isinstance(executor, _RUNS_ONCE) else None

    def hand_out(
        self, jobs: list[Job], describe: Callable[[int, bool], Call[Deletion]], base_url: str, options: Options
    ) -> None:
        """Give a chunk to the executor; if it takes none, the run stops."""
        start = self._lanes.take()
        chunk = Chunk(describe, base_url, options, tuple(job.id for job in jobs), start, self._lanes.spacing)
        self._run.in_flight += len(jobs)
        try:
            future = self._executor.submit(delete_chunk, chunk)
        except Exception as error:
            self._run.account([(job, NotSent()) for job in jobs])
            text = f"The run stopped: the executor takes no more work ({error}). {_AGAIN}"
            self._run.stop(BulkStoppedError(text, error=error))
            return
        self._under_way[future] = jobs, start
        future.add_done_callback(self._done.put)

    def ended(self) -> Ended:
        """Wait for a chunk to end; its jobs."""
        return self._ended(self._done.get())

    def dismissed(self) -> Ended:
        """Wait for all that has begun; its jobs, and those of what was cancelled."""
        cancelled = {future for future in self._under_way if future.cancel()}
        begun = self._under_way.keys() - cancelled
        untold: Ended = [(job, self._untold) for future in cancelled for job in self._under_way[future][0]]
        return [*untold, *(job for future in begun for job in self._ended(future))]

    def _ended(self, future: Future[Report]) -> Ended:
        jobs, start = self._under_way.pop(future)
        if future.cancelled() and self._untold is not None:
            self._lanes.give_back(start)
            text = f"The run stopped: somebody cancelled its work with the executor. {_AGAIN}"
            self._run.stop(BulkStoppedError(text))
            return [(job, self._untold) for job in jobs]
        report = _report(future, jobs, start + len(jobs) * self._lanes.spacing)
        self._lanes.give_back(report.free)
        untold = [self._untold] * (len(jobs) - len(report.results))
        return list(zip(jobs, [*report.results, *untold], strict=True))


def _report(future: Future[Report], jobs: list[Job], free: float) -> Report:
    try:
        return future.result()
    except ConfigurationError as error:  # the worker has no key, or none that can be used: nothing was sent
        return Report([error], free)
    except (Exception, CancelledError) as error:  # asyncio's, which Dask passes on, is no Exception
        lost = APIConnectionError(
            f"The worker was lost before it told what became of this id ({type(error).__name__}). It may have been"
            " done all the same. Delete it once more with missing_ok=True.",
            maybe_applied=True,
        )
        return Report([lost for _ in jobs], free)


def delete_chunk(chunk: Chunk) -> Report:
    """What a worker does: delete the ids of a chunk, in order, each at its moment. Its key is MAILPARTNER_API_KEY.

    The results are fewer than the ids where going on made no sense; what is left was not sent. A worker that is lost
    has its chunk done again by another, if the executor does that: an unknown id may then be one that the first had
    deleted, so it is in doubt.
    """
    session = _session(chunk.base_url, chunk.options, hash(os.environ.get(credential.VARIABLE)))
    epoch = time.time() - time.monotonic()
    schedule = FixedSchedule(chunk.start - epoch, chunk.spacing)
    if chunk.spacing:
        session = session.with_schedule(schedule)
    patience = FailurePolicy()
    results: list[Result] = []
    for number in chunk.ids:
        result = outcome_of(functools.partial(_delete, session, chunk.describe, number))
        if isinstance(result, NotFoundError):
            result.maybe_applied = True
        results.append(result)
        if patience.after(result if isinstance(result, Exception) else None) is not None:
            break
    return Report(results, schedule.next + epoch)


def _delete(session: Session, describe: Callable[[int, bool], Call[Deletion]], id: int) -> DeletionOutcome:
    return session.execute(describe(id, False), {}).outcome


def _session(base_url: str, options: Options, which_key: int) -> Session:
    """One client a worker process and key, so that its connections last from chunk to chunk."""
    with _making:  # or two threads would make two
        return _made(base_url, options, which_key)


_making = threading.Lock()


@functools.lru_cache(maxsize=8)
def _made(base_url: str, options: Options, which_key: int) -> Session:
    return session_from_environment(base_url, options)
