"""Read what is to be deleted, from arguments or a file."""

from __future__ import annotations

import codecs
import hashlib
import sys
from pathlib import Path

import attrs
import click

from mailpartner.cli.actions import ADDITION, DELETION, Action
from mailpartner.cli.error_text import system_error
from mailpartner.cli.exit_codes import BAD_INPUT, USAGE, Ended
from mailpartner.cli.files import DELIMITERS
from mailpartner.cli.language import _
from mailpartner.cli.reader.cells import RejectedError, parse_cell
from mailpartner.cli.reader.columns import UndecidedError
from mailpartner.cli.reader.lines import FileError
from mailpartner.cli.reader.reader import FileOptions, Reading, read_file
from mailpartner.cli.reader.staging import Staging


@attrs.frozen
class Inputs:
    """The arguments of the command that say what is to be deleted, or whose addresses are to be added."""

    ids: tuple[str, ...]
    emails: tuple[str, ...]
    file: str | None
    delimiter: str | None
    column: str | None
    header: bool | None
    encoding: str | None
    action: Action = DELETION

    @property
    def adding(self) -> bool:
        """True if only addresses are taken."""
        return self.action is ADDITION

    @property
    def count(self) -> int:
        """How many ids and addresses the arguments name."""
        return len(self.ids) + len(self.emails)

    @property
    def path(self) -> str | None:
        """The path of the file, None where there is none."""
        return None if self.file == "-" else self.file

    @property
    def name(self) -> str:
        """What the input is called in the audit file."""
        if self.file is None:
            return "arguments"
        return "stdin" if self.file == "-" else Path(self.file).name

    def check(self, key_file: str | None) -> None:
        """Raise UsageError or Ended if the arguments contradict each other, or one is not what it must be."""
        if self.file is None and not self.count:
            if self.adding:
                raise click.UsageError(_("Say what to add: addresses or --from-file FILE."))
            raise click.UsageError(_("Say what to delete: ids, --email ADDRESS or --from-file FILE."))
        if self.file is not None and self.count:
            raise click.UsageError(_("Give ids and addresses either as arguments or in a file."))
        if self.file is None and any(
            value is not None for value in (self.delimiter, self.column, self.header, self.encoding)
        ):
            raise click.UsageError(_("--delimiter, --column, --header and --encoding are for --from-file."))
        if self.file == "-" and key_file == "-":
            raise click.UsageError(_("The key and the ids cannot both come from stdin."))
        if self.encoding is not None:
            _check_encoding(self.encoding)
        if self.delimiter is not None and self.delimiter not in (*DELIMITERS, "\t", "none"):
            raise click.UsageError(_("--delimiter must be one of ; , tab | none."))
        self._arguments()

    def read(self, staging: Staging) -> Reading:
        """Read everything into `staging`. Raise Ended if the file cannot be read, or is not clear."""
        if self.file is None:
            for line, (number, address) in enumerate(self._arguments(), 1):
                staging.add(line, number, address)
            data = "\n".join((*self.ids, *self.emails)).encode("utf-8", "replace")
            return Reading(hashlib.sha256(data).hexdigest(), self.count)
        mark = {"none": "", "tab": "\t"}.get(self.delimiter or "", self.delimiter)
        options = FileOptions(mark, self.column, self.header, self.encoding, self.adding)
        try:
            if self.file == "-":
                return read_file(sys.stdin.buffer, options, staging)
            with open(self.file, "rb") as stream:
                return read_file(stream, options, staging)
        except OSError as error:
            text = _("{file} cannot be read: {why}. Nothing was sent.")
            raise Ended(text.format(file=self.file, why=system_error(error)), BAD_INPUT) from None
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
        return [*ids, *((None, _address(number, text)) for number, text in enumerate(self.emails, len(ids) + 1))]


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


def _address(number: int, text: str) -> str:
    try:
        found = parse_cell(text)
    except RejectedError:
        found = None
    if not isinstance(found, str):
        text = _("Argument {number} is not an address such as name@example.com. Nothing was sent.")
        raise Ended(text.format(number=number), USAGE)
    return found


def _check_encoding(name: str) -> None:
    try:
        known = codecs.lookup(name)
    except LookupError:
        known = None
    if known is None or not known._is_text_encoding:
        raise click.UsageError(_("--encoding must be one that Python knows, such as utf-8, cp1252 or utf-16."))
