"""What comes back: a reply read up to a cap, or why there is none."""

from __future__ import annotations

import time
from mmap import mmap
from typing import Any, TypeVar

import httpx

from mailpartner._core.response import CHUNK_SIZE, Chunk, NoResponse, RawResponse
from mailpartner._transport.deadline import connection_of, has_more

_NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError, httpx.UnsupportedProtocol)

E = TypeVar("E", bound=BaseException)


class _Body:
    """The raw bytes of a body, counted as they come: a kilobyte of brotli can be 600 megabytes."""

    def __init__(self, response: httpx.Response, limit: int, until: float) -> None:
        headers = {name.lower(): value for name, value in response.headers.raw}
        self._headers = headers
        self._status = response.status_code
        self._limit = limit
        self._until = until
        self._parts: list[Chunk] = []
        self._last = bytearray()
        self._size = 0
        coding = headers.get(b"content-encoding", b"identity").strip().lower()
        self.readable = coding in (b"", b"identity")
        self.full = False

    def add(self, part: bytes) -> None:
        self._size += len(part)
        self.full = self._size > self._limit
        self._last += part
        while (
            len(self._last) >= CHUNK_SIZE
        ):  # kept as small as they may come, parts of a byte would cost forty times that
            self._parts.append(_paged(self._last[:CHUNK_SIZE]))
            del self._last[:CHUNK_SIZE]
        if time.monotonic() > self._until:
            raise httpx.ReadTimeout("the deadline passed while the answer was read")

    def reply(self) -> RawResponse:
        invalid_reason = None if self.readable else "a compressed body, which was not asked for"
        if self.full:
            invalid_reason = f"more than {self._limit:,} bytes"
        return RawResponse(
            self._status,
            self._text(b"content-type"),
            self._text(b"retry-after"),
            self._text(b"location"),
            [*self._parts, bytes(self._last)],
            invalid_reason,
            self.full,
        )

    def _text(self, name: bytes) -> str | None:
        value = self._headers.get(name)
        return None if value is None else value.decode("iso-8859-1")


def _paged(data: bytearray) -> mmap:
    """`data` in pages that the system has back as soon as they are let go: malloc would keep them, each too small."""
    pages = mmap(-1, len(data))
    pages[:] = data
    return pages


def receive(response: httpx.Response, limit: int, until: float) -> RawResponse:
    """Read an answer up to `limit` bytes, no later than `until`; then let the connection go."""
    body = _Body(response, limit, until)
    stream: Any = response.stream
    connection = connection_of(stream)
    try:
        if body.readable:
            for part in stream:
                body.add(part)
                if body.full:
                    break
    finally:
        stream.close()
    if connection is not None and has_more(connection):
        connection.close()
    return body.reply()


async def receive_async(response: httpx.Response, limit: int, until: float) -> RawResponse:
    """The same, awaited."""
    body = _Body(response, limit, until)
    stream: Any = response.stream
    connection = connection_of(stream)
    try:
        if body.readable:
            async for part in stream:
                body.add(part)
                if body.full:
                    break
    finally:
        await stream.aclose()
    if connection is not None and has_more(connection):
        await connection.aclose()
    return body.reply()


def lost(error: Exception, trusted: bool = True, sent: bool = True, way: str = "") -> NoResponse:
    """Why there is no answer, and by which `way` it was asked for.

    trusted: only httpx's own transports know that nothing was sent: others report a dropped connection as a failure to
    connect. sent: False where it is certain that no byte of the request was.
    """
    never_sent = not sent or (trusted and isinstance(error, _NEVER_SENT))
    timed_out = isinstance(error, (httpx.TimeoutException, TimeoutError))
    return NoResponse(not never_sent, timed_out, _in_words(error) + way)


def bare(error: E) -> E:
    """`error` without the frames and causes below: they hold the request line and with it the key."""
    error.__cause__ = error.__context__ = None
    return error.with_traceback(None)


def _in_words(error: Exception) -> str:
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
