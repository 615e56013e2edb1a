"""A Mail Partner on a real socket: it keeps entries, deletes them, and answers, or does not, as a script says.

Every connection has a thread, every request a step. A step is a function of an `Exchange`; when the script is used
up, requests are answered as the API would.
"""

from __future__ import annotations

import contextlib
import json
import socket
import ssl
import struct
import threading
from collections import deque
from collections.abc import Callable, Iterable
from typing import NamedTuple, Self
from urllib.parse import parse_qs, urlsplit
from xml.sax.saxutils import escape

KEY = "sandbox-planted-key"
PATIENCE = 5.0
"""Seconds after which a test that waits for an event has failed."""

_RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class Seen(NamedTuple):
    """A request as it arrived, and the number of the connection that it arrived on, counted from 1."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    connection: int

    @property
    def format(self) -> str:
        return self.query.get("_format", "json")


class Listener:
    """A loopback server that gives each connection to `handle`, in a thread of its own.

    With `listening=False` it refuses connections until `listen` is called.
    """

    def __init__(self, handle: Callable[[socket.socket, int], None] | None = None, *, listening: bool = True) -> None:
        self._handle = handle
        self._socket = socket.socket()
        self._socket.bind(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self.changed = threading.Condition()
        self.stopping = threading.Event()
        self.opened = 0
        self._open: dict[int, socket.socket] = {}
        self._threads: list[threading.Thread] = []
        if listening:
            self.listen()

    def listen(self) -> None:
        """Accept connections from now on."""
        self._socket.listen(128)
        self._threads.append(threading.Thread(target=self._accept, daemon=True))
        self._threads[0].start()

    @property
    def open_connections(self) -> set[int]:
        """The numbers of the connections that neither side has closed."""
        with self.changed:
            return set(self._open)

    def until(self, condition: Callable[[], bool], patience: float = PATIENCE) -> None:
        """Wait for something to happen on this server."""
        with self.changed:
            assert self.changed.wait_for(condition, patience), "what the test waits for did not happen"

    def stop(self) -> None:
        """Hang up on everybody and refuse whoever comes next."""
        if self.stopping.is_set():
            return
        self.stopping.set()
        if self._threads:
            socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE).close()  # wakes the accept
            self._threads[0].join(PATIENCE)
        self._socket.close()
        with self.changed:
            for connection in self._open.values():
                with contextlib.suppress(OSError):  # past SSLSocket's own, which is not for two threads
                    socket.socket.shutdown(connection, socket.SHUT_RDWR)
            self.changed.notify_all()
        for thread in self._threads:
            thread.join(PATIENCE)
        assert not any(thread.is_alive() for thread in self._threads)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _accept(self) -> None:
        while True:
            connection, _ = self._socket.accept()
            if self.stopping.is_set():
                connection.close()
                return
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self.changed:
                self.opened += 1
                number = self.opened
                self._open[number] = connection
                self.changed.notify_all()
            thread = threading.Thread(target=self._run, args=(connection, number), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _run(self, connection: socket.socket, number: int) -> None:
        try:
            self.converse(connection, number)
        except OSError:
            pass  # the client hung up, which is its right
        finally:
            with self.changed:
                self._open.pop(number).close()
                self.changed.notify_all()

    def converse(self, connection: socket.socket, number: int) -> None:
        """All that is said on one connection."""
        assert self._handle is not None
        self._handle(connection, number)


class Server(Listener):
    """A Mail Partner. `script` is what it does with the next requests, in the order of their arrival."""

    def __init__(
        self,
        *script: Step,
        entries: Iterable[int] = (),
        tls: ssl.SSLContext | None = None,
        listening: bool = True,
    ) -> None:
        self.entries = set(entries)
        self.seen: list[Seen] = []
        self.always: Step | None = None
        self._script = deque(script)
        self._tls = tls
        super().__init__(listening=listening)

    @property
    def url(self) -> str:
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self.port}"

    @property
    def methods(self) -> list[str]:
        """The methods of the requests so far."""
        return [seen.method for seen in self.seen]

    def then(self, *steps: Step) -> None:
        """Do this with the next requests."""
        self._script.extend(steps)

    def until_seen(self, requests: int) -> None:
        """Wait until that many requests have come."""
        self.until(lambda: len(self.seen) >= requests)

    def converse(self, connection: socket.socket, number: int) -> None:
        if self._tls is not None:
            connection = self._tls.wrap_socket(connection, server_side=True)
            with self.changed:
                self._open[number] = connection
        unread = b""
        while not self.stopping.is_set():
            while b"\r\n\r\n" not in unread:
                data = connection.recv(65536)
                if not data:
                    return
                unread += data
            head, _, unread = unread.partition(b"\r\n\r\n")
            exchange = Exchange(self, connection, _request(head, number))
            with self.changed:
                self.seen.append(exchange.seen)
                step = self._script.popleft() if self._script else self.always or answered
                self.changed.notify_all()
            step(exchange)
            if not exchange.open:
                return


class Exchange:
    """One request, and the ways of a server to treat it."""

    def __init__(self, server: Server, connection: socket.socket, seen: Seen) -> None:
        self.server = server
        self.seen = seen
        self.open = True
        self._connection = connection

    def carry_out(self) -> bytes:
        """Do what was asked for, and return the answer to it."""
        query = self.seen.query
        if query.get("apiKey") != KEY:
            return envelope(self.seen.format, False, 10, "Clé API incorrecte")
        entry = int(query["id"])
        with self.server.changed:
            known = entry in self.server.entries
            self.server.entries.discard(entry)
        return self.done() if known else envelope(self.seen.format, False, 4, "Le mail et invalide")

    def done(self) -> bytes:
        """The answer to a deletion that was done."""
        return envelope(self.seen.format, True, 200)

    def send(self, data: bytes) -> None:
        self._connection.sendall(data)

    def head(self, length: int, status: int = 200, headers: Iterable[str] = ()) -> bytes:
        lines = [
            f"HTTP/1.1 {status} Status",
            f"Content-Type: application/{self.seen.format}",
            f"Content-Length: {length}",
            *headers,
        ]
        return "".join(f"{line}\r\n" for line in [*lines, ""]).encode()

    def answer(self, body: bytes, status: int = 200, headers: Iterable[str] = ()) -> None:
        """Answer in full."""
        self.send(self.head(len(body), status, headers) + body)

    def hang_up(self) -> None:
        """Close the connection in the ordinary way."""
        self.open = False

    def reset(self) -> None:
        """Close the connection with an RST."""
        self._connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        self.open = False

    def hold(self) -> None:
        """Say nothing more, and leave the connection open until the client closes it."""
        while self._connection.recv(65536):
            pass
        self.open = False


Step = Callable[[Exchange], None]


def answered(exchange: Exchange) -> None:
    """What the API does."""
    exchange.answer(exchange.carry_out())


def envelope(format: str, success: bool, code: int | None, message: str | None = None) -> bytes:
    """An answer of the API, in either format."""
    if format == "json":
        fields = {"success": success, "code": code, "message": message}
        return json.dumps({name: value for name, value in fields.items() if value is not None}).encode()
    values = [str(success).lower(), *([] if code is None else [str(code)]), *([message] if message else [])]
    entries = "".join(f"<entry>{escape(value)}</entry>" for value in values)
    return f"<?xml version='1.0' encoding='UTF-8'?><result>{entries}</result>".encode()


def _request(head: bytes, connection: int) -> Seen:
    line, *rest = head.decode("ascii").split("\r\n")
    method, target, _ = line.split(" ")
    headers = {name.lower(): value.strip() for name, _, value in (item.partition(":") for item in rest)}
    assert headers.get("content-length", "0") == "0", "this server reads no bodies"
    parts = urlsplit(target)
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    return Seen(method, parts.path, query, headers, connection)
