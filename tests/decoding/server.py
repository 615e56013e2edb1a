"""A loopback server that answers whatever bytes a test wants, in order, and tells how the client took them."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Self

PATIENCE = 10.0
"""Seconds after which a test that waits for the other side has failed."""

Script = Callable[[socket.socket], None]
"""Takes the connection over; when it returns the connection is closed."""


def reply(
    body: bytes | str = b"", status: int = 200, content_type: str | bytes | None = None, *headers: bytes
) -> bytes:
    """An HTTP answer. The connection stays open after it."""
    content = body.encode("utf-8") if isinstance(body, str) else body
    if content_type is not None:
        named = content_type if isinstance(content_type, bytes) else content_type.encode("iso-8859-1")
        headers = (*headers, b"Content-Type: " + named)
    return head(status, *headers, b"Content-Length: %d" % len(content)) + content


def head(status: int = 200, *headers: bytes) -> bytes:
    """An HTTP answer up to its body."""
    return b"".join(line + b"\r\n" for line in (b"HTTP/1.1 %d Whatever" % status, *headers, b""))


def chunked(body: bytes, size: int) -> bytes:
    """`body` in chunks of `size` bytes, as Transfer-Encoding: chunked writes it."""
    parts = (body[start : start + size] for start in range(0, len(body), size))
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


def then_close(data: bytes) -> Script:
    """These bytes, and then the end of the connection."""
    return lambda connection: connection.sendall(data)


LASTING = 6.0
"""Seconds after which what would go on for ever gives up, so that a client which never tires fails a test at all."""


class Pour:
    """An answer that goes on until the client goes away, or until `total` bytes. `sent`: how many the connection
    took. `refused`: whether the client closed it before the end."""

    def __init__(self, start: bytes, part: bytes, total: int | None = None) -> None:
        self._start = start
        self._part = part
        self._total = total
        self._over = threading.Event()
        self.sent = 0
        self.refused = False

    def __call__(self, connection: socket.socket) -> None:
        end = time.monotonic() + LASTING
        try:
            connection.sendall(self._start)
            while (self._total is None or self.sent < self._total) and time.monotonic() < end:
                connection.sendall(self._part)
                self.sent += len(self._part)
        except OSError:
            self.refused = True
        finally:
            self._over.set()

    def wait(self) -> None:
        """Until it has ended, one way or the other."""
        assert self._over.wait(PATIENCE), "the client neither read on nor went away"


class AnswerServer:
    """`says(...)` lines answers up; each request takes the next, and a request too many is hung up on.

    Bytes leave the connection open, a `Script` ends it. `heads`: the requests that came.
    """

    def __init__(self) -> None:
        self.heads: list[bytes] = []
        self._answers: deque[bytes | Script] = deque()
        self._connections: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._lock = threading.Lock()
        self._closing = False
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]

    @property
    def requests(self) -> list[str]:
        """The request lines that came."""
        return [first.partition(b"\r\n")[0].decode("ascii") for first in self.heads]

    def says(self, *answers: bytes | Script) -> None:
        """Line answers up after those that wait."""
        self._answers.extend(answers)

    def forget(self) -> None:
        """Drop the answers that no request took."""
        self._answers.clear()

    def __enter__(self) -> Self:
        self._start(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._closing = True
            for connection in self._connections:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
        # Wakes the accepting thread on every platform; closing the listener under it does so on some only.
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), PATIENCE):
            pass
        for thread in self._threads:
            thread.join(PATIENCE)
            assert not thread.is_alive(), "a server thread did not end"
        self._listener.close()

    def _start(self, target: Callable[[], None]) -> None:
        thread = threading.Thread(target=target, name="answers")
        self._threads = [old for old in self._threads if old.is_alive()] + [thread]
        thread.start()

    def _accept(self) -> None:
        while True:
            connection, _ = self._listener.accept()
            with self._lock:
                if self._closing:
                    connection.close()
                    return
                self._connections.add(connection)
            self._start(lambda connection=connection: self._serve(connection))  # type: ignore[misc]

    def _serve(self, connection: socket.socket) -> None:
        # Small, so that what `Pour` could send says what the client read.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 16)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            with connection, contextlib.suppress(OSError):
                self._converse(connection)
        finally:
            with self._lock:
                self._connections.discard(connection)

    def _converse(self, connection: socket.socket) -> None:
        unread = b""
        while True:
            while b"\r\n\r\n" not in unread:  # no request of these tests has a body
                data = connection.recv(65536)
                if not data:
                    return
                unread += data
            first, _, unread = unread.partition(b"\r\n\r\n")
            self.heads.append(first)
            if not self._answers:
                return
            answer = self._answers.popleft()
            if not isinstance(answer, bytes):
                answer(connection)
                return
            connection.sendall(answer)
