"""A bulk run carried out by tasks, in asyncio."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import suppress
from typing import TypeVar

from mailpartner._bulk.run import Job, JobCrashed, Result, Run
from mailpartner.results import BulkItem

Value = TypeVar("Value")
Ended = tuple[Job, Result | JobCrashed]


async def in_tasks(run: Run, call: Callable[[Job], Awaitable[Result]]) -> AsyncGenerator[BulkItem, None]:
    """Carry the run out; `call` deletes one entry."""
    crew = _Crew(call)
    try:
        while run.in_flight or not run.over:
            jobs, known = run.take()
            if await _saved(run):
                crew.hand_out(jobs)
                run.in_flight += len(jobs)
            # All are accounted for before any is given away: who takes them may stop at the first.
            for item in known if known or not run.in_flight else run.account(await crew.ended(not run.has_room)):
                yield item
        await _saved(run)
    finally:
        run.account(await crew.dismiss())
        await _saved(run)
    if run.stopped is not None:
        raise run.stopped


async def run_uncancelled(work: Callable[[], Value]) -> Value:
    """Do `work` in a thread, and wait for its end also when cancelled: what it works on is not ours before."""
    working = asyncio.get_running_loop().run_in_executor(None, work)
    try:
        return await asyncio.shield(working)
    except asyncio.CancelledError as error:
        cancelled = error
    while not working.done():
        with suppress(asyncio.CancelledError):
            await asyncio.wait([working])
    working.exception()  # or it would be reported as never looked at
    raise cancelled


async def _saved(run: Run) -> bool:
    # A commit waits for the disk: not in the event loop.
    return await run_uncancelled(run.save) if run.has_journal else True


class _Crew:
    """A task for each job under way."""

    def __init__(self, call: Callable[[Job], Awaitable[Result]]) -> None:
        self._call = call
        self._ended: asyncio.Queue[Ended] = asyncio.Queue()
        self._tasks: set[asyncio.Task[None]] = set()

    def hand_out(self, jobs: list[Job]) -> None:
        for job in jobs:
            task = asyncio.create_task(self._work(job))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def ended(self, wait: bool) -> list[Ended]:
        """All jobs that have ended; at least one of them, if it is to `wait`."""
        if not wait:
            await asyncio.sleep(0)  # or none would get to its begin while ids are waited for
        return [await self._ended.get(), *self._left()] if wait else self._left()

    async def dismiss(self) -> list[Ended]:
        """End what is under way; what has come of it."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        return self._left()

    def _left(self) -> list[Ended]:
        ended = []
        while not self._ended.empty():
            ended.append(self._ended.get_nowait())
        return ended

    async def _work(self, job: Job) -> None:
        result: Result | JobCrashed
        try:
            result = await self._call(job)
        except Exception as error:  # a task that dies in silence would be waited for without end
            result = JobCrashed(error)
        self._ended.put_nowait((job, result))
