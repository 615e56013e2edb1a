"""The account of one bulk run: what is taken, what is under way, what came of it, and when to stop. Sends nothing."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from mailpartner import errors
from mailpartner._bulk.journal import FINAL, SENT, Journal, Row, is_final, item_of, stored_id
from mailpartner.errors import BulkStoppedError, JournalError
from mailpartner.results import BulkFailure, BulkItem, BulkSuccess, DeletionOutcome

FAILURES_IN_A_ROW = 20
SLOW = 0.02
"""Seconds after which an iterator of ids is one that waits: then what is there is sent before it is asked again."""

Result = DeletionOutcome | Exception


class JobCrashed(NamedTuple):
    """A job that ended in what is no answer to its id: the client was closed, a hook failed."""

    error: BaseException


class NotSent(NamedTuple):
    """A job that was given up before its request left."""


class Job(NamedTuple):
    """An id to be sent now. sent_before: whether an earlier run may have sent it already."""

    position: int
    id: int
    sent_before: bool


class Run:
    """One run over `ids`, at most `width` of them under way."""

    def __init__(
        self,
        ids: Iterable[int],
        *,
        width: int,
        missing_ok: bool,
        stop_on_error: bool,
        journal: Journal | None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.in_flight = 0
        self.stopped: BaseException | None = None
        self.missing_ok = missing_ok
        self._ids = enumerate(ids)
        self._width = width
        self._stop_on_error = stop_on_error
        self._journal = journal
        self._recorded: Iterator[Row] = journal.rows() if journal is not None else iter(())
        self._exhausted = False
        self._clock = clock
        self._waits = False
        self._patience = FailurePolicy()

    @property
    def over(self) -> bool:
        """Whether there is nothing more to take."""
        return self._exhausted or self.stopped is not None

    def take(self, most: int | None = None) -> tuple[list[Job], list[BulkItem]]:
        """As many ids as there is room for, or `most`, fewer where one had to be waited for: those to be sent, and the
        items of those that an earlier run finished. What `ids` raises, and the JournalError of other ids than the
        journal has, stop the run.

        They are noted in the journal, which `save` must write before anything is sent.
        """
        jobs: list[Job] = []
        known: list[BulkItem] = []
        room = self._width - self.in_flight if most is None else most
        try:
            while not self.over and len(jobs) + len(known) < room and (taken := self._next()) is not None:
                if self._waits:
                    room = 0
                row = self._row(*taken)
                if row is not None and row.state in FINAL:
                    known.append(item_of(row, taken[1]))
                    continue
                if self._journal is not None:
                    self._journal.mark_sent(*taken)
                jobs.append(Job(*taken, sent_before=row is not None and row.state >= SENT))
        except Exception as error:  # what was taken before it still gets its items
            self.stop(error)
        return jobs, known

    @property
    def has_room(self) -> bool:
        """Whether more may be under way than are: an id had to be waited for, and what was there is sent first."""
        return not self.over and self.in_flight < self._width

    def _next(self) -> tuple[int, int] | None:
        asked = self._clock()
        taken = next(self._ids, None)
        self._waits = self._clock() - asked > SLOW
        if taken is None:
            self._end()
        return taken

    @property
    def has_journal(self) -> bool:
        """Whether `save` writes anything."""
        return self._journal is not None

    def save(self) -> bool:
        """Write the journal, if there is one. False if it could not be: then the run stops, and what was taken since
        the last time may not be sent.
        """
        try:
            if self._journal is not None:
                self._journal.commit()
        except JournalError as error:
            self.stop(error)
            return False
        return True

    def account(self, results: Iterable[tuple[Job, Result | JobCrashed | NotSent | None]]) -> list[BulkItem]:
        """The items of jobs that have ended. A job whose result is None was given up: it has no item, and stays in
        doubt. One that is Unsent has no item either, and is as it was before it was taken.
        """
        items = []
        for job, result in results:
            self.in_flight -= 1
            if isinstance(result, JobCrashed):
                self.stop(result.error)
            elif isinstance(result, NotSent):
                self._take_back(job)
            elif result is not None:
                items.append(self._finished(job, result))
        return items

    def _take_back(self, job: Job) -> None:
        if self._journal is not None and not job.sent_before:
            self._journal.clear(job.position)

    def _finished(self, job: Job, result: Result) -> BulkItem:
        item = self._item(job, result)
        if self._journal is not None:
            self._journal.record(job.position, item)
        reason = self._patience.after(item.error)
        if reason is None and self._stop_on_error:
            reason = item.error
        if reason is not None:
            self.stop(reason)
        return item

    def stop(self, reason: BaseException) -> None:
        """Take no more ids; the first reason is what the run raises when those under way have ended."""
        if self.stopped is None:
            self.stopped = reason

    def _item(self, job: Job, result: Result) -> BulkItem:
        if isinstance(result, DeletionOutcome):
            return BulkSuccess(job.id, result)
        if isinstance(result, errors.NotFoundError) and (self.missing_ok or job.sent_before):
            return BulkSuccess(job.id, DeletionOutcome.ALREADY_GONE)
        return BulkFailure(job.id, result)

    def _row(self, position: int, id: object) -> Row | None:
        row = next(self._recorded, None)
        if row is None:
            return None
        if (row.position, row.id) != (position, stored_id(id)):
            raise JournalError(
                f"The journal was begun with other ids: number {position + 1} is {row.id} there and {id!r} now."
                " From there on nothing was sent. Use the ids it was begun with, or another journal."
            )
        return row

    def _end(self) -> None:
        self._exhausted = True
        row = next(self._recorded, None)
        if row is not None:
            raise JournalError(
                f"The journal was begun with more ids: it has a number {row.position + 1}, {row.id}, and these ended"
                " before. Use the ids it was begun with, or another journal."
            )


class FailurePolicy:
    """When to give up: with a key or an account that is refused, and with a server that does not answer."""

    def __init__(self) -> None:
        self._failures = 0

    def after(self, error: Exception | None) -> Exception | None:
        """Why to stop after this answer to an id, None to go on."""
        if isinstance(error, errors.MailPartnerError) and not is_final(error):
            return self._after_failure(error)
        if error is None or isinstance(error, errors.MailPartnerError):  # not what was never sent
            self._failures = 0
        return None

    def _after_failure(self, error: errors.MailPartnerError) -> Exception | None:
        self._failures += 1
        if isinstance(error, (errors.AuthenticationError, errors.PermissionDeniedError, errors.ConfigurationError)):
            return error
        if isinstance(error, errors.RateLimitError) and error.retry_after:
            return _given_up(f"the server wants {error.retry_after:.0f} seconds of quiet", error)
        if self._failures >= FAILURES_IN_A_ROW:
            return _given_up(f"{self._failures} requests failed in a row", error)
        return None


def _given_up(why: str, error: errors.MailPartnerError) -> BulkStoppedError:
    return BulkStoppedError(
        f"The run stopped: {why}. What is done is done; run it again later, with the same journal if it has one."
        f" Last failure: {error}",
        error=error,
        maybe_applied=error.maybe_applied,
    )


def outcome_of(delete: Callable[[], DeletionOutcome]) -> Result:
    """What a deletion came to, its error if it raised one that is an answer to this id."""
    try:
        return delete()
    except (errors.MailPartnerError, TypeError, ValueError) as error:
        return error.with_traceback(None)
