"""Time and randomness, as one object that tests replace."""

from __future__ import annotations

import random
import threading
import time


class Clock:
    """The system's clock and random numbers."""

    def monotonic(self) -> float:
        """Return seconds that never run backwards."""
        return time.monotonic()

    def now(self) -> float:
        """Return the seconds since 1970, UTC."""
        return time.time()

    def random(self) -> float:
        """Return a random number from 0 to 1."""
        return random.random()  # noqa: S311 - it spreads retries, it hides nothing

    def sleep(self, seconds: float, stop: threading.Event | None = None) -> None:
        """Wait; at most until `stop` is set."""
        if stop is None:
            time.sleep(seconds)
        else:
            stop.wait(seconds)

    async def async_sleep(self, seconds: float) -> None:
        """Wait, on asyncio or trio."""
        import sniffio

        if sniffio.current_async_library() == "trio":
            import trio

            await trio.sleep(seconds)
        else:
            import asyncio

            await asyncio.sleep(seconds)


SYSTEM_CLOCK = Clock()
