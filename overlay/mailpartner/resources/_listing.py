"""Listing and adding: what goes in and what comes out, the same for sync and async."""

from __future__ import annotations

from functools import cache, partial
from typing import TYPE_CHECKING, Any

from mailpartner._core.call import Failure, Success
from mailpartner._core.generated_client import models, operation
from mailpartner._core.response import DecodeError
from mailpartner.errors import InvalidRequestError, UnexpectedResponseError
from mailpartner.results import Unsubscribe

if TYPE_CHECKING:
    from mailpartner._core.call import CallResult
    from mailpartner._core.options import CallOptions, Options
    from mailpartner._core.request import Request
    from mailpartner.client import AnyClient

ALREADY_LISTED = "ALREADY_LISTED"  # the name that openapi.yaml gives the code
_ADVICE = {
    ALREADY_LISTED: "It receives no mailings; find() gives its entry.",
    "doubt": "Add it once more: that it is listed already then means that it worked.",
}


def check_address(email: object) -> None:
    """Raises TypeError or ValueError for what is no address at all; the server judges the rest."""
    if not isinstance(email, str):
        raise TypeError(f"email must be a str, not {type(email).__name__}. Nothing was sent.")
    local, _, domain = email.rpartition("@")
    if not (local and domain) or email != email.strip() or not email.isprintable():
        raise ValueError("email must be an address such as name@example.com. Nothing was sent.")


def with_address(email: str, entries: tuple[Unsubscribe, ...]) -> tuple[Unsubscribe, ...]:
    """Those of `entries` with this address."""
    wanted = normalize_email(email)
    return tuple(entry for entry in entries if normalize_email(entry.email) == wanted)


def normalize_email(email: str) -> str:
    """What equal addresses have in common."""
    # Case matters before the @ (RFC 5321, 2.4), never after it. Not casefold(): straße.example is not strasse.example.
    local, at, domain = email.rpartition("@")
    return f"{local}{at}{domain.lower()}"


def list_call(client: AnyClient, options: CallOptions) -> tuple[Request, Options]:
    """What `list` sends."""
    request, chosen = client._prepared(operation("list_unsubscribes"), {}, options)
    return request._replace(row=partial(_unsubscribe, _ids())), chosen


def _unsubscribe(ids: range, row: dict[str, Any]) -> Unsubscribe:
    """Raises Unreadable for what cannot be an entry: a list that holds it is not to be trusted."""
    number, email = row["id"], row["email"]
    if number not in ids:
        raise DecodeError(f"an entry with the id {number}, which cannot be one")
    if not email or email.isspace():
        raise DecodeError(f"the entry {number} without an address")
    return Unsubscribe(number, email, row.get("createdAt"))


@cache
def _ids() -> range:
    """The ids that `delete` takes."""
    from mailpartner_contract import OPERATIONS

    low, high = next(known.limits["id"] for known in OPERATIONS.values() if known.id == "deleteUnsubscribe")
    return range(low, high + 1)


def entries(settled: CallResult) -> tuple[Unsubscribe, ...]:
    """The entries in an answer, if it is whole."""
    if isinstance(settled, Failure):
        raise settled.error
    data = settled.envelope.data
    rows, count = data.get("data"), data.get("nbData")
    if rows is None and count != 0:
        raise _unfit(settled, "has no list", maybe_applied=False)
    if count is not None and count != len(rows or ()):
        fault = f"counts {count} entries and lists {len(rows or ())}: it is not the whole list"
        raise _unfit(settled, fault, maybe_applied=False)
    return tuple(rows or ())


def add_call(client: AnyClient, email: str, options: CallOptions) -> tuple[Request, Options]:
    """What `add` sends."""
    check_address(email)
    body = models().UnsubscribeAddition(api_key="", email=email)  # the key is put in on the way to the socket
    return client._prepared(operation("add_unsubscribe"), {"body": body}, options, _ADVICE)


def added_before(settled: CallResult) -> bool:
    """Whether an earlier attempt of the same call added it: its answer was lost, and now it is listed already."""
    if isinstance(settled, Success) or not isinstance(settled.error, InvalidRequestError):
        return False
    return settled.error.name == ALREADY_LISTED and settled.error.maybe_applied


def new_id(settled: CallResult, found: tuple[Unsubscribe, ...]) -> int:
    """The id of an entry that was added now, or `found` to have been added by an earlier attempt. Where that one was
    not found, or the list not read, its refusal is raised: listed it is, and perhaps by that attempt."""
    if found:
        return found[-1].id
    if isinstance(settled, Failure):
        raise settled.error
    number: int | None = settled.envelope.data.get("stopId")
    if number is None:
        raise _unfit(settled, "lacks its id. find() may give it", maybe_applied=True)
    if number not in _ids():
        fault = f"gives it the id {number}, which cannot be one. find() may give its own"
        raise _unfit(settled, fault, maybe_applied=True)
    return number


def _unfit(settled: Success, fault: str, maybe_applied: bool) -> UnexpectedResponseError:
    """An answer that says it was done, and does not hold what it should."""
    return UnexpectedResponseError(
        f"Mail Partner says that it was done, but the answer {fault}. Do not rely on it; ask Mail Partner.",
        status_code=settled.http.status_code,
        content_type=settled.http.content_type,
        maybe_applied=maybe_applied,
        attempts=settled.attempts,
    )
