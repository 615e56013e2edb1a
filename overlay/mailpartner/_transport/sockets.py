"""Sockets as steps: looking a host up, connecting to one of its addresses, TLS, reading and writing.

Nothing here waits: `deadline.run` and `run_async` do. So what is sync and what is async is written once, and TLS can
run over TLS, as an https proxy needs.
"""

from __future__ import annotations

import contextlib
import errno
import math
import os
import socket
import ssl
import threading
from collections.abc import Callable
from typing import Any, Final

from mailpartner._transport.deadline import Deadline, Steps, Wait

READ_SIZE: Final = 64 * 1024
_STAGGER: Final = 0.25
"""Seconds after which the next address of a host is tried, too (RFC 8305)."""
_UNDER_WAY: Final = frozenset({errno.EINPROGRESS, errno.EWOULDBLOCK, errno.EALREADY, 10035})


class TcpSocket:
    """A connected socket that does not block. `sent` counts the bytes that have left.

    `patient`: wait before the first read after a write, as an attempt would only cost an exception. In an event loop
    other things happen meanwhile, and the attempt may spare a turn of the loop.
    """

    depth = 0
    ssl_object: ssl.SSLObject | None = None

    def __init__(self, connected: socket.socket, patient: bool) -> None:
        self.socket = connected
        self.sent = 0
        self._patient = patient
        self._wait_first = False
        self._readable = Wait((connected,))
        self._writable = Wait((connected,), writing=True)

    @property
    def tcp(self) -> TcpSocket:
        """The socket itself; in no attribute, whose cycle would keep a lost one open until it is collected."""
        return self

    def receive(self, size: int) -> Steps[bytes]:
        """Read what is there, at most `size` bytes; nothing at the end."""
        if self._wait_first:
            self._wait_first = False
            yield self._readable
        while True:
            try:
                return self.socket.recv(size)
            except BlockingIOError as error:
                _check_own(error)
            yield self._readable

    def send(self, data: bytes | memoryview) -> Steps[None]:
        """Write all of `data`."""
        left = memoryview(data)
        while True:
            try:
                count = self.socket.send(left)
            except BlockingIOError as error:
                _check_own(error)
                count = 0
            self.sent += count
            left = left[count:]
            if not left:
                self._wait_first = self._patient
                return
            yield self._writable

    def is_quiet(self) -> bool:
        """Return whether nothing came that was not read, and the other side has not hung up."""
        return not self._readable.here(0)


def _check_own(error: BlockingIOError) -> None:
    """Raise what a signal handler raised just there, after some of the data may have left."""
    if error.__traceback__ is not None and error.__traceback__.tb_next is not None:
        raise error


class TlsLayer:
    """TLS over a socket, or over TLS: it does what a socket does."""

    def __init__(self, below: Layer, context: ssl.SSLContext, hostname: str | None) -> None:
        self.tcp: TcpSocket = below.tcp
        self.depth: int = below.depth + 1
        self._below = below
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.ssl_object: ssl.SSLObject = context.wrap_bio(self._incoming, self._outgoing, server_hostname=hostname)

    def handshake(self) -> Steps[None]:
        """Begin to speak TLS."""
        yield from self._perform(self.ssl_object.do_handshake)

    def receive(self, size: int) -> Steps[bytes]:
        """Read what is there, at most `size` bytes; nothing at the end."""
        try:
            wants_data = not self._incoming.pending and not self.ssl_object.pending()
            data: bytes = yield from self._perform(self.ssl_object.read, size, wants_data=wants_data)
        except (ssl.SSLZeroReturnError, ssl.SSLEOFError):
            return b""
        return data

    def send(self, data: bytes | memoryview) -> Steps[None]:
        """Write all of `data`."""
        yield from self._perform(self.ssl_object.write, data)

    def is_quiet(self) -> bool:
        """Return whether nothing came that was not read, and the other side has not hung up."""
        if not self._below.is_quiet():
            return False
        if not self._incoming.pending and not self.ssl_object.pending():
            return True
        try:
            self.ssl_object.read(1)
        except ssl.SSLWantReadError:  # it was nothing but a session ticket, say
            return True
        except ssl.SSLError:
            return False
        return False

    def _perform(self, operation: Callable[..., Any], *arguments: Any, wants_data: bool = False) -> Steps[Any]:
        while True:
            result = None
            if not wants_data:
                try:
                    result = operation(*arguments)
                except ssl.SSLWantReadError:
                    wants_data = True
            if self._outgoing.pending:
                yield from self._below.send(self._outgoing.read())
            if not wants_data:
                return result
            wants_data = False
            data = yield from self._below.receive(READ_SIZE)
            if data:
                self._incoming.write(data)
            else:
                self._incoming.write_eof()


Layer = TcpSocket | TlsLayer


def connect(host: str, port: int, deadline: Deadline) -> Steps[socket.socket]:
    """Connect to the first address of a host that accepts, each begun a moment after the one before.

    Raises OSError with the last reason if none accepts.
    """
    addresses = yield from _look_up(host, port)
    pause = min(_STAGGER, max(deadline.left(), 0) / (len(addresses) + 1))
    attempts: list[socket.socket] = []
    faults = [OSError(errno.EADDRNOTAVAIL, "the host has no address")]
    try:
        while addresses or attempts:
            if addresses:
                _start(addresses.pop(0), attempts, faults)
            connected = _connected(attempts, faults)
            if connected is not None:
                connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                return connected
            if attempts:
                yield Wait(tuple(attempts), writing=True, seconds=pause if addresses else math.inf)
        raise faults[-1]
    finally:
        for attempt in attempts:
            attempt.close()


def _start(address: Any, attempts: list[socket.socket], faults: list[OSError]) -> None:
    """Begin to connect to an address."""
    family, kind, protocol, _, where = address
    try:
        attempt = socket.socket(family, kind, protocol)
    except OSError as error:  # a family that this machine does not speak
        faults.append(OSError(*error.args))
        return
    attempts.append(attempt)
    attempt.setblocking(False)
    try:
        attempt.connect(where)  # not connect_ex: guards of tests replace connect
    except OSError as error:
        if error.errno not in _UNDER_WAY:
            attempts.remove(attempt)
            attempt.close()
            faults.append(OSError(*error.args))


def _connected(attempts: list[socket.socket], faults: list[OSError]) -> socket.socket | None:
    """Take the attempt that has succeeded, and close those that have failed."""
    for attempt in tuple(attempts):
        code = attempt.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if code or _is_connected(attempt):
            attempts.remove(attempt)
            if not code:
                return attempt
            attempt.close()
            faults.append(OSError(code, os.strerror(code)))
    return None


def _is_connected(attempt: socket.socket) -> bool:
    try:
        attempt.getpeername()
    except OSError:
        return False
    return True


def _look_up(host: str, port: int) -> Steps[list[Any]]:
    """Return the addresses of a host.

    The system's look-up takes no timeout, so it runs in a thread; when it ends, it closes one end of a socket pair.
    """
    with contextlib.suppress(socket.gaierror, UnicodeError):
        return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
    found: list[Any] = []
    near, far = socket.socketpair()

    def look_up() -> None:
        with far:
            try:
                found.append(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
            except BaseException as error:
                found.append(error)

    with near:
        threading.Thread(target=look_up, name=f"look up {host}", daemon=True).start()
        yield Wait((near,))
        while not found:
            yield Wait((near,))
    if isinstance(found[0], (OSError, UnicodeError)):
        raise OSError(str(found[0]))
    if isinstance(found[0], BaseException):
        raise found[0]
    addresses: list[Any] = found[0]
    return addresses
