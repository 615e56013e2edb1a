"""The exceptions of this package.

The classes::

    MailPartnerError
    ├── ConfigurationError(ValueError)     no key, an unusable one or a sandbox's, an unsafe base URL
    ├── BulkStoppedError                   a bulk run stopped before its end; it can be resumed
    ├── JournalError                       a journal that cannot be used, or cannot be written any more
    ├── APIConnectionError                 no answer
    │   └── APITimeoutError(TimeoutError)
    ├── UnexpectedResponseError            an answer that cannot be read
    │   └── ResponseTooLargeError
    └── APIError                           the API refused
        ├── AuthenticationError
        ├── PermissionDeniedError
        ├── InvalidRequestError
        ├── NotFoundError
        ├── InsufficientCreditError
        ├── RateLimitError
        └── ServerError

`str(error)` is one line: what happened, what was or may have been done at the server, and what to do next. Every
error can be pickled and copied, and none holds a request, a header or the key. openapi.yaml says for each operation
which kind of error a code is; `KINDS` maps the kinds to the classes.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, Final

    from mailpartner.results import BulkItem, Deletion, ErrorDetail


@dataclasses.dataclass(frozen=True, slots=True)
class Hint:
    """What to do next after an error, as an English sentence with an id by which a program can translate it."""

    id: str
    """Identifies the sentence, e.g. "check_key"."""

    template: str
    """The English sentence, with the names of `values` in braces."""

    values: Mapping[str, str] = dataclasses.field(default_factory=dict, hash=False)
    """What to fill in."""

    def __str__(self) -> str:
        """Return the English sentence."""
        return self.template.format_map(self.values)


class MailPartnerError(Exception):
    """The base of all errors of this package."""

    maybe_applied: bool = False
    """False only if the server certainly did nothing for this call.

    True if it may have done it all the same, in this attempt or in an earlier one of the same call.
    """

    attempts: int = 0
    """The number of requests that the call sent or tried to send."""

    hint: Hint | None = None
    """What to do next: the last sentence of the error's text. None for errors that were not raised by a call."""

    deletions: tuple[Deletion, ...] = ()
    """What `delete_email` had deleted before this error stopped it."""

    items: tuple[BulkItem[Any, Any], ...] = ()
    """What `results()` of a bulk run had collected before this error stopped it."""

    def __init__(self, text: str = "", /, **details: Any) -> None:
        """Create an error with one line of text.

        Args:
            text: The line.
            **details: The attributes.
        """
        super().__init__(text)
        self.__dict__.update(details)

    def __reduce__(self) -> tuple[Any, ...]:
        """Support pickling and copying with all attributes."""
        return _restore, (type(self), self.args, self.__dict__)


class ConfigurationError(MailPartnerError, ValueError):
    """The client cannot be made or used like this: no key, an unusable key, an unsafe base URL."""


class BulkStoppedError(MailPartnerError):
    """A bulk run stopped before its end, because going on made no sense. Run it again later."""

    error: Exception | None = None
    """The failure that stopped it."""


class JournalError(MailPartnerError):
    """The journal of a bulk run cannot be used: it is another run's, in use, damaged, or cannot be written."""

    in_use: bool = False
    """True if another run has it open: it may be free later."""

    damaged: bool = False
    """True if its content cannot be read."""


class APIConnectionError(MailPartnerError):
    """No response was received. `maybe_applied` says whether the request may have reached the server."""


class APITimeoutError(APIConnectionError, TimeoutError):
    """No response in time: a network step took longer than `timeout`, or the call longer than `deadline`."""


class UnexpectedResponseError(MailPartnerError):
    """A response that is not one of this API: an error page, an empty body, a contradiction."""

    status_code: int = 0
    """The HTTP status."""

    content_type: str | None = None
    """The Content-Type header, or None."""

    body: bytes = b""
    """The first 64 KiB of the body, without the key; empty where an answer may hold other accounts' keys."""

    retry_after: float | None = None
    """Seconds that the server asked to wait, or None."""


class ResponseTooLargeError(UnexpectedResponseError):
    """The response was longer than the client accepts; the rest of it was not read."""


class APIError(MailPartnerError):
    """The API read the request and refused it, or a gateway before it refused because of too many requests."""

    code: int | None = None
    """The API's code, None if it gave none."""

    name: str | None = None
    """The name of the code in openapi.yaml, None for a code that is not listed there."""

    message: str | None = None
    """The server's text, French or English, or None. Never compare it."""

    errors: tuple[ErrorDetail, ...] = ()
    """What is wrong with which field; often empty."""

    status_code: int = 0
    """The HTTP status."""

    body: bytes = b""
    """The first 64 KiB of the body, without the key."""


class AuthenticationError(APIError):
    """The key is missing or wrong."""


class PermissionDeniedError(APIError):
    """The account is disabled or blocked, or may not use the API, or not from this IP address."""


class InvalidRequestError(APIError):
    """Something in the request is missing or wrong."""


class NotFoundError(APIError):
    """The API knows no such entry, and nothing suggests that this call removed it."""


class InsufficientCreditError(APIError):
    """The account has not enough credit for this."""


class RateLimitError(APIError):
    """Too many requests."""

    retry_after: float | None = None
    """Seconds that the server asked to wait, or None."""


class ServerError(APIError):
    """The API reports a fault of its own."""


KINDS: Final[dict[str, type[APIError]]] = {
    "authentication": AuthenticationError,
    "permission_denied": PermissionDeniedError,
    "invalid_request": InvalidRequestError,
    "not_found": NotFoundError,
    "insufficient_credit": InsufficientCreditError,
    "rate_limit": RateLimitError,
    "server": ServerError,
}


def _restore(cls: type[MailPartnerError], args: tuple[Any, ...], details: dict[str, Any]) -> MailPartnerError:
    error = cls(*args)
    error.__dict__.update(details)
    return error
