"""Sending a message: its arguments, checked before anything is sent, and its result."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Final, TypeGuard

from mailpartner._core.call import CallResult, Failure
from mailpartner._core.generated_client import models, operation_module
from mailpartner._core.request import check_limits
from mailpartner._core.session import Call
from mailpartner.contract import SENDING
from mailpartner.errors import Hint
from mailpartner.inputs import Attachment, Recipient
from mailpartner.resources._addresses import is_mailbox, mailbox_key
from mailpartner.resources._base import argument_limits, check_encodable
from mailpartner.resources._schedules import fields_of, in_vendors_zone
from mailpartner.results import SentMessage

if TYPE_CHECKING:
    from email.headerregistry import Address

    AnyRecipient = str | Recipient | Address

_HINTS: Final = {
    "insufficient_credit": Hint("buy_credit", "Buy credit, or send to fewer recipients."),
    "RECIPIENT_UNSUBSCRIBED": Hint(
        "leave_out_unsubscribed", "Leave out of `to` whom unsubscribes.find() finds: they must not be mailed."
    ),
    "doubt": Hint("look_before_sending", "Do not send it again before the account shows that it did not go out."),
}


def send_call(
    subject: str,
    html: str,
    to: AnyRecipient | Iterable[AnyRecipient],
    reply_to: AnyRecipient | None,
    variables: Mapping[str, str] | None,
    attachments: Iterable[Attachment],
    tag: str | None,
    send_at: datetime | None,
    test: bool,
) -> Call[SentMessage]:
    """Describe sending a message.

    Raises:
        TypeError: If an argument is of the wrong type.
        ValueError: If an argument is out of range, or contradicts another.
    """
    if not isinstance(test, bool):
        raise TypeError("test must be True or False. Nothing was sent.")
    subject, html = _text("subject", subject, "subject"), _text("html", html, "htmlContent")
    if subject.splitlines() != [subject]:
        raise ValueError("subject must be one line. Nothing was sent.")
    scheduled_at = None if send_at is None else in_vendors_zone(send_at, datetime.now(UTC))
    body: dict[str, Any] = {
        "apiKey": "",  # the transport puts the key in
        "subject": subject,
        "htmlContent": html,
        "params": {"to": _recipients(to)},
        "replyTo": None if reply_to is None else _recipient("reply_to", reply_to, "replyTo"),
        "variables": _variables(variables, html),
        "attachments": _attachments(attachments),
        "tag": None if tag is None else _text("tag", tag, "tag"),
        **({} if scheduled_at is None else fields_of(scheduled_at)),
        "sandbox": 1 if test else None,
    }
    model = models().OutgoingMessage.from_dict({name: value for name, value in body.items() if value is not None})
    return Call(operation_module("messages.send_message"), {"body": model}, partial(_sent, scheduled_at), _HINTS)


def _sent(scheduled_at: datetime | None, outcome: CallResult) -> SentMessage:
    if isinstance(outcome, Failure):
        raise outcome.error
    envelope, data = outcome.envelope, outcome.envelope.data
    return SentMessage(
        data.get("messageId"),
        data.get("nbMail"),
        data.get("cost"),
        data.get("currency"),
        scheduled_at,
        data.get("scheduledDeliveryDate"),
        code=envelope.code,
        message=envelope.message,
        attempts=outcome.attempts,
        http=outcome.http,
    )


def _text(name: str, value: object, path: str) -> str:
    """Check a text against the limits at a path of the body."""
    if not isinstance(value, str):
        raise TypeError(f"{name} must be a str, not {type(value).__name__}. Nothing was sent.")
    check_limits(name, value, argument_limits("sendMessage", path))
    check_encodable(name, value)
    return value


def _recipients(to: object) -> list[dict[str, str]]:
    if isinstance(to, (str, Recipient)) or _is_address_object(to):
        to = [to]
    if not isinstance(to, Iterable) or isinstance(to, (bytes, Mapping)):
        raise TypeError(f"to must be a recipient or a list of them, not {type(to).__name__}. Nothing was sent.")
    found = [_recipient(f"to[{number}]", each, "params.to[]") for number, each in enumerate(to)]
    check_limits("to", found, argument_limits("sendMessage", "params.to"))
    places: dict[tuple[str, str], int] = {}
    for number, each in enumerate(found):
        first = places.setdefault(mailbox_key(each["email"]), number)
        if first != number:
            raise ValueError(f"to[{number}] is the same address as to[{first}]: it would get the mail twice."
                             " Nothing was sent.")  # fmt: skip
    return found


def _recipient(name: str, value: object, path: str) -> dict[str, str]:
    if isinstance(value, str):
        email, called = value, None
    elif isinstance(value, Recipient):
        email, called = value.email, value.name
    elif _is_address_object(value):
        email, called = value.addr_spec, value.display_name or None
    else:
        kind = type(value).__name__
        raise TypeError(f"{name} must be a str, a Recipient or an Address, not {kind}. Nothing was sent.")
    if not isinstance(email, str) or not is_mailbox(email):
        raise ValueError(f"{name} must be one address such as name@example.com; several go into a list, a name into"
                         " Recipient(email, name). Nothing was sent.")  # fmt: skip
    if called is None:
        return {"email": email}
    called = _text(f"{name}.name", called, f"{path}.name")
    if called.splitlines() != [called]:  # it goes into the head of the mail
        raise ValueError(f"{name}.name must be one line. Nothing was sent.")
    return {"email": email, "name": called}


def _is_address_object(value: object) -> TypeGuard[Address]:
    """Return True for an `email.headerregistry.Address`; who has one has imported that, which takes its time."""
    module = sys.modules.get("email.headerregistry")
    return module is not None and isinstance(value, module.Address)


def _variables(variables: Mapping[str, str] | None, html: str) -> dict[str, str] | None:
    """Check the variables against their limits, and against the placeholders in the HTML."""
    given = {} if variables is None else variables
    if not isinstance(given, Mapping):
        raise TypeError(f"variables must be a mapping of names to texts, not {type(given).__name__}. Nothing was sent.")
    check_limits("variables", dict(given), argument_limits("sendMessage", "variables"))
    for name, value in given.items():
        if not isinstance(name, str) or not re.fullmatch(SENDING.placeholder, f"#{name}#"):
            raise ValueError(f"variables has the name {name!r}: names are in upper case, as NAME. Nothing was sent.")
        if not isinstance(value, str):
            raise TypeError(f"variables[{name!r}] must be a str, not {type(value).__name__}. Nothing was sent.")
        check_encodable(f"variables[{name!r}]", value)
    used = {found[1] for found in re.finditer(SENDING.placeholder, html)}
    if missing := sorted(used - given.keys() - SENDING.own_placeholders):
        raise ValueError(f"variables lacks {', '.join(missing)}, which html has as #{missing[0]}#. Nothing was sent.")
    for name in re.findall(r"#(?=(\w+)#)", html):
        if name.upper() in given.keys() | SENDING.own_placeholders and name != name.upper():
            raise ValueError(f"html has #{name}#, which would be left as it is: write #{name.upper()}#."
                             " Nothing was sent.")  # fmt: skip
    return dict(given) or None


def _attachments(attachments: object) -> list[dict[str, str]] | None:
    if isinstance(attachments, Attachment):
        attachments = [attachments]
    if not isinstance(attachments, Iterable) or isinstance(attachments, (str, bytes, Mapping)):
        raise TypeError(f"attachments must be Attachments, not {type(attachments).__name__}. Nothing was sent.")
    files = list(attachments)
    check_limits("attachments", files, argument_limits("sendMessage", "attachments"))
    return [_file(f"attachments[{number}]", each) for number, each in enumerate(files)] or None


def _file(name: str, file: object) -> dict[str, str]:
    if not isinstance(file, Attachment):
        kind = type(file).__name__
        raise TypeError(f"{name} must be an Attachment, as Attachment.from_path(...), not {kind}. Nothing was sent.")
    return {
        "base64Content": _text(f"{name}.base64_content", file.base64_content, "attachments[].base64Content"),
        "contentType": _text(f"{name}.content_type", file.content_type, "attachments[].contentType"),
        "filename": _text(f"{name}.filename", file.filename, "attachments[].filename"),
    }
