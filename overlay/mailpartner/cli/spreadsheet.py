"""CSV that spreadsheet programs open as it is meant, French Excel among them."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from typing import Any

BOM = "\ufeff"
"""Without it Excel reads UTF-8 as the legacy encoding of the country."""

DELIMITERS = {";": ";", ",": ",", "tab": "\t", "|": "|"}
"""The delimiters by the names that options have for them."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


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
