"""Write files that are whole or not there, and CSV that spreadsheet programs open as it is meant."""

from __future__ import annotations

import csv
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, TextIO

BOM = "\ufeff"
"""Without it Excel reads UTF-8 as the legacy encoding of the country."""

DELIMITERS = {";": ";", ",": ",", "tab": "\t", "|": "|"}
"""The delimiters by the names that options have for them."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_unfinished: set[str] = set()


def open_text(descriptor: int, closefd: bool = True) -> TextIO:
    # A lone surrogate must not end a report.
    return open(descriptor, "w", encoding="utf-8", errors="backslashreplace", newline="", closefd=closefd)


def write(path: Path, parts: Iterable[str], check: Callable[[], None] = lambda: None) -> None:
    """Write a file of mode 0600 next to its place, then put it there in one step.

    `check` is called before that, and may raise to leave the place as it is. So does OSError.
    """
    descriptor, part = tempfile.mkstemp(prefix=f".{path.name}-"[:100], suffix=".part", dir=path.parent)
    _unfinished.add(part)
    try:
        with open_text(descriptor) as file:
            file.writelines(parts)
            file.flush()
            os.fsync(descriptor)
        check()
        os.replace(part, path)
    finally:
        Path(part).unlink(missing_ok=True)
        _unfinished.discard(part)


def discard_unfinished() -> None:
    """Delete what is not yet in its place, before the process ends without cleaning up."""
    for part in tuple(_unfinished):
        Path(part).unlink(missing_ok=True)


def csv_lines(rows: Iterable[Iterable[Any]], delimiter: str = "", bom: bool = True) -> Iterator[str]:
    """Yield the text of each row, for a file that translates no line ends (newline="")."""
    writer = csv.writer(_Echo(), delimiter=delimiter or ";")
    start = BOM if bom else ""
    for row in rows:
        yield start + writer.writerow([_harmless(cell) for cell in row])
        start = ""


class _Echo:
    """A file for csv.writer whose writerow() returns the text of the row."""

    def write(self, text: str) -> str:
        return text


def _harmless(cell: Any) -> Any:
    """Return a cell that is shown rather than calculated: a spreadsheet program runs what begins as a formula does."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell
