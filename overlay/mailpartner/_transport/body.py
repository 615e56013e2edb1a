"""Read a response up to a limit, or say why there is none."""

from __future__ import annotations

import re
import time
from mmap import mmap
from typing import Any, Final, TypeVar

import httpx

from mailpartner._core.response import CHUNK_SIZE, KEPT_BODY_SIZE, Chunk, NoResponse, RawResponse
from mailpartner._transport.deadline import Deadline

E = TypeVar("E", bound=BaseException)

_NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError, httpx.UnsupportedProtocol)
_COMPRESSIONS: Final = frozenset(b"gzip x-gzip deflate compress x-compress br zstd dcb dcz pack200-gzip exi".split())
"""The content codings that servers use (IANA); some servers put a charset there, or "none", before a plain body."""

_PATIENCE: Final = 0.5
"""Seconds that the beginning of a body is waited for which is only shown, not read."""


class _Body:
    """The raw bytes of a body, counted as they come: a kilobyte of brotli can be 600 megabytes."""

    def __init__(self, response: httpx.Response, limit: int, until: float, deadline: Deadline | None) -> None:
        headers = {name.lower(): value for name, value in response.headers.raw}
        self._headers = headers
        self._status = response.status_code
        self._until = until
        self._chunks: list[Chunk] = []
        self._last = bytearray()
        self._size = 0
        codings = headers.get(b"content-encoding")
        self.compressed = codings is not None and not _COMPRESSIONS.isdisjoint(re.split(rb"[,\s]+", codings.lower()))
        if self.compressed and deadline is not None:
            deadline.until = min(until, time.monotonic() + _PATIENCE)
        self._limit = limit
        self.full = False
        self.cut = False
        """True if the body was not received to its end."""

    def add(self, data: bytes) -> None:
        self._size += len(data)
        self._last += data
        self.full = self._size > (KEPT_BODY_SIZE if self.compressed else self._limit)
        while len(self._last) >= CHUNK_SIZE:  # kept as small as it may come, a chunk of a byte would cost forty
            self._chunks.append(_paged(self._last[:CHUNK_SIZE]))
            del self._last[:CHUNK_SIZE]
        if time.monotonic() > self._until:
            raise httpx.ReadTimeout("the deadline passed while the response was read")

    def response(self) -> RawResponse:
        too_large = self.full and not self.compressed
        invalid_reason = "a compressed body, which was not asked for" if self.compressed else None
        if too_large:
            invalid_reason = f"more than {self._limit:,} bytes"
        return RawResponse(
            self._status,
            self._text(b"content-type"),
            self._text(b"retry-after"),
            self._text(b"location"),
            [*self._chunks, bytes(self._last)],
            invalid_reason,
            too_large,
            cut=self.cut or self.full,
        )

    def _text(self, name: bytes) -> str | None:
        value = self._headers.get(name)
        return None if value is None else value.decode("iso-8859-1")


def _paged(data: bytearray) -> mmap:
    """Return `data` in pages that the system has back as soon as they are let go: malloc would keep them."""
    pages = mmap(-1, len(data))
    pages[:] = data
    return pages


def receive(response: httpx.Response, limit: int, until: float, deadline: Deadline | None = None) -> RawResponse:
    """Read a response up to `limit` bytes, no later than `until`, and close it.

    `deadline` is that of the connection: of a compressed body only the beginning is kept, and hardly waited for.
    """
    body = _Body(response, limit, until, deadline)
    stream: Any = response.stream
    try:
        for data in stream:
            body.add(data)
            if body.full:
                break
    except httpx.TransportError:
        if not body.compressed:
            raise
        body.cut = True
    finally:
        stream.close()
    return body.response()


async def receive_async(
    response: httpx.Response, limit: int, until: float, deadline: Deadline | None = None
) -> RawResponse:
    """The same, awaited."""
    body = _Body(response, limit, until, deadline)
    stream: Any = response.stream
    try:
        async for data in stream:
            body.add(data)
            if body.full:
                break
    except httpx.TransportError:
        if not body.compressed:
            raise
        body.cut = True
    finally:
        await stream.aclose()
    return body.response()


def no_response(error: Exception, sent: bool | None, route: str = "") -> NoResponse:
    """Return why there is no response, and by which `route` it was asked for.

    `sent` is whether a byte of the request may have left; None where only the kind of error tells.
    """
    if sent is None:
        sent = not isinstance(error, _NEVER_SENT)
    text = " ".join(str(error).split())
    words = f"{type(error).__name__}: {text}" if text else type(error).__name__
    return NoResponse(sent, isinstance(error, (httpx.TimeoutException, TimeoutError)), words + route)


def bare(error: E) -> E:
    """Return `error` without the frames and causes below: they may hold the key."""
    error.__cause__ = error.__context__ = None
    return error.with_traceback(None)


def module_that_raised(error: BaseException) -> str:
    """Return the name of the module in which `error` was raised; "" without a traceback."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return "" if trace is None else str(trace.tb_frame.f_globals.get("__name__"))
