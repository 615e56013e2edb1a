"""A lock that is free in a forked child, whichever thread of the parent held it: that thread is not in the child."""

from __future__ import annotations

import os
import threading
import weakref


class ForkSafeLock:
    """A `threading.Lock` as a context manager."""

    def __init__(self) -> None:
        self.open()
        _locks.add(self)

    def open(self) -> None:
        """Become a new lock that nobody holds."""
        self._lock = threading.Lock()

    def __enter__(self) -> None:
        self._lock.acquire()

    def __exit__(self, *exc_info: object) -> None:
        self._lock.release()


_locks: weakref.WeakSet[ForkSafeLock] = weakref.WeakSet()


def _open_all() -> None:
    for lock in tuple(_locks):
        lock.open()


if hasattr(os, "register_at_fork"):  # not on Windows, which does not fork
    os.register_at_fork(after_in_child=_open_all)
