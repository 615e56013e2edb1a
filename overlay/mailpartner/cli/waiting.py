"""Say that something is still being done, so that nobody takes a long wait for a crash."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from mailpartner.cli.say import can_animate, say

INTERVAL = 1.5


@contextmanager
def waiting(what: str) -> Iterator[None]:
    """Say `what` on stderr every 1.5 seconds while the block runs: in one line on a terminal."""
    ended = threading.Event()
    thread = threading.Thread(target=_repeat, args=(what, ended), daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _repeat(what: str, ended: threading.Event) -> None:
    began = time.monotonic()
    animated, said = can_animate(sys.stderr), False
    while not ended.wait(INTERVAL):
        text = f"{what} ... {time.monotonic() - began:.0f} s"
        if animated:
            with suppress(OSError, ValueError):
                sys.stderr.write(f"\r\x1b[Kmailpartner: {text}")
                sys.stderr.flush()
        else:
            say(text)
        said = True
    if animated and said:
        with suppress(OSError, ValueError):
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
