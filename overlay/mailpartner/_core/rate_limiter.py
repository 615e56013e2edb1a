"""When the next request may be sent: one rate for all calls of a client."""

from __future__ import annotations

import math
from typing import Final

from mailpartner._core.fork_safe_lock import ForkSafeLock

MARGIN: Final = 0.99
"""The share of a rate that is used: what is sent evenly spaced arrives a little less so."""

CATCH_UP: Final = 0.25
"""Seconds of lateness that are made up for. What is later than that is lost, or a burst would exceed the limit."""


def on_grid(moment: float, spacing: float, earliest: float) -> float:
    """Return `moment`, or the first one a number of whole spacings later that is not before `earliest`."""
    behind = earliest - moment
    return moment + math.ceil(behind / spacing) * spacing if behind > 0 else moment


class RateLimiter:
    """Spaces the requests of a client evenly. Thread-safe. Times are seconds on the clock of the caller.

    That clock may stand still, as in a test that freezes time: a wait that has ended counts as time that has passed.
    """

    def __init__(self) -> None:
        self._lock = ForkSafeLock()
        self._paused_until = float("-inf")
        self._waited_until = float("-inf")
        self._last_used = float("-inf")
        self._rates: dict[object, float] = {}
        self._next: float | None = None
        """The next moment that nobody has. None if there was no limit: moments of runs that are over may be unused."""

    @property
    def active(self) -> bool:
        """Whether there is a limit now."""
        return bool(self._rates)

    def begin(self, run: object, rate: float) -> None:
        """Limit all calls to `rate` requests a minute, or fewer if another run has a lower rate."""
        with self._lock.lock:
            self._rates[run] = rate

    def end(self, run: object) -> None:
        """Remove the limit of a run that is over, if it has one."""
        with self._lock.lock:
            self._rates.pop(run, None)
            if not self._rates:
                self._next = None

    def reserve(self, now: float) -> tuple[float, float]:
        """Return the moment at which the caller may send, which nobody else gets, and the seconds until then."""
        with self._lock.lock:
            now = max(now, self._waited_until)
            moment = self._next_moment(now)
            return moment, max(0.0, moment - now)

    def _next_moment(self, now: float) -> float:
        if not self._rates:
            return now
        interval = 60.0 / (min(self._rates.values()) * MARGIN)
        due = max(now, self._last_used + interval) if self._next is None else self._next
        moment = max(due, now - CATCH_UP, self._paused_until)
        self._next = moment + interval
        return moment

    def reached(self, moment: float) -> bool:
        """Note that the wait for a moment has ended. False if a pause that began meanwhile covers it: wait again."""
        with self._lock.lock:
            self._waited_until = max(self._waited_until, moment)
            if moment < self._paused_until:
                return False
            self._last_used = max(self._last_used, moment)
            return True

    def pause(self, now: float, seconds: float) -> None:
        """Let nobody send for so many seconds."""
        with self._lock.lock:
            self._paused_until = max(self._paused_until, max(now, self._waited_until) + seconds)


class FixedSchedule(RateLimiter):
    """The moments of one chunk of a run that is spread over workers: `start`, and then one each `spacing`."""

    def __init__(self, start: float, spacing: float) -> None:
        super().__init__()
        self._start = self._due = start
        self._spacing = spacing

    @property
    def active(self) -> bool:
        """Always: each request has its moment."""
        return True

    @property
    def slots(self) -> int:
        """How many spacings after `start` the next moment is."""
        return round((self._due - self._start) / self._spacing) if self._spacing else 0

    def _next_moment(self, now: float) -> float:
        moment = on_grid(self._due, self._spacing, max(now - CATCH_UP, self._paused_until))
        self._due = moment + self._spacing
        return moment
