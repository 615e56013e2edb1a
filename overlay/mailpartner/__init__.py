"""Mail Partner (NDA Media) for Python: its list of unsubscribes, with typed errors and explicit doubt.

    from mailpartner import MailPartner

    with MailPartner() as mp:  # the key is in MAILPARTNER_API_KEY
        mp.unsubscribes.delete(300)

Names are loaded when they are first used, so that `import mailpartner` costs next to nothing.
"""

from mailpartner._version import __version__

TYPE_CHECKING = False
if TYPE_CHECKING:
    from mailpartner.client import AsyncMailPartner, MailPartner
    from mailpartner.errors import (
        APIConnectionError,
        APIError,
        APITimeoutError,
        AuthenticationError,
        BulkStoppedError,
        ConfigurationError,
        InvalidRequestError,
        JournalError,
        MailPartnerError,
        NotFoundError,
        PermissionDeniedError,
        RateLimitError,
        ResponseTooLargeError,
        ServerError,
        UnexpectedResponseError,
    )
    from mailpartner.results import BulkItem, Deletion, ErrorDetail, HttpInfo, Outcome, Unsubscribe

__all__ = [
    "APIConnectionError",
    "APIError",
    "APITimeoutError",
    "AsyncMailPartner",
    "AuthenticationError",
    "BulkItem",
    "BulkStoppedError",
    "ConfigurationError",
    "Deletion",
    "ErrorDetail",
    "HttpInfo",
    "InvalidRequestError",
    "JournalError",
    "MailPartner",
    "MailPartnerError",
    "NotFoundError",
    "Outcome",
    "PermissionDeniedError",
    "RateLimitError",
    "ResponseTooLargeError",
    "ServerError",
    "UnexpectedResponseError",
    "Unsubscribe",
    "__version__",
]

_ROOMS = {
    "client": ("MailPartner", "AsyncMailPartner"),
    "results": ("BulkItem", "Deletion", "ErrorDetail", "HttpInfo", "Outcome", "Unsubscribe"),
}


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module 'mailpartner' has no attribute {name!r}")
    from importlib import import_module

    room = next((room for room, names in _ROOMS.items() if name in names), "errors")
    value: object = getattr(import_module(f"mailpartner.{room}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
