"""All that a sandbox remembers: settings, faults, the request log, and the state of each resource."""

from __future__ import annotations

import sqlite3
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from .accounts import MAIN, MAX_SUBACCOUNTS, Accounts
from .answers import Answer
from .database import Clock, Database, StateFileError
from .document import read_document
from .exchange import Call
from .faults import FaultQueue, Written
from .mails import Mailbox
from .messages import Messages
from .request_log import RequestLog
from .settings import Settings, at_most, checked
from .unsubscribes import MAX_ENTRIES, Unsubscribes

FIRST_MESSAGE_ID = 300  # where the document gives no example that is a number


class State:
    """The state of one sandbox. Not thread-safe: everything happens in the server's event loop."""

    def __init__(
        self,
        *,
        entries: int = 1000,
        subaccounts: int = 0,
        state: str | Path | None = None,
        spec: str | Path | None = None,
        faults: Iterable[Written] = (),
        settings: Mapping[str, Any],
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] | None = None,
        set_clock: datetime | None = None,
    ) -> None:
        """Create it; the arguments are those of `Sandbox`, and `set_clock` is where its clock stands at the start.

        Raises DocumentError, StateFileError, or ValueError for what cannot be.
        """
        entries = checked("entries", at_most(MAX_ENTRIES), entries)
        subaccounts = checked("subaccounts", at_most(MAX_SUBACCOUNTS), subaccounts)
        self.document = read_document(spec)
        limit, seconds = self.document.rate_limit
        self.settings = self._initial = Settings(rate_limit=limit, rate_window=seconds).changed(settings)
        self.faults = FaultQueue(self.document, faults)
        self.requests = RequestLog()
        self.rate = RateLimit(clock)
        self._seconds, self._started = clock, clock()
        self.clock, self._set_clock = Clock(self.document.time_zone, now), set_clock
        self._reset_clock()
        self.database = Database(state)
        try:
            with self.database.transaction():
                self.unsubscribes = Unsubscribes(self.database, self.clock, entries)
                self.accounts = Accounts(self.database, self.clock, self.document, subaccounts)
                self.mailbox = Mailbox(self.database, self.clock, self._first_message_id(), self._delivery_time)
        except sqlite3.Error as error:
            self.close()
            raise StateFileError(f"cannot use {state} as state file: {error}") from None
        messages = Messages(self.mailbox, self.accounts, self.unsubscribes, self.clock, self.document.attachment_bytes)
        self.handlers: dict[str, Callable[[Call], Answer]] = {
            **self.unsubscribes.handlers,
            **self.accounts.handlers,
            **messages.handlers,
        }

    def seconds(self) -> float:
        """Return the seconds since the sandbox started."""
        return self._seconds() - self._started

    def reset(self) -> None:
        """Put everything back to the start; a state file is as a new one."""
        self._reset_clock()  # before what is made up gets its times
        with self.database.transaction():
            self.unsubscribes.reset()
            self.accounts.reset()
            self.mailbox.reset()
        self.settings = self._initial
        self.faults.reset()
        self.requests.clear()
        self.rate.reset()

    def replace_subaccounts(self, number: int) -> None:
        """Replace all sub-accounts by `number` made-up ones, which must see nothing of those before them."""
        with self.database.transaction():
            self.unsubscribes.forget_subaccounts()
            self.mailbox.keep_only(self.accounts.get(MAIN).email)
            self.accounts.make_up(number)

    def close(self) -> None:
        """Close the state file."""
        self.database.close()

    def _reset_clock(self) -> None:
        self.clock.reset()
        if self._set_clock is not None:
            self.clock.set(self._set_clock)

    def _delivery_time(self) -> timedelta:
        return timedelta(seconds=self.settings.delivery_seconds)

    def _first_message_id(self) -> int:
        """Return the document's example of a message's id, so that its own examples work."""
        operation = self.document.main_operations.get("getMessageStatus")
        example = str(operation.parameters["MessageId"].example) if operation else ""
        return int(example) if example.isascii() and example.isdigit() else FIRST_MESSAGE_ID


class RateLimit:
    """The rate limit: so many requests in any window of so many seconds from one address."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._passed: dict[str, deque[float]] = {}

    def allows(self, address: str, limit: int | None, window: float) -> bool:
        """Return whether one more request may pass, and count it; None is no limit."""
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
