"""What resources share: a session, and the errors of responses that say done but lack what they must hold."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from mailpartner._core.call import Success
from mailpartner._core.session import AsyncSession, Session
from mailpartner.errors import Hint, UnexpectedResponseError

if TYPE_CHECKING:
    from mailpartner.contract import Limits

ASK_VENDOR: Final = Hint("ask_vendor", "Do not rely on it; ask Mail Partner.")

S = TypeVar("S", Session, AsyncSession)


class Resource(Generic[S]):
    """A group of operations. Made by the client."""

    def __init__(self, session: S) -> None:
        """Create the group for a session."""
        self._session: S = session


def inconsistent(success: Success, fault: str) -> UnexpectedResponseError:
    """Return the error for a response of a reading operation that says done and contradicts itself."""
    return UnexpectedResponseError(
        f"Mail Partner says that it was done, but the answer {fault}. {ASK_VENDOR}",
        hint=ASK_VENDOR,
        status_code=success.http.status_code,
        content_type=success.http.content_type,
        attempts=success.attempts,
    )


def check_encodable(name: str, text: str) -> None:
    """Check that UTF-8 can hold a text: an argument of a command in another encoding has surrogates.

    Raises:
        ValueError: If it cannot.
    """
    try:
        _encoded = text.isascii() or text.encode()
    except UnicodeEncodeError:
        raise ValueError(f"{name} is not text that UTF-8 can hold. Nothing was sent.") from None


@cache
def argument_limits(operation_id: str, name: str) -> Limits:
    """Return the limits of an operation's argument, by the name that openapi.yaml gives it."""
    from mailpartner.contract import OPERATIONS

    return next(known.limits[name] for known in OPERATIONS.values() if known.id == operation_id)
