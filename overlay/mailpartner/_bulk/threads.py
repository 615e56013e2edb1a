"""A bulk run carried out by threads of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from queue import Empty, SimpleQueue

from mailpartner._bulk.run import Job, JobCrashed, NotSent, Result, Run
from mailpartner.results import BulkItem

Call = Callable[[Job], "Result | NotSent | None"]
Ended = tuple[Job, "Result | JobCrashed | NotSent | None"]


def in_threads(run: Run, call: Call, stop: threading.Event) -> Iterator[BulkItem]:
    """Carry the run out; `call` deletes one entry; if `stop` kept it from coming to an end it returns None, or
    Unsent if that was before its request left.
    """
    crew = _Crew(call, stop)
    try:
        while run.in_flight or not run.over:
            jobs, known = run.take()
            if run.save():
                crew.hand_out(jobs)
                run.in_flight += len(jobs)
            # All are accounted for before any is given away: who takes them may stop at the first.
            yield from known if known or not run.in_flight else run.account(crew.ended(wait=not run.has_room))
        run.save()
    finally:
        # What is under way ends first, no later than its network steps do, and what comes of it is kept.
        stop.set()
        crew.dismiss()
        run.account(crew.left())
        run.save()
    if run.stopped is not None:
        raise run.stopped


class _Crew:
    """Threads that are started as they are needed, and take jobs from one queue."""

    def __init__(self, call: Call, stop: threading.Event) -> None:
        self._call = call
        self._stop = stop
        self._jobs: SimpleQueue[Job | None] = SimpleQueue()
        self._ended: SimpleQueue[Ended] = SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._busy = 0

    def hand_out(self, jobs: list[Job]) -> None:
        self._busy += len(jobs)
        while len(self._threads) < self._busy:
            thread = threading.Thread(target=self._work, name=f"mailpartner-{len(self._threads) + 1}", daemon=True)
            self._threads.append(thread)  # before it starts: Ctrl-C within start() leaves none that is not waited for
            thread.start()
        for job in jobs:
            self._jobs.put(job)

    def ended(self, wait: bool) -> list[Ended]:
        """All jobs that have ended; at least one of them, if it is to `wait`."""
        ended = [self._ended.get(), *self.left()] if wait else self.left()
        self._busy -= len(ended)
        return ended

    def left(self) -> list[Ended]:
        """The jobs that have ended by now."""
        ended = []
        try:
            while True:
                ended.append(self._ended.get_nowait())
        except Empty:
            return ended

    def dismiss(self) -> None:
        """Wait until all threads have ended. Nothing is counted here: Ctrl-C may come between a job or a thread and
        its count.
        """
        self._jobs.put(None)
        for thread in self._threads:
            if thread.is_alive():  # or Ctrl-C came before it was started
                thread.join()

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            self._ended.put((job, self._result(job)))
        self._jobs.put(None)  # for the next thread

    def _result(self, job: Job) -> Result | JobCrashed | NotSent | None:
        if self._stop.is_set():
            return NotSent()
        try:
            return self._call(job)
        except BaseException as error:  # a thread that dies in silence would be waited for without end
            return JobCrashed(error)
