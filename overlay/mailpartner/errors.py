"""What can go wrong, as exceptions.

    MailPartnerError
    ├── ConfigurationError(ValueError)     no key, a key with spaces or control characters, an unsafe base URL
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
        ├── RateLimitError
        └── ServerError

`str(error)` is one line: what happened, what was or may have been done at the server, and what to do next. Every
error pickles and copies, and none holds a request, a header or the key. Which class a code belongs to is said in
openapi.yaml, for each operation; `KINDS` joins its words to the classes here.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Final

    from mailpartner.results import Deletion, ErrorDetail


class MailPartnerError(Exception):
    """The base of all errors of this package.

    maybe_applied: False when it is certain that the server did nothing for this call; True when it may have done
    it all the same, at this attempt or at an earlier one of the same call.
    attempts: how many requests the call sent or tried to send.
    deletions: what `delete_email` had deleted before this error stopped it.
    """

    maybe_applied: bool = False
    attempts: int = 0
    deletions: tuple[Deletion, ...] = ()

    def __init__(self, text: str = "", /, **details: Any) -> None:
        super().__init__(text)
        self.__dict__.update(details)

    def __reduce__(self) -> tuple[Any, ...]:
        return _restore, (type(self), self.args, self.__dict__)


class ConfigurationError(MailPartnerError, ValueError):
    """The client cannot be made or used as it was asked for: no key, an unusable key, an unsafe base URL."""


class BulkStoppedError(MailPartnerError):
    """A bulk run stopped before its end, because going on made no sense: run it again later.

    error: the failure that stopped it.
    """

    error: Exception | None = None


class JournalError(MailPartnerError):
    """The journal of a bulk run cannot be used: another run's, in use, damaged, or impossible to write."""


class APIConnectionError(MailPartnerError):
    """No answer came. `maybe_applied` says whether the request may have reached the server."""


class APITimeoutError(APIConnectionError, TimeoutError):
    """No answer came in time: a network step took longer than `timeout`, or the call longer than `deadline`."""


class UnexpectedResponseError(MailPartnerError):
    """An answer came that is not one of this API: an error page, an empty body, a contradiction.

    status_code: the HTTP status. content_type: the header, or None. body: what came, up to 64 KiB, the key hidden.
    retry_after: seconds the server asked to wait, or None.
    """

    status_code: int = 0
    content_type: str | None = None
    body: bytes = b""
    retry_after: float | None = None


class ResponseTooLargeError(UnexpectedResponseError):
    """The answer was longer than the client accepts; the rest of it was not read."""


class APIError(MailPartnerError):
    """The API read the request and refused it, or a gateway before it said that it gets too many.

    code: the API's number, None where it gave none. name: the name that openapi.yaml gives the code, None for a
    code that is not listed there. message: the server's words, French or English, or None: never compare them.
    errors: what is wrong with which field, often empty. status_code: the HTTP status. body: the answer, up to
    64 KiB, the key hidden.
    """

    code: int | None = None
    name: str | None = None
    message: str | None = None
    errors: tuple[ErrorDetail, ...] = ()
    status_code: int = 0
    body: bytes = b""


class AuthenticationError(APIError):
    """The key is missing or wrong."""


class PermissionDeniedError(APIError):
    """The account is disabled or blocked, or may not use the API, or not from this IP address."""


class InvalidRequestError(APIError):
    """Something in the request is missing or wrong."""


class NotFoundError(APIError):
    """The API knows no such entry, and nothing suggests that this call removed it."""


class RateLimitError(APIError):
    """Too many requests. retry_after: seconds the server asked to wait, or None where it did not say."""

    retry_after: float | None = None


class ServerError(APIError):
    """The API says that the fault is its own."""


KINDS: Final[dict[str, type[APIError]]] = {
    "authentication": AuthenticationError,
    "permission_denied": PermissionDeniedError,
    "invalid_request": InvalidRequestError,
    "not_found": NotFoundError,
    "rate_limit": RateLimitError,
    "server": ServerError,
}


def _restore(cls: type[MailPartnerError], args: tuple[Any, ...], details: dict[str, Any]) -> MailPartnerError:
    error = cls(*args)
    error.__dict__.update(details)
    return error
