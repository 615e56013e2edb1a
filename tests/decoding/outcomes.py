"""What a test compares of the results and errors of deletions."""

from __future__ import annotations

from typing import Any, NamedTuple

from mailpartner import APIError, Deletion, ErrorDetail, HttpInfo, Outcome
from mailpartner.errors import MailPartnerError

CLIENT_KINDS = ("sync", "async")
CUSTOM_KINDS = ("sync-custom", "async-custom")

ID = 300

Came = Deletion | MailPartnerError


class Refused(NamedTuple):
    """What the tests compare of an APIError."""

    cls: type[APIError]
    code: int | None
    name: str | None = None
    message: str | None = None
    errors: tuple[ErrorDetail, ...] = ()
    maybe_applied: bool = False


def deleted(code: int | None = 200, message: str | None = None) -> Deletion:
    """The deletion that a call in one attempt gives; how the answer came takes no part in comparisons."""
    return Deletion(ID, Outcome.DELETED, code, message, 1, HttpInfo("POST", 200, None))


def said(came: Came) -> Deletion | Refused | tuple[Any, ...]:
    """The parts of a result or an error that must be the same for answers that say the same."""
    if isinstance(came, Deletion):
        return came
    if isinstance(came, APIError):
        return Refused(type(came), came.code, came.name, came.message, came.errors, came.maybe_applied)
    return type(came), came.maybe_applied
