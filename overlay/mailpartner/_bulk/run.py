"""Bulk runs as their callers see them: iterators that can be stopped from outside."""

from __future__ import annotations

import gc
import os
import warnings
import weakref
from _thread import get_ident, start_new_thread
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator, Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING, Any, Generic, Self

import sniffio

from mailpartner._bulk.executors import ExecutorRunner
from mailpartner._bulk.journal import Journal
from mailpartner._bulk.journal_row import I, O
from mailpartner._bulk.options import BulkOperation, BulkOptions, check_items
from mailpartner._bulk.state import BulkState
from mailpartner._bulk.tasks import TaskRunner, run_uncancelled
from mailpartner._bulk.threads import ThreadRunner
from mailpartner._core.session import AnySession, AsyncSession, Session
from mailpartner.errors import JournalError, MailPartnerError
from mailpartner.results import BulkItem

if TYPE_CHECKING:
    from mailpartner._core.options import CallOptions


class _Run(Generic[I, O]):
    """What sync and async runs share."""

    def __init__(self, operation: BulkOperation[I, O], items: Iterable[I], options: BulkOptions) -> None:
        check_items(items, operation.argument)
        self._state = BulkState(operation, items, options)
        self._process = os.getpid()

    def stop(self) -> None:
        """Take no more items, and end the iteration normally when the requests that were sent have ended.

        Their items are still yielded. Calls that wait for the rate limit are not sent; one that waits to be repeated
        ends with the error of its last attempt. Can be called from other threads and from signal handlers.
        """
        self._state.request_stop()


class BulkRun(_Run[I, O]):
    """A bulk run: an iterator of one item for each input, as they end. Nothing is sent until you iterate.

    Iterate it in one thread; `stop` can be called from any. As a context manager it is closed at the end. A run that
    is left is also closed when it is garbage-collected, and at the end of the program.
    """

    def __init__(
        self,
        session: Session,
        operation: BulkOperation[I, O],
        items: Iterable[I],
        options: BulkOptions,
        call_options: CallOptions,
    ) -> None:
        """Create a run. Nothing is sent yet."""
        super().__init__(operation, items, options)
        session.check_open()
        self._items = _iterate(self._state, session.with_options(**call_options))
        weakref.finalize(self, _discard, self._state, self._items.close, os.getpid())

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> BulkItem[I, O]:
        self._state.started = True
        return next(self._items)

    def results(self) -> list[BulkItem[I, O]]:
        """Return all items that have not been iterated yet.

        If the run stops before its end, its error is raised; a MailPartnerError has the items as `items`.
        """
        items: list[BulkItem[I, O]] = []
        with _kept(items):
            items.extend(self)
        return items

    def close(self) -> None:
        """Leave the run: take no more items, wait for the requests that were sent, and record what came of them.

        Raises:
            JournalError: If that cannot be recorded.
        """
        self._state.started = True
        if os.getpid() != self._process:  # a fork: the run is the parent's
            return
        self._items.close()
        if isinstance(self._state.error, JournalError):
            _raise(self._state)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class AsyncBulkRun(_Run[I, O]):
    """A bulk run: an async iterator of one item for each input, as they end. Nothing is sent until you iterate.

    Iterate it in one task, in asyncio; `stop` can be called from any thread. Close a run that you leave: use it as a
    context manager, or call `aclose`.
    """

    def __init__(
        self,
        session: AsyncSession,
        operation: BulkOperation[I, O],
        items: Iterable[I],
        options: BulkOptions,
        call_options: CallOptions,
    ) -> None:
        """Create a run. Nothing is sent yet."""
        _check_event_loop()
        super().__init__(operation, items, options)
        session.check_open()
        self._items = _iterate_async(self._state, session.with_options(**call_options))
        weakref.finalize(self, _discard, self._state, None, os.getpid())

    def __aiter__(self) -> Self:
        return self

    def __anext__(self) -> Awaitable[BulkItem[I, O]]:
        self._state.started = True
        return self._items.__anext__()

    async def results(self) -> list[BulkItem[I, O]]:
        """Return all items that have not been iterated yet.

        If the run stops before its end, its error is raised; a MailPartnerError has the items as `items`.
        """
        items: list[BulkItem[I, O]] = []
        with _kept(items):
            async for item in self:
                items.append(item)  # noqa: PERF401 - kept if the run stops before its end
        return items

    async def aclose(self) -> None:
        """Leave the run: take no more items, cancel the requests that were sent, and record what came of them.

        Raises:
            JournalError: If that cannot be recorded.
        """
        self._state.started = True
        await self._items.aclose()
        if isinstance(self._state.error, JournalError):
            _raise(self._state)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()


