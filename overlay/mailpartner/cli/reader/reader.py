"""Read a file to its end into the staging database."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, islice
from typing import BinaryIO

import attrs

from mailpartner.cli.language import N_, _
from mailpartner.cli.reader.cells import BLANKS, RejectedError, embedded_addresses, parse_cell
from mailpartner.cli.reader.columns import Layout, UndecidedError, find_columns
from mailpartner.cli.reader.lines import Line, LineReader
from mailpartner.cli.reader.objections import Objections
from mailpartner.cli.reader.rows import Row, find_delimiter, read_rows
from mailpartner.cli.reader.staging import DECORATED, Staging, is_plain
from mailpartner.resources._addresses import normalize_email

SAMPLE_LINES = 1000
SAMPLE_CHARACTERS = 1 << 18
OBJECTS = N_("the person is unsubscribed, or objects to mails")
_UNNAMED = N_("an id without an address, in a file that has addresses; --column NAME or NUMBER takes it")


@attrs.frozen
class FileOptions:
    """The options that describe a file; None if it is to be detected.

    addresses_only: ids in it do not count. recipients: it is of people to send to, so their names count, and rows that
    say that a person objects are rejected.
    """

    delimiter: str | None = None
    column: str | None = None
    header: bool | None = None
    encoding: str | None = None
    addresses_only: bool = False
    recipients: bool = False


@attrs.frozen
class Reading:
    """The encoding, delimiter and columns of an input, its size, and what it says about objections."""

    digest: str
    lines: int
    layout: Layout | None = None
    delimiter: str = ""
    encoding: str = ""
    objections: Objections | None = None


def read_file(stream: BinaryIO, options: FileOptions, staging: Staging) -> Reading:
    """Read all of `stream` into `staging`. Raise FileError or UndecidedError if it is not certain how to read it."""
    source = LineReader(stream, options.encoding)
    lines = source.lines()
    sample = list(_sample(lines))
    delimiter = options.delimiter if options.delimiter is not None else find_delimiter(sample)
    layout = _layout(read_rows(sample, delimiter), options)
    objections = Objections(layout, in_any_column=options.recipients)
    items = _Items(layout)
    header = bool(layout.headings)
    for row in read_rows(chain(sample, lines), delimiter):
        if row.fault is None and _is_blank(row):
            continue
        if header and row.fault is None:
            header = False
            continue
        objects = objections.found_in(row.cells) and options.recipients
        try:
            number, address = items.read(row)
        except RejectedError as reason:
            staging.reject(row.line, row.raw, str(reason))
            continue
        if objects:
            # Who is spelled oddly here may be spelled right on another line, and would be mailed.
            staging.reject(row.line, address or row.raw, OBJECTS if is_plain(address or "") else DECORATED)
        else:
            staging.add(row.line, number, address, _name(row, layout))
    if options.addresses_only:
        staging.reject_bare_ids(N_("an id; what is added is addresses"))
    elif items.named and not layout.chosen:
        staging.reject_bare_ids(_UNNAMED)
    return Reading(source.digest.hexdigest(), source.count, layout, delimiter, source.encoding, objections)


def _layout(rows: Iterator[Row], options: FileOptions) -> Layout:
    cells = [row.cells for row in rows if row.fault is None and not _is_blank(row)]
    layout = find_columns(cells, options.column, options.header)
    if options.addresses_only:
        layout = _without_ids(layout)
    return layout.with_names() if options.recipients else layout


def _without_ids(layout: Layout) -> Layout:
    """Return a layout in which ids do not count: they may be another system's."""
    if layout.id is not None and layout.address is None:
        raise UndecidedError(_("it has ids and no addresses; what is added is addresses"))
    return layout._replace(id=None)


def _sample(lines: Iterator[Line]) -> Iterator[Line]:
    size = 0
    for line in islice(lines, SAMPLE_LINES):
        yield line
        size += len(line.text)
        if size > SAMPLE_CHARACTERS:
            return


def _is_blank(row: Row) -> bool:
    return not any(cell.strip(BLANKS) for cell in row.cells)


class _Items:
    """Reads the id and the address of each row."""

    def __init__(self, layout: Layout) -> None:
        self.named = False
        """True if rows have addresses to compare the ids with."""
        self._layout = layout

    def read(self, row: Row) -> tuple[int | None, str | None]:
        """Return the id and the address of a row. Raise RejectedError if anything that looks like one is not taken."""
        layout = self._layout
        if row.fault is not None:
            raise RejectedError(row.fault)
        if layout.id is None and layout.either is not None and not self.named:
            self.named = bool(embedded_addresses(row.raw))
        if any(cell.strip(BLANKS) for cell in row.cells[layout.width :]):
            raise RejectedError(N_("the row has more cells than the others"))
        number, address = _counted(row, layout)
        if "@" in row.raw:
            address = self._with_others(row, number, address)
        self._check(row, number, address)
        return number, address

    def _with_others(self, row: Row, number: int | None, address: str | None) -> str | None:
        """Return the address of a row, after a look at the cells that do not count."""
        others = _other_addresses(row, self._layout, address)
        if not others:
            return address
        if number is None or address is not None or len(others) > 1:
            raise RejectedError(N_("another cell of the row has another address"))
        self.named = True
        return others.pop()  # the list says whether the id is this person's

    def _check(self, row: Row, number: int | None, address: str | None) -> None:
        if number is None and address is None:
            raise RejectedError(N_("the row has no id and no address"))
        if address is None and self._layout.address is not None and not self._layout.chosen:
            raise RejectedError(_UNNAMED)
        if row.guessed and address is not None and not address.isascii():
            raise RejectedError(
                N_("the address has letters that are not UTF-8; --encoding cp1252 reads them as Windows writes them")
            )


def _counted(row: Row, layout: Layout) -> tuple[int | None, str | None]:
    address = _address(_cell(row, layout.address)) if layout.address is not None else None
    if layout.id is not None:
        return _id(_cell(row, layout.id), address), address
    if layout.either is None:
        return None, address
    found = parse_cell(_cell(row, layout.either))
    return (found, None) if isinstance(found, int) else (None, found)


def _cell(row: Row, column: int) -> str:
    return row.cells[column] if column < len(row.cells) else ""


def _name(row: Row, layout: Layout) -> str:
    """Return the name in a row, "" for none and for what is none."""
    name = " ".join(" ".join(_cell(row, column) for column in layout.names).split())
    return name if name.isprintable() and "@" not in name and any(map(str.isalpha, name)) else ""


def _id(cell: str, address: str | None) -> int | None:
    try:
        found = parse_cell(cell)
    except RejectedError as reason:
        if address is None or reason.is_number:
            raise
        return None  # another system's id, such as a UUID: the address counts
    if isinstance(found, str):
        raise RejectedError(N_("an address in the column of ids"))
    return found


def _address(cell: str) -> str | None:
    found = parse_cell(cell)
    if isinstance(found, int):
        raise RejectedError(N_("a number in the column of addresses"))
    return found


def _other_addresses(row: Row, layout: Layout, address: str | None) -> set[str]:
    """Return the addresses in cells that do not count, other than the one that was taken."""
    counted = layout.either if layout.address is None else layout.address
    cells = (cell for index, cell in enumerate(row.cells) if index != counted)
    found = {normalize_email(each) for cell in cells for each in embedded_addresses(cell)}
    return found - {normalize_email(address)} if address is not None else found
