"""Limits how many connections of a client are in use at a time.

A process may open a limited number of sockets, often 1024: a thousand concurrent calls must not take them all.
"""

from __future__ import annotations

import threading
from collections import deque
from typing import Final

MOST: Final = 100
"""As many as httpx allows by default; a bulk run with more concurrency widens it."""


class ConnectionLimit:
    """A limit for threads, first come, first served: a semaphore may serve a newcomer before those that wait."""

    def __init__(self, most: int) -> None:
        self._most = self._free = most
        self._lock = threading.Lock()
        self._waiting: deque[threading.Lock] = deque()

    def acquire(self, patience: float) -> bool:
        """Wait for a slot, at most `patience` seconds; return whether one was acquired."""
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
            was_served = turn not in self._waiting
            if not was_served:
                self._waiting.remove(turn)
        if was_served:
            self.release()

    def release(self) -> None:
        """Pass the slot on to the first waiter, or return it."""
        with self._lock:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._free += 1

    def resize(self, most: int) -> None:
        """Allow at least `most` at a time."""
        with self._lock:
            more = max(0, most - self._most)
            self._most += more
        for _ in range(more):
            self.release()


class AsyncConnectionLimit:
    """A limit for the tasks of the running event loop, asyncio or trio."""

    def __init__(self, most: int) -> None:
        import anyio

        self._most = most
        self._slots = anyio.Semaphore(most)

    async def acquire(self, patience: float) -> bool:
        """Wait for a slot, at most `patience` seconds; return whether one was acquired."""
        import anyio

        try:
            self._slots.acquire_nowait()
        except anyio.WouldBlock:
            with anyio.move_on_after(max(patience, 0.0)) as scope:
                await self._slots.acquire()
            return not scope.cancelled_caught
        return True

    def release(self) -> None:
        """Return the slot."""
        self._slots.release()

    def resize(self, most: int) -> None:
        """Allow at least `most` at a time."""
        for _ in range(most - self._most):
            self._slots.release()
        self._most = max(most, self._most)
