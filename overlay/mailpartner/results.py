"""What calls return: frozen dataclasses whose `to_dict()` holds JSON primitives only."""

from __future__ import annotations

import dataclasses
import enum
from datetime import datetime
from decimal import Decimal
from typing import Generic, NoReturn, TypeVar

from mailpartner._result import Confirmed, Result
from mailpartner._result import ErrorDetail as ErrorDetail
from mailpartner._result import HttpInfo as HttpInfo
from mailpartner._secret import Secret


class DeletionOutcome(enum.StrEnum):
    """What became of an entry that was to be deleted."""

    DELETED = "deleted"
    """The server deleted it now."""

    ALREADY_GONE = "already_gone"
    """It was not on the list any more: the server does not know its id."""


class AdditionOutcome(enum.StrEnum):
    """What became of an address that was to be added."""

    ADDED = "added"
    """The server added it now."""

    ALREADY_LISTED = "already_listed"
    """It was on the list before."""


class CancellationOutcome(enum.StrEnum):
    """What became of a message that was to be cancelled."""

    CANCELLED = "cancelled"
    """The server cancelled it now."""

    ALREADY_CANCELLED = "already_cancelled"
    """It was cancelled before."""


Outcome = DeletionOutcome
I_co = TypeVar("I_co", covariant=True)
O_co = TypeVar("O_co", bound=enum.StrEnum, covariant=True)


@dataclasses.dataclass(frozen=True, slots=True)
class Credits(Result):
    """What the account may spend."""

    username: str | None
    """The name that the account's owner signs in with, None if the server did not tell it."""

    mails: int
    """How many mails may be sent."""

    balance: Decimal | None
    """The balance, None if the server did not tell it."""

    currency: str
    """The currency of the balance (ISO 4217), such as ``EUR``."""


@dataclasses.dataclass(frozen=True, slots=True)
class SentMessage(Confirmed):
    """A message that the server took. What it did not tell is None."""

    message_id: str | None
    """The id, for `status` and `cancel`."""

    recipient_count: int | None
    """How many mails it is."""

    cost: Decimal | None
    """What it costs."""

    currency: str | None
    """The currency of the cost (ISO 4217)."""

    scheduled_at: datetime | None
    """The time that was asked for, in Paris time; None if it was to be sent at once."""

    scheduled_text: str | None
    """The time that the server tells, as it writes it; its time zone is not stated."""


@dataclasses.dataclass(frozen=True, slots=True)
class Cancellation(Confirmed):
    """A message that is cancelled: now, or before."""

    message_id: str
    """The id of the message."""

    outcome: CancellationOutcome
    """CANCELLED or ALREADY_CANCELLED."""


@dataclasses.dataclass(frozen=True, slots=True)
class Delivery(Result):
    """What became of a message for one recipient. What the server did not tell is None."""

    email: str
    """The address of the recipient."""

    status: str | None = None
    """The state, as the server writes it. Only ``Delivered`` is documented."""

    cost: Decimal | None = None
    """What it cost, in the currency that the answer to the sending names."""

    unsubscribed: bool | None = None
    """The vendor's stopMail, which it does not explain; probably True if the recipient has unsubscribed."""

    date: datetime | None = None
    """When the state was reported, in UTC."""

    token: str | None = dataclasses.field(default=None, repr=False)
    """A token of the delivery; the vendor does not say what it is for, so `repr` does not show it."""


@dataclasses.dataclass(frozen=True, slots=True)
class MessageStatus(Result):
    """What became of a message."""

    message_id: str
    """The id of the message."""

    deliveries: tuple[Delivery, ...]
    """One for each recipient that the server reports on; empty before the first report."""


