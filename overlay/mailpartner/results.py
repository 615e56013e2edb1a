"""What a call gives back."""

from __future__ import annotations

import enum

import attrs


class Outcome(enum.Enum):
    """What became of an entry that was to be deleted."""

    DELETED = "deleted"
    ALREADY_GONE = "already_gone"


@attrs.frozen
class BulkItem:
    """What became of one id of a bulk run: an outcome or an error, the other is None.

    The error is a MailPartnerError, or the TypeError or ValueError of something that cannot be an id.
    """

    id: int
    outcome: Outcome | None
    error: Exception | None


@attrs.frozen
class ErrorDetail:
    """One fault of a request, as the server lists it.

    element_id: the field as the server names it, e.g. ``children[message].data``. message: its words. code: a number
    of its own. Each is None where the server does not say.
    """

    element_id: str | None = None
    message: str | None = None
    code: int | None = None


@attrs.frozen
class Unsubscribe:
    """One address that receives no mailings of the account.

    id: what `delete` wants. email: the address as the server gives it. created_at: when it was added, as the vendor
    writes it, ``2015-07-20 10:19:45``; the time zone is not stated, so none is invented. None where it is missing.
    """

    id: int
    email: str
    created_at: str | None = None


@attrs.frozen
class HttpInfo:
    """How the answer came: the method of the last request, the HTTP status, the Content-Type (or None)."""

    method: str
    status_code: int
    content_type: str | None


@attrs.frozen
class Deletion:
    """A deletion that the server confirmed, or found already done.

    id: the entry's id. outcome: DELETED or ALREADY_GONE. code: the API's number, None where it gave none.
    message: the server's words or None. attempts: how many requests it took. http: how the answer came; it takes no
    part in comparisons, so that an XML answer equals its JSON twin.
    """

    id: int
    outcome: Outcome
    code: int | None
    message: str | None
    attempts: int
    http: HttpInfo = attrs.field(eq=False)
