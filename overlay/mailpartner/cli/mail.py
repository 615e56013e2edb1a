"""A mail that is to be sent: read from options and files, checked, and shown before it is sent."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs
import click

from mailpartner.cli.confirm import FIRST, LAST, show_rows
from mailpartner.cli.doctor import account_text
from mailpartner.cli.exit_codes import BAD_INPUT, USAGE, Ended, checking_arguments
from mailpartner.cli.language import _, number
from mailpartner.cli.recipients import Recipients, person
from mailpartner.cli.record import Digest
from mailpartner.cli.say import say
from mailpartner.contract import SENDING
from mailpartner.inputs import Attachment, Recipient
from mailpartner.resources._base import argument_limits
from mailpartner.resources._schedules import in_vendors_zone, vendors_zone
from mailpartner.resources._send_call import send_call

if TYPE_CHECKING:
    from mailpartner.client import MailPartner

_TIME = re.compile(r"\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}(?::00)?\s?(?:Z|[+-]\d{2}:?\d{2})?")
_LIKE_A_PLACEHOLDER = re.compile(r"#[^\W\d]\w*#")
_LONGEST_VALUE = 40


@attrs.frozen
class Mail:
    """What is to be sent, to whom and when.

    Attributes:
        send_at: When, in Paris time.
        sources: The files: that of the HTML, then the attachments.
    """

    subject: str
    html: str
    recipients: Recipients
    reply_to: Recipient | None
    variables: dict[str, str]
    attachments: tuple[Attachment, ...]
    tag: str | None
    send_at: datetime | None
    test: bool
    sources: tuple[str, ...]

    @property
    def to(self) -> tuple[Recipient, ...]:
        """Who it goes to."""
        return self.recipients.people

    def arguments(self) -> dict[str, Any]:
        """Return the arguments of `messages.send`."""
        fields = ("subject", "html", "to", "reply_to", "variables", "attachments", "tag", "send_at", "test")
        return {name: getattr(self, name) for name in fields}

    def check(self) -> None:
        """Raise Ended if a part of it cannot be sent, placeholders without a value aside."""
        most = argument_limits("sendMessage", "params.to").max_items or 0
        if len(self.to) > most:
            text = _("{count} recipients are too many: a mail goes to {most} at most. Nothing was sent.")
            raise Ended(text.format(count=number(len(self.to)), most=most), USAGE)
        filled = {**self.variables, **dict.fromkeys(self.unfilled, "")}
        with checking_arguments():
            send_call(**{**self.arguments(), "variables": filled})

    @property
    def placeholders(self) -> set[str]:
        """The names between number signs in the HTML."""
        return {found[1] for found in re.finditer(SENDING.placeholder, self.html)}

    @property
    def unfilled(self) -> list[str]:
        """The placeholders that would be left as they are."""
        return sorted(self.placeholders - self.variables.keys() - SENDING.own_placeholders)

    def digest(self, only_content: bool = False) -> Digest:
        """Return what is equal for the same mail to the same recipients; with `only_content`, at any time.

        The order of the recipients, their names, capitals in their addresses and the kind of line breaks may differ.
        """
        files = [(each.filename, each.content_type, sha256(each.base64_content.encode()).hexdigest())
                 for each in self.attachments]  # fmt: skip
        reply_to = None if self.reply_to is None else (self.reply_to.email, self.reply_to.name)
        when = self.send_at and self.send_at.isoformat()
        html = self.html.splitlines()
        people = self.recipients.distinct
        how = (None, None) if only_content else (self.tag, when)
        return Digest("message", self.subject, html, people, reply_to, self.variables, files, *how, self.test)

    def to_dict(self) -> dict[str, Any]:
        """Return what a dry run shows, as JSON has it."""
        files = [{"file": path, "content_type": each.content_type, "bytes": _bytes_of(each)}
                 for path, each in zip(self.sources[1:], self.attachments, strict=True)]  # fmt: skip
        people = [{"email": each.email, "name": each.name} for each in self.to]
        return {
            "subject": self.subject, "html_bytes": len(self.html.encode("utf-8", "replace")),
            "recipients": len(people), "duplicates": self.recipients.duplicates,
            "objecting": self.recipients.objecting,
            "unclear_objections": [dict(zip(("column", "text", "lines"), each, strict=True))
                                   for each in self.recipients.unclear(str)],
            "first": people[:FIRST], "last": people[FIRST:][-LAST:],
            "reply_to": self.reply_to and self.reply_to.email, "variables": self.variables, "unfilled": self.unfilled,
            "attachments": files, "tag": self.tag, "send_at": self.send_at and self.send_at.isoformat(),
            "test": self.test,
        }  # fmt: skip

    def rows(self, client: MailPartner) -> Iterator[tuple[str, object]]:
        """Yield what is sent, as labels and texts."""
        yield _("account"), account_text(client)
        yield _("subject"), self.subject
        yield "HTML", _size(self.sources[0], len(self.html.encode("utf-8", "replace")))
        yield from self.recipients.rows()
        if self.reply_to is not None:
            yield _("reply to"), person(self.reply_to)
        placeholders = self.placeholders
        values = {name: _shortened(value) for name, value in self.variables.items()}
        for label, names in (
            (_("filled in"), [f"{name}={values[name]}" for name in values if name in placeholders]),
            (_("by the vendor"), sorted((placeholders & SENDING.own_placeholders) - values.keys())),
            (_("NOT FILLED IN"), self.unfilled),
            (_("perhaps not filled in"), self._doubtful()),
            (_("not in the HTML"), sorted(values.keys() - placeholders)),
        ):
            if names:
                yield label, ", ".join(names)
        for path, file in zip(self.sources[1:], self.attachments, strict=True):
            yield _("attachment"), _size(path, _bytes_of(file))
        if self.tag is not None:
            yield _("tag"), self.tag
        yield _("when"), when_text(self.send_at, self.test)
        yield _("cost"), _("nothing: it is a test") if self.test else _("not known before sending")

    def _doubtful(self) -> list[str]:
        """Return what looks like a placeholder: in lower case, with accents, or in the subject."""
        in_html = {
            text for text in _LIKE_A_PLACEHOLDER.findall(self.html) if not re.fullmatch(SENDING.placeholder, text)
        }
        return sorted(in_html.union(_LIKE_A_PLACEHOLDER.findall(self.subject)))

    def show(self, client: MailPartner) -> None:
        """Say what is sent, to whom, and what is not known about it."""
        show_rows(list(self.rows(client)))
        if len(self.to) > 1:
            text = _("{count} recipients: it is not known whether they see each other's addresses.")
            say(text.format(count=number(len(self.to))))


def when_text(send_at: datetime | None, test: bool) -> str:
    """Return when a mail goes out."""
    if test:
        return _("never: the server checks it and sends nothing")
    if send_at is None:
        return _("at once")
    return f"{send_at:%Y-%m-%d %H:%M}, {SENDING.time_zone} (UTC{send_at.isoformat()[-6:]})"


def read_html(path: str) -> str:
    """Read the HTML of a mail. Raise Ended if it is not UTF-8."""
    data = sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = _("{file} is not text in UTF-8. Nothing was sent. Save it as UTF-8.")
        raise Ended(text.format(file=path), BAD_INPUT) from None


def variables(given: Iterable[str]) -> dict[str, str]:
    """Return the variables of --var NAME=VALUE."""
    found: dict[str, str] = {}
    for each in given:
        name, equals, value = each.partition("=")
        if not equals or not re.fullmatch(SENDING.placeholder, f"#{name}#"):
            raise click.UsageError(_("--var must be NAME=VALUE, with the name in upper case."))
        if name in found:
            raise click.UsageError(_("--var gives {name} twice.").format(name=name))
        found[name] = value
    return found


def schedule(text: str) -> datetime:
    """Return the time of --at, in Paris time unless it says another. Raise Ended if the API cannot take it."""
    try:
        if not _TIME.fullmatch(text.strip()):
            raise ValueError
        moment = datetime.fromisoformat(text.strip().replace(" +", "+").replace(" -", "-").replace(" Z", "Z"))
    except ValueError:
        raise click.BadParameter(_("it must be a time such as '2027-03-27 10:30' or 2027-03-27T10:30+01:00.")) from None
    with checking_arguments():
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=vendors_zone())
        return in_vendors_zone(moment, datetime.now(UTC))


def attachment(path: str) -> Attachment:
    """Read a file that goes along. Raise Ended if it is empty, too large, or its media type is not known."""
    try:
        return Attachment.from_path(path)
    except ValueError as error:
        size, most = Path(path).stat().st_size, SENDING.attachment_bytes
        if not 0 < size <= most:
            text = _("{file} has {size} bytes; an attachment has from 1 to {most}. Nothing was sent.")
        elif str(error).startswith("content_type"):
            text = _("The extension of {file} does not tell its media type. Nothing was sent. Rename it.")
        else:
            text = _("{file} has a name that a mail cannot have. Nothing was sent. Rename it.")
        raise Ended(text.format(file=path, size=number(size), most=number(most)), USAGE) from None


def _bytes_of(file: Attachment) -> int:
    return len(file.base64_content) * 3 // 4 - file.base64_content[-2:].count("=")


def _size(path: str, size: int) -> str:
    return _("{file}, {count} bytes").format(file="stdin" if path == "-" else Path(path).name, count=number(size))


def _shortened(value: str) -> str:
    return value if len(value) <= _LONGEST_VALUE else value[: _LONGEST_VALUE - 1] + "…"
