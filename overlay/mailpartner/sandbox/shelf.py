"""Long answers, kept as bytes until what they say has changed: a list of a million entries takes seconds to write."""

from __future__ import annotations

from collections.abc import Callable, Hashable

Written = tuple[str, bytes]
PLACES = 2


class Shelf:
    """The last answers that were written, each under what it was asked for and as of which version of the entries."""

    def __init__(self) -> None:
        self._kept: dict[Hashable, Written] = {}

    def take(self, label: Hashable, write: Callable[[], Written]) -> Written:
        """The answer with this label; written now where it is not here."""
        if label not in self._kept:
            while len(self._kept) >= PLACES:
                del self._kept[next(iter(self._kept))]
            self._kept[label] = write()
        return self._kept[label]
