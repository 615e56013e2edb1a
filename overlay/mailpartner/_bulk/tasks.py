"""Send the items of a bulk run in asyncio tasks."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

from mailpartner._bulk.state import BulkState, Job, JobCrashed, NotSent, Result, send_async
from mailpartner._core.session import AsyncSession
from mailpartner.errors import BulkStoppedError
from mailpartner.results import BulkItem

T = TypeVar("T")


class TaskRunner:
    """Runs a task for each job in flight."""

    def __init__(self, state: BulkState[Any, Any], session: AsyncSession) -> None:
        self._state = state
        self._session = session
        self._stop = asyncio.Event()
        self._ended: asyncio.Queue[Job] = asyncio.Queue()
        self._tasks: set[asyncio.Task[None]] = set()
        self._finishing = False
        self._loop = asyncio.get_running_loop()
        state.on_stop = self._stop_from_anywhere

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
        self._finishing = True
        for task in self._tasks:
            task.cancel()
        cancelled = await _to_its_end(asyncio.gather(*self._tasks, return_exceptions=True))
        if self._state.journal is None:
            self._state.finish()
        else:
            await run_uncancelled(self._state.finish)
        if cancelled is not None:
            raise cancelled

    def _stop_from_anywhere(self) -> None:
        with suppress(RuntimeError):  # the loop is closed, and the run is over
            self._loop.call_soon_threadsafe(self._stop.set)

    def _hand_out(self) -> None:
        while self._state.unsent:
            job = self._state.unsent.popleft()
            job.control.stop = self._stop
            task = asyncio.create_task(self._work(job))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _results(self, wait: bool) -> list[Job]:
        ended = [await self._ended.get()] if wait else []
        if not wait:
            await asyncio.sleep(0)  # or no task would begin while the input is waited for
        while not self._ended.empty():
            ended.append(self._ended.get_nowait())
        return ended

    async def _work(self, job: Job) -> None:
        try:
            job.result = NotSent() if self._stop.is_set() else await self._send(job)
        except asyncio.CancelledError:
            if not self._finishing:
                text = "The run stopped: other code cancelled one of its tasks. That item may be done. Run it again."
                job.result = JobCrashed(BulkStoppedError(text, maybe_applied=True))
            raise
        finally:
            self._ended.put_nowait(job)

    async def _send(self, job: Job) -> Result | JobCrashed | NotSent:
        try:
            return await send_async(self._session, self._state.operation.describe, job.item, job.control)
        except Exception as error:  # a task that dies would be waited for without end
            return JobCrashed(error)


async def run_uncancelled(work: Callable[[], T]) -> T:
    """Do `work` in a thread, and wait for its end even when cancelled: until then others must not touch its data."""
    working = asyncio.get_running_loop().run_in_executor(None, work)
    cancelled = await _to_its_end(working)
    if cancelled is not None:
        working.exception()  # or it would be reported as never retrieved
        raise cancelled
    return working.result()


async def _to_its_end(work: asyncio.Future[Any]) -> asyncio.CancelledError | None:
    """Wait for the end of `work`; return the cancellation that came meanwhile."""
    cancelled = None
    while not work.done():
        try:
            await asyncio.wait([work])
        except asyncio.CancelledError as error:
            cancelled = error
    return cancelled
