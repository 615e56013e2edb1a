"""Read what is to be deleted or added, from arguments or a file, and compare it with the list of unsubscribes."""

from __future__ import annotations

import hashlib
import io
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import attrs
import click

from mailpartner.cli.actions import ADDITION, Action
from mailpartner.cli.error_text import system_error
from mailpartner.cli.exit_codes import BAD_INPUT, USAGE, Ended
from mailpartner.cli.files import DELIMITERS
from mailpartner.cli.language import _
from mailpartner.cli.options import several
from mailpartner.cli.progress import Waiting
from mailpartner.cli.reader.cells import RejectedError, parse_cell
from mailpartner.cli.reader.columns import UndecidedError
from mailpartner.cli.reader.lines import FileError
from mailpartner.cli.reader.reader import FileOptions, Reading, read_file
from mailpartner.cli.reader.staging import MISMATCH, Additions, Staging
from mailpartner.cli.say import shown
from mailpartner.resources._addresses import is_mailbox

if TYPE_CHECKING:
    from mailpartner.cli.listing import ListingClient

THRESHOLD = 10
"""More items than this to delete, given as arguments, are a bulk run."""

file_options = several(
    click.option("--delimiter", metavar="MARK", help="Of the file: ; , tab | or none. [default: found out]"),
    click.option("--column", metavar="NAME|NUMBER", help="The column that counts, from 1. [default: by its heading]"),
    click.option("--header/--no-header", default=None, help="Whether the file has a header. [default: found out]"),
    click.option("--encoding", help="Of the file. [default: found out]"),
)  # fmt: skip
"""The options that describe a file."""

MOST_MISMATCHES = 3
MISMATCH_SHARE = 20


@attrs.frozen
class Inputs:
    """The arguments and options of `delete` and `add`, apart from the options of every command."""

    action: Action
    ids: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    from_file: str | None = None
    delimiter: str | None = None
    column: str | None = None
    header: bool | None = None
    encoding: str | None = None
    journal: str | None = None
    audit: str | None = None
    rejects: str | None = None
    reason: str | None = None
    yes: bool = False
    record_addresses: bool = False
    dry_run: bool = False
    offline: bool = False
    missing_ok: bool = False
    no_record: bool = False
    ignore_case: bool = False
    skip_mismatches: bool = False
    recipients: bool = False

    @property
    def adding(self) -> bool:
        return self.action is ADDITION

    @property
    def count(self) -> int:
        return len(self.ids) + len(self.emails)

    @property
    def is_bulk(self) -> bool:
        """True if the run has a reason, a confirmed count, a journal and an audit file."""
        return bool(self.from_file or self.journal or self.audit or (not self.adding and self.count > THRESHOLD))

    @property
    def path(self) -> str | None:
        return None if self.from_file == "-" else self.from_file

    @property
    def name(self) -> str:
        """What the input is called in the audit file."""
        if self.from_file is None:
            return "arguments"
        return "stdin" if self.from_file == "-" else Path(self.from_file).name

    def check(self, key_file: str | None) -> None:
        """Raise UsageError or Ended if the arguments contradict each other, or one is not what it must be."""
        if self.from_file is None and not self.count:
            if self.adding:
                raise click.UsageError(_("Say what to add: addresses or --from-file FILE."))
            raise click.UsageError(_("Say what to delete: ids, --email ADDRESS or --from-file FILE."))
        if self.from_file is not None and self.count:
            raise click.UsageError(_("Give ids and addresses either as arguments or in a file."))
        if self.from_file is None and any(
            value is not None for value in (self.delimiter, self.column, self.header, self.encoding)
        ):
            raise click.UsageError(_("--delimiter, --column, --header and --encoding are for --from-file."))
        if self.from_file == "-" and key_file == "-":
            raise click.UsageError(_("The key and the ids cannot both come from stdin."))
        if self.encoding is not None:
            _check_encoding(self.encoding)
        if self.delimiter is not None and self.delimiter not in (*DELIMITERS, "\t", "none"):
            raise click.UsageError(_("--delimiter must be one of ; , tab | none."))
        self._arguments()

    def read(self, staging: Staging) -> Reading:
        """Read everything into `staging`. Raise Ended if the file cannot be read, or is not clear."""
        if self.from_file is None:
            for line, (number, address) in enumerate(self._arguments(), 1):
                staging.add(line, number, address)
            data = "\n".join((*self.ids, *self.emails)).encode("utf-8", "replace")
            return Reading(hashlib.sha256(data).hexdigest(), self.count)
        mark = {"none": "", "tab": "\t"}.get(self.delimiter or "", self.delimiter)
        options = FileOptions(mark, self.column, self.header, self.encoding, self.adding, self.recipients)
        try:
            if self.from_file == "-":
                return read_file(sys.stdin.buffer, options, staging)
            with open(self.from_file, "rb") as stream:
                return read_file(stream, options, staging)
        except OSError as error:
            text = _("{file} cannot be read: {why}. Nothing was sent.")
            raise Ended(text.format(file=self.from_file, why=system_error(error)), BAD_INPUT) from None
        except FileError as why:
            text = _("{file} {why} Nothing was sent.")
            raise Ended(text.format(file=self.name, why=why), BAD_INPUT) from None
        except UndecidedError as why:
            text = _("It is not clear how to read {file}: {why}. Nothing was sent.")
            raise Ended(text.format(file=self.name, why=why), BAD_INPUT) from None
        except UnicodeError:
            text = _("{file} cannot be read in this encoding. Nothing was sent. Leave --encoding out, or give another.")
            raise Ended(text.format(file=self.name), BAD_INPUT) from None

    def _arguments(self) -> list[tuple[int | None, str | None]]:
        """Return the id or the address of each argument. Raise Ended if one is not what it must be."""
        ids = [(_id(number, text), None) for number, text in enumerate(self.ids, 1)]
        emails = enumerate(self.emails, len(ids) + 1)
        return [*ids, *((None, _address(number, text, self.adding)) for number, text in emails)]


