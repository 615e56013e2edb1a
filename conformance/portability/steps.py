"""The steps of a run: one line each, while it goes on and when it is done, and the count at the end."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

from conformance.referee.__main__ import RunnerError

from .language import ClientError

MOST_LINES = 30


class Steps:
    """Says how each step went. `failed` counts those that did not go well."""

    def __init__(self) -> None:
        self.passed = self.failed = 0

    def take(self, name: str, step: str, doing: Callable[[], tuple[bool, str]]) -> bool:
        """Do a step and say what it says: whether it went well, and a line, behind which more may follow."""
        if sys.stdout.isatty():
            print(f"{name:<12}{step:<17}...", end="\r", flush=True)
        begun = time.monotonic()
        try:
            good, text = doing()
        except (ClientError, RunnerError) as error:
            good, text = False, str(error)
        line, *more = text.splitlines() or [""]
        seconds = time.monotonic() - begun
        print(f"{name:<12}{step:<17}{'ok' if good else 'FAILED':<7}{seconds:5.1f} s  {line}".rstrip(), flush=True)
        for each in more[:MOST_LINES]:
            print(f"    {each}")
        if more[MOST_LINES:]:
            print(f"    ... and {len(more) - MOST_LINES} lines more")
        self.passed += good
        self.failed += not good
        return good
