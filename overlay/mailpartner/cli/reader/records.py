"""Lines into rows of cells: the delimiter, and quotes that may span lines."""

from __future__ import annotations

import csv
import re
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from mailpartner.cli.reader.cells import is_one_number
from mailpartner.cli.reader.columns import kind_of
from mailpartner.cli.reader.source import LONGEST_LINE, Line

DELIMITERS = {";": ";", ",": ",", "tab": "\t", "|": "|"}
LINES_IN_A_FIELD = 50
_SHARE = 0.5

_SEP = re.compile(r"sep=([;,\t|])\s*", re.IGNORECASE)
_QUOTED = re.compile(r'"(?:[^"]|"")*"')


class Row(NamedTuple):
    """The cells of one record. line: its first. fault: why its cells cannot be trusted, else None."""

    line: int
    cells: list[str]
    raw: str
    fault: str | None = None


def delimiter_of(sample: list[Line]) -> str:
    """What separates the cells in these lines; "" for lines of one cell."""
    lines = [line.text for line in sample if line.text.strip()]
    if not lines:
        return ""
    named = _SEP.fullmatch(lines[0])
    if named is not None:
        return named[1]
    for mark in DELIMITERS.values():
        if mark in lines[0] and any(map(kind_of, next(csv.reader([lines[0]], delimiter=mark)))):
            return mark
    best, best_score = "", (_SHARE, 0)
    for mark in DELIMITERS.values():
        counts = [0 if is_one_number(line) else _outside_quotes(line).count(mark) for line in lines]
        usual, times = Counter(count for count in counts if count).most_common(1)[0] if any(counts) else (0, 0)
        score = (times / len(lines), usual)
        # What stands in some lines only is a comma in a number, or a bar in a name.
        if counts[0] and score > best_score:
            best, best_score = mark, score
    return best


def _outside_quotes(line: str) -> str:
    return _QUOTED.sub("", line) if '"' in line else line


def rows(lines: Iterable[Line], delimiter: str) -> Iterator[Row]:
    """The rows; blank lines are left out."""
    waiting: deque[Line] = deque()
    stream = iter(lines)
    while True:
        line = waiting.popleft() if waiting else next(stream, None)
        if line is None:
            return
        if not line.whole:
            yield Row(line.number, [], line.text, "the line is too long to be one")
        elif not line.text.strip() or (line.number == 1 and _SEP.fullmatch(line.text)):
            continue
        elif '"' not in line.text:
            yield Row(line.number, line.text.split(delimiter) if delimiter else [line.text], line.text)
        else:
            yield _quoted(line, stream, waiting, delimiter)


def _quoted(line: Line, stream: Iterator[Line], waiting: deque[Line], delimiter: str) -> Row:
    """A row with quotes. A quote that is never closed must not swallow the rows after it."""
    text, ahead = line.text, 0
    while _is_open(text, delimiter):
        if ahead == len(waiting):
            following = next(stream, None)
            if following is None:
                break
            waiting.append(following)
        more = waiting[ahead]
        ahead += 1
        if ahead > LINES_IN_A_FIELD or not more.whole or len(text) + len(more.text) > LONGEST_LINE:
            break
        text += "\n" + more.text
    if _is_open(text, delimiter):
        return Row(line.number, [], line.text, "a quote is opened and never closed")
    for _ in range(ahead):
        waiting.popleft()
    try:
        return Row(line.number, next(csv.reader([text], delimiter=delimiter or "\x1f")), text)
    except csv.Error as error:
        return Row(line.number, [], text, f"its quotes cannot be read: {error}")


def _is_open(text: str, delimiter: str) -> bool:
    """Whether the text ends inside a quoted cell. A quote counts at the begin of a cell only: 12" is no quote."""
    at = 0
    while at <= len(text):
        if text.startswith('"', at):
            closed = _QUOTED.match(text, at)
            if closed is None:
                return True
            at = closed.end()
        found = text.find(delimiter, at) if delimiter else -1
        if found < 0:
            return False
        at = found + 1
    return False
