"""HTTP proxies, and places where nobody answers."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Callable, Iterable, Iterator

from kit.responses import DONE
from kit.server import PATIENCE, Exchange, Listener, Request, Step, Stream, take


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
    """A port whose queue is full: connections are neither accepted nor refused."""
    with socket.socket() as listener, socket.socket() as first, socket.socket() as second:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for filler in (first, second):
            filler.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                filler.connect(listener.getsockname())
        yield listener.getsockname()[1]


def closed_port() -> int:
    """Return a port that refuses connections."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port