class Comparison:
    """An input that was read, and what the list has for it."""

    def __init__(self, inputs: Inputs, staging: Staging) -> None:
        self.inputs = inputs
        self.staging = staging
        self.compared = False
        self.waiting = Waiting()
        with self._step(_("Reading {file}").format(file=inputs.name)):
            self.reading = inputs.read(staging)

    @classmethod
    @contextmanager
    def begin(cls, inputs: Inputs) -> Iterator[Comparison]:
        """Read the input, and forget it at the end of the block."""
        with closing(Additions() if inputs.adding else Staging()) as staging:
            yield cls(inputs, staging)

    @property
    def useful(self) -> bool:
        """True if the input holds anything that is taken."""
        counts = self.staging.counts()
        return bool(counts["ids"] or counts["addresses"])

    def accept(self) -> None:
        """Take all ids as they are, without the list; addresses are not looked up."""
        with self._step(_("Sorting the ids")):
            self.staging.accept()

    def resolve(self, client: ListingClient) -> dict[str, int]:
        """Find what is to be done. With --yes nobody is shown who that is: the list is read only where it is needed."""
        counts = self.staging.counts()
        looked_up = (counts["addresses"] or counts["pairs"]) and not self.inputs.adding
        if looked_up or not self.inputs.yes:
            self.compare(client)
        else:
            self.accept()
        return self.staging.counts()

    def compare(self, client: ListingClient) -> None:
        """Compare everything with the list, which is read in one call."""
        self.compared = True
        with self._step(_("Reading the list of unsubscribes")):
            client.scan(self.staging.begin_list, self.staging.add_listed)
        with self._step(_("Comparing with the list of unsubscribes")):
            self.staging.compare(self.inputs.ignore_case)

    def refusal(self) -> str | None:
        """Return why a file is refused whose ids are another system's; None if they are those of the list."""
        counts, layout = self.staging.counts(), self.reading.layout
        found, pairs = counts["mismatches"], counts["pairs"]
        if self.inputs.skip_mismatches or (found < MOST_MISMATCHES and found * MISMATCH_SHARE <= pairs):
            return None
        example = next(reject for reject in self.staging.rejects() if reject.reason == MISMATCH)
        text = _(
            "These ids are not Mail Partner's: in {found} of {pairs} rows of {file} the id and the address are not of"
            " one entry. Nothing was sent. Line {line} has {text}; the list has {entries}."
        )
        option = layout.option(layout.address) if layout is not None and layout.address is not None else ""
        if option:
            text += _(
                " {option} goes by the addresses alone;"
                " --skip-mismatches rejects such rows and goes on with the others."
            )
        else:
            text += _(" --skip-mismatches rejects such rows and goes on with the others.")
        return text.format(
            found=found, pairs=pairs, file=self.inputs.name, line=example.line, text=shown(example.raw),
            entries=shown(example.entries()), option=option,
        )  # fmt: skip

    @contextmanager
    def _step(self, what: str) -> Iterator[None]:
        """Say what is done if it takes long. Raise Ended if SQLite cannot write its temporary file."""
        try:
            with self.waiting.during(what):
                yield
        except sqlite3.OperationalError as error:
            text = _(
                "The temporary folder cannot be used: {why}. Nothing was sent."
                " Free space in it, or name another in TMPDIR."
            )
            raise Ended(text.format(why=error), USAGE) from None


def _id(number: int, text: str) -> int:
    try:
        found = parse_cell(text)
    except RejectedError as reason:
        text = _(
            "Argument {number} is not an id: {why}. Nothing was sent."
            " A file is given with --from-file, an address with --email."
        )
        raise Ended(text.format(number=number, why=_(str(reason))), USAGE) from None
    if not isinstance(found, int):
        text = _("Argument {number} is not an id. Nothing was sent. An address is given with --email.")
        raise Ended(text.format(number=number), USAGE)
    return found


def _address(number: int, text: str, adding: bool) -> str:
    try:
        found = parse_cell(text)
    except RejectedError:
        found = None
    if not isinstance(found, str) or (adding and not is_mailbox(found)):
        text = _("Argument {number} is not an address such as name@example.com. Nothing was sent.")
        raise Ended(text.format(number=number), USAGE)
    return found


def _check_encoding(name: str) -> None:
    try:
        io.TextIOWrapper(io.BytesIO(), name)
    except (LookupError, ValueError):
        text = _("--encoding must be one that Python knows, such as utf-8, cp1252 or utf-16.")
        raise click.UsageError(text) from None
