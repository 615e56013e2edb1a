"""Send the items of a bulk run in asyncio tasks."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

from mailpartner._bulk.state import BulkState, Job, JobCrashed, JobResult, NotSent, send_async
from mailpartner._core.session import AsyncSession
from mailpartner.results import BulkItem

T = TypeVar("T")
Ended = tuple[Job, JobResult]


class TaskRunner:
    """Runs a task for each job in flight."""

    def __init__(self, state: BulkState[Any, Any], session: AsyncSession) -> None:
        self._state = state
        self._session = session
        self._stop = asyncio.Event()
        self._ended: asyncio.Queue[Ended] = asyncio.Queue()
        self._tasks: set[asyncio.Task[None]] = set()
        self._not_begun: dict[int, Job] = {}
        loop = asyncio.get_running_loop()
        state.on_stop = lambda: loop.call_soon_threadsafe(self._stop.set)

    async def advance(self) -> list[BulkItem[Any, Any]]:
        """Send what there is room for, and return the items that have ended; wait for one if nothing can be sent."""
        state = self._state
        known = state.next_batch()
        # A commit waits for the disk: not in the event loop.
        if state.journal is None or await run_uncancelled(state.commit):
            self._hand_out()
        # All are recorded before the first is yielded: the consumer may stop there.
        return known if known or not state.in_flight else state.record_results(await self._results(not state.has_room))

    async def finish(self) -> None:
        """Cancel what is in flight, and record what came of it."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        ended = [*self._ended_now(), *((job, NotSent()) for job in self._not_begun.values())]
        if self._state.journal is not None:
            await run_uncancelled(lambda: self._state.finish(ended))

    def _hand_out(self) -> None:
        while self._state.unsent:
            job = self._state.unsent.popleft()
            self._not_begun[job.position] = job
            task = asyncio.create_task(self._work(job))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _results(self, wait: bool) -> list[Ended]:
        if wait:
            return [await self._ended.get(), *self._ended_now()]
        await asyncio.sleep(0)  # or no task would begin while the input is waited for
        return self._ended_now()

    def _ended_now(self) -> list[Ended]:
        ended = []
        while not self._ended.empty():
            ended.append(self._ended.get_nowait())
        return ended

    async def _work(self, job: Job) -> None:
        del self._not_begun[job.position]
        result: JobResult = None  # if it is cancelled
        try:
            result = NotSent() if self._stop.is_set() else await self._send(job)
        finally:
            self._ended.put_nowait((job, result))

    async def _send(self, job: Job) -> JobResult:
        try:
            return await send_async(self._session, self._state.operation.describe, job.item, self._stop)
        except Exception as error:  # a task that dies would be waited for without end
            return JobCrashed(error)


async def run_uncancelled(work: Callable[[], T]) -> T:
    """Do `work` in a thread, and wait for its end even when cancelled: until then others must not touch its data."""
    working = asyncio.get_running_loop().run_in_executor(None, work)
    try:
        return await asyncio.shield(working)
    except asyncio.CancelledError as error:
        cancelled = error
    while not working.done():
        with suppress(asyncio.CancelledError):
            await asyncio.wait([working])
    working.exception()  # or it would be reported as never retrieved
    raise cancelled
