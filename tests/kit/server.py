"""Loopback servers that keep every byte they read and answer as a script says.

Each connection has a thread, and each request takes the next step of the script: bytes to send, or a function of the
`Exchange`. See `kit.steps` for the steps that suites share.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import struct
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import Self

from kit.responses import response
from kit.stream import Request, Stream

PATIENCE = 10.0
"""Seconds after which a test that waits for an event has failed."""

_RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class Exchange:
    """One request, and what a server can do with it. `open`: whether the connection stays open afterwards."""

    def __init__(self, server: Listener, request: Request, stream: Stream) -> None:
        self.server = server
        self.request = request
        self.open = True
        self._stream = stream
        self._has_body = True

    @property
    def socket(self) -> socket.socket:
        return self._stream.socket

    def receive(self) -> bytes:
        """Return what the client sends next, or nothing at the end."""
        return self._stream.receive()

    def read_body(self) -> bytes:
        """Read the body of the request, unless that was done."""
        if self._has_body:
            self._has_body = False
            self.request.body = self._stream.read(int(self.request.headers.get("content-length", "0")))
        return self.request.body

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def respond(self, body: bytes | str, status: int = 200, headers: Iterable[str | bytes] = ()) -> None:
        """Read the request to its end, and answer it in full in the format it asked for."""
        self.read_body()
        self.send(response(body, status, f"application/{self.request.format}", headers))

    def hang_up(self) -> None:
        """Close the connection in the ordinary way."""
        self.open = False

    def reset(self) -> None:
        """Close the connection with an RST."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        self.open = False

    def hold(self) -> None:
        """Send nothing more, and leave the connection open until the client closes it."""
        while self.receive():
            pass
        self.open = False


Step = bytes | Callable[[Exchange], None]
Handle = Callable[[socket.socket, int], None]


