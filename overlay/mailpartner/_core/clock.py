"""Time and randomness, as one object that tests replace."""

from __future__ import annotations

import random
import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import asyncio


class Clock:
    """The system's own."""

    def monotonic(self) -> float:
        """Seconds that never run backwards."""
        return time.monotonic()

    def now(self) -> float:
        """Seconds since 1970, UTC."""
        return time.time()

    def random(self) -> float:
        """A share of 1."""
        return random.random()  # noqa: S311 - it spreads retries, it hides nothing

    def sleep(self, seconds: float, stop: threading.Event | None = None) -> None:
        """Wait, at most until `stop` is set."""
        if stop is None:
            time.sleep(seconds)
        else:
            stop.wait(seconds)

    async def async_sleep(self, seconds: float, stop: asyncio.Event | None = None) -> None:
        """Wait in whichever of asyncio and trio is running; in asyncio at most until `stop` is set."""
        import anyio

        if stop is None:
            await anyio.sleep(seconds)
        else:
            with anyio.move_on_after(seconds):
                await stop.wait()


SYSTEM_CLOCK = Clock()
