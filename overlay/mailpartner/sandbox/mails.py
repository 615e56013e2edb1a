"""The mails that the sandbox was given to send, as its inbox page reads them."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Protocol


@dataclass(frozen=True, slots=True)
class StoredAttachment:
    """A file of a mail; `name` is as it was sent."""

    name: str
    media_type: str
    content: bytes


@dataclass(slots=True)
class StoredDelivery:
    """What became of a mail for one recipient."""

    email: str
    name: str | None
    status: int | None
    status_text: str
    cost: Decimal
    token: str
    changed_at: datetime


@dataclass(slots=True)
class StoredMail:
    """A mail that was accepted. `variables` hold for all recipients."""

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
    """The mails of a sandbox."""

    def mails(self) -> Sequence[StoredMail]:
        """Return all mails, newest first."""

    def mail(self, message_id: str) -> StoredMail | None:
        """Return one mail."""

    def version(self) -> Hashable:
        """Return a value that is another one after every change."""
