"""Delays and limits of retries.

The figures are those of openai-python (delays, Retry-After) and botocore (quota).
"""

from __future__ import annotations

import re
from datetime import UTC
from email.utils import parsedate_to_datetime

FIRST_WAIT = 0.5
LONGEST_WAIT = 8.0
LONGEST_RETRY_AFTER = 120.0

_SECONDS = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_AGES = 1e10


def backoff(retries_done: int, chance: float) -> float:
    """Return the seconds before the next retry: 0.5 · 2ⁿ up to 8, minus up to a quarter, so that clients spread."""
    return min(LONGEST_WAIT, FIRST_WAIT * 2.0 ** min(retries_done, 10)) * (1.0 - 0.25 * chance)


def retry_after(header: str | None, now: float) -> float | None:
    """Return the seconds that a Retry-After header requests, as a number or an HTTP date (RFC 9110, 10.2.3).

    Returns None if it is absent, in the past or malformed: then the usual delay applies.
    """
    text = (header or "").strip()
    if _SECONDS.fullmatch(text):
        return min(float(text), _AGES) or None
    try:
        date = parsedate_to_datetime(text)
        # An HTTP date is GMT, also in its oldest form, which does not say so.
        seconds = (date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp() - now
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    return seconds if seconds > 0 else None


class RetryQuota:
    """Limits the retries of a client, so that it does not triple the load in an outage.

    Of 500 tokens a retry costs 5, after a timeout 10; a successful call gives 1 back.
    """

    FULL = 500
    RETRY_COST = 5
    TIMEOUT_COST = 10

    def __init__(self) -> None:
        self._tokens = self.FULL

    def take(self, timed_out: bool) -> bool:
        """Pay for a retry. Returns False if too few tokens are left."""
        cost = self.TIMEOUT_COST if timed_out else self.RETRY_COST
        if self._tokens < cost:
            return False
        self._tokens -= cost
        return True

    def give_back(self) -> None:
        """Return a token after a successful call."""
        if self._tokens < self.FULL:
            self._tokens += 1
