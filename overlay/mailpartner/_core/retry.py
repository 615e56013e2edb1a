"""Whether to try again, and after how long. Pure, but for the quota's own count.

The figures are those that openai-python (waits, Retry-After) and botocore (quota) have settled on.
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
    """Seconds to wait before the next retry: 0.5 · 2ⁿ up to 8, less a random quarter, so that clients spread."""
    return min(LONGEST_WAIT, FIRST_WAIT * 2.0 ** min(retries_done, 10)) * (1.0 - 0.25 * chance)


def retry_after(header: str | None, now: float) -> float | None:
    """The seconds that a Retry-After header asks for: a number or an HTTP date (RFC 9110, 10.2.3).

    None where it is absent, in the past or no such thing: then the usual wait applies.
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
    """How many retries a client may still spend: in an outage they stop, instead of tripling the load.

    One in 500 tokens: a retry costs 5, after a timeout 10; a call that succeeds gives 1 back.
    """

    FULL = 500
    RETRY_COST = 5
    TIMEOUT_COST = 10

    def __init__(self) -> None:
        self._tokens = self.FULL

    def take(self, timed_out: bool) -> bool:
        """Pay for a retry; False if there is not enough left."""
        cost = self.TIMEOUT_COST if timed_out else self.RETRY_COST
        if self._tokens < cost:
            return False
        self._tokens -= cost
        return True

    def give_back(self) -> None:
        """A call succeeded."""
        if self._tokens < self.FULL:
            self._tokens += 1
