"""The books of one bulk run: what is taken and in flight, what came of it, and when to stop. Sends nothing."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final, Generic, NamedTuple

import attrs

from mailpartner import errors
from mailpartner._bulk.journal import Journal
from mailpartner._bulk.journal_row import FINAL, PENDING, SENT, I, O, Row, is_final, restore_item, stored_input
from mailpartner._bulk.options import BulkOperation, BulkOptions, Describe
from mailpartner._core.call import CallAborted, CallControl, CallResult, Failure
from mailpartner._core.session import AsyncSession, Session
from mailpartner.errors import BulkStoppedError, JournalError
from mailpartner.results import BulkFailure, BulkItem, BulkSuccess

MAX_FAILURES: Final = 20
SLOW_INPUT: Final = 0.02
"""Seconds after which an iterator counts as slow: what was taken is then sent before the next item is asked for."""


class Result(NamedTuple):
    """What came of an item.

    Attributes:
        error: None for an item that was done.
        done_before: Whether the server refused it with a code that says that it was done before.
    """

    error: Exception | None = None
    done_before: bool = False


class JobCrashed(NamedTuple):
    """A job that ended with an error that says nothing about its item: the client was closed, a hook failed."""

    error: BaseException


class NotSent(NamedTuple):
    """A job that was given up before its request was sent."""


@attrs.define(eq=False)
class Job:
    """An item to be sent.

    Attributes:
        position: Its number in the input, from 0.
        item: The item.
        state: Its state in the journal before this run.
        sent_before: Whether an earlier run may have sent it.
        control: Says whether its call has begun, and can keep it from beginning.
        result: What came of it; None until that is known.
    """

    position: int
    item: Any
    state: int = PENDING
    sent_before: bool = False
    control: CallControl = attrs.field(factory=CallControl)
    result: Result | JobCrashed | NotSent | None = None


class BulkState(Generic[I, O]):
    """The state of a run over `items`.

    Attributes:
        unsent: The jobs that were not handed out yet.
        error: What the run raises at its end.
        started: Whether anybody has asked for an item, or closed the run.
        on_stop: Wakes the calls that wait.
    """

    def __init__(
        self,
        operation: BulkOperation[I, O],
        items: Iterable[I],
        options: BulkOptions,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.operation = operation
        self.options = options
        self._jobs: dict[int, Job] = {}
        """The jobs of which it is not recorded what came of them, by position."""
        self.unsent: deque[Job] = deque()
        self.error: BaseException | None = None
        self.started = False
        self.stop_requested = False
        self.on_stop: Callable[[], object] = lambda: None
        self._items = items
        self._input_is_slow = False
        self._finished = False
        self._clock = clock
        self._failures = FailurePolicy()
        self.use(None)

    def use(self, journal: Journal | None) -> None:
        """Set the journal, before the first item is taken."""
        self.journal = journal
        start = journal.start if journal is not None else 0
        self._input = enumerate(self._items, start)
        self._recorded: Iterator[Row] = journal.rows(start) if journal is not None else iter(())
        self._recorded_length = journal.length if journal is not None else None
        self._state_of_new_items = journal.state_of_new_items if journal is not None else PENDING

    @property
    def finished(self) -> bool:
        """Whether no more items are taken."""
        return self._finished or self.stop_requested

    @property
    def in_flight(self) -> int:
        """The number of jobs that were taken and have not ended."""
        return len(self._jobs)

    @property
    def active(self) -> bool:
        """Whether there is something to take, or in flight."""
        return self.in_flight > 0 or not self.finished

    @property
    def has_room(self) -> bool:
        """Whether more can be sent than is in flight. After `next_batch`: because the input is slow."""
        return not self.finished and self.in_flight < self.options.concurrency

    def request_stop(self) -> None:
        """Take no more items, and wake the calls that wait. Safe in threads and signal handlers, and in itself."""
        if not self.stop_requested:
            self.stop_requested = True
            self.on_stop()

    def stop(self, reason: BaseException) -> None:
        """Take no more items; the first reason is what the run raises when the calls in flight have ended."""
        self.error = self.error or reason
        self._finished = True

    def next_batch(self, limit: int | None = None) -> list[BulkItem[I, O]]:
        """Take as many items as there is room for, or `limit`; fewer if the input is slow.

        Those to be sent are in `unsent`, and may be sent after `commit`. An exception of the input stops the run.

        Returns:
            The items that an earlier run finished.
        """
        known: list[BulkItem[I, O]] = []
        room = self.options.concurrency - self.in_flight if limit is None else limit
        try:
            while not self.finished and len(self.unsent) + len(known) < room and (taken := self._take()) is not None:
                if self._input_is_slow:
                    room = 0
                position, item = taken
                row = self._row(position, item)
                if row is not None and row.state in FINAL:
                    known.append(restore_item(row, item, type(self.operation.success)))
                    continue
                self._take_job(position, item, row)
        except Exception as error:  # what was taken before is sent; after a BaseException nothing is
            self.stop(error)
        return known

    def _take_job(self, position: int, item: I, row: Row | None) -> None:
        state = row.state if row is not None else self._state_of_new_items
        job = Job(position, item, state, row.maybe_applied if row is not None else state == SENT)
        # In this order: Ctrl-C in between leaves a job that `finish` knows was not sent.
        self._jobs[position] = job
        if self.journal is not None:
            self.journal.mark_sent(position, item, job.sent_before)
        self.unsent.append(job)

    def _take(self) -> tuple[int, I] | None:
        asked = self._clock()
        taken = next(self._input, None)
        self._input_is_slow = self._clock() - asked > SLOW_INPUT
        if taken is None:
            self._finished = True
            self._check_length()
        return taken

    def _row(self, position: int, item: I) -> Row | None:
        row = next(self._recorded, None)
        if row is None and self._recorded_length is None:
            return None
        if row is not None and (row.position, row.input) == (position, stored_input(item)):
            return row
        there = f"number {position + 1} is {row.input} there and" if row is not None else f"{position} there, then"
        raise JournalError(
            f"The journal was begun with other {self.operation.argument}: {there} {item!r} now."
            f" From there on nothing was sent. Use those it was begun with, or another journal."
        )

    def _check_length(self) -> None:
        """Raise JournalError if the journal has more items than the input. Else record that the input has ended."""
        row = next(self._recorded, None)
        if row is not None:
            raise JournalError(
                f"The journal was begun with more {self.operation.argument}: it has a number {row.position + 1},"
                f" {row.input}, and these ended before. Use those it was begun with, or another journal."
            )
        if self.journal is not None:
            self.journal.mark_complete()

    def commit(self) -> bool:
        """Write the journal, if there is one. If that fails, the run stops, and nothing of `unsent` is sent."""
        try:
            if self.journal is not None:
                self.journal.commit()
        except JournalError as error:
            self.stop(error)
            self._discard(tuple(self.unsent))
            return False
        return True

    def record_results(self, jobs: Iterable[Job]) -> list[BulkItem[I, O]]:
        """Record jobs that have ended, and return their items.

        A job that was not sent has no item, and is as it was before this run. One of which it is not known what came
        of it has none either, and stays marked as sent.
        """
        items = []
        for job in jobs:
            result = job.result
            if isinstance(result, Result):
                items.append(self._record(job, result))
            elif isinstance(result, JobCrashed):
                self.stop(result.error)
            if isinstance(result, NotSent) or (not isinstance(result, Result) and job.control.cancel()):
                job.result = NotSent()  # if Ctrl-C comes now, `finish` does this once more
                if self.journal is not None:
                    self.journal.clear(job.position, job.state)
            self._jobs.pop(job.position, None)
        return items

    def _record(self, job: Job, result: Result) -> BulkItem[I, O]:
        item: BulkItem[I, O]
        if result.done_before and (result.error is None or self.options.done_before_ok or job.sent_before):
            item = BulkSuccess(job.item, self.operation.done_before)
        elif result.error is None:
            item = BulkSuccess(job.item, self.operation.success)
        else:
            item = BulkFailure(job.item, result.error)
        if self.journal is not None:
            self.journal.record(job.position, item)
        reason = self._failures.reason_to_stop(item.error)
        if reason is None and self.options.stop_on_error:
            reason = item.error
        if reason is not None and not self.stop_requested:
            self.stop(reason)
        return item

    def finish(self) -> None:
        """Record what came of all jobs, and that those that have not begun were not sent: they cannot begin any more.

        Nothing in it waits, and it can be repeated: so Ctrl-C only ends it once it is done.
        """
        interruption = None
        while True:
            try:
                self._discard(tuple(self._jobs.values()))
                self.commit()
                break
            except (KeyboardInterrupt, SystemExit) as error:
                interruption = error
        if interruption is not None:
            raise interruption

    def _discard(self, jobs: Iterable[Job]) -> None:
        self.record_results(jobs)
        self.unsent.clear()


class FailurePolicy:
    """Decides when a run gives up: if the key or account is refused, or the server keeps failing."""

    def __init__(self) -> None:
        self._failures = 0

    def reason_to_stop(self, error: Exception | None) -> Exception | None:
        """Return why to stop after this result, None to go on."""
        if isinstance(error, errors.MailPartnerError) and not is_final(error):
            return self._after_failure(error)
        if error is None or isinstance(error, errors.MailPartnerError):  # not what could not be sent
            self._failures = 0
        return None

    def _after_failure(self, error: errors.MailPartnerError) -> Exception | None:
        self._failures += 1
        if isinstance(error, (errors.AuthenticationError, errors.PermissionDeniedError, errors.ConfigurationError)):
            return error
        if isinstance(error, errors.RateLimitError) and error.retry_after:
            return _stopped(f"the server sent Retry-After: {error.retry_after:.0f}", error)
        if self._failures >= MAX_FAILURES:
            return _stopped(f"{self._failures} requests failed in a row", error)
        return None


def _stopped(why: str, error: errors.MailPartnerError) -> BulkStoppedError:
    return BulkStoppedError(
        f"The run stopped: {why}. What is done is done; run it again later, with the same journal if it has one."
        f" Last failure: {error}",
        error=error,
        maybe_applied=error.maybe_applied,
    )


def _keep(outcome: CallResult) -> CallResult:
    return outcome


def _result(outcome: CallResult) -> Result:
    if not isinstance(outcome, Failure):
        return Result()
    return Result(None if outcome.done_before else outcome.error, outcome.refused_as_done)


_ITEM_ERRORS: Final = (errors.MailPartnerError, TypeError, ValueError)


def _failed(error: Exception, control: CallControl) -> Result:
    """Return the error as the result of its item. A TypeError or ValueError of a call that has begun is raised."""
    if control.begun and not isinstance(error, errors.MailPartnerError):
        raise error
    return Result(error.with_traceback(None))


def send(session: Session, describe: Describe[I], item: I, control: CallControl) -> Result | NotSent:
    """Send one item. What is raised after its first attempt began, but by the SDK, says nothing about the item."""
    try:
        return _result(session.execute(describe(item)._replace(result=_keep), {}, control))
    except CallAborted:
        return NotSent()
    except _ITEM_ERRORS as error:
        return _failed(error, control)


async def send_async(session: AsyncSession, describe: Describe[I], item: I, control: CallControl) -> Result | NotSent:
    """Send one item, awaiting."""
    try:
        return _result(await session.execute(describe(item)._replace(result=_keep), {}, control))
    except CallAborted:
        return NotSent()
    except _ITEM_ERRORS as error:
        return _failed(error, control)
