"""Sending a message, cancelling one, and what became of one."""

from __future__ import annotations

import binascii
import re
from base64 import b64decode
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from secrets import token_hex
from typing import Any

from .accounts import Accounts
from .answers import Answer
from .database import Clock
from .exchange import Call, RefusalError, as_address
from .mails import Mailbox, StoredAttachment, StoredDelivery, StoredMail, simulated
from .unsubscribes import Unsubscribes, in_letters

CANCEL_NOTICE = timedelta(minutes=5)


class Messages:
    """The operations on messages."""

    def __init__(
        self, mailbox: Mailbox, accounts: Accounts, unsubscribes: Unsubscribes, clock: Clock, attachment_bytes: int
    ) -> None:
        self._mailbox = mailbox
        self._accounts = accounts
        self._unsubscribes = unsubscribes
        self._clock = clock
        self._attachment_bytes = attachment_bytes
        self.handlers = {
            "sendMessage": self._send,
            "cancelMessage": self._cancel,
            "getMessageStatus": self._status,
        }

    def _send(self, call: Call) -> Answer:
        """Take a message, and charge for each recipient."""
        mail = self._checked(call)
        cost = sum((delivery.cost for delivery in mail.deliveries), Decimal(0))
        if not self._accounts.charge(call.account, cost):
            raise RefusalError("INSUFFICIENT_CREDIT")
        self._mailbox.add(mail)
        data: dict[str, Any] = {"messageId": mail.message_id, "nbMail": len(mail.deliveries), "cost": cost}
        data["currency"] = self._accounts.currency
        if mail.send_at or call.settings.scheduled_date == "always":
            data["scheduledDeliveryDate"] = self._clock.local_text(mail.send_at or mail.accepted_at)
        return call.success("sent", **data)

    def _cancel(self, call: Call) -> Answer:
        """Cancel a scheduled message and give its cost back, at the latest five minutes before it is due."""
        mail = self._find(call)
        now = self._clock.now()
        if mail.cancelled_at:
            raise RefusalError("ALREADY_CANCELLED")
        if mail.send_at is None or now >= mail.send_at:
            raise RefusalError("ALREADY_SENT")
        if now > mail.send_at - CANCEL_NOTICE:
            raise RefusalError("TOO_LATE_TO_CANCEL")
        self._mailbox.cancel(mail)
        self._accounts.charge(call.account, -sum((delivery.cost for delivery in mail.deliveries), Decimal(0)))
        return call.success("cancelled")

    def _status(self, call: Call) -> Answer:
        """Answer what became of a message, for each recipient."""
        mail = self._find(call)
        addresses = {item.email: in_letters(item.email, call.settings) for item in mail.deliveries}
        unsubscribed = self._unsubscribes.listed(addresses.values(), call.account)
        rows = [
            {
                **{"email": item.email, "token": item.token, "status": item.status, "cost": item.cost},
                "stopMail": addresses[item.email] in unsubscribed,
                "date": str(int(item.changed_at.timestamp())),
            }
            for item in mail.deliveries
        ]
        return call.success("read", messageId=mail.message_id, StatutResponseList=rows)

    def _find(self, call: Call) -> StoredMail:
        if call.argument("MessageId") is None:
            raise RefusalError("MESSAGE_ID_REQUIRED")
        mail = self._mailbox.mail(call.argument("MessageId"))
        if mail is None or mail.account != self._accounts.get(call.account).email:
            raise RefusalError("UNKNOWN_MESSAGE")
        return mail

    def _checked(self, call: Call) -> StoredMail:
        """Return the message that a request asks for. Raises RefusalError."""
        subject, html = call.argument("subject"), call.argument("htmlContent")
        if not isinstance(subject, str) or not isinstance(html, str):
            raise RefusalError("CONTENT_REQUIRED")
        now, is_test = self._clock.now(), str(call.argument("sandbox")) == "1"
        price = Decimal(0) if is_test else self._accounts.price
        return StoredMail(
            message_id="",
            account=self._accounts.get(call.account).email,
            subject=subject,
            html=html,
            deliveries=[
                StoredDelivery(email, name, "Pending", "Pending", price, token_hex(8), now)
                for email, name in self._recipients(call)
            ],
            reply_to=_reply_to(call),
            variables=_variables(call),
            attachments=tuple(self._attachments(call)),
            tag=_tag(call),
            accepted_at=now,
            send_at=self._send_at(call, now),
            cancelled_at=None,
            test=is_test,
        )

    def _recipients(self, call: Call) -> list[tuple[str, str | None]]:
        schema = call.operation.parameters["params"].schema["properties"]["to"]
        params = call.argument("params")
        nested = params.get("to") if isinstance(params, dict) and call.settings.recipients != "top" else None
        given = nested or (call.arguments.get("to") if call.settings.recipients != "params" else None)
        if not isinstance(given, list) or not given:
            raise RefusalError("RECIPIENTS_REQUIRED")
        if len(given) > schema["maxItems"]:
            raise RefusalError("TOO_MANY_RECIPIENTS")
        found = [_person(item, *RECIPIENT_CODES) for item in given]
        addresses = {in_letters(email, call.settings) for email, _ in found}
        if len(addresses) < len(found):
            raise RefusalError("RECIPIENT_LISTED_TWICE")
        for address in addresses:
            _simulate_refusal(call, address)
        unsubscribed = self._unsubscribes.listed(addresses, call.account)
        left = [item for item in found if in_letters(item[0], call.settings) not in unsubscribed]
        if unsubscribed and (call.settings.unsubscribed == "refuse" or not left):
            raise RefusalError("RECIPIENT_UNSUBSCRIBED")
        return left

    def _attachments(self, call: Call) -> Iterator[StoredAttachment]:
        given = call.argument("attachments") or []
        most = call.operation.parameters["attachments"].schema["maxItems"]
        if not isinstance(given, list) or len(given) > most:
            raise _unlisted(f"attachments must be a list of at most {most}")
        for item in given:
            name, media_type, text = (
                item.get(field) if isinstance(item, dict) else None
                for field in ("filename", "contentType", "base64Content")
            )
            if not isinstance(name, str) or not name:
                raise RefusalError("ATTACHMENT_NAME_EMPTY")
            if not isinstance(media_type, str) or not re.fullmatch(r"[!-~]+/[!-~]+", media_type):
                raise RefusalError("ATTACHMENT_EXTENSION_NOT_ALLOWED")
            try:
                content = b64decode(text or "", validate=True)
            except (TypeError, ValueError, binascii.Error):
                content = b""
            if not 0 < len(content) <= self._attachment_bytes:
                raise _unlisted(f"base64Content must be base64 of 1 to {self._attachment_bytes} bytes")
            yield StoredAttachment(name, media_type, content)

    def _send_at(self, call: Call, now: datetime) -> datetime | None:
        date, hour, minute = (call.arguments.get(name) for name in ("scheduledDeliveryDate", "time", "minute"))
        if date in (None, "") and hour in (None, "") and minute in (None, ""):
            return None
        if date in (None, ""):
            raise RefusalError("DATE_REQUIRED")
        schemas = {name: call.operation.parameters[name].schema["pattern"] for name in ("time", "minute")}
        if not re.fullmatch(schemas["time"], str(hour)):
            raise RefusalError("TIME_REQUIRED")
        if not re.fullmatch(r"[0-9]{1,2}", str(minute)):
            raise RefusalError("INVALID_MINUTE")
        if not re.fullmatch(schemas["minute"], f"{int(str(minute)):02}"):
            raise RefusalError("MINUTE_OFF_GRID")
        try:
            day = datetime.strptime(str(date), "%d/%m/%Y").replace(tzinfo=self._clock.zone)
            local = day + timedelta(hours=int(str(hour)), minutes=int(str(minute)))
            moments = [local.replace(fold=fold).astimezone(now.tzinfo) for fold in (0, 1)]  # two in October
        except (ValueError, OverflowError):
            raise RefusalError("INVALID_DATE") from None
        moment = next((moment for moment in moments if moment >= now), None)
        if moment is None:
            raise RefusalError("INVALID_DATE")
        return moment


