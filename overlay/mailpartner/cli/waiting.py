"""Say that something is still being done, so that nobody takes a long wait for a crash."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from mailpartner.cli.language import _
from mailpartner.cli.say import can_animate, say

INTERVAL = 1.0


class Waiting:
    """Says what is being done, once a second: in one line on a terminal."""

    def __init__(self) -> None:
        self._last = time.monotonic()

    @contextmanager
    def during(self, what: str) -> Iterator[None]:
        """Say `what` while the block runs. Steps that are short, but long together, are not silent either."""
        ended = threading.Event()
        thread = threading.Thread(target=self._repeat, args=(what, ended), daemon=True)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()

    def _repeat(self, what: str, ended: threading.Event) -> None:
        began = time.monotonic()
        animated, said = can_animate(sys.stderr), False
        while not ended.wait(max(0.0, self._last + INTERVAL - time.monotonic())):
            text = _("{what} ... {seconds} s").format(what=what, seconds=round(time.monotonic() - began))
            if animated:
                _draw(f"mailpartner: {text}")
            else:
                say(text)
            self._last, said = time.monotonic(), True
        if animated and said:
            _draw("")


def _draw(text: str) -> None:
    with suppress(OSError, ValueError):
        sys.stderr.write(f"\r\x1b[K{text}")
        sys.stderr.flush()
