"""A run carried out so that a signal brings it to a clean end: what is under way ends, what was said is recorded."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterable, Iterator
from contextlib import closing, suppress
from types import FrameType, TracebackType
from typing import TYPE_CHECKING, Any, Self

from mailpartner._bulk import delete_many as start
from mailpartner._bulk.run import Job, Run
from mailpartner._bulk.threads import in_threads
from mailpartner.cli.exits import SIGNALLED, Signalled, heeded
from mailpartner.resources._unsubscribe_calls import delete_call

if TYPE_CHECKING:
    from mailpartner._bulk.journal import Journal
    from mailpartner.client import MailPartner
    from mailpartner.results import BulkItem

_STOPPING = b"Stopping, after the answers to what is under way. Once more stops at once."


class _Fresh(Run):
    """A run that does not tell again what an earlier session told."""

    def take(self, most: int | None = None) -> tuple[list[Job], list[BulkItem]]:
        jobs, _ = super().take(most)
        return jobs, []


class Conductor:
    """Carries one run out. In its `with` block the first signal asks the run to stop, a second one ends the process
    at once, with `hint` for a last word."""

    def __init__(self, hint: str) -> None:
        self._hint = hint
        self._run: Run | None = None
        self._stop = threading.Event()
        self._before: dict[int, Any] = {}
        self.halted: Exception | None = None

    def items(
        self, client: MailPartner, ids: Iterable[int], plan: start.BulkOptions, journal: Journal | None
    ) -> Iterator[BulkItem]:
        """One item for each id, as it ends. Raises what stopped the run, Signalled for a signal."""
        self._run = _Fresh(
            ids, width=plan.concurrency, missing_ok=plan.missing_ok, stop_on_error=plan.stop_on_error, journal=journal
        )
        if self.halted is not None:
            self._run.stopped = self.halted
        with start.rate_and_connections(client._session, plan):
            items = in_threads(
                self._run, lambda job: start._delete(client._session, delete_call, job, self._stop), self._stop
            )
            with closing(items):  # type: ignore[type-var]
                yield from items

    def halt(self, reason: Exception) -> None:
        """Take no more ids, wake those that wait, and let what is under way end."""
        self.halted = self.halted or reason
        if self._run is not None:
            self._run.stopped = self._run.stopped or reason
        self._stop.set()

    def __enter__(self) -> Self:
        for number in heeded("SIGINT", "SIGTERM", "SIGHUP"):
            self._before[number] = signal.signal(number, self._signal)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _signal(self, number: int, _: FrameType | None) -> None:
        # Not through sys.stderr, which may be in the middle of a write.
        again = self.halted is not None
        with suppress(OSError):
            os.write(2, b"\nmailpartner: " + (self._hint.encode() if again else _STOPPING) + b"\n")
        if again:
            os._exit(SIGNALLED + number)  # as safe as kill -9: the journal is committed before each request
        self.halt(Signalled(number))
