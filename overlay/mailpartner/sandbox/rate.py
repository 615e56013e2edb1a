"""The rate limit: so many requests in any window of so many seconds from one address."""

from collections import deque
from collections.abc import Callable


class RateLimit:
    """Counts the requests it lets pass. `clock` gives seconds and never goes back."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._passed: dict[str, deque[float]] = {}

    def allows(self, address: str, limit: int | None, window: float) -> bool:
        """Whether one more request may pass: `limit` in any `window` seconds; None is no limit."""
        if limit is None:
            return True
        now = self._clock()
        passed = self._passed.setdefault(address, deque())
        while passed and passed[0] <= now - window:
            passed.popleft()
        if len(passed) >= limit:
            return False
        passed.append(now)
        return True

    def reset(self) -> None:
        """Forget what passed."""
        self._passed.clear()
