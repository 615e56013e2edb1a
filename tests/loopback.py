"""Servers on loopback that keep every byte they read, so that a test can say what went over the wire and what not.

Every connection has a thread. A `Server` treats its requests as a script of answers says, the last of which is
repeated; a `Proxy` opens tunnels to one place, whatever it is asked for.
"""

from __future__ import annotations

import contextlib
import os
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Self

import pytest
import trustme

from mailpartner._core.clock import Clock
from mailpartner._transport import pool as own

PATIENCE = 5.0
"""Seconds after which a test that waits for an event has failed."""

_RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class Line:
    """One connection, from the server's side."""

    def __init__(self, connection: socket.socket, heard: bytearray) -> None:
        self.socket = connection
        self._heard = heard
        self._unread = b""

    def receive(self) -> bytes:
        """What comes next; empty at the end."""
        data = self.socket.recv(65536)
        self._heard += data
        return data

    def head(self) -> bytes:
        """The next request up to its empty line; empty if there is none."""
        while b"\r\n\r\n" not in self._unread:
            data = self.receive()
            if not data:
                return b""
            self._unread += data
        head, _, self._unread = self._unread.partition(b"\r\n\r\n")
        return head

    def body(self, head: bytes) -> bytes:
        """The body that belongs to a head, as its Content-Length says."""
        lengths = [line.split(b":")[1] for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")]
        length = int(lengths[0]) if lengths else 0
        while len(self._unread) < length:
            data = self.receive()
            if not data:
                break
            self._unread += data
        body, self._unread = self._unread[:length], self._unread[length:]
        return body

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)


class Instant(Clock):
    """The system's clock, but that waiting takes no time."""

    def sleep(self, seconds: float, stop: threading.Event | None = None) -> None:
        """Go on at once."""

    async def async_sleep(self, seconds: float) -> None:
        """Go on at once."""


class Hangup(Exception):  # noqa: N818 - not a fault: how a step says that the connection ends here
    """Close the connection."""


Answer = bytes | Callable[[Line], None]


