"""`report`: what became of each id of a bulk run, from its journal, as a page, as CSV or as JSON lines.

A format is a generator of text, so that a report on a million ids is written as it is made and never held in memory.
It gets a function that yields the lines of the audit file anew at each call: the page needs the counts before the ids.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any, TextIO

import click

from mailpartner._bulk.journal import Journal
from mailpartner.cli import audit, ledger
from mailpartner.cli.exits import BAD_INPUT, DONE, STOPPED, USAGE, Ended, OutputLost
from mailpartner.cli.key_option import refuse_key
from mailpartner.cli.report_page import Lines, page
from mailpartner.cli.say import say, state
from mailpartner.cli.spreadsheet import DELIMITERS, csv_lines
from mailpartner.errors import JournalError

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

STDOUT = "-"
COLUMNS = ("id", "outcome", "error", "code", "may have been done", "line", "address")
_YES_OR_NO = {True: "yes", False: "no", None: ""}
_JOURNAL_FILES = ("", "-wal", "-journal")
_SHARED_LOCK = (510, 0x40000002)  # length and place of the bytes that SQLite locks while a journal is open
_FILE = click.Path()  # for the shell's completion


@click.command()
@click.argument("journal", metavar="JOURNAL", type=_FILE)
@click.option("--html", metavar="FILE|-", type=_FILE, help="Write a page to read, print or keep.")
@click.option("--csv", "csv_file", metavar="FILE|-", type=_FILE, help="Write a table for Excel and the like.")
@click.option("--jsonl", "jsonl_file", metavar="FILE|-", type=_FILE, help="Write the lines of the audit file.")
@click.option(
    "--delimiter", type=click.Choice(list(DELIMITERS)), default=";", show_default=True, help="Between CSV columns."
)
@click.option("--force", is_flag=True, help="Replace files that exist.")
@click.option("--traceback", is_flag=True, help="Show tracebacks.")
@refuse_key
def report(
    journal: str, html: str | None, csv_file: str | None, jsonl_file: str | None, delimiter: str, force: bool,
    traceback: bool,
) -> int:  # fmt: skip
    """Write what became of each id of a bulk run, complete or stopped, from its journal.

    It needs no network and no key, and leaves the journal as it is. Several formats can be written at once; - is
    stdout.
    """
    state.traceback = traceback or state.traceback
    formats: dict[str, Callable[[Lines], Iterator[str]]] = {
        "--jsonl": jsonl,
        "--csv": partial(spreadsheet, delimiter=DELIMITERS[delimiter]),
        "--html": page,
    }
    given = {"--jsonl": jsonl_file, "--csv": csv_file, "--html": html}
    targets = {option: target for option, target in given.items() if target is not None}
    _check_targets(list(targets.values()), Path(journal), force)
    with _snapshot(Path(journal)) as opened:
        for option, target in targets.items():
            _write(target, formats[option](partial(audit.lines, opened)), force)
    return DONE


def jsonl(lines: Lines) -> Iterator[str]:
    """Yield the lines of the audit file."""
    return (json.dumps(line) + "\n" for line in lines())


def spreadsheet(lines: Lines, delimiter: str) -> Iterator[str]:
    """Yield CSV that Excel opens as a table, one row for each id."""
    rows = (_cells(line) for line in lines() if line["type"] == "deletion")
    return csv_lines(chain([COLUMNS], rows), delimiter)


def _cells(line: dict[str, Any]) -> Iterator[object]:
    yield from (line["id"], line["outcome"], line.get("error"), line.get("code"))
    yield _YES_OR_NO[line.get("maybe_applied")]
    yield from (line.get("line"), line.get("email"))


def _check_targets(targets: list[str], journal: Path, force: bool) -> None:
    """Raise Ended where a target is missing, is named twice or must not be replaced, before anything is written."""
    if not targets:
        raise Ended("Give at least one of --html, --csv and --jsonl, with a file. Nothing was written.", USAGE)
    if len({target if target == STDOUT else os.path.realpath(target) for target in targets}) < len(targets):
        raise Ended("Two formats have the same target. Nothing was written. Name a file for each.", USAGE)
    kept = {os.path.realpath(f"{journal}{suffix}") for suffix in (*_JOURNAL_FILES, "-shm")}
    for target in targets:
        if target != STDOUT and os.path.realpath(target) in kept:
            raise Ended(f"{target} belongs to the journal, and is not replaced. Nothing was written. Name another"
                        " file.", USAGE)  # fmt: skip
        if target != STDOUT:
            _check_free(target, force)


def _check_free(target: str, force: bool) -> None:
    if not os.path.lexists(target):
        return
    if not force:
        raise Ended(f"{target} exists and is not replaced. Nothing was written to it. Name another file, or give"
                    " --force.", USAGE)  # fmt: skip
    if os.path.islink(target) or not os.path.isfile(target):
        raise Ended(f"{target} is not a regular file, and is not replaced. Nothing was written to it. Name another"
                    " file.", USAGE)  # fmt: skip


@contextmanager
def _snapshot(path: Path) -> Iterator[Journal]:
    """Open a copy of a journal: SQLite writes to a file that it opens, after a crash even to read it."""
    with tempfile.TemporaryDirectory(prefix="mailpartner-") as folder:
        copy = Path(folder) / "journal"
        if path.is_file():
            _copy(path.resolve(), copy)
        try:
            with ledger.reopened(copy, records=True) as opened:
                yield opened
        except JournalError as error:
            code = BAD_INPUT if error.damaged else STOPPED
            raise Ended(_naming(path, copy, error), code) from None
        except Ended as error:
            raise Ended(_naming(path, copy, error), error.code) from None


def _naming(path: Path, copy: Path, error: Exception) -> str:
    return str(error).replace(str(copy), str(path))


def _copy(path: Path, copy: Path) -> None:
    """Copy a journal and what SQLite keeps next to it. Raises Ended for the journal of a run in progress."""
    with path.open("rb") as file:
        if fcntl is not None:
            try:
                fcntl.lockf(file, fcntl.LOCK_SH | fcntl.LOCK_NB, *_SHARED_LOCK)
            except (BlockingIOError, PermissionError):
                raise Ended(f"A run is using the journal {path}. Nothing was written. Wait for its end, or stop it with"
                            " Ctrl-C; then run this again.", STOPPED) from None  # fmt: skip
        for suffix in _JOURNAL_FILES:
            with suppress(FileNotFoundError):
                shutil.copyfile(f"{path}{suffix}", f"{copy}{suffix}")


def _write(target: str, parts: Iterator[str], force: bool) -> None:
    """Write a report to stdout, or beside its place and then there, so that half of one never stands there."""
    if target == STDOUT:
        _write_stdout(parts)
        return
    path = Path(target)
    try:
        descriptor, part = tempfile.mkstemp(prefix=".report-", suffix=".part", dir=path.parent)  # mode 0600
        try:
            with _text_file(descriptor) as file:
                file.writelines(parts)
                file.flush()
                os.fsync(descriptor)
            _check_free(target, force)
            os.replace(part, path)
        finally:
            Path(part).unlink(missing_ok=True)
    except OSError as error:
        raise Ended(f"{target} cannot be written: {error.strerror}. Nothing was written to it.", USAGE) from None
    say(f"Report: {path}")


def _write_stdout(parts: Iterator[str]) -> None:
    try:
        with _text_file(sys.stdout.fileno(), closefd=False) as file:
            file.writelines(parts)
    except OSError as error:
        raise OutputLost(error) from None


def _text_file(descriptor: int, closefd: bool = True) -> TextIO:
    # UTF-8 in every locale, and line ends as the format has them. A lone surrogate must not end the report.
    return open(descriptor, "w", encoding="utf-8", errors="backslashreplace", newline="", closefd=closefd)