RECIPIENT_CODES = ("RECIPIENT_EMAIL_REQUIRED", "INVALID_RECIPIENT_EMAIL", "RECIPIENT_NAME_EMPTY")
REPLY_CODES = ("REPLY_EMAIL_REQUIRED", "INVALID_REPLY_EMAIL", "REPLY_NAME_EMPTY")


def _unlisted(message: str) -> RefusalError:
    """Return the refusal of what the document has no code for."""
    return RefusalError("MALFORMED_JSON", f"Sandbox: {message}")


def _person(item: Any, missing: str, invalid: str, nameless: str) -> tuple[str, str | None]:
    """Return address and name; the other arguments are the codes of what can be wrong with them."""
    email = item.get("email") if isinstance(item, dict) else None
    if not email:
        raise RefusalError(missing)
    address, name = as_address(email), item.get("name")
    if address is None:
        raise RefusalError(invalid)
    if name is not None and (not isinstance(name, str) or not name):
        raise RefusalError(nameless)
    return address, name


def _simulate_refusal(call: Call, address: str) -> None:
    """Refuse a recipient such as code-30@simulator.example with the code of that number."""
    number = simulated(address).removeprefix("code-")
    name = next((code.name for code in call.operation.codes.values() if str(code.number) == number), None)
    if name is not None and not call.operation.codes[name].is_success:
        raise RefusalError(name)


def _reply_to(call: Call) -> str | None:
    if call.arguments.get("replyTo") is None:
        return None
    email, name = _person(call.arguments["replyTo"], *REPLY_CODES)
    return email if name is None else f"{name} <{email}>"


def _variables(call: Call) -> Mapping[str, str]:
    given = call.argument("variables") or {}
    most = call.operation.parameters["variables"].schema["maxProperties"]
    if not isinstance(given, dict) or len(given) > most or not all(isinstance(text, str) for text in given.values()):
        raise _unlisted(f"variables must be an object of at most {most} texts")
    return given


def _tag(call: Call) -> str | None:
    tag, schema = call.argument("tag"), call.operation.parameters["tag"].schema
    if tag is None:
        return None
    fits = isinstance(tag, str) and schema["minLength"] <= len(tag) <= schema["maxLength"]
    if not fits or not re.fullmatch(schema["pattern"], tag):
        raise _unlisted("tag must be in lower case, without spaces, and neither short nor long")
    return str(tag)