class Listener:
    """Accepts connections and gives each to `converse`, in a thread of its own."""

    def __init__(self, host: str = "127.0.0.1", receive_buffer: int | None = None) -> None:
        self.heard = bytearray()
        self.connections = 0
        self.changed = threading.Condition()
        self._open: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._stopping = False
        self._socket = socket.create_server((host, 0), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
        if receive_buffer is not None:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.host, self.port = self._socket.getsockname()[:2]
        self._start(self._accept)

    def converse(self, connection: socket.socket) -> None:
        """All that is said on one connection."""
        raise NotImplementedError

    def until(self, condition: Callable[[], object]) -> None:
        """Wait for something to happen on this server."""
        with self.changed:
            assert self.changed.wait_for(condition, PATIENCE), "what the test waits for did not happen"

    def stop(self) -> None:
        """Hang up on everybody."""
        self._stopping = True
        with contextlib.suppress(OSError):
            socket.create_connection((self.host, self.port), timeout=PATIENCE).close()  # wakes the accept
        self._threads[0].join(PATIENCE)
        self._socket.close()
        with self.changed:
            for connection in self._open:
                with contextlib.suppress(OSError):  # past SSLSocket's own, which is not for two threads
                    socket.socket.shutdown(connection, socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(PATIENCE)
        assert not any(thread.is_alive() for thread in self._threads)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @contextlib.contextmanager
    def kept(self, connection: socket.socket) -> Iterator[socket.socket]:
        """Have `connection` closed by `stop`, or at the end."""
        with self.changed:
            self._open.add(connection)
        try:
            yield connection
        finally:
            with self.changed:
                self._open.discard(connection)
                self.changed.notify_all()
            connection.close()

    def _start(self, work: Callable[..., None], *arguments: object) -> threading.Thread:
        thread = threading.Thread(target=work, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()
        return thread

    def _accept(self) -> None:
        while True:
            connection, _ = self._socket.accept()
            if self._stopping:
                connection.close()
                return
            with contextlib.suppress(OSError):  # where the client has hung up already
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self.changed:
                self.connections += 1
                self.changed.notify_all()
            self._start(self._run, connection)

    def _run(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError, Hangup), self.kept(connection):
            self.converse(connection)


class Server(Listener):
    """A Mail Partner. `requests` and `bodies` are what it was asked, in the order of arrival."""

    def __init__(
        self,
        *answers: Answer,
        tls: ssl.SSLContext | None = None,
        host: str = "127.0.0.1",
        receive_buffer: int | None = None,
    ) -> None:
        self.answers = list(answers)
        self.requests: list[bytes] = []
        self.bodies: list[bytes] = []
        self._tls = tls
        super().__init__(host, receive_buffer)

    @property
    def url(self) -> str:
        return f"{'https' if self._tls else 'http'}://{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}"

    def converse(self, connection: socket.socket) -> None:
        if self._tls is None:
            self._answer_all(Line(connection, self.heard))
            return
        with self.kept(self._tls.wrap_socket(connection, server_side=True)) as encrypted:
            self._answer_all(Line(encrypted, self.heard))

    def _answer_all(self, line: Line) -> None:
        while head := line.head():
            with self.changed:
                self.requests.append(head)
                answer = self.answers[min(len(self.requests), len(self.answers)) - 1]
                self.changed.notify_all()
            if callable(answer):
                answer(line)
            else:
                self.bodies.append(line.body(head))
                line.send(answer)


class Proxy(Listener):
    """An HTTP proxy whose tunnels all end at `target`. `heard` is what it could read: all but what is encrypted.

    With `refusal` it answers that instead. A request for a plain http URL it answers itself. `before`: what it does in
    place of the first tunnels.
    """

    def __init__(
        self, target: Listener | None = None, refusal: bytes = b"", before: Iterable[Callable[[Line], None]] = ()
    ) -> None:
        self.tunnels: list[bytes] = []
        self._before = list(before)
        self._target = target
        self._refusal = refusal
        super().__init__()

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"

    def converse(self, connection: socket.socket) -> None:
        line = Line(connection, self.heard)
        head = line.head()
        if not head.startswith(b"CONNECT") or self._refusal or self._target is None:
            line.send(self._refusal or DONE)
            return
        if self._before:
            self._before.pop(0)(line)
            return
        self.tunnels.append(head)
        with self.kept(socket.create_connection((self._target.host, self._target.port))) as onward:
            line.send(b"HTTP/1.1 200 Connected\r\n\r\n")
            back = self._start(_pump, onward.recv, connection)
            _pump(lambda _: line.receive(), onward)
            back.join(PATIENCE)


def _pump(receive: Callable[[int], bytes], target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := receive(65536):
            target.sendall(data)
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_RDWR)


def answer(
    body: bytes | str = b"",
    status: int = 200,
    content_type: str | bytes = "application/json",
    headers: Iterable[tuple[str, str | bytes]] = (),
) -> bytes:
    """An HTTP answer, to the byte."""
    body = body.encode() if isinstance(body, str) else body
    lines = [("Content-Type", content_type), ("Content-Length", str(len(body))), *headers]
    shown = [
        name.encode() + b": " + (value if isinstance(value, bytes) else value.encode("iso-8859-1"))
        for name, value in lines
    ]
    return b"\r\n".join([f"HTTP/1.1 {status} Status".encode(), *shown, b"", body])


DONE = answer('{"success": true, "code": 200}')


def hang_up(line: Line) -> None:
    """Close without a word."""
    raise Hangup


def reset(line: Line) -> None:
    """Close with an RST."""
    line.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
    raise Hangup


def hold(line: Line) -> None:
    """Say nothing, and leave the connection open until the client closes it."""
    while line.receive():
        pass
    raise Hangup


def partly(data: bytes, then: Callable[[Line], None]) -> Callable[[Line], None]:
    """Send `data`, and then something else than the rest."""

    def step(line: Line) -> None:
        line.send(data)
        then(line)

    return step


@contextlib.contextmanager
def unreachable() -> Iterator[str]:
    """The URL of a listener whose queue is full: connecting to it takes for ever."""
    with socket.socket() as listener, socket.socket() as first, socket.socket() as second:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for filler in (first, second):
            filler.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                filler.connect(listener.getsockname())
        yield f"https://127.0.0.1:{listener.getsockname()[1]}"


def closed_port() -> int:
    """A port that refuses connections."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


class Certificates:
    """A certificate authority of this test run: a context for its servers and one for those who trust it."""

    def __init__(self) -> None:
        self.authority = trustme.CA()
        self.server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.authority.issue_cert("api.mailpartner.fr", "localhost", "127.0.0.1").configure_cert(self.server)
        self.client = ssl.create_default_context()
        self.authority.configure_trust(self.client)

    def trusted(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Have the SDK's own connections trust this authority."""
        monkeypatch.setattr(own.shared_context, "_context", self.client)

    def alone(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Trust this authority, and take no key, no base URL and no proxy from outside."""
        for name in os.environ:
            if name.startswith("MAILPARTNER_") or name.lower().endswith("_proxy"):
                monkeypatch.delenv(name)
        self.trusted(monkeypatch)

    def write(self, folder: Path) -> Path:
        """The authority's certificate as a file."""
        path = folder / "authority.pem"
        self.authority.cert_pem.write_to_path(path)
        return path
