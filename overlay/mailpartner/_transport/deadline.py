"""Reading and writing that ends at a deadline.

httpx's timeouts are per read: a server that drips a header byte now and then holds a call for ever. httpcore, below
it, opens its connections through a network backend; the one here gives each step no more than what is left of the
call. It is put in place through one private name of httpx and one of httpcore (a test holds both).
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from typing import Any

_AT_LEAST = 0.001
_NEVER = float("inf")
_HTTP = b"HTTP/1."
_NOT_HTTP = b"(not HTTP)\r\n\r\n"
_TO_A_PROXY = (b"CONNECT ", b"\x05", b"\x01")
"""How an HTTP proxy is asked for a tunnel, and a SOCKS one, which may want a password first (RFC 1928, RFC 1929)."""


class Deadline:
    """When the call that now uses a connection must end, on the monotonic clock."""

    __slots__ = ("awaiting", "begun", "mask", "sent", "until")

    def __init__(self, mask: Callable[[bytes], bytes] = bytes) -> None:
        self.mask = mask
        self.begun = False
        self.until = _NEVER
        self.awaiting = False
        self.sent = False

    def writes(self, data: bytes) -> None:
        """Note that these bytes are about to leave. Raises TimeoutError as `check` does."""
        self.check()
        self.awaiting, self.begun = True, False
        # What asks a proxy for a tunnel does not come to the API, nor does the nothing at the end of a request.
        if data and not data.startswith(_TO_A_PROXY):
            self.sent = True

    def first(self, data: bytes) -> bytes:
        """The first bytes after a request, or some that say as much where they are not HTTP: what is no answer ends
        up in httpcore's words, and from there in logs and traces, with all that a server may echo.
        """
        head, end, rest = data.partition(b"\r\n\r\n")
        self.awaiting = not end
        if not self.begun and not _HTTP.startswith(data[: len(_HTTP)]):
            return _NOT_HTTP
        self.begun = True
        return self.mask(head) + end + rest

    def check(self) -> None:
        """Raises TimeoutError once the deadline has passed: a read of what is there already never times out."""
        if time.monotonic() > self.until:
            raise TimeoutError("the deadline of the call passed")

    def cut(self, timeout: float | None) -> float | None:
        """`timeout`, or what is left if that is less."""
        if self.until == _NEVER:
            return timeout
        left = max(self.until - time.monotonic(), _AT_LEAST)
        return left if timeout is None or left < timeout else timeout


class _Stream:
    def __init__(self, stream: Any, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        self._deadline.check()
        data: bytes = self._stream.read(max_bytes, self._deadline.cut(timeout))
        return self._deadline.first(data) if self._deadline.awaiting else data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._deadline.writes(buffer)
        self._stream.write(buffer, self._deadline.cut(timeout))

    def start_tls(self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None) -> _Stream:
        return _Stream(
            self._stream.start_tls(ssl_context, server_hostname, self._deadline.cut(timeout)), self._deadline
        )

    def close(self) -> None:
        self._stream.close()

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class _Backend:
    def __init__(self, backend: Any, deadline: Deadline) -> None:
        self._backend = backend
        self._deadline = deadline

    def connect_tcp(self, host: str, port: int, timeout: float | None = None, **options: Any) -> _Stream:
        stream = self._backend.connect_tcp(host, port, timeout=self._deadline.cut(timeout), **options)
        return _Stream(stream, self._deadline)


class _AsyncStream:
    def __init__(self, stream: Any, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        self._deadline.check()
        data: bytes = await self._stream.read(max_bytes, self._deadline.cut(timeout))
        return self._deadline.first(data) if self._deadline.awaiting else data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._deadline.writes(buffer)
        await self._stream.write(buffer, self._deadline.cut(timeout))

    async def start_tls(
        self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None
    ) -> _AsyncStream:
        timeout = self._deadline.cut(timeout)
        try:
            return _AsyncStream(await self._stream.start_tls(ssl_context, server_hostname, timeout), self._deadline)
        except BaseException:
            # httpcore leaves the connection open where a handshake is cancelled.
            with contextlib.suppress(BaseException):
                await self._stream.aclose()
            raise

    async def aclose(self) -> None:
        await self._stream.aclose()

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class _AsyncBackend:
    def __init__(self, backend: Any, deadline: Deadline) -> None:
        self._backend = backend
        self._deadline = deadline

    async def connect_tcp(self, host: str, port: int, timeout: float | None = None, **options: Any) -> _AsyncStream:
        stream = await self._backend.connect_tcp(host, port, timeout=self._deadline.cut(timeout), **options)
        return _AsyncStream(stream, self._deadline)


def bind(transport: Any, deadline: Deadline) -> None:
    """Make all that `transport` (an httpx.HTTPTransport) reads and writes from now on end at `deadline`."""
    pool = transport._pool
    pool._network_backend = _Backend(pool._network_backend, deadline)


def bind_async(transport: Any, deadline: Deadline) -> None:
    """The same for an httpx.AsyncHTTPTransport."""
    pool = transport._pool
    pool._network_backend = _AsyncBackend(pool._network_backend, deadline)


def connection_of(response_stream: Any) -> Any:
    """The connection that an answer of httpx's own transports comes over; None for another transport's."""
    stream = getattr(response_stream, "_httpcore_stream", None)
    return getattr(getattr(stream, "_pool_request", None), "connection", None)


def has_more(connection: Any) -> bool:
    """Whether the server sent more than the answer: the next call would take it for its own."""
    while (inner := getattr(connection, "_connection", None)) is not None:
        connection = inner
    state = getattr(connection, "_h11_state", None)
    return state is not None and state.trailing_data[0] != b""


class Watch:
    """Sees, as httpcore's `trace`, whether a request leaves for the API, and not only one for a proxy's tunnel."""

    def __init__(self) -> None:
        self.sent = False

    def __call__(self, event: str, info: dict[str, Any]) -> None:
        """An event of httpcore's, such as "http11.send_request_headers.started"."""
        if event.endswith("send_request_headers.started") and info["request"].method != b"CONNECT":
            self.sent = True


class AsyncWatch(Watch):
    """The same, awaited."""

    async def __call__(self, event: str, info: dict[str, Any]) -> None:  # type: ignore[override]
        """An event of httpcore's."""
        super().__call__(event, info)


def goes_through_a_proxy(transport: Any) -> bool:
    """Whether one of httpx's own transports has a proxy."""
    return hasattr(getattr(transport, "_pool", None), "_proxy_url")
