"""The methods of unsubscribes that take many inputs. None is a coroutine: sync and async differ in the run alone."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import Executor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Final, Generic, TypeVar, Unpack

from mailpartner._bulk.options import VENDOR_RATE, BulkOperation, BulkOptions
from mailpartner._core.options import CallOptions
from mailpartner.resources import _unsubscribe_calls as calls
from mailpartner.resources._base import Resource, S
from mailpartner.results import AdditionOutcome, DeletionOutcome

if TYPE_CHECKING:
    from mailpartner._bulk.journal import Journal

ADDITION: Final = BulkOperation(
    "unsubscribes.add",
    partial(calls.add_call, exist_ok=False),
    "emails",
    AdditionOutcome.ADDED,
    AdditionOutcome.ALREADY_LISTED,
)
DELETION: Final = BulkOperation(
    "unsubscribes.delete",
    partial(calls.delete_call, missing_ok=False),
    "ids",
    DeletionOutcome.DELETED,
    DeletionOutcome.ALREADY_GONE,
)


AdditionRun = TypeVar("AdditionRun")
DeletionRun = TypeVar("DeletionRun")


class BulkUnsubscribes(Resource[S], Generic[S, AdditionRun, DeletionRun]):
    """The methods for many unsubscribes at a time."""

    _run: ClassVar[Any]
    """BulkRun or AsyncBulkRun."""

    def add_many(
        self,
        emails: Iterable[str],
        *,
        exist_ok: bool = True,
        concurrency: int = 8,
        rate: float | None = VENDOR_RATE,
        journal: str | Path | Journal | None = None,
        stop_on_error: bool = False,
        executor: Executor | None = None,
        **options: Unpack[CallOptions],
    ) -> AdditionRun:
        """Put many addresses on the list. Nothing is sent until you iterate the run that this returns.

        Args:
            emails: Any iterable. At most `concurrency` addresses are read ahead.
            exist_ok: Whether an address that is listed already is ALREADY_LISTED rather than an error.
            concurrency: How many calls run at a time.
            rate: Requests a minute of all calls of this client, as for `delete_many`.
            journal: The path of a file that survives a crash, as for `delete_many`. It holds the addresses.
            stop_on_error: Whether the first error ends the run.
            executor: Any concurrent.futures.Executor, as for `delete_many`.
            **options: Replace the client's options.

        Returns:
            A run as that of `delete_many`, with an item for each address.

        Raises:
            TypeError: If an argument is of the wrong type.
            ValueError: If an argument is out of range.
        """
        chosen = BulkOptions(exist_ok, concurrency, rate, journal, stop_on_error, executor)
        run: AdditionRun = self._run(self._session, ADDITION, emails, chosen, options)
        return run

    def delete_many(
        self,
        ids: Iterable[int],
        *,
        missing_ok: bool = True,
        concurrency: int = 8,
        rate: float | None = VENDOR_RATE,
        journal: str | Path | Journal | None = None,
        stop_on_error: bool = False,
        executor: Executor | None = None,
        **options: Unpack[CallOptions],
    ) -> DeletionRun:
        """Delete many entries. Nothing is sent until you iterate the run that this returns.

        Args:
            ids: Any iterable. At most `concurrency` ids are read ahead; while the next one is waited for, no item is
                yielded.
            missing_ok: Whether an id that the API does not know is ALREADY_GONE rather than an error.
            concurrency: How many calls run at a time.
            rate: Requests a minute of all calls of this client, by default the vendor's limit for one IP address; None
                for no limit. A 429 pauses all calls for as long as Retry-After says.
            journal: The path of a file that survives a crash. Run it again with the same journal and ids: it sends
                what has no outcome yet. Other ids are refused, and so are more ids than a run that reached their end.
            stop_on_error: Whether the first error ends the run.
            executor: Any concurrent.futures.Executor to spread the run over, `concurrency` chunks at a time; it should
                have as many workers. They take the key from MAILPARTNER_API_KEY in their own environment.
            **options: Replace the client's options.

        Returns:
            A run to iterate: a BulkSuccess or BulkFailure for each id as it ends. It has `results`, `stop` and a way
            to close it. While it is iterated it raises AuthenticationError at the first refused key,
            PermissionDeniedError for a refused account, BulkStoppedError after 20 failures in a row, and JournalError
            if the journal cannot be used; all after the items of the calls that were running.

        Raises:
            TypeError: If an argument is of the wrong type.
            ValueError: If an argument is out of range.
        """
        chosen = BulkOptions(missing_ok, concurrency, rate, journal, stop_on_error, executor)
        run: DeletionRun = self._run(self._session, DELETION, ids, chosen, options)
        return run
