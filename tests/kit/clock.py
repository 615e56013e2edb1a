"""A clock on which waiting takes no time."""

from __future__ import annotations

import asyncio
import inspect
import threading
import time
from collections.abc import Callable

import anyio.lowlevel

from mailpartner._core.clock import Clock

NOW = 1_800_000_000.0
"""The time of day at which every test begins: Fri, 15 Jan 2027 08:00:00 GMT."""


class FakeClock(Clock):
    """Time goes on as it does, and a wait takes none: the clock moves on instead.

    waits: what was waited, in seconds. chance: what `random` gives. on_wait: called during each wait, and awaited if
    it can be. stopped: whether time goes on by waiting alone.
    """

    def __init__(self, *, stopped: bool = False, chance: float = 0.0) -> None:
        self.waits: list[float] = []
        self.chance = chance
        self.on_wait: Callable[[], object] = lambda: None
        self.stopped = stopped
        self._skipped = 0.0
        self._lock = threading.Lock()

    def monotonic(self) -> float:
        return self._skipped + (0.0 if self.stopped else time.monotonic())

    def now(self) -> float:
        return NOW + self._skipped

    def random(self) -> float:
        return self.chance

    def skip(self, seconds: float) -> None:
        """Let time pass, as when a machine sleeps."""
        with self._lock:
            self._skipped += seconds

    def sleep(self, seconds: float, stop: threading.Event | None = None) -> None:
        if stop is None or not stop.is_set():
            self.waits.append(seconds)
            self.skip(seconds)
            self.on_wait()

    async def async_sleep(self, seconds: float, stop: asyncio.Event | None = None) -> None:
        if stop is not None and stop.is_set():
            return
        self.waits.append(seconds)
        self.skip(seconds)
        done = self.on_wait()
        if inspect.isawaitable(done):
            await done
        await anyio.lowlevel.checkpoint()
