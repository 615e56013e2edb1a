"""Room for calls: how many of a client's own may be under way at a time, each on a connection of its own.

Files and sockets of a process are limited, often to 1024: a thousand calls at once must not take them all.
"""

from __future__ import annotations

import threading
from collections import deque
from typing import Any, Final

MOST: Final = 100
"""As many as httpx allows by default; a bulk run with more concurrency widens it."""


class ConnectionLimit:
    """Room for threads. Who came first is let in first: a semaphore would let who leaves in again before others."""

    def __init__(self, most: int) -> None:
        self._most = self._free = most
        self._lock = threading.Lock()
        self._waiting: deque[threading.Lock] = deque()

    def enter(self, patience: float) -> bool:
        """Wait for a place, at most `patience` seconds; whether there is one."""
        with self._lock:
            if self._free > 0:
                self._free -= 1
                return True
            turn = threading.Lock()
            turn.acquire()
            self._waiting.append(turn)
        entered = False
        try:
            entered = turn.acquire(timeout=max(patience, 0.0))
        finally:
            if not entered:
                self._give_up(turn)
        return entered

    def _give_up(self, turn: threading.Lock) -> None:
        with self._lock:
            was_let_in = turn not in self._waiting
            if not was_let_in:
                self._waiting.remove(turn)
        if was_let_in:
            self.leave()

    def leave(self) -> None:
        """Give the place to who waits for one, or back."""
        with self._lock:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._free += 1

    def resize(self, most: int) -> None:
        """Have at least so many places."""
        with self._lock:
            more = max(0, most - self._most)
            self._most += more
        for _ in range(more):
            self.leave()


class AsyncConnectionLimit:
    """Room for tasks of the event loop that is running, of asyncio or trio."""

    def __init__(self, most: int) -> None:
        import sniffio

        self._most = most
        self._trio = sniffio.current_async_library() == "trio"
        self._places: Any = _places(most, self._trio)

    async def enter(self, patience: float) -> bool:
        """Wait for a place, at most `patience` seconds; whether there is one."""
        if self._trio:
            return await self._enter_in_trio(patience)
        import asyncio

        try:
            async with asyncio.timeout(patience if self._places.locked() else None):
                await self._places.acquire()
        except TimeoutError:
            return False
        return True

    async def _enter_in_trio(self, patience: float) -> bool:
        import trio

        with trio.move_on_after(max(patience, 0.0)) as scope:
            await self._places.acquire()
        return not scope.cancelled_caught

    def leave(self) -> None:
        """Give the place back."""
        self._places.release()

    def resize(self, most: int) -> None:
        """Have at least so many places."""
        for _ in range(most - self._most):
            self._places.release()
        self._most = max(most, self._most)


def _places(most: int, in_trio: bool) -> Any:
    if in_trio:
        import trio

        return trio.Semaphore(most)
    import asyncio

    return asyncio.Semaphore(most)
