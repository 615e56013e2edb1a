"""How a bulk run begins: its arguments checked, its pace and its journal set up; and how these end with it."""

from __future__ import annotations

import threading
from collections.abc import AsyncGenerator, Callable, Generator, Iterable, Iterator
from concurrent.futures import Executor
from contextlib import aclosing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

import attrs

from mailpartner._bulk.executors import Lanes, in_chunks
from mailpartner._bulk.journal import Journal
from mailpartner._bulk.run import Job, NotSent, Result, Run, outcome_of
from mailpartner._bulk.tasks import in_tasks, run_uncancelled
from mailpartner._bulk.threads import in_threads
from mailpartner._core.call import CallAborted
from mailpartner._core.session import AnySession, AsyncSession, Call, Session
from mailpartner.contract import RATE_LIMIT
from mailpartner.errors import MailPartnerError
from mailpartner.results import BulkItem, Deletion, DeletionOutcome

if TYPE_CHECKING:
    from mailpartner._core.options import CallOptions

VENDOR_RATE: Final = RATE_LIMIT[0] * 60 // RATE_LIMIT[1]
"""Requests a minute from one IP address, as openapi.yaml says."""

LARGEST_WIDTH: Final = 1000

Describe = Callable[[int, bool], Call[Deletion]]
"""Describes the call for one id; the bool is missing_ok. Module-level, so that executors can pickle it."""


@attrs.frozen
class BulkOptions:
    """What a bulk run is to do. Checked when it is made."""

    missing_ok: bool
    concurrency: int
    rate: float | None
    journal: str | Path | Journal | None
    stop_on_error: bool
    executor: Executor | None

    def __attrs_post_init__(self) -> None:
        if isinstance(self.concurrency, bool) or not isinstance(self.concurrency, int):
            raise TypeError(f"concurrency must be an int, not {type(self.concurrency).__name__}.")
        if not 1 <= self.concurrency <= LARGEST_WIDTH:
            raise ValueError(f"concurrency must be from 1 to {LARGEST_WIDTH}.")
        if self.rate is not None and (isinstance(self.rate, bool) or not isinstance(self.rate, (int, float))):
            raise TypeError(f"rate must be a number of requests a minute or None, not {type(self.rate).__name__}.")
        if self.rate is not None and not 0 < self.rate < float("inf"):
            raise ValueError("rate must be more than 0 requests a minute, or None for no pace.")
        if self.executor is not None and not isinstance(self.executor, Executor):
            raise TypeError(f"executor must be a concurrent.futures.Executor, not {type(self.executor).__name__}.")

    def run(self, ids: Iterable[int], journal: Journal | None) -> Run:
        """The account of a run over `ids`."""
        return Run(
            ids,
            width=self.concurrency,
            missing_ok=self.missing_ok,
            stop_on_error=self.stop_on_error,
            journal=journal,
        )


def check_ids(ids: object) -> None:
    """Raises TypeError for what is no collection of ids: a text of digits is one id, and iterates over its digits."""
    if isinstance(ids, (str, bytes)) or not isinstance(ids, Iterable):
        raise TypeError(f"ids must be an iterable of ints, not {type(ids).__name__}.")


def delete_many(
    session: Session, describe: Describe, ids: Iterable[int], plan: BulkOptions, options: CallOptions
) -> Generator[BulkItem, None, None]:
    """Start a run in threads, or on the given executor. Everything is checked before the first item is asked for."""
    check_ids(ids)
    session.check_open()
    return _deletions(session.with_options(**options), describe, ids, plan)


def delete_many_async(
    session: AsyncSession, describe: Describe, ids: Iterable[int], plan: BulkOptions, options: CallOptions
) -> AsyncGenerator[BulkItem, None]:
    """Start a run in tasks, or on the given executor."""
    check_ids(ids)
    session.check_open()
    return _async_deletions(session.with_options(**options), describe, ids, plan)


def _deletions(
    session: Session, describe: Describe, ids: Iterable[int], plan: BulkOptions
) -> Generator[BulkItem, None, None]:
    with _journal_of(session, plan) as journal:
        run = plan.run(ids, journal)
        if plan.executor is not None:
            yield from _in_chunks(run, plan, session, describe)
            return
        stop = threading.Event()
        with rate_and_connections(session, plan):
            yield from in_threads(run, lambda job: _delete(session, describe, job, stop), stop)


async def _async_deletions(
    session: AsyncSession, describe: Describe, ids: Iterable[int], plan: BulkOptions
) -> AsyncGenerator[BulkItem, None]:
    async def delete(job: Job) -> Result:
        try:
            return (await session.execute(describe(job.id, False), {})).outcome
        except (MailPartnerError, TypeError, ValueError) as error:
            return error.with_traceback(None)

    with _journal_of(session, plan) as journal, rate_and_connections(session, plan):
        run = plan.run(ids, journal)
        items = in_tasks(run, delete) if plan.executor is None else in_chunks_async(run, plan, session, describe)
        async with aclosing(items):
            async for item in items:
                yield item


async def in_chunks_async(
    run: Run, plan: BulkOptions, session: AsyncSession, describe: Describe
) -> AsyncGenerator[BulkItem, None]:
    """Carry out a run on an executor, awaited: its waiting is done in a thread."""
    items = _in_chunks(run, plan, session, describe)
    try:
        while (item := await run_uncancelled(lambda: next(items, None))) is not None:
            yield item
    finally:
        await run_uncancelled(items.close)


def _in_chunks(run: Run, plan: BulkOptions, session: AnySession, describe: Describe) -> Generator[BulkItem, None, None]:
    executor = cast(Executor, plan.executor)
    lanes = Lanes(plan.concurrency, plan.rate)
    return in_chunks(run, executor, lanes, describe, session.base_url, session.options)


def _delete(session: Session, describe: Describe, job: Job, stop: threading.Event) -> Result | NotSent | None:
    def delete() -> DeletionOutcome:
        return session.execute(describe(job.id, False), {}, stop).outcome

    try:
        return outcome_of(delete)
    except CallAborted as aborted:
        return None if aborted.sent else NotSent()


@contextmanager
def rate_and_connections(session: AnySession, plan: BulkOptions) -> Iterator[None]:
    """The pace of a run for all calls of its client, and connections for as many as it has under way."""
    session.sender.resize(plan.concurrency)
    rate_limiter = session.state.rate_limiter
    rate = float("inf") if plan.rate is None else plan.rate  # unpaced, but a 429 still pauses everybody
    rate_limiter.begin(rate)
    try:
        yield
    finally:
        rate_limiter.end(rate)


@contextmanager
def _journal_of(session: AnySession, plan: BulkOptions) -> Iterator[Journal | None]:
    given = plan.journal
    if given is None:
        yield None
        return
    journal = given if isinstance(given, Journal) else Journal(given)
    try:
        with journal.held():
            journal.bind({"base_url": session.base_url})
            journal.bind_account(session.fingerprint())
            yield journal
    finally:
        if journal is not given:
            journal.close()
