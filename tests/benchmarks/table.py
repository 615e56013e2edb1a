"""What was measured, as a plain table of 80 columns."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable
from typing import NamedTuple


class Figure(NamedTuple):
    """A line of the table.

    ours: what the SDK itself took, in words. values: one a round. bar: what they may be at most, None where there is no
    demand. counted: which of the values is held to it.
    """

    label: str
    ours: str
    values: list[float]
    bar: float | None
    counted: Callable[[list[float]], float] = statistics.median

    @property
    def missed(self) -> bool:
        """Whether the value that counts is beyond the bar."""
        return self.bar is not None and self.counted(self.values) > self.bar


def seconds_in_words(values: Iterable[float]) -> str:
    """Their median."""
    seconds = statistics.median(values)
    return f"{seconds * 1e6:.0f} µs" if seconds < 1e-3 else f"{seconds * 1e3:.1f} ms"


_HEADINGS = ("ours", "median", "lowest .. highest", "bar", "")
_WIDTHS = (8, 8, 18, 6, 7)
_LABEL = 80 - sum(_WIDTHS)


def table(sections: dict[str, list[Figure]]) -> str:
    """The figures under the titles of their sections."""
    lines: list[str] = []
    for title, figures in sections.items():
        lines += [_line(title, _HEADINGS if not lines else ()), *map(_row, figures), ""]
    return "\n".join(lines[:-1])


def _row(figure: Figure) -> str:
    low, high = min(figure.values), max(figure.values)
    bar, verdict = ("-", "") if figure.bar is None else (f"{figure.bar:.2f}", "MISSED" if figure.missed else "met")
    cells = (figure.ours, f"{figure.counted(figure.values):.3f}", f"{low:.3f} .. {high:.3f}", bar, verdict)
    return _line(f"  {figure.label}", cells)


def _line(label: str, cells: Iterable[str]) -> str:
    columns = (f"{cell:>{width}}" for cell, width in zip(cells, _WIDTHS, strict=False))
    return f"{label:<{_LABEL}}{''.join(columns)}".rstrip()
