"""The connections that a client opens itself: one for each call under way.

httpcore scans a shared pool on every event, so that a call costs more the more there are beside it. Here each call
takes an idle connection, or opens one: never more than there are calls at a time.
"""

from __future__ import annotations

import contextlib
import os
import ssl
import time
from collections import deque
from collections.abc import Callable, Hashable
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import attrs
import httpx

from mailpartner._core.request import Request
from mailpartner._core.response import NoResponse, RawResponse
from mailpartner._transport.auth import RequestSigner
from mailpartner._transport.body import bare, module_that_raised, no_response, receive, receive_async
from mailpartner._transport.connection_limit import MOST, AsyncConnectionLimit, ConnectionLimit
from mailpartner.errors import ConfigurationError

if TYPE_CHECKING:
    from mailpartner._transport.network_backend import Channel

IDLE: Final = 30.0
"""Seconds after which a connection that nobody used is closed, when the next one becomes free."""

FRESH: Final = 2.0
"""Seconds in which a connection that was used is known to be alive: servers and routers drop them after five or more.

What must not be repeated in doubt takes no older one, so that doubt is rare.
"""


@attrs.define(eq=False)
class _Connection:
    transport: Any
    channel: Channel
    since: float = 0.0
    """When it was last used."""


class _Pool:
    """What both pools share.

    A connection is used only in the process, and if async in the event loop, that opened it: a fork or a second
    `asyncio.run` opens its own.
    """

    _is_async: bool

    def __init__(self, signer: RequestSigner, scheme: str, proxy: httpx.Proxy | None) -> None:
        self.closed = False
        self._signer = signer
        self._route = f", through the proxy {proxy.url.netloc.decode('ascii')}" if proxy else ""
        self._proxy: Callable[[], httpx.Proxy | None] = lambda: proxy  # not an attribute that shows its password
        self._tls_layers = (scheme == "https") + bool(proxy and proxy.url.scheme == "https")
        self._free: dict[Hashable, deque[_Connection]] = {}
        self._limits: dict[Hashable, Any] = {}
        self._most = MOST

    def _home(self) -> Hashable:
        """Return where connections belong that are opened now."""
        raise NotImplementedError

    def resize(self, width: int) -> None:
        """Allow at least `width` calls at a time."""
        self._most = max(self._most, width)
        limit = self._limits.get(self._home())
        if limit is not None:
            limit.resize(self._most)

    def _open(self) -> _Connection:
        from mailpartner._transport.network_backend import open_connection  # httpcore: half of what a client costs

        context = shared_context() if self._tls_layers else None
        return _Connection(
            *open_connection(self._signer, self._proxy(), context, self._tls_layers, is_async=self._is_async)
        )

    def _idle(self, home: Hashable, request: Request) -> _Connection | None:
        """Take the connection that was used last, if it is still good for this request."""
        longest = IDLE if request.operation.idempotent else FRESH
        free = self._free.get(home)
        while free:
            try:
                connection = free.pop()
            except IndexError:  # another thread took the last one
                break
            reusable = False
            try:
                reusable = time.monotonic() - connection.since <= longest and connection.channel.is_reusable()
            finally:
                if not reusable:
                    connection.channel.close()
            if reusable:
                return connection
        return None

    def _put_back(self, home: Hashable, connection: _Connection, result: RawResponse | NoResponse) -> None:
        """Keep the connection for the next call, unless it cannot be reused or the client is closed; close old ones."""
        framer = connection.channel.framer
        if self.closed or isinstance(result, NoResponse) or not (framer.complete and framer.reusable):
            connection.channel.close()
            return
        free = self._free.setdefault(home, deque())
        connection.since = time.monotonic()
        free.append(connection)
        if self.closed:  # meanwhile, in another thread
            self._close_idle(home)
            return
        with contextlib.suppress(IndexError):
            while free[0].since < connection.since - IDLE:
                free.popleft().channel.close()

    def _close_all(self) -> None:
        self.closed = True
        for home in tuple(self._free):
            self._close_idle(home)

    def _close_idle(self, home: Hashable) -> None:
        free = self._free.get(home, deque())
        while free:  # a call under way in another thread may still take one
            with contextlib.suppress(IndexError):
                free.pop().channel.close()

    def _crowded(self) -> NoResponse:
        return NoResponse(False, True, f"all {self._most} connections of this client were in use all the time")

    def _lost(self, connection: _Connection, error: Exception) -> NoResponse:
        """Return why there is no response; raise what the network stack did not."""
        if not isinstance(error, httpx.RequestError):
            # httpcore does not catch what its parser of SOCKS raises about a proxy's answer.
            module = module_that_raised(error)
            if not (module.startswith("socksio") or module.endswith(".socks_proxy")):
                raise error
        channel = connection.channel
        return no_response(error, channel.may_take_effect if channel.used else None, self._route)


