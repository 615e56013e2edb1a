"""What a bulk run does: the operation, and the options that its caller gave."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import Executor
from pathlib import Path
from typing import Any, Final, Generic, NamedTuple

import attrs

from mailpartner._bulk.journal import Journal
from mailpartner._bulk.journal_row import I, O
from mailpartner._core.session import Call
from mailpartner.contract import RATE_LIMIT

VENDOR_RATE: Final = RATE_LIMIT[0] * 60 // RATE_LIMIT[1]
"""Requests a minute from one IP address, as openapi.yaml says."""

MAX_CONCURRENCY: Final = 1000

Describe = Callable[[I], Call[Any]]
"""Describes the call for one item. Its `result` is not used. Executors pickle this function."""


class BulkOperation(NamedTuple, Generic[I, O]):
    """An operation that takes one item at a time.

    Attributes:
        name: What a journal calls it: another operation's journal is refused.
        describe: Describes the call for one item.
        argument: What callers name the items.
        success: The outcome of an item that the server accepted.
        done_before: The outcome of an item that the server refused with a code that says it was done before.
    """

    name: str
    describe: Describe[I]
    argument: str
    success: O
    done_before: O


@attrs.frozen
class BulkOptions:
    """The options of a bulk run, checked when it is created.

    Attributes:
        done_before_ok: Whether an item that was done before is a success although this run did not do it.
    """

    done_before_ok: bool
    concurrency: int
    rate: float | None
    journal: str | Path | Journal | None = None
    stop_on_error: bool = False
    executor: Executor | None = None

    def __attrs_post_init__(self) -> None:
        if isinstance(self.concurrency, bool) or not isinstance(self.concurrency, int):
            raise TypeError(f"concurrency must be an int, not {type(self.concurrency).__name__}.")
        if not 1 <= self.concurrency <= MAX_CONCURRENCY:
            raise ValueError(f"concurrency must be from 1 to {MAX_CONCURRENCY}.")
        if self.rate is not None and (isinstance(self.rate, bool) or not isinstance(self.rate, (int, float))):
            raise TypeError(f"rate must be a number of requests a minute or None, not {type(self.rate).__name__}.")
        if self.rate is not None and not 0.01 <= self.rate <= 1e9:
            raise ValueError("rate must be from 0.01 to a billion requests a minute, or None for no limit.")
        if self.executor is not None and not isinstance(self.executor, Executor):
            raise TypeError(f"executor must be a concurrent.futures.Executor, not {type(self.executor).__name__}.")


def check_items(items: object, argument: str) -> None:
    """Raise TypeError for a single value, also for a str: it would be iterated by its characters."""
    if isinstance(items, (str, bytes)) or not isinstance(items, Iterable):
        raise TypeError(f"{argument} must be an iterable, not {type(items).__name__}.")
