"""CSV that spreadsheet programs open as it is meant, French Excel among them."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from typing import Any, TextIO

BOM = "\ufeff"
"""Without it Excel reads UTF-8 as the legacy encoding of the country."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write_csv(stream: TextIO, rows: Iterable[Iterable[Any]], delimiter: str = ";", bom: bool = True) -> None:
    """Write rows to a stream that translates no line ends (newline="")."""
    if bom:
        stream.write(BOM)
    writer = csv.writer(stream, delimiter=delimiter or ";", lineterminator="\r\n")
    writer.writerows([harmless(cell) for cell in row] for row in rows)


def harmless(cell: Any) -> Any:
    """Return a cell that is shown rather than calculated: a spreadsheet program runs what begins as a formula does."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else "" if cell is None else cell
