"""What is to be deleted, from arguments or a file, read into a spool."""

from __future__ import annotations

import codecs
import hashlib
import sys
from pathlib import Path

import attrs
import click

from mailpartner.cli.exits import BAD_INPUT, USAGE, Ended
from mailpartner.cli.reader.cells import RejectedError, meaning
from mailpartner.cli.reader.columns import UndecidedError
from mailpartner.cli.reader.intake import Shape, read
from mailpartner.cli.reader.records import DELIMITERS
from mailpartner.cli.reader.source import WorkbookError
from mailpartner.cli.reader.spool import Spool
from mailpartner.resources._addresses import normalize_email


@attrs.frozen
class Inputs:
    """The arguments that say what is to be deleted."""

    ids: tuple[str, ...]
    emails: tuple[str, ...]
    file: str | None
    delimiter: str | None
    column: str | None
    header: bool | None
    encoding: str | None

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
        """Raises UsageError where the arguments contradict each other."""
        if self.file is None and not self.count:
            raise click.UsageError("Say what to delete: ids, --email ADDRESS or --from-file FILE.")
        if self.file is not None and self.count:
            raise click.UsageError("Give ids and addresses either as arguments or in a file.")
        if self.file is None and any(
            value is not None for value in (self.delimiter, self.column, self.header, self.encoding)
        ):
            raise click.UsageError("--delimiter, --column, --header and --encoding are for --from-file.")
        if self.file == "-" and key_file == "-":
            raise click.UsageError("The key and the ids cannot both come from stdin.")
        if self.encoding is not None:
            _check_encoding(self.encoding)
        if self.delimiter is not None and self.delimiter not in (*DELIMITERS, "\t", "none"):
            raise click.UsageError("--delimiter must be one of ; , tab | none.")

    def read(self, spool: Spool) -> tuple[str, int, str]:
        """Read all into the spool; its digest, its lines, and how it was read."""
        if self.file is None:
            return self._read_arguments(spool), self.count, ""
        mark = {"none": "", "tab": "\t"}.get(self.delimiter or "", self.delimiter)
        shape = Shape(mark, self.column, self.header, self.encoding)
        try:
            if self.file == "-":
                reading = read(sys.stdin.buffer, shape, spool)
            else:
                with open(self.file, "rb") as stream:
                    reading = read(stream, shape, spool)
        except OSError as error:
            raise Ended(f"{self.file} cannot be read: {error.strerror}. Nothing was sent.", BAD_INPUT) from None
        except WorkbookError:
            what = f"{self.name} is a workbook, not text. Nothing was sent."
            raise Ended(f"{what} Save it as CSV in the spreadsheet program, and give that file.", BAD_INPUT) from None
        except UnicodeError:
            name = f"{self.name} cannot be read as {self.encoding or 'text'}"
            raise Ended(f"{name}. Nothing was sent. Leave --encoding out, or give another.", BAD_INPUT) from None
        except UndecidedError as why:
            raise Ended(f"It is not clear which column of {self.name} counts: {why}. Nothing was sent.",
                        BAD_INPUT) from None  # fmt: skip
        marks = {"\t": "tabs", "": "lines of one cell"}
        how = f"{reading.column}, {'a' if reading.column.header else 'no'} header, " + (
            marks.get(reading.delimiter) or f"cells separated by {reading.delimiter}"
        )
        return reading.digest, reading.lines, how

    def _read_arguments(self, spool: Spool) -> str:
        for number, text in enumerate(self.ids, 1):
            spool.add_id(number, _id(number, text))
        for number, email in enumerate(self.emails, len(self.ids) + 1):
            spool.add_address(number, _address(number, email))
        return hashlib.sha256("\n".join((*self.ids, *self.emails)).encode("utf-8", "replace")).hexdigest()


def _id(number: int, text: str) -> int:
    try:
        found = meaning(text)
    except RejectedError as reason:
        text = f"Argument {number} is no id: {reason}. Nothing was sent."
        raise Ended(f"{text} A file is given with --from-file, an address with --email.", USAGE) from None
    if not isinstance(found, int):
        raise Ended(f"Argument {number} is no id. Nothing was sent. An address is given with --email.", USAGE)
    return found


def _address(number: int, text: str) -> str:
    try:
        found = meaning(text)
    except RejectedError:
        found = None
    if not isinstance(found, str):
        raise Ended(f"Argument {number} is no address, such as name@example.com. Nothing was sent.", USAGE)
    return normalize_email(found)


def _check_encoding(name: str) -> None:
    try:
        known = codecs.lookup(name)
    except LookupError:
        known = None
    if known is None or not known._is_text_encoding:
        raise click.UsageError("--encoding must be one that Python knows, such as utf-8, cp1252 or utf-16.")
