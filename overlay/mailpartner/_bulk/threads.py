"""Send the items of a bulk run in threads."""

from __future__ import annotations

import threading
from queue import Empty, SimpleQueue
from typing import Any

from mailpartner._bulk.state import BulkState, Job, JobCrashed, NotSent, Result, send
from mailpartner._core.session import Session
from mailpartner.results import BulkItem


class ThreadRunner:
    """Starts threads as they are needed, which take jobs from one queue."""

    def __init__(self, state: BulkState[Any, Any], session: Session) -> None:
        self._state = state
        self._session = session
        self._stop = threading.Event()
        self._jobs: SimpleQueue[Job | None] = SimpleQueue()
        self._ended: SimpleQueue[Job] = SimpleQueue()
        self._threads: list[threading.Thread] = []
        state.on_stop = self._stop.set

    def advance(self) -> list[BulkItem[Any, Any]]:
        """Send what there is room for, and return the items that have ended; wait for one if nothing can be sent."""
        state = self._state
        known = state.next_batch()
        if state.commit():
            self._hand_out()
        # All are recorded before the first is yielded: the consumer may stop there.
        return known if known or not state.in_flight else state.record_results(self._results(not state.has_room))

    def finish(self) -> None:
        """Wake the calls that wait, wait for all others, and record what came of them."""
        try:
            self._state.request_stop()
            self._jobs.put(None)
            for thread in self._threads:
                if thread.is_alive() and thread is not threading.current_thread():
                    thread.join()
        finally:  # also if Ctrl-C ends the wait
            self._stop.set()
            self._jobs.put(None)
            self._state.finish()

    def _hand_out(self) -> None:
        while len(self._threads) < self._state.in_flight:
            thread = threading.Thread(target=self._work, name=f"mailpartner-{len(self._threads) + 1}", daemon=True)
            self._threads.append(thread)  # before it starts: Ctrl-C within start() leaves none that is not joined
            try:
                thread.start()
            except RuntimeError:  # the system has no more; those that run do all the work
                self._threads.remove(thread)
                if not self._threads:
                    raise
                break
        while self._state.unsent:
            job = self._state.unsent.popleft()
            job.control.stop = self._stop
            self._jobs.put(job)

    def _results(self, wait: bool) -> list[Job]:
        ended = [self._ended.get()] if wait else []
        try:
            while True:
                ended.append(self._ended.get_nowait())
        except Empty:
            return ended

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            job.result = self._send(job)
            self._ended.put(job)
        self._jobs.put(None)  # for the next thread

    def _send(self, job: Job) -> Result | JobCrashed | NotSent:
        if self._stop.is_set():
            return NotSent()
        try:
            return send(self._session, self._state.operation.describe, job.item, job.control)
        except BaseException as error:  # a thread that dies would be waited for without end
            return JobCrashed(error)
