"""A mail that is to be sent: read from options and files, checked, and shown before it is sent."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs
import click

from mailpartner.cli.confirm import FIRST, LAST, show_rows
from mailpartner.cli.doctor import account_text
from mailpartner.cli.error_text import argument_text
from mailpartner.cli.exit_codes import BAD_INPUT, USAGE, Ended, code_of
from mailpartner.cli.inputs import Inputs
from mailpartner.cli.language import _, number, plural
from mailpartner.cli.reader.staging import Additions
from mailpartner.cli.recorded_request import digest_of
from mailpartner.cli.say import say, shown
from mailpartner.contract import SENDING
from mailpartner.inputs import Attachment, Recipient
from mailpartner.resources._addresses import fold_email, is_address, normalize_email
from mailpartner.resources._base import argument_limits
from mailpartner.resources._schedules import in_vendors_zone, vendors_zone
from mailpartner.resources._send_call import send_call

if TYPE_CHECKING:
    from mailpartner.client import MailPartner

_NAMED = re.compile(r"\s*(?:\"([^\"]*)\"|([^<>\"@,;]*?))\s*<([^<>\s]+)>\s*")
_TIME = re.compile(r"\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}(?::00)?\s?(?:Z|[+-]\d{2}:?\d{2})?")
_LIKE_A_PLACEHOLDER = re.compile(r"#[^\W\d]\w*#")
_LONGEST_VALUE = 40


@attrs.frozen
class Mail:
    """What is to be sent, to whom and when.

    Attributes:
        send_at: When, in Paris time.
        sources: The files: that of the HTML, then the attachments.
        duplicates: How many recipients were left out because they were named before.
    """

    subject: str
    html: str
    to: tuple[Recipient, ...]
    reply_to: Recipient | None
    variables: dict[str, str]
    attachments: tuple[Attachment, ...]
    tag: str | None
    send_at: datetime | None
    test: bool
    sources: tuple[str, ...]
    duplicates: int

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
        try:
            send_call(**{**self.arguments(), "variables": filled})
        except (TypeError, ValueError) as error:
            text = argument_text(error)
            if text.startswith("--tag "):  # the SDK shows a regular expression
                text = _("--tag must have 3 to 20 characters, without spaces and capitals. Nothing was sent.")
            raise Ended(text, USAGE) from None

    @property
    def placeholders(self) -> set[str]:
        """The names between number signs in the HTML."""
        return {found[1] for found in re.finditer(SENDING.placeholder, self.html)}

    @property
    def unfilled(self) -> list[str]:
        """The placeholders that would be left as they are."""
        return sorted(self.placeholders - self.variables.keys() - SENDING.own_placeholders)

    def digest(self, client: MailPartner) -> str:
        """Return what is equal for the same mail to the same recipients of the same account.

        The order of the recipients, their names, capitals in their addresses and the kind of line breaks may differ.
        """
        people = sorted({fold_email(each.email) for each in self.to})
        files = [(each.filename, each.content_type, sha256(each.base64_content.encode()).hexdigest())
                 for each in self.attachments]  # fmt: skip
        reply_to = None if self.reply_to is None else (self.reply_to.email, self.reply_to.name)
        when = self.send_at and self.send_at.isoformat()
        html = self.html.splitlines()
        content = (self.subject, html, people, reply_to, self.variables, files, self.tag, when, self.test)
        return digest_of(client, "message", *content)

    def to_dict(self) -> dict[str, Any]:
        """Return what a dry run shows, as JSON has it."""
        files = [{"file": path, "content_type": each.content_type, "bytes": _bytes_of(each)}
                 for path, each in zip(self.sources[1:], self.attachments, strict=True)]  # fmt: skip
        people = [{"email": each.email, "name": each.name} for each in self.to]
        return {
            "subject": self.subject, "html_bytes": len(self.html.encode("utf-8", "replace")),
            "recipients": len(people), "duplicates": self.duplicates,
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
        yield _("recipients"), self._recipients()
        yield from (("", person) for person in self._people())
        if similar := len(self.to) - len({fold_email(each.email) for each in self.to}):
            yield _("ATTENTION"), plural(
                "{count} recipient differs from another only in capitals or spelling, perhaps the same person",
                "{count} recipients differ from others only in capitals or spelling, perhaps the same people", similar,
            )  # fmt: skip
        if self.reply_to is not None:
            yield _("reply to"), _person(self.reply_to)
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
        yield _("when"), self._when()
        yield _("cost"), _("nothing: it is a test") if self.test else _("not known before sending")

    def _doubtful(self) -> list[str]:
        """Return what looks like a placeholder: in lower case, with accents, or in the subject."""
        in_html = {
            text for text in _LIKE_A_PLACEHOLDER.findall(self.html) if not re.fullmatch(SENDING.placeholder, text)
        }
        return sorted(in_html.union(_LIKE_A_PLACEHOLDER.findall(self.subject)))

    def _people(self) -> list[str]:
        left_out = len(self.to) - FIRST - LAST
        if left_out <= 1:
            return list(map(_person, self.to))
        more = "... " + _("{count} more").format(count=left_out)
        return [*map(_person, self.to[:FIRST]), more, *map(_person, self.to[-LAST:])]

    def show(self, client: MailPartner) -> None:
        """Say what is sent, to whom, and what is not known about it."""
        show_rows(list(self.rows(client)))
        if len(self.to) > 1:
            text = _("{count} recipients: it is not known whether they see each other's addresses.")
            say(text.format(count=number(len(self.to))))

    def _when(self) -> str:
        if self.test:
            return _("never: the server checks it and sends nothing")
        if self.send_at is None:
            return _("at once")
        return f"{self.send_at:%Y-%m-%d %H:%M}, {SENDING.time_zone} (UTC{self.send_at.isoformat()[-6:]})"

    def _recipients(self) -> str:
        count = number(len(self.to))
        if not self.duplicates:
            return count
        return plural("{left}, and {count} duplicate left out", "{left}, and {count} duplicates left out",
                      self.duplicates, left=count)  # fmt: skip


def read_html(path: str) -> str:
    """Read the HTML of a mail. Raise Ended if it is not UTF-8."""
    data = sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = _("{file} is not text in UTF-8. Nothing was sent. Save it as UTF-8.")
        raise Ended(text.format(file=path), BAD_INPUT) from None


def recipients(addresses: Iterable[str], inputs: Inputs) -> tuple[tuple[Recipient, ...], int]:
    """Return who is named by arguments and in a file, each once, and how many were named again.

    Raises:
        Ended: If a line or an argument is not an address. Nobody is left out: who sends the rest later, sends twice.
    """
    found = []
    for place, text in enumerate(addresses, 1):
        named = recipient(text)
        if named is None:
            told = _("Recipient {number} is not an address such as name@example.com. Nothing was sent.")
            raise Ended(told.format(number=place), USAGE)
        found.append(named)
    duplicates = 0
    if inputs.from_file is not None:
        with closing(Additions()) as staging:
            inputs.read(staging)
            staging.accept()
            _refuse_rejects(inputs, staging)
            duplicates = staging.counts()["duplicates"]
            found += [Recipient(target.address) for target in staging.targets() if target.address is not None]
    if not found:
        raise Ended(_("There are no recipients. Nothing was sent. Give addresses, or --to-file FILE."), USAGE)
    once: dict[str, Recipient] = {}
    for each in found:
        once.setdefault(normalize_email(each.email), each)
    return tuple(once.values()), duplicates + len(found) - len(once)


def _refuse_rejects(inputs: Inputs, staging: Additions) -> None:
    rejects = list(staging.rejects())
    for reject in rejects[:FIRST]:
        text = _("line {line}: {reason}: {text}")
        say(text.format(line=reject.line, reason=_(reject.reason), text=reject.raw))
    if rejects:
        text = plural("{count} line of {file} is not an address. Nothing was sent. Correct it, or take it out.",
                      "{count} lines of {file} are not addresses. Nothing was sent. Correct them, or take them out.",
                      len(rejects), file=inputs.name)  # fmt: skip
        raise Ended(text, BAD_INPUT)


def recipient(text: str) -> Recipient | None:
    """Return who is named by ann@example.com or Ann <ann@example.com>, None for anything else."""
    named = _NAMED.fullmatch(text)
    email, name = (named[3], named[1] or named[2] or None) if named else (text.strip(), None)
    return Recipient(email, name) if is_address(email) else None


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
    try:
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=vendors_zone())
        return in_vendors_zone(moment, datetime.now(UTC))
    except ValueError as error:
        raise Ended(argument_text(error), code_of(error) or USAGE) from None


def attachment(path: str) -> Attachment:
    """Read a file that goes along. Raise Ended if it is empty, too large, or its media type is not known."""
    try:
        return Attachment.from_path(path)
    except ValueError as error:
        text = str(error)
        if text.startswith("content_type"):
            told = _("The extension of {file} does not tell its media type. Nothing was sent. Rename it.")
            text = told.format(file=path)
        raise Ended(text, USAGE) from None


def _person(each: Recipient) -> str:
    return shown(each.email if each.name is None else f"{each.name} <{each.email}>")


def _bytes_of(file: Attachment) -> int:
    return len(file.base64_content) * 3 // 4 - file.base64_content[-2:].count("=")


def _size(path: str, size: int) -> str:
    return _("{file}, {count} bytes").format(file="stdin" if path == "-" else Path(path).name, count=number(size))


def _shortened(value: str) -> str:
    return value if len(value) <= _LONGEST_VALUE else value[: _LONGEST_VALUE - 1] + "…"
