"""Carry out a bulk run so that a signal ends it cleanly: what was sent is waited for and recorded."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from types import FrameType, TracebackType
from typing import TYPE_CHECKING, Any, Self

from mailpartner.cli import files
from mailpartner.cli.exit_codes import SIGNALLED, Signalled, heeded
from mailpartner.cli.language import _
from mailpartner.cli.say import message

if TYPE_CHECKING:
    from mailpartner._bulk.run import BulkRun
    from mailpartner.results import BulkItem

_STOPPING = _("Stopping, after the answers to what is under way. Once more stops at once.")


class GracefulStop:
    """Carries out one run.

    In its `with` block the first signal stops the run; a second one ends the process at once, with `last_words` as
    the last message.
    """

    def __init__(self, last_words: str) -> None:
        self._messages = (message(_STOPPING), last_words)
        self._run: BulkRun[Any, Any] | None = None
        self._before: dict[int, Any] = {}
        self.halted: Exception | None = None

    def items(self, run: BulkRun[Any, Any]) -> Iterator[BulkItem[Any, Any]]:
        """Yield the items of this session as they end. Raises what stopped the run, Signalled for a signal."""
        self._run = run
        if self.halted is not None:
            run.stop()
        with run:
            yield from (item for item in run if not item.recorded)
        if self.halted is not None:
            raise self.halted

    def halt(self, reason: Exception) -> None:
        """Stop the run; the first reason is raised at its end."""
        self.halted = self.halted or reason
        if self._run is not None:
            self._run.stop()

    def __enter__(self) -> Self:
        for number in heeded("SIGINT", "SIGTERM", "SIGHUP"):
            self._before[number] = signal.signal(number, self._signal)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _signal(self, number: int, _frame: FrameType | None) -> None:
        # Not through sys.stderr, which may be in the middle of a write.
        again = self.halted is not None
        with suppress(OSError):
            os.write(2, f"\n{self._messages[again]}\n".encode(errors="backslashreplace"))
        if again:
            files.discard_unfinished()
            os._exit(SIGNALLED + number)  # as safe as kill -9: the journal is committed before each request
        self.halt(Signalled(number))
