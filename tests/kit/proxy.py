"""HTTP proxies, and places where nobody answers."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Callable, Iterable, Iterator

import pytest

from kit.responses import DONE
from kit.server import PATIENCE, Exchange, Listener, Step, take
from kit.stream import Request, Stream


class Proxy(Listener):
    """An HTTP proxy whose tunnels all end at `target`. `heard` is what it could read: all but what is encrypted.

    With `refusal` it answers that instead. It answers a request for a plain http URL itself. `before`: the steps it
    takes instead of opening the first tunnels. `tunnels`: the requests for those that it opened.
    """

    def __init__(
        self, target: Listener | None = None, refusal: bytes = b"", before: Iterable[Step] = (), **options: object
    ) -> None:
        self.tunnels: list[bytes] = []
        self._before = list(before)
        self._target = target
        self._refusal = refusal
        super().__init__(**options)  # type: ignore[arg-type]

    def handle(self, connection: socket.socket, number: int) -> None:
        stream = Stream(connection, self.heard)
        head = stream.read_head()
        if not head.startswith(b"CONNECT") or self._refusal or self._target is None:
            connection.sendall(self._refusal or DONE)
            return
        if self._before:
            take(self._before.pop(0), Exchange(self, Request(head, number, number), stream))
            return
        self.tunnels.append(head)
        onward = socket.create_connection((self._target.host, self._target.port))
        with self.keep_open(-number, onward):
            connection.sendall(b"HTTP/1.1 200 Connected\r\n\r\n")
            back = self.start_thread(_pump, onward.recv, connection)
            _pump(lambda _: stream.receive(), onward)
            back.join(PATIENCE)


def _pump(receive: Callable[[int], bytes], target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := receive(65536):
            target.sendall(data)
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_RDWR)


@contextlib.contextmanager
def full_port() -> Iterator[int]:
    """A port whose queue is full: connections are neither accepted nor refused. Skips where a queue has no end."""
    with contextlib.ExitStack() as sockets:
        listener = sockets.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(8):
            filler = sockets.enter_context(socket.socket())
            filler.settimeout(0.05)
            try:
                filler.connect(listener.getsockname())
            except TimeoutError:
                break
        else:
            pytest.skip("this system accepts more connections than a queue holds")
        yield listener.getsockname()[1]


def closed_port() -> int:
    """Return a port that refuses connections."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port
