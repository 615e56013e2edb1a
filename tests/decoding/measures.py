"""What a piece of a test costs, and what every error of the package must be fit for."""

from __future__ import annotations

import contextlib
import copy
import pickle
import time
import tracemalloc
import unicodedata
from collections.abc import Iterator

from mailpartner import Deletion, MailPartnerError

MEGABYTE = 1 << 20

LONGEST_LINE = 700
UNSEEN = frozenset({"Cc", "Cs", "Zl", "Zp"})
"""The Unicode categories of control characters, lone surrogates, and line and paragraph separators."""


class Cost:
    """This thread's work in units of `_unit_of_work`, or bytes at the peak; known when the block ends."""

    def __init__(self) -> None:
        self.work = 0.0
        self.bytes = 0


@contextlib.contextmanager
def worked() -> Iterator[Cost]:
    """What this thread does in the block, over what the same machine needs just then for a known piece of work."""
    cost = Cost()
    unit = _unit_of_work()
    before = time.thread_time()
    try:
        yield cost
    finally:
        done = time.thread_time() - before
        cost.work = done / max(unit, _unit_of_work())


def _unit_of_work() -> float:
    """Seconds of this thread's time for a hundred thousand steps of plain Python: some milliseconds."""
    before = time.thread_time()
    for _ in range(100_000):
        pass
    return max(time.thread_time() - before, 1e-4)


@contextlib.contextmanager
def weighed() -> Iterator[Cost]:
    """The memory that all threads together have at most taken in the block."""
    cost = Cost()
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        yield cost
        cost.bytes = tracemalloc.get_traced_memory()[1] - before
    finally:
        tracemalloc.stop()


def assert_one_line(text: str) -> None:
    """A line that a log or a terminal can take as it is."""
    assert 0 < len(text) <= LONGEST_LINE
    assert text.splitlines() == [text]
    assert {unicodedata.category(character) for character in text} & UNSEEN == set()
    text.encode("utf-8")


def assert_copies(original: MailPartnerError | Deletion) -> None:
    """A pickle, a copy and a deep copy are of the same class and hold the same."""
    pickles = (pickle.dumps(original, protocol) for protocol in (2, pickle.HIGHEST_PROTOCOL))
    for twin in (*map(pickle.loads, pickles), copy.copy(original), copy.deepcopy(original)):
        assert type(twin) is type(original)
        if isinstance(original, Deletion):
            assert (twin, twin.http) == (original, original.http)
        else:
            assert (str(twin), twin.args, vars(twin)) == (str(original), original.args, vars(original))


def assert_fit(came: object) -> None:
    """A result, or an error that can be shown, logged and handed on."""
    assert isinstance(came, Deletion | MailPartnerError)
    repr(came)
    if isinstance(came, MailPartnerError):
        assert_one_line(str(came))
        assert isinstance(came.maybe_applied, bool)
    assert_copies(came)
