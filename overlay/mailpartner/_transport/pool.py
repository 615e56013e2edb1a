"""The connections that a client opens itself: one lane for each call under way.

httpcore scans its whole pool on every event, so that a call costs more the more there are beside it. Here each
call takes a free lane, a pool of one connection, or opens one: never more than there are calls at a time.
"""

from __future__ import annotations

import contextlib
import os
import ssl
import time
from collections import deque
from collections.abc import Callable, Hashable, Sequence
from typing import Any, Final

import httpx

from mailpartner._core.request import Request
from mailpartner._core.response import NoResponse, RawResponse
from mailpartner._transport import deadline as network
from mailpartner._transport.auth import RequestSigner
from mailpartner._transport.body import bare, lost, receive, receive_async
from mailpartner._transport.connection_limit import MOST, AsyncConnectionLimit, ConnectionLimit
from mailpartner._transport.tls import shared_context

IDLE: Final = 30.0
"""Seconds after which a connection that nobody used is closed, when the next one becomes free."""

_ONE: Final = httpx.Limits(max_connections=1, max_keepalive_connections=1, keepalive_expiry=IDLE)

CLOSED: Final = "This client is closed. Make a new one, or keep it open longer."


class _Connection:
    __slots__ = ("deadline", "since", "transport")

    def __init__(self, transport: Any, mask: Any) -> None:
        self.transport = transport
        self.deadline = network.Deadline(mask)
        self.since = 0.0

    def limit(self, until: float) -> None:
        self.deadline.until = until
        self.deadline.sent = False


class _Pool:
    """What sync and async lanes share. A lane belongs to the process, and if async to the event loop, in which it
    was opened: elsewhere it is not used again, so that a fork or a second `asyncio.run` simply opens its own.
    """

    def __init__(self, writer: RequestSigner, scheme: str, proxy: httpx.Proxy | None) -> None:
        self.closed = False
        self._writer = writer
        self._scheme = scheme
        self._way = f", through the proxy {proxy.url.netloc.decode('ascii')}" if proxy else ""
        self._proxy: Callable[[], httpx.Proxy | None] = lambda: proxy  # not an attribute that shows its password
        self._free: dict[Hashable, deque[_Connection]] = {}
        self._most = MOST

    def _transport_options(self) -> dict[str, Any]:
        # For plain http no certificate is loaded: an empty context stands in for the default one.
        verify = shared_context() if self._scheme == "https" else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        return {"verify": verify, "limits": _ONE, "proxy": self._proxy(), "trust_env": False}

    def _take(self, home: Hashable, opened: Callable[[], _Connection]) -> _Connection:
        try:
            return self._free[home].pop()
        except (KeyError, IndexError):
            return opened()

    def _put_back(self, home: Hashable, lane: _Connection, result: RawResponse | NoResponse) -> Sequence[_Connection]:
        """Keep the lane for the next call; those that are to be closed: this one after a call without an answer, as
        httpcore may keep a connection that is half made, or where the client was closed meanwhile, and those that
        were idle too long.
        """
        if self.closed or isinstance(result, NoResponse):
            return (lane,)
        free = self._free.setdefault(home, deque())
        lane.since = time.monotonic()
        free.append(lane)
        return _outdated(free, lane.since - IDLE)

    def _crowded(self) -> NoResponse:
        return NoResponse(False, True, f"all {self._most} connections of this client were in use all the time")

    def _lost(self, lane: _Connection, error: Exception) -> NoResponse:
        return lost(error, sent=lane.deadline.sent, way=self._way)


def _outdated(free: deque[_Connection], before: float) -> Sequence[_Connection]:
    found = []
    with contextlib.suppress(IndexError):  # another thread may take the last one
        while free[0].since < before:
            found.append(free.popleft())
    return found


