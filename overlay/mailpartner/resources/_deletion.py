"""Deleting: what goes in and what comes out, the same for sync and async."""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING, Self

from mailpartner._core.call import Success
from mailpartner._core.generated_client import operation
from mailpartner.errors import MailPartnerError, NotFoundError
from mailpartner.results import Deletion, Outcome, Unsubscribe

if TYPE_CHECKING:
    from mailpartner._core.call import CallResult
    from mailpartner._core.options import CallOptions, Options
    from mailpartner._core.request import Request
    from mailpartner.client import AnyClient

_ADVICE = {
    "not_found": "Take the id from the list of unsubscribes, or pass missing_ok=True.",
    "doubt": "Delete it once more with missing_ok=True.",
}


def delete_call(client: AnyClient, id: int, options: CallOptions) -> tuple[Request, Options]:
    """What `delete` sends."""
    if isinstance(id, str) and "@" in id:
        raise TypeError("id must be an int, not an address: that goes to delete_email. Nothing was sent.")
    return client._prepared(operation("delete_unsubscribe"), {"id": id}, options, _ADVICE)


def deletion(id: int, settled: CallResult, missing_ok: bool) -> Deletion:
    """What became of the entry; raises the error if that is not certain."""
    if isinstance(settled, Success):
        envelope = settled.envelope
        return Deletion(id, Outcome.DELETED, envelope.code, envelope.message, settled.attempts, settled.http)
    error, http = settled.error, settled.http
    if isinstance(error, NotFoundError) and http is not None and (missing_ok or error.maybe_applied):
        return Deletion(id, Outcome.ALREADY_GONE, error.code, error.message, settled.attempts, http)
    raise error


class PartialDeletion:
    """The deletions of one address's entries; an error in between carries those done before it."""

    def __init__(self, entries: tuple[Unsubscribe, ...], missing_ok: bool) -> None:
        if not entries and not missing_ok:
            raise NotFoundError(
                "The list of unsubscribes has no entry with this address. Nothing was done."
                " Check how the list spells it, or pass missing_ok=True."
            )
        self.done: list[Deletion] = []
        self._wanted = len(entries)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, MailPartnerError) and self.done:
            before = f"{len(self.done)} of {self._wanted} entries with this address were deleted before"
            error.deletions = tuple(self.done)
            error.maybe_applied = True
            error.args = (str(error).replace("Nothing was done", before),)
            error.add_note(f"{before}.")
