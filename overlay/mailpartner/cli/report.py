"""`report`: what became of each id of a bulk run, from its journal, as a page, as CSV or as JSON lines.

A format is a generator of text, so that a report on a million ids is never held in memory. It is given a function that
yields the lines of the audit file anew at each call: the page needs the counts before the ids.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import warnings
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

import click

from mailpartner._bulk.journal import Journal
from mailpartner.cli import audit, files, run_journal
from mailpartner.cli.actions import DELETION, action_of
from mailpartner.cli.error_text import system_error, text_of
from mailpartner.cli.exit_codes import BAD_INPUT, DONE, SOME_FAILED, STOPPED, USAGE, Ended, OutputLost
from mailpartner.cli.files import DELIMITERS, csv_lines
from mailpartner.cli.group import global_options
from mailpartner.cli.language import N_, _
from mailpartner.cli.options import date
from mailpartner.cli.output import Output
from mailpartner.cli.progress import Waiting
from mailpartner.cli.record import Record
from mailpartner.cli.report_page import Lines, page
from mailpartner.cli.report_texts import ERRORS
from mailpartner.cli.say import say, shown, state
from mailpartner.errors import JournalError
from mailpartner.resources._addresses import is_address

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

STDOUT = "-"
COLUMNS = ("id", "outcome", "error", "code", "may have been done", "line", "address")
RECORD_COLUMNS = ("type", "when", "user", "host", "reason", "recipients", "send_at", "message_id", "move", "amount",
                  "credit", "key_fingerprint", "base_url")  # fmt: skip
"""More columns, of a record."""

_YES_OR_NO = {True: "yes", False: "no", None: ""}
_JOURNAL_FILES = ("", "-wal", "-journal")
_SHARED_LOCK = (510, 0x40000002)  # length and place of the bytes that SQLite locks while a journal is open
_FILE = click.Path()  # for the shell's completion


@click.command()
@click.argument("journal", metavar="JOURNAL", type=_FILE)
@click.option("--html", metavar="FILE|-", type=_FILE, help="Write a page to read, print or keep.")
@click.option("--csv", "csv_file", metavar="FILE|-", type=_FILE, help="Write a table for Excel and the like.")
@click.option("--jsonl", "jsonl_file", metavar="FILE|-", type=_FILE, help="Write the lines of the audit file.")
@click.option("--find", metavar="ADDRESS", help="Say whether this person was in it, and what became of the entries.")
@click.option("--since", metavar="DATE", type=date, help="Of a year's record, only what was done then or later (UTC).")
@click.option("--until", metavar="DATE", type=date, help="Of a year's record, only what was done then or before (UTC).")
@click.option("--delimiter", type=click.Choice(list(DELIMITERS)), help="Between CSV columns. [default: the input's]")
@click.option("--force", is_flag=True, help="Replace files that exist.")
@click.option("--traceback", is_flag=True, help="Show tracebacks.")
@global_options
def report(
    journal: str, html: str | None, csv_file: str | None, jsonl_file: str | None, find: str | None,
    since: str | None, until: str | None, delimiter: str | None, force: bool, traceback: bool,
) -> int:  # fmt: skip
    """Write what became of each id of a bulk run, complete or stopped, from its journal.

    Without an option it shows a summary. It needs no network and no key, and leaves the journal as it is. Several
    formats can be written at once; - is stdout.
    """
    state.traceback = traceback or state.traceback
    if find is not None and not is_address(find):
        raise Ended(_("--find needs an address such as name@example.com. Nothing was written."), USAGE)
    targets = [target for target in (jsonl_file, csv_file, html) if target is not None]
    _check_targets(targets, Path(journal), force)
    waiting = Waiting()
    with _snapshot(Path(journal)) as opened:
        is_record = opened.metadata()["kind"] == run_journal.RECORD
        if (since or until) and not is_record:
            raise Ended(_("--since and --until are for the record of a year. Nothing was written."), USAGE)
        lines = partial(audit.lines, opened, since or "", until or "9")
        mark = DELIMITERS[delimiter] if delimiter is not None else opened.metadata().get("delimiter", "")
        table = spreadsheet(lines, mark, RECORD_COLUMNS if is_record else ())
        reports = ((jsonl_file, map(audit.as_text, lines())), (csv_file, table), (html, page(lines)))
        for target, parts in reports:  # generators: what is not written is not made
            if target is None:
                continue
            with waiting.during(_("Writing {file}").format(file=shown(target))):
                _write(target, parts, force)
            if target != STDOUT:
                say(_("Report: {file}").format(file=target))
        if not targets and find is None:
            _show(lines)
        return DONE if find is None else _find(find, opened)


def _show(lines: Lines) -> None:
    """Show what was done, when, by whom and why, and how many had which outcome."""
    counts: Counter[tuple[str, str]] = Counter()
    days: list[str] = []
    told = lines()
    head = next(told)
    for line in told:
        if line["type"] != "total":
            counts[line["type"], line.get("outcome", "rejected")] += 1
            days += [line["when"][:10]] if "when" in line else []
            days = [min(days), max(days)] if days else []
    output = Output(False)
    facts: list[tuple[str, object]] = [(_("begun on"), head["when"].replace("T", " ").replace("+00:00", " UTC"))]
    if head["input"]["sha256"]:
        facts += [
            (_("by"), head["who"].get("user")),
            (_("reason"), head["reason"]),
            (_("input"), head["input"]["name"]),
        ]
    elif days:
        facts += [(_("first"), days[0]), (_("last"), days[-1])]
    output.rows((N_("what"), ""), facts)
    names = {"deletion": _("deletion"), "addition": _("addition"), "reject": _("line of the input"),
             "message": _("mail"), "cancellation": _("cancellation of a mail"), "credit_move": _("move of credit"),
             "subaccount": _("sub-account")}  # fmt: skip
    output.rows((N_("what"), "outcome", N_("how many")),
                [(names[kind], outcome, count) for (kind, outcome), count in counts.items()])  # fmt: skip
    if not counts:
        say(_("Nothing was done."))
    say(_("--html, --csv and --jsonl write all of it, each with a file; --find ADDRESS looks for a person."))


def _find(address: str, journal: Journal) -> int:
    """Say what the run did for a person, and return the exit code: 1 for somebody who was not in it."""
    rows, rejects = journal.find_person(run_journal.AddressKeeper.of(journal).hash(address))
    is_deletion = action_of(journal) is DELETION
    found = [
        (row.input if is_deletion else "", row.line, row.result, _(ERRORS.get(row.error or "", ""))) for row in rows
    ]
    found += [("", reject.line, "rejected", _(reject.reason)) for reject in rejects]
    Output(False).rows(("id", "line", "outcome", "why"), found)
    if not found:
        text = _("{address} was not in this run, in any spelling that differs only in capitals.")
        say(text.format(address=shown(address)))
    if unknown := journal.count_unknown():
        text = _("Of {count} ids or lines of this run no address is known; this person may be among them.")
        say(text.format(count=unknown))
    if isinstance(journal, Record) and (requests := sum(1 for _request in journal.requests())):
        text = _("Mails and other requests in this record, without addresses: {count}. This person may be among them.")
        say(text.format(count=requests))
    return DONE if found else SOME_FAILED


def spreadsheet(lines: Lines, delimiter: str, more: tuple[str, ...] = ()) -> Iterator[str]:
    """Yield CSV that Excel opens as a table, one row for each rejected line, each id and each request."""
    rows = ((*_cells(line), *map(line.get, more)) for line in lines() if line["type"] not in ("head", "total"))
    return csv_lines(chain([(*COLUMNS, *more)], rows), delimiter)


def _cells(line: dict[str, Any]) -> Iterator[object]:
    outcome = line.get("outcome", "rejected")
    yield from (line.get("id"), outcome, line["reason"] if line["type"] == "reject" else line.get("error"))
    in_doubt = line.get("maybe_applied", outcome == "in_doubt" or None)
    yield from (line.get("code"), _YES_OR_NO[in_doubt], line.get("line"))
    yield line.get("email", line.get("text"))


def _check_targets(targets: list[str], journal: Path, force: bool) -> None:
    """Raise Ended where a target is named twice or must not be replaced, before anything is written."""
    if len({target if target == STDOUT else os.path.realpath(target) for target in targets}) < len(targets):
        raise Ended(_("Two formats have the same target. Nothing was written. Name a file for each."), USAGE)
    kept = {os.path.realpath(f"{journal}{suffix}") for suffix in (*_JOURNAL_FILES, "-shm")}
    for target in targets:
        if target == STDOUT:
            continue
        if os.path.realpath(target) in kept:
            text = _("{file} belongs to the journal, and is not replaced. Nothing was written. Name another file.")
            raise Ended(text.format(file=target), USAGE)
        _check_free(target, force)


def _check_free(target: str, force: bool) -> None:
    if not os.path.lexists(target):
        return
    if not force:
        text = _("{file} exists and is not replaced. Nothing was written to it. Name another file, or give --force.")
        raise Ended(text.format(file=target), USAGE)
    if os.path.islink(target) or not os.path.isfile(target):
        text = _("{file} is not a regular file, and is not replaced. Nothing was written to it. Name another file.")
        raise Ended(text.format(file=target), USAGE)


@contextmanager
def _snapshot(path: Path) -> Iterator[Journal]:
    """Open a copy of a journal: SQLite writes to a file that it opens, after a crash even to read it."""
    with tempfile.TemporaryDirectory(prefix="mailpartner-") as folder:
        copy = Path(folder) / "journal"
        if path.is_file():
            _copy(path.resolve(), copy)
        try:
            with warnings.catch_warnings(record=True) as warned, run_journal.reopened(copy, records=True) as opened:
                for warning in warned:
                    say(str(warning.message).replace(str(copy), str(path)))
                for suffix in _JOURNAL_FILES:  # nothing is left of it, however this ends; Windows keeps it to the end
                    with suppress(OSError):
                        os.unlink(f"{copy}{suffix}")
                yield opened
        except JournalError as error:
            code = BAD_INPUT if error.damaged else STOPPED
            raise Ended(text_of(error).replace(str(copy), str(path)), code) from None
        except Ended as error:
            raise Ended(str(error).replace(str(copy), str(path)), error.code) from None


def _copy(path: Path, copy: Path) -> None:
    """Copy a journal and what SQLite keeps next to it. Raise Ended for the journal of a run in progress."""
    with path.open("rb") as file:
        if fcntl is not None:
            try:
                fcntl.lockf(file, fcntl.LOCK_SH | fcntl.LOCK_NB, *_SHARED_LOCK)
            except (BlockingIOError, PermissionError):
                text = _(
                    "A run is using the journal {file}. Nothing was written."
                    " Wait for its end, or stop it with Ctrl-C; then run this again."
                )
                raise Ended(text.format(file=path), STOPPED) from None
        for suffix in _JOURNAL_FILES:
            with suppress(FileNotFoundError):
                shutil.copyfile(f"{path}{suffix}", f"{copy}{suffix}")


def _write(target: str, parts: Iterator[str], force: bool) -> None:
    if target == STDOUT:
        try:
            with files.open_text(sys.stdout.fileno(), closefd=False) as file:
                file.writelines(parts)
        except OSError as error:
            raise OutputLost(error) from None
        return
    try:
        files.write(Path(target), parts, partial(_check_free, target, force))
    except OSError as error:
        text = _("{file} cannot be written: {why}. Nothing was written to it.")
        raise Ended(text.format(file=target, why=system_error(error)), USAGE) from None