class ConnectionPool(_Pool):
    """Sync connections."""

    def __init__(self, writer: RequestSigner, scheme: str, proxy: httpx.Proxy | None) -> None:
        super().__init__(writer, scheme, proxy)
        self._rooms: dict[int, ConnectionLimit] = {}

    def resize(self, width: int) -> None:
        """Let at least so many calls be under way at a time."""
        self._most = max(self._most, width)
        room = self._rooms.get(os.getpid())
        if room is not None:
            room.resize(self._most)

    def send(self, request: Request, timeout: float, remaining: float) -> RawResponse | NoResponse:
        """One attempt, each step at most `timeout` seconds, all of it at most `remaining`."""
        home = os.getpid()
        until = time.monotonic() + remaining
        room = self._rooms.get(home) or self._rooms.setdefault(home, ConnectionLimit(self._most))
        if not room.enter(remaining):
            return self._crowded()
        try:
            return self._send(home, request, timeout, until)
        finally:
            room.leave()

    def _send(self, home: int, request: Request, timeout: float, until: float) -> RawResponse | NoResponse:
        lane = self._take(home, self._open)
        try:
            result = self._exchange(lane, request, timeout, until)
        except BaseException as error:
            interruption = bare(error)
        else:
            for each in self._put_back(home, lane, result):
                with contextlib.suppress(Exception):
                    each.transport.close()
            return result
        lane.transport.close()
        raise interruption

    def _exchange(self, lane: _Connection, request: Request, timeout: float, until: float) -> RawResponse | NoResponse:
        try:
            lane.limit(until)
            response = lane.transport.handle_request(self._writer.keyed(request, timeout))
            return receive(response, request.response_limit, until)
        except Exception as error:
            return self._lost(lane, error)

    def close(self) -> None:
        """Close what is open; a call under way ends as it would, and then closes its own."""
        self.closed = True
        # A forked child closes its copies of the parent's sockets too: the parent's stay open.
        for lanes in tuple(self._free.values()):
            while lanes:  # a call under way in another thread may still take one
                with contextlib.suppress(IndexError):
                    lanes.pop().transport.close()

    def _open(self) -> _Connection:
        lane = _Connection(httpx.HTTPTransport(**self._transport_options()), self._writer.masked)
        network.bind(lane.transport, lane.deadline)
        return lane


class AsyncConnectionPool(_Pool):
    """Async connections."""

    def __init__(self, writer: RequestSigner, scheme: str, proxy: httpx.Proxy | None) -> None:
        super().__init__(writer, scheme, proxy)
        self._rooms: dict[Hashable, AsyncConnectionLimit] = {}

    def resize(self, width: int) -> None:
        """Let at least so many calls be under way at a time."""
        self._most = max(self._most, width)
        room = self._rooms.get(_async_home())
        if room is not None:
            room.resize(self._most)

    async def send(self, request: Request, timeout: float, remaining: float) -> RawResponse | NoResponse:
        """One attempt, each step at most `timeout` seconds, all of it at most `remaining`."""
        home = _async_home()
        until = time.monotonic() + remaining
        room = self._rooms.get(home) or self._new_room(home)
        if not await room.enter(remaining):
            return self._crowded()
        try:
            return await self._send(home, request, timeout, until)
        finally:
            room.leave()

    async def _send(self, home: Hashable, request: Request, timeout: float, until: float) -> RawResponse | NoResponse:
        lane = self._take(home, self._open)
        try:
            result = await self._exchange(lane, request, timeout, until)
        except BaseException as error:
            interruption = bare(error)
        else:
            await _close_all(self._put_back(home, lane, result))
            return result
        # Closed, not kept: what a cancellation leaves behind is not certain. A second one does not stop this.
        with contextlib.suppress(BaseException):
            await lane.transport.aclose()
        raise interruption

    async def _exchange(
        self, lane: _Connection, request: Request, timeout: float, until: float
    ) -> RawResponse | NoResponse:
        try:
            lane.limit(until)
            response = await lane.transport.handle_async_request(self._writer.keyed(request, timeout))
            return await receive_async(response, request.response_limit, until)
        except Exception as error:
            return self._lost(lane, error)

    async def close(self) -> None:
        """Close what is open; a call under way ends as it would, and then closes its own."""
        self.closed = True
        for lane in self._free.pop(_async_home(), ()):
            await lane.transport.aclose()
        self._free.clear()

    def _new_room(self, home: Hashable) -> AsyncConnectionLimit:
        for known in {*tuple(self._free), *tuple(self._rooms)}:
            if _has_ended(known):
                self._free.pop(known, None)
                self._rooms.pop(known, None)
        return self._rooms.setdefault(home, AsyncConnectionLimit(self._most))

    def _open(self) -> _Connection:
        lane = _Connection(httpx.AsyncHTTPTransport(**self._transport_options()), self._writer.masked)
        network.bind_async(lane.transport, lane.deadline)
        return lane


async def _close_all(lanes: Sequence[_Connection]) -> None:
    """Close each of them, also when this is cancelled meanwhile."""
    interruption: BaseException | None = None
    for lane in lanes:
        try:
            with contextlib.suppress(Exception):
                await lane.transport.aclose()
        except BaseException as error:
            interruption = bare(error)
    if interruption is not None:
        raise interruption


def _async_home() -> Hashable:
    import sniffio

    if sniffio.current_async_library() == "trio":
        import trio

        return os.getpid(), trio.lowlevel.current_trio_token()
    import asyncio

    return os.getpid(), asyncio.get_running_loop()


def _has_ended(home: Any) -> bool:
    """Whether the event loop of a home is closed."""
    loop = home[1]
    if hasattr(loop, "is_closed"):
        return bool(loop.is_closed())
    try:
        loop.run_sync_soon(lambda: None)  # trio tells only whom it refuses
    except RuntimeError:
        return True
    return False
