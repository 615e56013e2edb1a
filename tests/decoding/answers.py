"""Answers that the tests of decoding have the server send."""

from __future__ import annotations

import threading
import time

from kit.responses import response
from kit.server import PATIENCE, Exchange


def reply(
    body: bytes | str = b"", status: int = 200, content_type: str | bytes | None = None, *headers: bytes
) -> bytes:
    """Return a response that has only the headers that are given, and its Content-Length."""
    return response(body, status, content_type, headers)


LASTING = 6.0
"""Seconds after which what would go on for ever gives up, so that a client which never tires fails a test at all."""


class Pour:
    """A step whose answer goes on until the client goes away, or until `total` bytes. `sent`: how many the
    connection took. `refused`: whether the client closed it before the end."""

    def __init__(self, start: bytes, part: bytes, total: int | None = None) -> None:
        self._start = start
        self._part = part
        self._total = total
        self._over = threading.Event()
        self.sent = 0
        self.refused = False

    def __call__(self, exchange: Exchange) -> None:
        end = time.monotonic() + LASTING
        try:
            exchange.send(self._start)
            while (self._total is None or self.sent < self._total) and time.monotonic() < end:
                exchange.send(self._part)
                self.sent += len(self._part)
        except OSError:
            self.refused = True
        finally:
            exchange.hang_up()
            self._over.set()

    def wait(self) -> None:
        """Until it has ended, one way or the other."""
        assert self._over.wait(PATIENCE), "the client neither read on nor went away"
