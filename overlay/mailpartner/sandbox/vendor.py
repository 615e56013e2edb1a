"""The pretended vendor: what it knows, how it is set, what waits to go wrong, and whom it has seen."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from . import faults_of_answers, faults_of_connections
from .curtain import Curtain
from .document import Operation, read_document
from .faults import FaultQueue, Kind
from .logbook import Logbook, Seen
from .messages import Incoming
from .rate import RateLimit
from .settings import Settings
from .shelf import Shelf
from .state import Entries

KINDS = [Kind.of(behave) for behave in (*faults_of_answers.ALL, *faults_of_connections.ALL)]


class Vendor:
    """All that a sandbox remembers. Not thread-safe: everything happens in the server's event loop.

    entries: how many made-up entries a new list has. state: the SQLite file, None for memory. spec: another
    openapi.yaml. faults: those that wait at the start. clock: seconds that never go back. now: the date of
    what is added. switches: see `Settings`.
    """

    def __init__(
        self,
        *,
        entries: int = 1000,
        state: str | Path | None = None,
        spec: str | Path | None = None,
        faults: Iterable[Mapping[str, Any]] = (),
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = datetime.now,
        switches: Mapping[str, Any] | None = None,
    ) -> None:
        self.document = read_document(spec)
        limit, seconds = self.document.rate_limit
        self.settings = self._at_start = Settings(rate_limit=limit, rate_window=seconds).changed(switches or {})
        self.faults = FaultQueue(KINDS, self.document.codes().keys(), faults)
        self.logbook = Logbook()
        self.rate = RateLimit(clock)
        self.entries = Entries(state, entries, now)
        self.shelf = Shelf()
        self._clock = clock
        self._started = clock()

    def note(self, incoming: Incoming, operation: Operation | None) -> Seen:
        """Put a request into the logbook."""
        declared = {parameter.name for parameter in operation.parameters.values()} if operation else set()
        return self.logbook.open(
            Curtain(incoming, self.document.key, declared),
            method=incoming.method,
            operation=operation.id if operation else None,
            connection=incoming.connection,
            at=self._clock() - self._started,
        )

    def reset(self) -> None:
        """Everything as at the start; a state file as a new one."""
        self.settings = self._at_start
        self.faults.reset()
        self.logbook.clear()
        self.rate.reset()
        self.entries.reset()

    def close(self) -> None:
        """Close the state file."""
        self.entries.close()