@cache
def shared_context() -> ssl.SSLContext:
    """Return the TLS context of all clients, as plain httpx makes it: loading it is most of what a client costs.

    Raises ConfigurationError where they cannot be loaded.
    """
    try:
        return httpx.create_ssl_context()
    except OSError as error:  # what ssl itself raises is one, too
        reason = error.strerror or type(error).__name__
    raise ConfigurationError(
        f"The certificates for TLS cannot be loaded ({reason}). Nothing was sent."
        " Check SSL_CERT_FILE, SSL_CERT_DIR and SSLKEYLOGFILE in the environment."
    )


class ConnectionPool(_Pool):
    """Sync connections."""

    _is_async = False

    def _home(self) -> int:
        return os.getpid()

    def send(self, request: Request, timeout: float, remaining: float) -> RawResponse | NoResponse:
        """Make one attempt: each step takes at most `timeout` seconds, all of it at most `remaining`."""
        home, until = self._home(), time.monotonic() + remaining
        limit: ConnectionLimit = self._limits.get(home) or self._limits.setdefault(home, ConnectionLimit(self._most))
        if not limit.acquire(remaining):
            return self._crowded()
        try:
            connection = None
            try:
                connection = self._idle(home, request) or self._open()
                result = self._exchange(connection, request, timeout, until)
                self._put_back(home, connection, result)
                return result
            except BaseException as error:
                interruption = bare(error)
            if connection is not None:
                connection.channel.close()
            raise interruption
        finally:
            limit.release()

    def _exchange(
        self, connection: _Connection, request: Request, timeout: float, until: float
    ) -> RawResponse | NoResponse:
        channel = connection.channel
        try:
            visible, placeholder, body_size = self._signer.signed(request, timeout)
            channel.start(placeholder, body_size, until, timeout)
            response = connection.transport.handle_request(visible)
            return receive(response, request.response_limit, until, channel.deadline)
        except Exception as error:
            return self._lost(connection, error)

    def close(self) -> None:
        """Close the idle connections; calls in progress finish, and then close theirs."""
        # A forked child closes its copies of the parent's sockets too: the parent's stay open.
        self._close_all()


class AsyncConnectionPool(_Pool):
    """Async connections."""

    _is_async = True

    def _home(self) -> Hashable:
        import sniffio

        if sniffio.current_async_library() == "trio":
            import trio

            return os.getpid(), trio.lowlevel.current_trio_token()
        import asyncio

        return os.getpid(), asyncio.get_running_loop()

    async def send(self, request: Request, timeout: float, remaining: float) -> RawResponse | NoResponse:
        """Make one attempt: each step takes at most `timeout` seconds, all of it at most `remaining`."""
        home, until = self._home(), time.monotonic() + remaining
        limit: AsyncConnectionLimit = self._limits.get(home) or self._new_limit(home)
        if not await limit.acquire(remaining):
            return self._crowded()
        try:
            connection = None
            try:
                connection = self._idle(home, request) or self._open()
                result = await self._exchange(connection, request, timeout, until)
                self._put_back(home, connection, result)
                return result
            except BaseException as error:
                interruption = bare(error)
            if connection is not None:
                connection.channel.close()
            raise interruption
        finally:
            limit.release()

    async def _exchange(
        self, connection: _Connection, request: Request, timeout: float, until: float
    ) -> RawResponse | NoResponse:
        channel = connection.channel
        try:
            visible, placeholder, body_size = self._signer.signed(request, timeout)
            channel.start(placeholder, body_size, until, timeout)
            response = await connection.transport.handle_async_request(visible)
            return await receive_async(response, request.response_limit, until, channel.deadline)
        except Exception as error:
            return self._lost(connection, error)

    async def close(self) -> None:
        """Close the idle connections; calls in progress finish, and then close theirs."""
        self._close_all()

    def _new_limit(self, home: Hashable) -> Any:
        for known in {*tuple(self._free), *tuple(self._limits)}:
            if _has_ended(known):
                self._close_idle(known)
                self._free.pop(known, None)
                self._limits.pop(known, None)
        return self._limits.setdefault(home, AsyncConnectionLimit(self._most))


def _has_ended(home: Any) -> bool:
    """Return whether the event loop of a home is closed."""
    loop = home[1]
    if hasattr(loop, "is_closed"):
        return bool(loop.is_closed())
    try:
        loop.run_sync_soon(lambda: None)  # trio tells only whom it refuses
    except RuntimeError:
        return True
    return False
