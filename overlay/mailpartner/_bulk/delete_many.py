"""How a bulk run begins: its arguments checked, its pace and its journal set up; and how these end with it."""

from __future__ import annotations

import threading
from collections.abc import AsyncGenerator, Generator, Iterable, Iterator
from concurrent.futures import Executor
from contextlib import aclosing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar, cast

import attrs
from mailpartner_contract import RATE_LIMIT

from mailpartner._bulk.executors import Lanes, in_chunks
from mailpartner._bulk.journal import Journal
from mailpartner._bulk.run import Job, NotSent, Result, Run, outcome_of
from mailpartner._bulk.tasks import in_tasks, run_uncancelled
from mailpartner._bulk.threads import in_threads
from mailpartner._core.call import CallAborted
from mailpartner._transport.pool import CLOSED
from mailpartner.resources import _deletion as removal
from mailpartner.results import BulkItem, Outcome

if TYPE_CHECKING:
    from mailpartner._core.options import CallOptions
    from mailpartner.client import AnyClient, AsyncMailPartner, MailPartner

VENDOR_RATE: Final = RATE_LIMIT[0] * 60 // RATE_LIMIT[1]
"""Requests a minute from one IP address, as openapi.yaml says."""

LARGEST_WIDTH: Final = 1000

Client = TypeVar("Client", "MailPartner", "AsyncMailPartner")


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
    client: MailPartner, ids: Iterable[int], plan: BulkOptions, options: CallOptions
) -> Generator[BulkItem, None, None]:
    """A run in threads, or on the plan's executor. Everything is checked before the first item is asked for."""
    return _deletions(_open(client).with_options(**options), ids, plan)


def delete_many_async(
    client: AsyncMailPartner, ids: Iterable[int], plan: BulkOptions, options: CallOptions
) -> AsyncGenerator[BulkItem, None]:
    """A run in tasks, or on the plan's executor."""
    return _async_deletions(_open(client).with_options(**options), ids, plan)


def _open(client: Client) -> Client:
    if client._closed:
        raise RuntimeError(CLOSED)
    return client


def _deletions(client: MailPartner, ids: Iterable[int], plan: BulkOptions) -> Generator[BulkItem, None, None]:
    with _journal_of(client, plan) as journal:
        run = plan.run(ids, journal)
        if plan.executor is not None:
            yield from _in_chunks(run, plan, client)
            return
        stop = threading.Event()
        with pace_and_room(client, plan):
            yield from in_threads(run, lambda job: _delete(client, job, stop), stop)


async def _async_deletions(
    client: AsyncMailPartner, ids: Iterable[int], plan: BulkOptions
) -> AsyncGenerator[BulkItem, None]:
    async def delete(job: Job) -> Result:
        try:
            settled = await client._settle(*removal.delete_call(client, job.id, {}))
        except (TypeError, ValueError) as error:
            return error
        return outcome_of(lambda: removal.deletion(job.id, settled, missing_ok=False).outcome)

    with _journal_of(client, plan) as journal, pace_and_room(client, plan):
        run = plan.run(ids, journal)
        items = in_tasks(run, delete) if plan.executor is None else in_chunks_async(run, plan, client)
        async with aclosing(items):
            async for item in items:
                yield item


async def in_chunks_async(run: Run, plan: BulkOptions, client: AsyncMailPartner) -> AsyncGenerator[BulkItem, None]:
    """A run on an executor, awaited: its waiting is done in a thread."""
    items = _in_chunks(run, plan, client)
    try:
        while (item := await run_uncancelled(lambda: next(items, None))) is not None:
            yield item
    finally:
        await run_uncancelled(items.close)


def _in_chunks(run: Run, plan: BulkOptions, client: AnyClient) -> Generator[BulkItem, None, None]:
    executor = cast(Executor, plan.executor)
    return in_chunks(run, executor, Lanes(plan.concurrency, plan.rate), client._origin.url, client._options)


def _delete(client: MailPartner, job: Job, stop: threading.Event) -> Result | NotSent | None:
    try:
        return outcome_of(lambda: _outcome(client, job, stop))
    except CallAborted as stopped:
        return None if stopped.sent else NotSent()


def _outcome(client: MailPartner, job: Job, stop: threading.Event) -> Outcome:
    request, options = removal.delete_call(client, job.id, {})
    return removal.deletion(job.id, client._settle(request, options, stop), missing_ok=False).outcome


@contextmanager
def pace_and_room(client: AnyClient, plan: BulkOptions) -> Iterator[None]:
    """The pace of a run for all calls of its client, and connections for as many as it has under way."""
    client._sender.resize(plan.concurrency)
    rate_limiter = client._state.rate_limiter
    rate = float("inf") if plan.rate is None else plan.rate  # unpaced, but a 429 still pauses everybody
    rate_limiter.begin(rate)
    try:
        yield
    finally:
        rate_limiter.end(rate)


@contextmanager
def _journal_of(client: AnyClient, plan: BulkOptions) -> Iterator[Journal | None]:
    given = plan.journal
    if given is None:
        yield None
        return
    journal = given if isinstance(given, Journal) else Journal(given)
    try:
        with journal.held():
            journal.bind({"base_url": client._origin.url})
            journal.bind_account(client._fingerprint())
            yield journal
    finally:
        if journal is not given:
            journal.close()
