"""Rate limiting: when the next request of a client may be sent."""

from __future__ import annotations

import math

from mailpartner._core.fork_safe_lock import ForkSafeLock

MARGIN = 0.99
"""The share of a rate that is used: requests that are sent evenly arrive a little less evenly."""

CATCH_UP = 0.25
"""Seconds of delay that are made up for. More would be a burst above the limit."""


def on_grid(moment: float, spacing: float, earliest: float) -> float:
    """Return the first moment from `earliest` on that is `moment` plus a whole number of spacings.

    Several workers that share a rate in turns stay each on their own grid.
    """
    behind = earliest - moment
    return moment + math.ceil(behind / spacing) * spacing if behind > 0 else moment


class RateLimiter:
    """Assigns each request a moment to be sent. Thread-safe. Times are seconds on the caller's clock."""

    def __init__(self) -> None:
        self._lock = ForkSafeLock()
        self._rates: list[float] = []
        self._next: float | None = None
        self._paused_until = float("-inf")

    @property
    def active(self) -> bool:
        """Whether a rate is set."""
        return bool(self._rates)

    def begin(self, rate: float) -> None:
        """Limit all calls to `rate` requests a minute, or to the lowest rate if several are set."""
        with self._lock:
            self._rates.append(rate)

    def end(self, rate: float) -> None:
        """Remove a rate."""
        with self._lock:
            self._rates.remove(rate)

    def reserve(self, now: float) -> float:
        """Return the moment at which the caller may send, which nobody else gets."""
        with self._lock:
            if not self._rates:
                return now
            interval = 60.0 / (min(self._rates) * MARGIN)
            due = now if self._next is None else self._next
            moment = max(due, now - CATCH_UP, self._paused_until)
            self._next = moment + interval
            return moment

    def pause(self, until: float) -> None:
        """Let nobody send before `until`, because the server refused a request with code 429."""
        with self._lock:
            self._paused_until = max(self._paused_until, until)

    def paused_at(self, moment: float) -> bool:
        """Whether a moment that was reserved before a pause is within it."""
        return moment < self._paused_until


class FixedSchedule:
    """The moments of one chunk of a run that is spread over workers. Replaces the rate limiter of the worker."""

    def __init__(self, start: float, spacing: float) -> None:
        self.next = start
        self._spacing = spacing
        self._paused_until = float("-inf")
        self.active = True

    def begin(self, rate: float) -> None:
        """Do nothing: the schedule is fixed."""

    def end(self, rate: float) -> None:
        """Do nothing: the schedule is fixed."""

    def reserve(self, now: float) -> float:
        """Return the moment at which the caller may send."""
        moment = on_grid(self.next, self._spacing, max(now - CATCH_UP, self._paused_until))
        self.next = moment + self._spacing
        return moment

    def pause(self, until: float) -> None:
        """Let this worker send nothing before `until`."""
        self._paused_until = max(self._paused_until, until)

    def paused_at(self, moment: float) -> bool:
        """Whether a moment that was reserved before a pause is within it."""
        return moment < self._paused_until