@dataclasses.dataclass(frozen=True, slots=True)
class Subaccount(Result):
    """An account below this one. What the server did not tell is None; the creation tells less than the list."""

    email: str | None
    """Its address."""

    token: Secret | None = None
    """Names it where credit is moved."""

    api_key: Secret | None = None
    """Its key; only in the list."""

    id: int | None = None
    """Its id; only in the list."""

    type: str | None = None
    """``simple`` or ``advanced``."""

    created_at: str | None = None
    """When it was created, as the vendor writes it, who states no time zone; only in the list."""

    balance: Decimal | None = None
    """What it may spend; only in the list."""

    currency: str | None = None
    """The currency of the balance (ISO 4217); only in the list."""

    confirmation_sent_to: str | None = None
    """Where a mail to confirm it went; only from the creation."""

    parent_email: str | None = None
    """The address of the account above it; only from the creation."""


@dataclasses.dataclass(frozen=True, slots=True)
class CreditMove(Confirmed):
    """Credit that was moved to or from a sub-account, and what each has afterwards."""

    credit: Decimal | None
    """The credit of the account afterwards, None if the server did not tell it."""

    subaccount_credit: Decimal | None
    """The credit of the sub-account afterwards, None if the server did not tell it."""

    currency: str | None
    """The currency of both (ISO 4217), None if the server did not tell it."""


@dataclasses.dataclass(frozen=True, slots=True)
class Unsubscribe(Result):
    """One address that receives no mailings of the account."""

    id: int
    """The id that `delete` takes."""

    email: str
    """The address, as the server gives it."""

    created_at: str | None = None
    """When it was added, as the vendor writes it: ``2015-07-20 10:19:45``.

    The vendor states no time zone, so this is text. None if it is missing.
    """


@dataclasses.dataclass(frozen=True, slots=True)
class Deletion(Result):
    """A deletion that the server confirmed, or found already done."""

    id: int
    """The id of the entry."""

    outcome: DeletionOutcome
    """DELETED or ALREADY_GONE."""

    code: int | None
    """The API's code, None if it gave none."""

    message: str | None
    """The server's text, None if it gave none."""

    attempts: int
    """The number of requests of the call."""

    http: HttpInfo = dataclasses.field(compare=False)
    """How the response was received. Not compared, so that results from JSON and XML are equal."""


@dataclasses.dataclass(frozen=True, slots=True)
class Addition(Result):
    """An address that is on the list: added now, or found there."""

    email: str
    """The address, as it was given."""

    outcome: AdditionOutcome
    """ADDED or ALREADY_LISTED."""

    id: int | None
    """The id of the entry (the vendor's stopId), None if the server did not tell it: `find` may.

    That it is the id that `list` shows is likely, but not documented.
    """

    code: int | None
    """The API's code, None if it gave none."""

    message: str | None
    """The server's text, None if it gave none."""

    attempts: int
    """The number of requests of the call."""

    http: HttpInfo = dataclasses.field(compare=False)
    """How the response was received. Not compared, so that results from JSON and XML are equal."""


@dataclasses.dataclass(frozen=True, slots=True)
class BulkSuccess(Result, Generic[I_co, O_co]):
    """An item of a bulk run that is done."""

    input: I_co
    """The id or address, as it was given."""

    outcome: O_co
    """What became of it."""

    error: None = None
    """Always None."""

    recorded: bool = dataclasses.field(default=False, compare=False)
    """Whether an earlier run did it, and this one took it from the journal."""

    @property
    def id(self) -> I_co:
        """The same as `input`, by the name that ids have."""
        return self.input

    def raise_for_error(self) -> None:
        """Do nothing: there is no error."""


@dataclasses.dataclass(frozen=True, slots=True)
class BulkFailure(Result, Generic[I_co]):
    """An item of a bulk run that failed."""

    input: I_co
    """The id or address, as it was given."""

    error: Exception
    """A MailPartnerError, or the TypeError or ValueError of an input that cannot be sent."""

    outcome: None = None
    """Always None."""

    recorded: bool = dataclasses.field(default=False, compare=False)
    """Whether it failed in an earlier run, and this one took it from the journal."""

    @property
    def id(self) -> I_co:
        """The same as `input`, by the name that ids have."""
        return self.input

    def raise_for_error(self) -> NoReturn:
        """Raise the error."""
        raise self.error


BulkItem = BulkSuccess[I_co, O_co] | BulkFailure[I_co]
"""An item of a bulk run. `if item.error is None` narrows its type."""
