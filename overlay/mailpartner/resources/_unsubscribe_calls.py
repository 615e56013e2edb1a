"""The operations of the list of unsubscribes: one description each, for sync and async."""

from __future__ import annotations

from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self

from mailpartner._core.call import CallResult, Failure, Success
from mailpartner._core.generated_client import models, operation_module
from mailpartner._core.response import DecodeError
from mailpartner._core.session import Call
from mailpartner.errors import Hint, MailPartnerError, NotFoundError
from mailpartner.resources._addresses import check_address, normalize_email
from mailpartner.resources._base import argument_limits, inconsistent
from mailpartner.results import Addition, AdditionOutcome, Deletion, DeletionOutcome, Unsubscribe

if TYPE_CHECKING:
    from collections.abc import Callable

    from mailpartner.contract import Limits

_ADDITION_HINTS: Final = {
    "ALREADY_LISTED": Hint("already_listed", "It receives no mailings; find() gives its entry."),
    "doubt": Hint("add_again", "Add it once more: that it is listed already then means that it worked."),
}
_DELETION_HINTS: Final = {
    "not_found": Hint("take_id_from_list", "Take the id from the list of unsubscribes, or pass missing_ok=True."),
    "doubt": Hint("delete_again", "Delete it once more with missing_ok=True."),
}

_NOT_LISTED: Final = Hint("check_spelling", "Check how the list spells it, or pass missing_ok=True.")


def list_call() -> Call[tuple[Unsubscribe, ...]]:
    """Describe reading the whole list."""
    return Call(operation_module("unsubscribes.list_unsubscribes"), {}, _entries, row=partial(_entry, _id_limits()))


def scan_call(take: Callable[[int, str], None]) -> Call[int]:
    """Describe reading the whole list, each entry of which goes to `take`; the result is how many there are.

    The entries of an answer that is then rejected, or of one that is repeated, go to `take`, too.
    """
    limits = _id_limits()

    def entry(row: dict[str, Any]) -> Any:
        found = _entry(limits, row)
        take(found.id, found.email)
        return ()  # only counted

    return Call(operation_module("unsubscribes.list_unsubscribes"), {}, lambda done: len(_entries(done)), row=entry)


def _entry(limits: Limits, row: dict[str, Any]) -> Unsubscribe:
    """Build an entry. Raises DecodeError for what cannot be one: a list that holds it is not to be trusted."""
    number, email = row["id"], row["email"]
    if not _is_id(number, limits):
        raise DecodeError(f"an entry with the id {number}, which cannot be one")
    if not email or email.isspace():
        raise DecodeError(f"the entry {number} without an address")
    return Unsubscribe(number, email, row.get("createdAt"))


def _entries(outcome: CallResult) -> tuple[Unsubscribe, ...]:
    if isinstance(outcome, Failure):
        raise outcome.error
    data = outcome.envelope.data
    entries, count = tuple(data["data"]), data.get("nbData")
    if count is not None and count != len(entries):
        raise inconsistent(outcome, f"counts {count} entries and lists {len(entries)}: it is not the whole list")
    return entries


def add_call(email: str, exist_ok: bool) -> Call[Addition | Failure]:
    """Describe adding an address. The result is a Failure where an earlier attempt of the same call may have added it.

    Raises:
        TypeError: If `email` is not a str.
        ValueError: If `email` cannot be an address.
    """
    check_address(email)
    body = models().UnsubscribeAddition(api_key="", email=email)  # the transport puts the key in
    return Call(
        operation_module("unsubscribes.add_unsubscribe"),
        {"body": body},
        partial(_addition, email, exist_ok),
        _ADDITION_HINTS,
    )


def _addition(email: str, exist_ok: bool, outcome: CallResult) -> Addition | Failure:
    if isinstance(outcome, Success):
        number, envelope = outcome.envelope.data.get("stopId"), outcome.envelope
        if not _is_id(number, _id_limits()):
            number = None
        return Addition(
            email, AdditionOutcome.ADDED, number, envelope.code, envelope.message, outcome.attempts, outcome.http
        )
    if exist_ok and outcome.refused_as_done:
        return listed_before(email, outcome, None)
    if outcome.done_before:
        return outcome
    raise outcome.error


def listed_before(email: str, failure: Failure, entry: Unsubscribe | None) -> Addition:
    """Return the addition of an address that the server says is listed already."""
    error, http, number = failure.error, failure.http, entry.id if entry is not None else None
    assert http is not None  # noqa: S101 - a refusal is a response
    code, message = getattr(error, "code", None), getattr(error, "message", None)
    return Addition(email, AdditionOutcome.ALREADY_LISTED, number, code, message, failure.attempts, http)


def delete_call(id: int, missing_ok: bool) -> Call[Deletion]:
    """Describe deleting one entry.

    Raises:
        TypeError: If `id` is an address.
    """
    if isinstance(id, str) and "@" in id:
        raise TypeError("id must be an int, not an address: that goes to delete_email. Nothing was sent.")
    result = partial(_deletion, id, missing_ok)
    return Call(operation_module("unsubscribes.delete_unsubscribe"), {"id": id}, result, _DELETION_HINTS)


def _deletion(id: int, missing_ok: bool, outcome: CallResult) -> Deletion:
    if isinstance(outcome, Success):
        envelope = outcome.envelope
        return Deletion(id, DeletionOutcome.DELETED, envelope.code, envelope.message, outcome.attempts, outcome.http)
    error, http = outcome.error, outcome.http
    if isinstance(error, NotFoundError) and http is not None and (outcome.done_before or missing_ok):
        return Deletion(id, DeletionOutcome.ALREADY_GONE, error.code, error.message, outcome.attempts, http)
    raise error


def with_address(email: str, entries: tuple[Unsubscribe, ...]) -> tuple[Unsubscribe, ...]:
    """Return those of `entries` that have this address."""
    wanted = normalize_email(email)
    return tuple(entry for entry in entries if normalize_email(entry.email) == wanted)


def _id_limits() -> Limits:
    """Return the limits of the id that `delete` takes."""
    return argument_limits("deleteUnsubscribe", "id")


def _is_id(number: int | None, limits: Limits) -> bool:
    low, high = limits.minimum, limits.maximum
    return number is not None and (low is None or number >= low) and (high is None or number <= high)


class PartialDeletion:
    """Collects the deletions of one address's entries. An error in between carries those done before it."""

    def __init__(self, entries: tuple[Unsubscribe, ...], missing_ok: bool) -> None:
        if not entries and not missing_ok:
            text = "The list of unsubscribes has no entry with this address. Nothing was done."
            raise NotFoundError(f"{text} {_NOT_LISTED}", hint=_NOT_LISTED)
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
