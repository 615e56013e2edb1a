"""The rows of a journal: their states, and how items become rows and rows items."""

from __future__ import annotations

import json
import re
from enum import StrEnum
from functools import partial
from typing import Any, Final, NamedTuple, TypeVar

from mailpartner import errors
from mailpartner.errors import APIError
from mailpartner.results import BulkFailure, BulkItem, BulkSuccess

PENDING, SENT, DONE, REFUSED, FAILED, INVALID = range(6)
FINAL: Final = frozenset({DONE, REFUSED, INVALID})
_ADDRESS: Final = re.compile(r"\S+@\S+")
_ERRORS: Final = frozenset({REFUSED, FAILED, INVALID})

I = TypeVar("I")  # noqa: E741 - of the items
O = TypeVar("O", bound=StrEnum)  # noqa: E741 - of the outcomes


class Source(NamedTuple):
    """The source of an item.

    Attributes:
        line: The number of its line in the input.
        person: A keyed hash of the address that it stands for.
        address: The address itself.
    """

    line: int | None = None
    person: bytes | None = None
    address: str | None = None


class Reject(NamedTuple):
    """A line of the input that leads to no item, and why.

    person holds the keyed hashes of its addresses, one after the other; text is what stands on it, if that is kept.
    """

    line: int
    reason: str
    person: bytes | None = None
    text: str | None = None


class Row(NamedTuple):
    """One item of a run, as the journal has it."""

    position: int
    input: int | str
    state: int
    unsettled: int
    outcome: str | None
    error: str | None
    code: int | None
    details: str | None
    line: int | None
    person: bytes | None
    address: str | None
    result: str
    """The outcome of an item that is done, otherwise "failed", "in_doubt" or "not_sent"."""

    @property
    def maybe_applied(self) -> bool:
        """True if it may have been done although no response says so, in this session or an earlier one."""
        return self.state == SENT or (self.state in _ERRORS and bool(self.unsettled))


def stored_input(item: object) -> int | str:
    """Return an item as the journal holds it: an id or an address, or the repr of anything else."""
    if isinstance(item, int) and not isinstance(item, bool) and abs(item) < 1 << 63:
        return item
    return item if isinstance(item, str) and "@" in item and item.isprintable() else _repr(item)


def _repr(item: object) -> str:
    try:
        text = repr(item)
    except Exception:  # an int of too many digits, or an object of the caller's
        text = f"<{type(item).__name__}>"
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def stored(
    item: BulkItem[Any, Any], keep_addresses: bool = True
) -> tuple[int, str | None, str | None, int | None, str | None, bool]:
    """Return the state, outcome, error, code, details and doubt of an item; the server's words may hold its address."""
    if item.error is None:
        return DONE, item.outcome.value, None, None, None, False
    error = item.error
    hide = (lambda text: text) if keep_addresses else partial(_ADDRESS.sub, "[address]")
    details: dict[str, object] = {"words": hide(str(error))}
    if isinstance(error, errors.MailPartnerError):
        details["attempts"] = error.attempts
    state, code = (FAILED if isinstance(error, errors.MailPartnerError) else INVALID), None
    if isinstance(error, APIError):
        details |= {"name": error.name, "message": hide(error.message) if error.message else error.message}
        if is_final(error):
            state = REFUSED
            code = error.code if error.code is not None and abs(error.code) < 1 << 63 else None  # SQLite holds no more
    maybe_applied = getattr(error, "maybe_applied", False) is True
    return state, None, type(error).__name__, code, json.dumps(details), maybe_applied


def is_final(error: Exception) -> bool:
    """Return whether a retry would have the same result: the id was refused, not the key, the rate or by a fault."""
    passing = (errors.RateLimitError, errors.ServerError, errors.AuthenticationError, errors.PermissionDeniedError)
    return isinstance(error, APIError) and not isinstance(error, passing)


def restore_item(row: Row, item: I, outcomes: type[O]) -> BulkItem[I, O]:
    """Return the item that a row in a final state stands for; its error has all but the response itself."""
    if row.state == DONE:
        return BulkSuccess(item, outcomes(row.outcome or ""), recorded=True)
    details = json.loads(row.details or "{}")
    words = details.pop("words", "")
    if row.state == INVALID:
        return BulkFailure(item, (TypeError if row.error == "TypeError" else ValueError)(words), recorded=True)
    error: APIError = getattr(errors, row.error or "APIError")(
        words, code=row.code, maybe_applied=row.maybe_applied, **details
    )
    return BulkFailure(item, error, recorded=True)
