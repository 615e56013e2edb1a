"""Results, on stdout: tables on a terminal, one line each in a pipe, one object each with --json."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from typing import TYPE_CHECKING, Any

from mailpartner.cli.error_text import error_fields, text_of
from mailpartner.cli.exit_codes import SIGPIPE, OutputLost, Signalled
from mailpartner.cli.files import csv_lines
from mailpartner.cli.language import N_, _, result_text
from mailpartner.cli.say import is_terminal, say, shown, wrapped

if TYPE_CHECKING:
    from mailpartner.cli.actions import Action
    from mailpartner.results import BulkItem

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


SHOWN = 20
IDS_SHOWN = 10


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


class Items:
    """The items of a run on stdout: all of a handful; of many in a pipe too, on a terminal those that failed."""

    def __init__(self, output: Output, action: Action, handful: bool) -> None:
        self.output = output
        self._action = action
        self._handful = handful
        self._groups: dict[tuple[Any, ...], tuple[int, tuple[int | str, ...]]] = {}
        """By outcome and cause, and of a handful by item: how many, and the first items."""

    def item(self, item: BulkItem[Any, Any]) -> None:
        """Show one more, or keep it for the table. Raise Signalled and OutputLost as `Output.line` does."""
        doubt = getattr(item.error, "maybe_applied", False)
        outcome = item.outcome.value if item.outcome is not None else "in_doubt" if doubt else "failed"
        why = self._text(item.error)
        if self.output.json:
            named = {self._action.item: item.input}
            self.output.record(self._action.type, **named, outcome=outcome, error=error_fields(item.error, why))
        elif not self.output.terminal:
            self.output.line(shown(f"{item.input} {outcome} {why}".rstrip()))
        elif self._handful or item.error is not None:
            key = (item.input,) if self._handful else ()
            count, ids = self._groups.get((outcome, why, *key), (0, ()))
            self._groups[outcome, why, *key] = count + 1, (*ids, item.input) if len(ids) < IDS_SHOWN else ids

    def end(self) -> None:
        """Show what was kept for the table: failures of many by their cause."""
        groups = list(self._groups.items())
        rows = [(_listed(*ids), outcome, why) for (outcome, why, *_id), ids in groups[:SHOWN]]
        if rows:
            noun = N_("address") if self._action.item == "email" else N_("id") if self._handful else N_("ids")
            self.output.rows((noun, N_("outcome"), N_("why")), rows)
        if more := sum(count for _key, (count, _ids) in groups[SHOWN:]):
            say(_("{count} more failed; the audit file has them all.").format(count=more))

    def _text(self, error: Exception | None) -> str:
        return text_of(error, not self._handful, result_text)


def _listed(count: int, ids: tuple[int | str, ...]) -> str:
    more = count - len(ids)
    return " ".join(map(str, ids)) + (_(" and {count} more").format(count=more) if more else "")
