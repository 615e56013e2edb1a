"""The mails that were sent to the sandbox, and what became of each with the sandbox's clock."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from .database import Clock, Database

SIMULATOR = "simulator.example"
"""The domain of addresses that do something else than others; `+anything` may stand before the @."""
FINAL_STATUS = {"bounce": "Bounced", "unknown-status": "Teleported"}
SIMULATED_TIMES = {"slow": timedelta(hours=48)}
TIMES = ("accepted_at", "send_at", "cancelled_at")


def simulated(email: str) -> str:
    """Return what an address asks to be simulated: "bounce" for bounce+1@simulator.example, "" for others."""
    local, _, domain = email.lower().rpartition("@")
    return local.partition("+")[0] if domain == SIMULATOR else ""


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
        status: What the API answers as its status: "Scheduled", "Pending", "Delivered", "Bounced", "Cancelled", ...
        status_text: The same for people.
        cost: What this delivery was charged.
        token: The token that the API answers.
        changed_at: When the status became what it is, in UTC.
    """

    email: str
    name: str | None
    status: str
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


def mail_to_json(mail: StoredMail) -> dict[str, Any]:
    """Return a mail as values that JSON can carry."""
    value = asdict(mail)
    for attachment in value["attachments"]:
        attachment["content"] = b64encode(attachment["content"]).decode()
    for delivery in value["deliveries"]:
        delivery |= {"cost": str(delivery["cost"]), "changed_at": delivery["changed_at"].isoformat()}
    for name in TIMES:
        value[name] = value[name] and value[name].isoformat()
    return value


def mail_from_json(value: Mapping[str, Any]) -> StoredMail:
    """Return the mail that `mail_to_json` made this of."""
    fields = dict(value)
    fields["attachments"] = tuple(
        StoredAttachment(**{**item, "content": b64decode(item["content"])}) for item in value["attachments"]
    )
    fields["deliveries"] = [
        StoredDelivery(
            **{**item, "cost": Decimal(item["cost"]), "changed_at": datetime.fromisoformat(item["changed_at"])}
        )
        for item in value["deliveries"]
    ]
    return StoredMail(**{**fields, **{name: value[name] and datetime.fromisoformat(value[name]) for name in TIMES}})


class Mailbox:
    """All mails of the sandbox. Ids are not reused, but for a reset."""

    def __init__(self, database: Database, clock: Clock, first_id: int, delivery_time: Callable[[], timedelta]) -> None:
        """Open the table; the first mail gets the id `first_id`, the next ones those that follow.

        `delivery_time` returns how long a delivery that is due takes to its final status.
        """
        self._database = database
        self._clock = clock
        self._first_id = first_id
        self._delivery_time = delivery_time
        self._mails: dict[str, StoredMail] = {}
        self._under_way: set[str] = set()
        self._changes = 0
        self._seen: Hashable = None
        self._moved_at = datetime.min.replace(tzinfo=UTC)
        database.create_table("mails", "number INTEGER PRIMARY KEY AUTOINCREMENT, data TEXT NOT NULL")

    def mails(self) -> Sequence[StoredMail]:
        """Return all mails, newest first."""
        self._refresh()
        return list(reversed(self._mails.values()))

    def mail(self, message_id: str) -> StoredMail | None:
        """Return one mail, None if there is none of this id."""
        self._refresh()
        return self._mails.get(message_id)

    def version(self) -> Hashable:
        """Return another value after every change, those by the clock included."""
        self._refresh()
        return self._changes

    def add(self, mail: StoredMail) -> None:
        """Store a new mail, and give it its id."""
        self._refresh()
        _, number = self._database.execute("INSERT INTO mails (data) VALUES (?)", _data(mail))
        mail.message_id = self._id(number)
        self._keep(mail)

    def cancel(self, mail: StoredMail) -> None:
        """Cancel a mail, as of now."""
        mail.cancelled_at = self._clock.now()
        number = int(mail.message_id) - self._first_id + 1
        self._database.execute("UPDATE mails SET data = ? WHERE number = ?", _data(mail), number)
        self._keep(mail)

    def reset(self) -> None:
        """Forget all mails, and begin with the first id again, so that the document's example names a mail."""
        self.clear()
        self._database.restart_ids("mails")

    def keep_only(self, account: str) -> None:
        """Forget the mails of all accounts but this one."""
        self._database.execute("DELETE FROM mails WHERE json_extract(data, '$.account') <> ?", account)
        self._seen = None

    def clear(self) -> None:
        """Forget all mails."""
        self._database.execute("DELETE FROM mails")
        self._mails.clear()
        self._under_way.clear()
        self._changes += 1

    def _id(self, number: int) -> str:
        return str(self._first_id + number - 1)

    def _keep(self, mail: StoredMail) -> None:
        self._mails[mail.message_id] = mail
        self._under_way.add(mail.message_id)
        self._changes += 1

    def _refresh(self) -> None:
        """Read what another process stored, and move the deliveries on with the clock."""
        version = self._database.external_version()
        if version != self._seen:
            self._seen = version
            self._changes += 1
            self._mails.clear()
            self._under_way.clear()
            for number, data in self._database.rows("SELECT number, data FROM mails ORDER BY number"):
                mail = mail_from_json(json.loads(data))
                mail.message_id = self._id(number)
                self._keep(mail)
        now = self._clock.now()
        if now < self._moved_at:  # the clock was set back
            self._under_way = set(self._mails)
        self._moved_at = now
        for message_id in list(self._under_way):
            mail = self._mails[message_id]
            before = [delivery.status_text for delivery in mail.deliveries]
            is_final = [_move_on(mail, delivery, now, self._delivery_time()) for delivery in mail.deliveries]
            self._changes += before != [delivery.status_text for delivery in mail.deliveries]
            if all(is_final):
                self._under_way.discard(message_id)


def _data(mail: StoredMail) -> str:
    return json.dumps(mail_to_json(mail))


def _move_on(mail: StoredMail, delivery: StoredDelivery, now: datetime, delivery_time: timedelta) -> bool:
    """Give a delivery the status that it has now; return whether it is the last one."""
    due = mail.send_at or mail.accepted_at
    name = simulated(delivery.email)
    arrival = due + SIMULATED_TIMES.get(name, delivery_time)
    status, since, is_final = "Pending", due, False
    if mail.cancelled_at is not None:
        status, since, is_final = "Cancelled", mail.cancelled_at, True
    elif now < due:
        status, since = "Scheduled", mail.accepted_at
    elif now >= arrival and name != "pending":
        status, since, is_final = FINAL_STATUS.get(name, "Delivered"), arrival, True
    delivery.status = delivery.status_text = status
    delivery.changed_at = since
    return is_final
