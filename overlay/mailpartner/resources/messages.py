"""Messages, sync and async.

Every method takes the options of a call (format, timeout, deadline, max_retries) instead of the client's, and raises
MailPartnerError as the README's table says; what it raises besides is in its docstring.
"""

from __future__ import annotations

from typing import Unpack

from mailpartner._core.options import CallOptions
from mailpartner._core.session import AsyncSession, Session
from mailpartner.resources import _message_calls as calls
from mailpartner.resources._base import Resource
from mailpartner.results import Cancellation, MessageStatus


class Messages(Resource[Session]):
    """Sending mail, and what becomes of it."""

    def status(self, message_id: str | int, **options: Unpack[CallOptions]) -> MessageStatus:
        """Return what became of a message, for each recipient.

        Reports come in within seconds, and up to 48 hours after sending. Source: the vendor's page "Statut de remise".

        Args:
            message_id: The id of the message, from the result of its sending.
            **options: Replace the client's options for this call. The page knows no `format`: JSON is asked for.

        Raises:
            TypeError: If `message_id` is neither a str nor an int.
            ValueError: If `message_id` is empty or holds spaces.
            NotFoundError: If the API does not know the message.
        """
        return self._session.execute(calls.status_call(message_id), options)

    def cancel(self, message_id: str | int, **options: Unpack[CallOptions]) -> Cancellation:
        """Cancel a scheduled message, at the latest five minutes before it is due.

        After a lost answer the cancellation is repeated. Source: the vendor's page "Annulation d'un envoi".

        Args:
            message_id: The id of the message, from the result of its sending.
            **options: Replace the client's options for this call.

        Returns:
            A Cancellation, ALREADY_CANCELLED if an earlier call or a lost attempt of this one cancelled it.

        Raises:
            TypeError: If `message_id` is neither a str nor an int.
            ValueError: If `message_id` is empty or holds spaces.
            NotFoundError: If the API does not know the message.
            InvalidRequestError: If it has been sent (name ALREADY_SENT), or is about to be (TOO_LATE_TO_CANCEL).
        """
        return self._session.execute(calls.cancel_call(message_id), options)


class AsyncMessages(Resource[AsyncSession]):
    """Sending mail, and what becomes of it."""

    async def status(self, message_id: str | int, **options: Unpack[CallOptions]) -> MessageStatus:
        """Return what became of a message, for each recipient.

        Reports come in within seconds, and up to 48 hours after sending. Source: the vendor's page "Statut de remise".

        Args:
            message_id: The id of the message, from the result of its sending.
            **options: Replace the client's options for this call. The page knows no `format`: JSON is asked for.

        Raises:
            TypeError: If `message_id` is neither a str nor an int.
            ValueError: If `message_id` is empty or holds spaces.
            NotFoundError: If the API does not know the message.
        """
        return await self._session.execute(calls.status_call(message_id), options)

    async def cancel(self, message_id: str | int, **options: Unpack[CallOptions]) -> Cancellation:
        """Cancel a scheduled message, at the latest five minutes before it is due.

        After a lost answer the cancellation is repeated. Source: the vendor's page "Annulation d'un envoi".

        Args:
            message_id: The id of the message, from the result of its sending.
            **options: Replace the client's options for this call.

        Returns:
            A Cancellation, ALREADY_CANCELLED if an earlier call or a lost attempt of this one cancelled it.

        Raises:
            TypeError: If `message_id` is neither a str nor an int.
            ValueError: If `message_id` is empty or holds spaces.
            NotFoundError: If the API does not know the message.
            InvalidRequestError: If it has been sent (name ALREADY_SENT), or is about to be (TOO_LATE_TO_CANCEL).
        """
        return await self._session.execute(calls.cancel_call(message_id), options)
