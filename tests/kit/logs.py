"""A log that keeps everything, and searches it for the key."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator

from kit.leaks import holds, shown


class Log(logging.Handler):
    """Everything that any logger says, at any level."""

    def __init__(self) -> None:
        super().__init__(logging.NOTSET)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)

    @property
    def loggers(self) -> set[str]:
        return {record.name for record in self.records}

    def leaks(self, key: str) -> list[str]:
        """The records that show the key, in their message, arguments, attributes or exceptions."""
        return [f"{record.name}: {record.getMessage()}" for record in self.records if holds(self._whole(record), key)]

    def _whole(self, record: logging.LogRecord) -> str:
        return f"{record.getMessage()} {shown(record.args)} {shown(vars(record))} {logging.Formatter().format(record)}"


@contextlib.contextmanager
def captured() -> Iterator[Log]:
    """Keep what every logger says at its most talkative."""
    handler, root = Log(), logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.NOTSET + 1)
    try:
        yield handler
    finally:
        root.removeHandler(handler)
        root.setLevel(level)
