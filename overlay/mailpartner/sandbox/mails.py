"""The mails that were sent to the sandbox, and what became of each with the sandbox's clock."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Protocol


@dataclass(frozen=True, slots=True)
class StoredAttachment:
    """A file that came with a mail. `name` has no extension, as the API takes it."""

    name: str
    media_type: str
    content: bytes


@dataclass(slots=True)
class StoredDelivery:
    """What became of a mail for one recipient.

    Attributes:
        email: The address.
        name: The name that goes with it, if there is one.
        status: What the API answers as its status; None while the mail is scheduled, and when it was cancelled.
        status_text: The same for people: the status, or "Scheduled" or "Cancelled".
        cost: What this delivery was charged.
        token: The token that the API answers.
        changed_at: When the status became what it is, in UTC.
    """

    email: str
    name: str | None
    status: str | None
    status_text: str
    cost: Decimal
    token: str
    changed_at: datetime


@dataclass(slots=True)
class StoredMail:
    """A mail that the sandbox accepted.

    Attributes:
        message_id: The id that the API answered.
        account: The address of the account, or sub-account, that sent it.
        subject: The subject.
        html: The HTML as it was sent, `#NAME#` not replaced.
        reply_to: Who gets the replies, as `name <address>` or an address.
        tag: The tag, if there is one.
        variables: The texts by name; the API has one set of them for all recipients.
        attachments: The files.
        deliveries: One for each recipient.
        accepted_at: When it was sent to the sandbox, in UTC.
        send_at: When it is due, in UTC; None for a mail that was not scheduled.
        cancelled_at: When it was cancelled, in UTC.
        test: True if it was sent with `sandbox` 1, and charged nothing.
    """

    message_id: str
    account: str
    subject: str
    html: str
    reply_to: str | None
    tag: str | None
    variables: Mapping[str, str]
    attachments: tuple[StoredAttachment, ...]
    deliveries: list[StoredDelivery]
    accepted_at: datetime
    send_at: datetime | None
    cancelled_at: datetime | None
    test: bool


class Mailbox(Protocol):
    """All mails of the sandbox."""

    def mails(self) -> Sequence[StoredMail]:
        """Return all mails, newest first."""
        ...

    def mail(self, message_id: str) -> StoredMail | None:
        """Return one mail, None where there is none of this id."""
        ...

    def version(self) -> Hashable:
        """Return another value after every change, those by the clock included."""
        ...
