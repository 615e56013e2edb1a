"""When the next request may leave: one pace for all calls of a client."""

from __future__ import annotations

import math

from mailpartner._core.fork_safe_lock import ForkSafeLock

MARGIN = 0.99
"""The share of a rate that is used: what leaves evenly spaced arrives a little less so."""
CATCH_UP = 0.25
"""Seconds of lateness that are made up for; what is later than that is lost, or a burst would break the limit."""


def on_grid(moment: float, spacing: float, earliest: float) -> float:
    """The first moment at or after `earliest` that is `moment` or whole spacings after it, so that who shares a pace
    by turns stays at its own turn."""
    behind = earliest - moment
    return moment + math.ceil(behind / spacing) * spacing if behind > 0 else moment


class RateLimiter:
    """Gives each request its moment. Safe between threads; times are seconds on the clock of who asks."""

    def __init__(self) -> None:
        self._lock = ForkSafeLock()
        self._rates: list[float] = []
        self._next: float | None = None
        self._paused_until = float("-inf")

    @property
    def active(self) -> bool:
        """Whether anything is paced now."""
        return bool(self._rates)

    def begin(self, rate: float) -> None:
        """Pace all calls at `rate` requests a minute, or less if another run wants less."""
        with self._lock:
            self._rates.append(rate)

    def end(self, rate: float) -> None:
        """The run that wanted `rate` is over."""
        with self._lock:
            self._rates.remove(rate)

    def reserve(self, now: float) -> float:
        """The moment at which the asker may send: from `now` on, and nobody else's."""
        with self._lock:
            if not self._rates:
                return now
            interval = 60.0 / (min(self._rates) * MARGIN)
            due = now if self._next is None else self._next
            moment = max(due, now - CATCH_UP, self._paused_until)
            self._next = moment + interval
            return moment

    def pause(self, until: float) -> None:
        """Nobody sends before `until`: the server said that it gets too many."""
        with self._lock:
            self._paused_until = max(self._paused_until, until)

    def paused_at(self, moment: float) -> bool:
        """Whether a moment that was reserved before a pause falls into it."""
        return moment < self._paused_until


class FixedSchedule:
    """The pace of one chunk of a run that is spread over workers: its moments are fixed by who handed it out."""

    def __init__(self, start: float, spacing: float) -> None:
        self.next = start
        self._spacing = spacing
        self._paused_until = float("-inf")
        self.active = True

    def begin(self, rate: float) -> None:
        """A schedule is its own pace."""

    def end(self, rate: float) -> None:
        """A schedule is its own pace."""

    def reserve(self, now: float) -> float:
        """The moment at which the asker may send."""
        moment = on_grid(self.next, self._spacing, max(now - CATCH_UP, self._paused_until))
        self.next = moment + self._spacing
        return moment

    def pause(self, until: float) -> None:
        """This worker sends nothing before `until`."""
        self._paused_until = max(self._paused_until, until)

    def paused_at(self, moment: float) -> bool:
        """Whether a moment that was reserved before a pause falls into it."""
        return moment < self._paused_until
