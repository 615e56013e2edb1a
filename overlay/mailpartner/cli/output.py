"""Results, on stdout: tables on a terminal, one line each in a pipe, one object each with --json."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from typing import Any

from mailpartner.cli.exit_codes import SIGPIPE, OutputLost, Signalled
from mailpartner.cli.files import csv_lines
from mailpartner.cli.language import N_, _
from mailpartner.cli.say import is_terminal, shown, wrapped

SCHEMA = 2
LONGEST_TABLE = 1000

DONE, IN_DOUBT, FAILED = "green", "yellow", "red"
"""What a colour means, in tables and in messages."""

_COLOURS = {
    N_("deleted"): DONE, N_("already_gone"): DONE, N_("added"): DONE, N_("already_listed"): DONE, N_("ok"): DONE,
    N_("sent"): DONE, N_("scheduled"): DONE, N_("tested"): DONE, N_("cancelled"): DONE, N_("already_cancelled"): DONE,
    N_("created"): DONE, N_("moved"): DONE,
    N_("in_doubt"): IN_DOUBT, N_("failed"): FAILED, N_("BAD"): FAILED, N_("not_sent"): "", N_("rejected"): "",
}  # fmt: skip
"""The words for outcomes. On a terminal they are coloured and translated, in a pipe a program may read them."""


@contextmanager
def _written() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise Signalled(SIGPIPE) from None
    except OSError as error:
        raise OutputLost(error) from None


class Output:
    """stdout in the manner that was asked for."""

    def __init__(self, as_json: bool) -> None:
        self.json = as_json
        self.terminal = not as_json and is_terminal(sys.stdout)

    def record(self, type: str, **fields: Any) -> None:
        """Write one line of JSON with --json; its first fields are the schema's number and the type."""
        if self.json:
            self.line(json.dumps({"schema": SCHEMA, "type": type, **fields}))

    def line(self, text: str, style: str = "") -> None:
        """Write one line at once. Raise Signalled if nobody reads the pipe any more, OutputLost for a full disk."""
        with _written():
            if style and self.terminal:
                from rich.console import Console

                Console(file=sys.stdout).print(text, style=style, markup=False, highlight=False)
            else:
                sys.stdout.write(text + "\n")
            sys.stdout.flush()

    def text(self, text: str) -> None:
        """Write one line for people, on a terminal wrapped at words."""
        self.line(wrapped(text, sys.stdout, indent=4))

    def word(self, text: str) -> str:
        """Return a word in the language of the command on a terminal, as it is where a program may read it."""
        return _(text) if self.terminal else text

    def csv(self, headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """Write CSV; with a byte order mark, unless a person reads it."""
        with _written():
            reconfigure = getattr(sys.stdout, "reconfigure", None)
            if reconfigure is not None and not self.terminal:
                reconfigure(encoding="utf-8", newline="")
            sys.stdout.writelines(csv_lines(chain([headings], rows), bom=not self.terminal))
            sys.stdout.flush()

    def rows(self, headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """Write a table, or lines of words; nothing with --json."""
        if self.json:
            return
        listed = [[_text(cell) for cell in row] for row in rows]
        if self.terminal and len(listed) <= LONGEST_TABLE:
            if listed:
                with _written():
                    _table(headings, listed)
            return
        widths = [max((len(row[column]) for row in listed), default=0) for column in range(len(headings))]
        for row in listed:
            self.line("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def _text(cell: object) -> str:
    return "" if cell is None else shown(str(cell))


def _table(headings: Sequence[str], rows: list[list[str]]) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for index, heading in enumerate(headings):
        numbers = bool(rows) and all(row[index].isdigit() for row in rows)
        table.add_column(Text(_(heading)), justify="right" if numbers else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(_(cell) if cell in _COLOURS else cell, _COLOURS.get(cell, "")) for cell in row))
    Console(file=sys.stdout, highlight=False).print(table)
