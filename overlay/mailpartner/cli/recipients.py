"""Who a mail goes to: named by arguments and in a file, each once, and nobody of whom the file says an objection."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing

import attrs

from mailpartner.cli.confirm import FIRST, LAST
from mailpartner.cli.exit_codes import BAD_INPUT, USAGE, Ended
from mailpartner.cli.inputs import Inputs
from mailpartner.cli.language import _, number, plural
from mailpartner.cli.preview import how_read
from mailpartner.cli.reader.reader import OBJECTS, Reading
from mailpartner.cli.reader.staging import Additions, Reject
from mailpartner.cli.say import say, shown
from mailpartner.inputs import Recipient
from mailpartner.resources._addresses import fold_email, is_mailbox, mailbox_key

_NAMED = re.compile(r"\s*(?:\"([^\"]*)\"|([^<>\"@,;]*?))\s*<([^<>\s]+)>\s*")


@attrs.frozen
class Recipients:
    """Who a mail goes to.

    Attributes:
        people: They.
        duplicates: How many were left out because they were named before.
        objecting: How many were left out because the file says that they object.
        file: The name of the file.
        reading: How the file was read, None without one.
    """

    people: tuple[Recipient, ...]
    duplicates: int = 0
    objecting: int = 0
    file: str = ""
    reading: Reading | None = None

    @property
    def distinct(self) -> list[str]:
        """Their addresses, those that differ only in capitals or spelling once."""
        return sorted({fold_email(each.email) for each in self.people})

    def unclear(self, translate: Callable[[str], str] = _) -> list[tuple[str, str, int]]:
        """Return what the file says about objections that is not understood: the column, the text, and how often."""
        layout = None if self.reading is None else self.reading.layout
        if layout is None or self.reading is None or self.reading.objections is None:
            return []
        return [(layout.name(column, translate), text, count)
                for (column, text), count in self.reading.objections.unknown.items()]  # fmt: skip

    def rows(self) -> Iterator[tuple[str, object]]:
        """Yield who they are, as labels and texts."""
        yield _("recipients"), self._count()
        yield from (("", person) for person in self._shown())
        if self.reading is not None:
            yield _("file"), how_read(self.file, self.reading)
        similar = len(self.people) - len(self.distinct)
        if similar:
            yield _("ATTENTION"), plural(
                "{count} recipient differs from another only in capitals or spelling, perhaps the same person",
                "{count} recipients differ from others only in capitals or spelling, perhaps the same people", similar,
            )  # fmt: skip
        for column, text, count in self.unclear():
            told = plural("{count} line has “{text}” in {column}: perhaps an objection",
                          "{count} lines have “{text}” in {column}: perhaps an objection",
                          count, text=shown(text)[:40] or _("nothing"), column=column)  # fmt: skip
            yield _("ATTENTION"), told
        if self.reading is not None and self.reading.objections and (more := self.reading.objections.more_unknown):
            yield (
                _("ATTENTION"),
                _("{count} more are not understood, and perhaps objections").format(count=number(more)),
            )
        if self.objecting:
            yield _("left out"), plural("{count} line, which says that the person objects",
                                        "{count} lines, which say that the person objects", self.objecting)  # fmt: skip

    def _shown(self) -> list[str]:
        left_out = len(self.people) - FIRST - LAST
        if left_out <= 1:
            return list(map(person, self.people))
        more = "... " + _("{count} more").format(count=left_out)
        return [*map(person, self.people[:FIRST]), more, *map(person, self.people[-LAST:])]

    def _count(self) -> str:
        count = number(len(self.people))
        if not self.duplicates:
            return count
        return plural("{left}, and {count} duplicate left out", "{left}, and {count} duplicates left out",
                      self.duplicates, left=count)  # fmt: skip


def read_recipients(addresses: Iterable[str], inputs: Inputs, skip_objecting: bool) -> Recipients:
    """Return who is named by arguments and in a file.

    Raises:
        Ended: If a line or an argument is not an address: nobody is left out, for who sends the rest later, sends
            twice. And without `skip_objecting` if a line of the file says that the person objects.
    """
    found = []
    for place, text in enumerate(addresses, 1):
        named = recipient(text)
        if named is None:
            told = _("Recipient {number} is not an address such as name@example.com. Nothing was sent.")
            raise Ended(told.format(number=place), USAGE)
        found.append(named)
    duplicates, reading, objecting = 0, None, list[Reject]()
    if inputs.from_file is not None:
        with closing(Additions()) as staging:
            reading = inputs.read(staging)
            staging.accept()
            rejects = list(staging.rejects())
            objecting = [reject for reject in rejects if reject.reason == OBJECTS]
            if not skip_objecting:
                _refuse_objecting(inputs.name, objecting, reading)
            _refuse_rejects(inputs.name, [reject for reject in rejects if reject.reason != OBJECTS])
            duplicates = staging.counts()["duplicates"]
            found += [Recipient(target.address, staging.names.get(target.line))
                      for target in staging.targets() if target.address is not None]  # fmt: skip
    # In any spelling, and whoever else names them.
    out = {fold_email(reject.raw) for reject in objecting}
    found = [each for each in found if fold_email(each.email) not in out]
    if not found:
        text = _("There are no recipients. Nothing was sent. Give addresses, or --to-file FILE.")
        raise Ended(text, USAGE if inputs.from_file is None else BAD_INPUT)
    once: dict[tuple[str, str], Recipient] = {}
    for each in found:
        once.setdefault(mailbox_key(each.email), each)
    people = tuple(once.values())
    return Recipients(people, duplicates + len(found) - len(people), len(objecting), inputs.name, reading)


def _refuse_objecting(file: str, objecting: list[Reject], reading: Reading) -> None:
    if not objecting:
        return
    layout, said = reading.layout, reading.objections
    columns = "" if layout is None or said is None else _(" and ").join(map(layout.name, sorted(said.columns)))
    text = plural(
        "{count} line of {file} says that the person is unsubscribed or objects ({columns}; line {lines})."
        " Nothing was sent. Take it out, or leave it out with --skip-unsubscribed.",
        "{count} lines of {file} say that the person is unsubscribed or objects ({columns}; lines {lines})."
        " Nothing was sent. Take them out, or leave them out with --skip-unsubscribed.",
        len(objecting), file=file, columns=columns, lines=_listed([reject.line for reject in objecting]),
    )  # fmt: skip
    raise Ended(text + _(" If the column is about something else, take it out of the file."), BAD_INPUT)


def _listed(lines: list[int]) -> str:
    more = len(lines) - FIRST
    listed = ", ".join(map(str, lines[:FIRST]))
    return listed + (_(" and {count} more").format(count=more) if more > 0 else "")


def _refuse_rejects(file: str, rejects: list[Reject]) -> None:
    for reject in rejects[:FIRST]:
        text = _("line {line}: {reason}: {text}")
        say(text.format(line=reject.line, reason=_(reject.reason), text=reject.raw))
    if rejects:
        text = plural("{count} line of {file} is not an address. Nothing was sent. Correct it, or take it out.",
                      "{count} lines of {file} are not addresses. Nothing was sent. Correct them, or take them out.",
                      len(rejects), file=file)  # fmt: skip
        raise Ended(text, BAD_INPUT)


def recipient(text: str) -> Recipient | None:
    """Return who is named by ann@example.com or Ann <ann@example.com>, None for anything else."""
    named = _NAMED.fullmatch(text)
    email, name = (named[3], named[1] or named[2] or None) if named else (text.strip(), None)
    return Recipient(email, name) if is_mailbox(email) else None


def person(each: Recipient) -> str:
    """Return a recipient as people are shown."""
    return shown(each.email if each.name is None else f"{each.name} <{each.email}>")
