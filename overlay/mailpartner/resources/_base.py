"""What resources share: a session, and the errors of responses that say done but lack what they must hold."""

from __future__ import annotations

from typing import Final, Generic, TypeVar

from mailpartner._core.call import Success
from mailpartner._core.session import AsyncSession, Session
from mailpartner.errors import Hint, UnexpectedResponseError

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
