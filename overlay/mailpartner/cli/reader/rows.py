"""Cut lines into cells: the delimiter, and quotes that may span lines."""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from mailpartner.cli.files import DELIMITERS
from mailpartner.cli.language import N_, _
from mailpartner.cli.reader.cells import is_data, is_one_number
from mailpartner.cli.reader.columns import UndecidedError, kind_of
from mailpartner.cli.reader.lines import LONGEST_LINE, Line
from mailpartner.resources._addresses import is_address

LINES_IN_A_CELL = 50
_SHARE = 0.5

# Excel's hint, also as it looks when a spreadsheet program saved it again as a row of its own.
_SEP = re.compile(r'\s*"?\s*sep\s*=\s*"?([;,\t|])"?[";,\t|\s]*', re.IGNORECASE)
_QUOTED = re.compile(r'[ ]*"((?:[^"]++|"")*+)"[ ]*')


class Row(NamedTuple):
    """The cells of one record, or `fault`: why they cannot be trusted. `line` is the number of its first line."""

    line: int
    cells: list[str]
    raw: str
    fault: str | None = None
    guessed: bool = False


def find_delimiter(sample: list[Line]) -> str:
    """Return what separates the cells in these lines, "" for lines of one cell. Raise UndecidedError if unclear."""
    lines = [line.text for line in sample if line.text.strip()]
    hint = _SEP.fullmatch(lines[0]) if lines else None
    if hint is not None:
        del lines[0]
    if not lines:
        return hint[1] if hint is not None else ""
    marks = [mark for mark in DELIMITERS.values() if mark in lines[0]]
    named = {mark: sum(map(bool, map(kind_of, _cells(lines[0], mark)))) for mark in ("", *marks)}
    # "Contact;E-mail" is a heading in one cell or in two, as punctuation does not count: in two.
    best = max(named, key=lambda mark: (named[mark], bool(mark)))
    if hint is not None:
        if named[best] > named.get(hint[1], 0):
            text = _("the line sep= names another delimiter than the header has; --delimiter says which")
            raise UndecidedError(text)
        return hint[1]
    return best if named[best] else _most_frequent(lines, marks)


def _most_frequent(lines: list[str], marks: list[str]) -> str:
    """Return the delimiter that makes the most addresses, else the one that most lines have equally often."""
    counts = {mark: [_count(line, mark) for line in lines] for mark in marks}
    # What stands in some lines only is a comma in a number, or a bar in a name.
    usual = {
        mark: Counter(filter(None, found)).most_common(1)[0][::-1]
        for mark, found in counts.items()
        if found[0] and sum(map(bool, found)) > _SHARE * len(lines)
    }
    with_at = [line for line in lines if "@" in line]
    addresses = {
        mark: sum(any(is_address(cell.strip()) for cell in _cells(line, mark)) for line in with_at)
        for mark in ("", *usual)
    }
    if any(addresses.values()):
        return max(addresses, key=lambda mark: (addresses[mark], bool(mark)))  # "Dupont|ann@example.org" is two cells
    best = sorted(usual, key=lambda mark: usual[mark], reverse=True)
    if len(best) > 1 and usual[best[0]] == usual[best[1]]:
        raise UndecidedError(_("two characters could separate its cells; --delimiter says which one does"))
    return best[0] if best and usual[best[0]][0] > _SHARE * len(lines) else ""


def _count(line: str, mark: str) -> int:
    return 0 if is_one_number(line) else len(_cells(line, mark)) - 1


def read_rows(lines: Iterable[Line], delimiter: str) -> Iterator[Row]:
    """Yield the rows. Blank lines are left out."""
    waiting: deque[Line] = deque()
    stream = iter(lines)
    width = 0
    while True:
        line = waiting.popleft() if waiting else next(stream, None)
        if line is None:
            return
        if not line.complete:
            yield Row(line.number, [], line.text, N_("the line is too long to be one"))
        elif not line.text.strip() or (line.number == 1 and _SEP.fullmatch(line.text)):
            continue
        else:
            row = _read_row(line, stream, waiting, delimiter, width)
            width = width or len(row.cells)
            yield row


def _read_row(line: Line, stream: Iterator[Line], waiting: deque[Line], delimiter: str, width: int) -> Row:
    """Read a row. A quote that is never closed must not hide the rows after it."""
    cells = split(line.text, delimiter)
    text, guessed, ahead = line.text, line.guessed, 0
    while cells is None:
        if ahead == len(waiting):
            following = next(stream, None)
            if following is None:
                break
            waiting.append(following)
        more = waiting[ahead]
        ahead += 1
        too_long = ahead > LINES_IN_A_CELL or not more.complete or len(text) + len(more.text) > LONGEST_LINE
        if too_long or _is_row(more.text, delimiter, width):
            break
        text, guessed = f"{text}\n{more.text}", guessed or more.guessed
        cells = split(text, delimiter)
    if cells is None:
        return Row(line.number, [], line.text, N_("a quote is opened and never closed"))
    for _line in range(ahead):
        waiting.popleft()
    return Row(line.number, cells, text, guessed=guessed)


def _is_row(line: str, delimiter: str, width: int) -> bool:
    """Return whether a line that seems to go on in a quoted cell is a row by itself."""
    cells = _cells(line, delimiter)
    return len(cells) >= width and any(map(is_data, cells))


def _cells(line: str, delimiter: str) -> list[str]:
    cells = split(line, delimiter)
    return cells if cells is not None else line.split(delimiter) if delimiter else [line]


def split(text: str, delimiter: str) -> list[str] | None:
    """Return the cells of a row; None if it ends inside a quoted cell.

    Quotes that are only a part of a cell, as in 12" or "ann smith"@example.com, belong to the text.
    """
    if '"' not in text:
        return text.split(delimiter) if delimiter else [text]
    cells, start = [], 0
    while True:
        quoted = _QUOTED.match(text, start)
        if quoted is None and text[start:].lstrip(" ").startswith('"'):
            return None
        end = quoted.end() if quoted is not None else start
        stop = text.find(delimiter, end) if delimiter else -1
        stop = len(text) if stop < 0 else stop
        cells.append(quoted[1].replace('""', '"') if quoted is not None and stop == end else text[start:stop])
        if stop == len(text):
            return cells
        start = stop + len(delimiter)
