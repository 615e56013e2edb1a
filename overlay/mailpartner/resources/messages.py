"""Messages, sync and async.

Every method takes the options of a call (format, timeout, deadline, max_retries) instead of the client's, and raises
MailPartnerError as docs/python/how-to.md says; what it raises besides is in its docstring.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Unpack

from mailpartner._core.options import CallOptions
from mailpartner._core.session import AsyncSession, Session
from mailpartner.inputs import Attachment
from mailpartner.resources import _message_calls as calls
from mailpartner.resources._base import Resource
from mailpartner.resources._send_call import send_call
from mailpartner.results import Cancellation, MessageStatus, SentMessage

if TYPE_CHECKING:
    from mailpartner.resources._send_call import AnyRecipient


class Messages(Resource[Session]):
    """Sending mail, and what becomes of it."""

    def send(
        self,
        *,
        subject: str,
        html: str,
        to: AnyRecipient | Iterable[AnyRecipient],
        reply_to: AnyRecipient | None = None,
        variables: Mapping[str, str] | None = None,
        attachments: Iterable[Attachment] = (),
        tag: str | None = None,
        send_at: datetime | None = None,
        test: bool = False,
        **options: Unpack[CallOptions],
    ) -> SentMessage:
        """Send a mail, now or later. Each recipient is charged.

        With more than one recipient: it is not known whether they see each other's address. After a lost answer it is
        not repeated: it would go out twice. Source: the vendor's page "Envoyer des mails".

        Args:
            subject: The subject, in one line.
            html: The mail as HTML. `#NAME#` in it stands for the variable NAME; `#UNSUBSCRIBE_LINK#` and
                `#READ_ONLINE#` are filled in by the vendor. There is no text form.
            to: A recipient, or up to 500: addresses, `Recipient(email, name)` or `email.headerregistry.Address`,
                each one once.
            reply_to: Who gets the replies.
            variables: Up to 8 texts by name, the names in upper case. Each one that `html` names must be there.
            attachments: Up to 3, made by `Attachment.from_path` or `Attachment.from_bytes`.
            tag: A word to find the message by: 3 to 20 characters, in lower case, without spaces.
            send_at: When to send it: a datetime with a time zone, at a multiple of five minutes. It is converted to
                Paris time, which the vendor is assumed to mean.
            test: True to have it checked only: nothing is sent or charged.
            **options: Replace the client's options for this call.

        Raises:
            TypeError: If an argument is of the wrong type.
            ValueError: If an argument is out of range, or contradicts another.
            InvalidRequestError: If the server rejects an argument.
            InsufficientCreditError: If the account has not enough credit.
        """
        call = send_call(subject, html, to, reply_to, variables, attachments, tag, send_at, test)
        return self._session.execute(call, options)

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

    async def send(
        self,
        *,
        subject: str,
        html: str,
        to: AnyRecipient | Iterable[AnyRecipient],
        reply_to: AnyRecipient | None = None,
        variables: Mapping[str, str] | None = None,
        attachments: Iterable[Attachment] = (),
        tag: str | None = None,
        send_at: datetime | None = None,
        test: bool = False,
        **options: Unpack[CallOptions],
    ) -> SentMessage:
        """Send a mail, now or later. Each recipient is charged.

        With more than one recipient: it is not known whether they see each other's address. After a lost answer it is
        not repeated: it would go out twice. Source: the vendor's page "Envoyer des mails".

        Args:
            subject: The subject, in one line.
            html: The mail as HTML. `#NAME#` in it stands for the variable NAME; `#UNSUBSCRIBE_LINK#` and
                `#READ_ONLINE#` are filled in by the vendor. There is no text form.
            to: A recipient, or up to 500: addresses, `Recipient(email, name)` or `email.headerregistry.Address`,
                each one once.
            reply_to: Who gets the replies.
            variables: Up to 8 texts by name, the names in upper case. Each one that `html` names must be there.
            attachments: Up to 3, made by `Attachment.from_path` or `Attachment.from_bytes`.
            tag: A word to find the message by: 3 to 20 characters, in lower case, without spaces.
            send_at: When to send it: a datetime with a time zone, at a multiple of five minutes. It is converted to
                Paris time, which the vendor is assumed to mean.
            test: True to have it checked only: nothing is sent or charged.
            **options: Replace the client's options for this call.

        Raises:
            TypeError: If an argument is of the wrong type.
            ValueError: If an argument is out of range, or contradicts another.
            InvalidRequestError: If the server rejects an argument.
            InsufficientCreditError: If the account has not enough credit.
        """
        call = send_call(subject, html, to, reply_to, variables, attachments, tag, send_at, test)
        return await self._session.execute(call, options)

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