def _iterate(state: BulkState[I, O], session: Session) -> Generator[BulkItem[I, O], None, None]:
    with _open_journal(state, session), _rate_and_connections(state, session):
        in_executor = state.options.executor is not None
        runner = ExecutorRunner(state, session) if in_executor else ThreadRunner(state, session)
        try:
            while state.active:
                yield from runner.advance()
        finally:
            runner.finish()
    _raise(state)


async def _iterate_async(state: BulkState[I, O], session: AsyncSession) -> AsyncGenerator[BulkItem[I, O], None]:
    # One generator, not one inside the other: asyncio closes all at once when it ends.
    _check_event_loop()
    with _open_journal(state, session), _rate_and_connections(state, session):
        advance, finish = _in_executor(state, session) if state.options.executor else _in_tasks(state, session)
        try:
            while state.active:
                for item in await advance():
                    yield item
        finally:
            await finish()
    _raise(state)


def _raise(state: BulkState[Any, Any]) -> None:
    """Raise what stopped the run, once."""
    error, state.error = state.error, None
    if error is not None:
        raise error


_Steps = tuple[Callable[[], Awaitable[list[BulkItem[Any, Any]]]], Callable[[], Awaitable[None]]]


def _in_tasks(state: BulkState[Any, Any], session: AsyncSession) -> _Steps:
    runner = TaskRunner(state, session)
    return runner.advance, runner.finish


def _in_executor(state: BulkState[Any, Any], session: AsyncSession) -> _Steps:
    runner = ExecutorRunner(state, session)
    return partial(run_uncancelled, runner.advance), partial(run_uncancelled, runner.finish)


@contextmanager
def _rate_and_connections(state: BulkState[Any, Any], session: AnySession) -> Iterator[None]:
    """Apply the rate to all calls of the client, and allow as many connections as the run uses."""
    options = state.options
    if options.executor is not None:  # its workers have clients of their own
        yield
        return
    session.sender.resize(options.concurrency)
    rate_limiter = session.state.rate_limiter
    try:
        # Without a limit a 429 still pauses all calls.
        rate_limiter.begin(state, float("inf") if options.rate is None else options.rate)
        yield
    finally:
        rate_limiter.end(state)


@contextmanager
def _open_journal(state: BulkState[I, O], session: AnySession) -> Iterator[None]:
    given = state.options.journal
    if given is None:
        yield
        return
    journal = given if isinstance(given, Journal) else Journal(given)
    try:
        with journal.held():
            facts = {"base_url": session.base_url, "operation": state.operation.name}
            account = session.fingerprint()
            if not journal.append:
                journal.bind(facts)
                journal.bind_account(account)
            with journal.session(**facts, account=account):
                state.use(journal)
                yield
    finally:
        if journal is not given:
            journal.close()


@contextmanager
def _kept(items: list[BulkItem[I, O]]) -> Iterator[None]:
    """Give the items to the error that ends their collection."""
    try:
        yield
    except MailPartnerError as error:
        error.items = tuple(items)
        raise


def _check_event_loop() -> None:
    """Raise RuntimeError in trio."""
    try:
        library = sniffio.current_async_library()
    except sniffio.AsyncLibraryNotFoundError:
        return
    if library != "asyncio":
        raise RuntimeError(
            f"Bulk runs need asyncio, and this is {library}. Nothing was sent."
            " Use MailPartner in a thread, or make single calls."
        )


class _Collector:
    """Knows in which thread the cyclic garbage collector runs now, if in any.

    It runs in the midst of anything, such as a thread of the run, or with a lock held that a thread of the run needs.
    """

    def __init__(self) -> None:
        self._thread: int | None = None
        gc.callbacks.append(self._note)

    def _note(self, phase: str, info: dict[str, int]) -> None:
        self._thread = get_ident() if phase == "start" else None

    @property
    def is_here(self) -> bool:
        return self._thread == get_ident()


_collector = _Collector()


def _discard(state: BulkState[Any, Any], close: Callable[[], None] | None, process: int) -> None:
    """Close a run that nobody refers to any more, or that is still open when the program ends."""
    if os.getpid() != process:  # a fork of the process whose run it is
        return
    if not state.started:
        warnings.warn(
            f"A bulk run over {state.operation.argument} was never iterated: nothing was sent."
            " Iterate it, or call results().",
            RuntimeWarning,
            stacklevel=3,
        )
    if close is None:
        return
    if _collector.is_here:
        start_new_thread(_close, (state, close))
    else:
        _close(state, close)


def _close(state: BulkState[Any, Any], close: Callable[[], None]) -> None:
    with suppress(ValueError):  # at the end of the program: a thread is still iterating
        close()
    if isinstance(state.error, JournalError):
        warnings.warn(f"A bulk run was left. {state.error}", RuntimeWarning, stacklevel=4)
