"""Contenders timed side by side: a few calls of each in turn, so that what slows the machine slows them all.

The time is that of this process on the processor, in its own code and in the kernel: neither the server nor the
waiting for it counts. A figure is taken per round; what is shown is the median of the rounds and how far they spread.
"""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple, TypeVar

from benchmarks.server import Server

Item = TypeVar("Item")

Contender = Callable[[range], object]
"""Makes one call for each id."""


class Setting(NamedTuple):
    """What a measurement has to work with: the server, and how much of everything."""

    server: Server
    rounds: int
    calls: int
    starts: int
    deletions: int
    quick: bool


SLICE = 10
FEWEST = 5
PATIENCE = 20.0

FULL = {"rounds": 15, "calls": 200, "starts": 9, "deletions": 100_000, "quick": False}
QUICK = {"rounds": 3, "calls": 10, "starts": 1, "deletions": 1_000, "quick": True}


def side_by_side(title: str, contenders: Mapping[str, Contender], rounds: int, calls: int) -> dict[str, list[float]]:
    """Seconds per call, for each contender one figure a round. The first, untimed round warms up."""
    costs: dict[str, list[float]] = {name: [] for name in contenders}
    for number in progress(title, numbered(rounds)):
        gc.collect()
        spent = _round(contenders, calls)
        if number:
            for name, seconds in spent.items():
                costs[name].append(seconds / calls)
    return costs


def _round(contenders: Mapping[str, Contender], calls: int) -> dict[str, float]:
    """Seconds of each for `calls` calls: a few of one, a few of the next, forth and back until all are made."""
    spent = dict.fromkeys(contenders, 0.0)
    names = list(contenders)
    for start in range(0, calls, SLICE):
        for name in names:
            before = time.process_time()
            contenders[name](range(start + 1, min(start + SLICE, calls) + 1))
            spent[name] += time.process_time() - before
        names.reverse()
    return spent


def numbered(rounds: int) -> Iterable[int]:
    """0 for the warm-up, then 1, 2, 3 up to `rounds`; on a busy machine no more than fit into some seconds."""
    enough = time.monotonic() + PATIENCE
    for number in range(rounds + 1):
        if number > FEWEST and time.monotonic() > enough:
            return
        yield number


def ratios(ours: Iterable[float], theirs: Iterable[float]) -> list[float]:
    """Ours to theirs, round by round."""
    return [our / their for our, their in zip(ours, theirs, strict=True)]


def progress(title: str, steps: Iterable[Item]) -> Iterable[Item]:
    """`steps`, with a line on stderr that gets a dot for each and at the end the seconds they took."""
    start = time.monotonic()
    print(f"{title} ", end="", file=sys.stderr, flush=True)
    for step in steps:
        yield step
        print(".", end="", file=sys.stderr, flush=True)
    print(f" {time.monotonic() - start:.0f} s", file=sys.stderr, flush=True)
