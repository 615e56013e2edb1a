"""A file read to its end, into a spool."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, islice
from typing import BinaryIO

import attrs

from mailpartner.cli.reader.cells import SPACES, RejectedError, meaning
from mailpartner.cli.reader.columns import Column, column_of
from mailpartner.cli.reader.records import Row, delimiter_of, rows
from mailpartner.cli.reader.source import Line, Source
from mailpartner.cli.reader.spool import Spool
from mailpartner.resources._addresses import normalize_email

SAMPLE_LINES = 1000
SAMPLE_CHARACTERS = 1 << 18


@attrs.frozen
class Shape:
    """What is known of a file beforehand; None where it is to be found out."""

    delimiter: str | None = None
    column: str | None = None
    header: bool | None = None
    encoding: str | None = None


@attrs.frozen
class Reading:
    """How a file was read."""

    digest: str
    lines: int
    column: Column
    delimiter: str
    encoding: str


def read(stream: BinaryIO, shape: Shape, spool: Spool) -> Reading:
    """Read all of `stream` into `spool`. Raises WorkbookError; UndecidedError where no column is sure to count."""
    source = Source(stream, shape.encoding)
    lines = _Counted(source)
    sample = list(_sample(lines.stream))
    delimiter = shape.delimiter if shape.delimiter is not None else delimiter_of(sample)
    cells = [row.cells for row in rows(sample, delimiter) if row.fault is None]
    column = column_of(cells, shape.column, shape.header)
    header = column.header
    for row in rows(chain(sample, lines.stream), delimiter):
        if header and row.fault is None:
            header = False
            continue
        _take(row, column, spool)
    return Reading(source.digest, lines.count, column, delimiter, source.encoding)


class _Counted:
    def __init__(self, source: Source) -> None:
        self.count = 0
        self.stream = self._lines(source)

    def _lines(self, source: Source) -> Iterator[Line]:
        for line in source.lines():
            self.count = line.number
            yield line


def _sample(stream: Iterator[Line]) -> Iterator[Line]:
    size = 0
    for line in islice(stream, SAMPLE_LINES):
        yield line
        size += len(line.text)
        if size > SAMPLE_CHARACTERS:
            return


def _take(row: Row, column: Column, spool: Spool) -> None:
    try:
        found = meaning(_cell(row, column))
        if found is None:
            raise RejectedError("the row has no id and no address")
    except RejectedError as reason:
        if any(cell.strip(SPACES) for cell in row.cells) or row.fault:
            spool.reject(row.line, row.raw, str(reason))
        return
    if isinstance(found, int):
        spool.add_id(row.line, found)
    else:
        spool.add_address(row.line, normalize_email(found))


def _cell(row: Row, column: Column) -> str:
    if row.fault is not None:
        raise RejectedError(row.fault)
    if any(cell.strip(SPACES) for cell in row.cells[column.width :]):
        raise RejectedError(f"the row has more cells than the {column.width} of the others")
    return row.cells[column.position] if column.position < len(row.cells) else ""
