"""A lock that is free in a forked child, whichever thread of the parent held it: that thread is not in the child."""

from __future__ import annotations

import os
import threading
import weakref


class ForkSafeLock:
    """Holds a lock: `with held.lock`. That it is the system's own matters: Ctrl-C cannot come between it and `with`."""

    def __init__(self) -> None:
        self.renew()
        _locks.add(self)

    def renew(self) -> None:
        """Replace the lock by one that nobody holds."""
        self.lock = threading.Lock()


_locks: weakref.WeakSet[ForkSafeLock] = weakref.WeakSet()


def _renew_all() -> None:
    for each in tuple(_locks):
        each.renew()


if hasattr(os, "register_at_fork"):  # not on Windows, which does not fork
    os.register_at_fork(after_in_child=_renew_all)