class Listener:
    """A loopback server that gives each connection, with its number, to `handle`, in a thread of its own.

    heard: every byte that was read, decrypted. connections: how many there were. With `listening=False` the server
    refuses connections until `listen` is called.
    """

    def __init__(
        self,
        handle: Handle | None = None,
        *,
        host: str = "127.0.0.1",
        tls: ssl.SSLContext | None = None,
        listening: bool = True,
        receive_buffer: int | None = None,
        send_buffer: int | None = None,
    ) -> None:
        self.heard = bytearray()
        self.connections = 0
        self.changed = threading.Condition()
        self.stopping = threading.Event()
        self._handle = handle
        self._tls = tls
        self._open: dict[int, socket.socket] = {}
        self._threads: list[threading.Thread] = []
        self._socket = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
        for option, size in ((socket.SO_RCVBUF, receive_buffer), (socket.SO_SNDBUF, send_buffer)):
            if size is not None:  # accepted connections inherit it
                self._socket.setsockopt(socket.SOL_SOCKET, option, size)
        self._socket.bind((host, 0))
        self.host: str
        self.port: int
        self.host, self.port = self._socket.getsockname()[:2]
        if listening:
            self.listen()

    @property
    def url(self) -> str:
        return f"{'https' if self._tls else 'http'}://{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}"

    @property
    def open_connections(self) -> set[int]:
        """The numbers of the connections that neither side has closed."""
        with self.changed:
            return set(self._open)

    def listen(self) -> None:
        """Accept connections from now on."""
        self._socket.listen(128)
        self.start_thread(self._accept)

    def until(self, condition: Callable[[], object], patience: float = PATIENCE) -> None:
        """Wait for something to happen on this server."""
        with self.changed:
            assert self.changed.wait_for(condition, patience), "what the test waits for did not happen"

    def stop(self) -> None:
        """Close all connections, and refuse new ones."""
        if self.stopping.is_set():
            return
        self.stopping.set()
        if self._threads:
            with contextlib.suppress(OSError):  # wakes the accept
                socket.create_connection((self.host, self.port), timeout=PATIENCE).close()
            self._threads[0].join(PATIENCE)
        self._socket.close()
        with self.changed:
            for connection in self._open.values():
                with contextlib.suppress(OSError):  # not SSLSocket's own shutdown, which two threads must not call
                    socket.socket.shutdown(connection, socket.SHUT_RDWR)
            self.changed.notify_all()
        for thread in self._threads:
            thread.join(PATIENCE)
        assert not any(thread.is_alive() for thread in self._threads)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start_thread(self, work: Callable[..., None], *arguments: object) -> threading.Thread:
        """Start a thread that `stop` waits for."""
        thread = threading.Thread(target=work, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()
        return thread

    def handle(self, connection: socket.socket, number: int) -> None:
        """Serve one connection."""
        assert self._handle is not None
        self._handle(connection, number)

    @contextlib.contextmanager
    def keep_open(self, number: int, connection: socket.socket) -> Iterator[None]:
        """Let `stop` close a connection that is not closed by then, and close it at the end."""
        with self.changed:
            self._open[number] = connection
            self.changed.notify_all()
        try:
            yield
        finally:
            with self.changed:
                self._open.pop(number).close()
                self.changed.notify_all()

    def _accept(self) -> None:
        while True:
            connection, _ = self._socket.accept()
            if self.stopping.is_set():
                connection.close()
                return
            with contextlib.suppress(OSError):  # if the client has hung up already
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self.changed:
                self.connections += 1
                self._open[self.connections] = connection
                self.changed.notify_all()
            self.start_thread(self._run, connection, self.connections)

    def _run(self, connection: socket.socket, number: int) -> None:
        with contextlib.suppress(OSError), self.keep_open(number, connection):
            self.handle(self._encrypted(connection, number), number)

    def _encrypted(self, connection: socket.socket, number: int) -> socket.socket:
        if self._tls is None:
            return connection
        encrypted = self._tls.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        with self.changed:
            self._open[number] = encrypted
        encrypted.do_handshake()
        return encrypted


class Server(Listener):
    """A server that answers requests as `script` says, in the order of their arrival.

    After the script it takes the step `always`, or without one the last step of the script again.
    """

    def __init__(self, *script: Step, always: Step | None = None, **options: object) -> None:
        self.requests: list[Request] = []
        self.always = always
        self._script = deque(script)
        self._last: Step = Exchange.hang_up
        super().__init__(**options)  # type: ignore[arg-type]

    @property
    def heads(self) -> list[bytes]:
        """The requests so far without their bodies."""
        return [request.head for request in self.requests]

    @property
    def methods(self) -> list[str]:
        """The methods of the requests so far."""
        return [request.method for request in self.requests]

    def then(self, *steps: Step) -> None:
        """Take these steps with the next requests."""
        self._script.extend(steps)

    def set_script(self, *steps: Step) -> None:
        """Take these steps with the next requests, instead of those that no request has taken."""
        self._script = deque(steps)

    def until_requests(self, count: int) -> None:
        """Wait until that many requests have come."""
        self.until(lambda: len(self.requests) >= count)

    def handle(self, connection: socket.socket, number: int) -> None:
        stream = Stream(connection, self.heard)
        while not self.stopping.is_set() and (head := stream.read_head()):
            with self.changed:
                exchange = Exchange(self, Request(head, len(self.requests) + 1, number), stream)
                self.requests.append(exchange.request)
                step = self._next_step()
                self.changed.notify_all()
            take(step, exchange)
            if not exchange.open:
                return
            exchange.read_body()

    def _next_step(self) -> Step:
        if self._script:
            self._last = self._script.popleft()
        elif self.always is not None:
            return self.always
        return self._last


def take(step: Step, exchange: Exchange) -> None:
    """Take one step with a request."""
    if isinstance(step, bytes):
        exchange.read_body()
        exchange.send(step)
    else:
        step(exchange)
