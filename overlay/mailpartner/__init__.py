"""A client of Mail Partner (NDA Media), with typed errors.

    from mailpartner import MailPartner

    with MailPartner() as mp:  # the key is in MAILPARTNER_API_KEY
        mp.unsubscribes.delete(300)

Names are imported when they are first used, so that `import mailpartner` costs next to nothing.
"""

from mailpartner._version import __version__

TYPE_CHECKING = False
if TYPE_CHECKING:
    from mailpartner._bulk.run import AsyncBulkRun, BulkRun
    from mailpartner._secret import Secret
    from mailpartner.client import AsyncMailPartner, MailPartner
    from mailpartner.errors import (
        APIConnectionError,
        APIError,
        APITimeoutError,
        AuthenticationError,
        BulkStoppedError,
        ConfigurationError,
        Hint,
        InsufficientCreditError,
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
    from mailpartner.inputs import Attachment, Recipient
    from mailpartner.resources._subaccount_pages import AsyncSubaccountPage, SubaccountPage
    from mailpartner.results import (
        Addition,
        AdditionOutcome,
        BulkFailure,
        BulkItem,
        BulkSuccess,
        Cancellation,
        CancellationOutcome,
        CreditMove,
        Credits,
        Deletion,
        DeletionOutcome,
        Delivery,
        ErrorDetail,
        HttpInfo,
        MessageStatus,
        Outcome,
        SentMessage,
        Subaccount,
        Unsubscribe,
    )

__all__ = [
    "APIConnectionError",
    "APIError",
    "APITimeoutError",
    "Addition",
    "AdditionOutcome",
    "AsyncBulkRun",
    "AsyncMailPartner",
    "AsyncSubaccountPage",
    "Attachment",
    "AuthenticationError",
    "BulkFailure",
    "BulkItem",
    "BulkRun",
    "BulkStoppedError",
    "BulkSuccess",
    "Cancellation",
    "CancellationOutcome",
    "ConfigurationError",
    "CreditMove",
    "Credits",
    "Deletion",
    "DeletionOutcome",
    "Delivery",
    "ErrorDetail",
    "Hint",
    "HttpInfo",
    "InsufficientCreditError",
    "InvalidRequestError",
    "JournalError",
    "MailPartner",
    "MailPartnerError",
    "MessageStatus",
    "NotFoundError",
    "Outcome",
    "PermissionDeniedError",
    "RateLimitError",
    "Recipient",
    "ResponseTooLargeError",
    "Secret",
    "SentMessage",
    "ServerError",
    "Subaccount",
    "SubaccountPage",
    "UnexpectedResponseError",
    "Unsubscribe",
    "__version__",
]

_LAZY_IMPORTS = {
    "_secret": ("Secret",),
    "resources._subaccount_pages": ("AsyncSubaccountPage", "SubaccountPage"),
    "_bulk.run": ("AsyncBulkRun", "BulkRun"),
    "client": ("MailPartner", "AsyncMailPartner"),
    "inputs": ("Attachment", "Recipient"),
    "results": (
        "Addition",
        "AdditionOutcome",
        "BulkFailure",
        "BulkItem",
        "BulkSuccess",
        "Cancellation",
        "CancellationOutcome",
        "CreditMove",
        "Credits",
        "Deletion",
        "DeletionOutcome",
        "Delivery",
        "ErrorDetail",
        "HttpInfo",
        "MessageStatus",
        "Outcome",
        "SentMessage",
        "Subaccount",
        "Unsubscribe",
    ),
}
"""The modules of public names; those that are not listed here are in `errors`."""


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module 'mailpartner' has no attribute {name!r}")
    from importlib import import_module

    module = next((module for module, names in _LAZY_IMPORTS.items() if name in names), "errors")
    value: object = getattr(import_module(f"mailpartner.{module}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
