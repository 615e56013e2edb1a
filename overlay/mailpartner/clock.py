"""Time and chance, as one object that tests replace."""

from __future__ import annotations

import random
import time


class Clock:
    """The system's own: seconds that never run backwards, the time of day, waiting, and random shares of 1."""

    monotonic = staticmethod(time.monotonic)
    now = staticmethod(time.time)
    sleep = staticmethod(time.sleep)
    random = staticmethod(random.random)

    async def async_sleep(self, seconds: float) -> None:
        """Wait in whichever of asyncio and trio is running."""
        import sniffio

        if sniffio.current_async_library() == "trio":
            import trio

            await trio.sleep(seconds)
        else:
            import asyncio

            await asyncio.sleep(seconds)


SYSTEM_CLOCK = Clock()
