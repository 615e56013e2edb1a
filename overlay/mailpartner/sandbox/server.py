"""The server of the sandbox: one socket, one event loop, connections that can be broken, an end that never hangs."""

from __future__ import annotations

import asyncio
import itertools
import logging
import socket
import ssl
import struct
from collections.abc import Iterator
from typing import Any

import uvicorn
from starlette.types import ASGIApp
from uvicorn.config import Config
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

log = logging.getLogger("mailpartner.sandbox.server")
log.setLevel(logging.ERROR)
LOOPBACK = ("127.0.0.1", "::1")
HANDSHAKES = 0.1  # seconds that connections which are being made have to be there before the end
END_WITHIN = 2.0  # seconds that the last requests have to notice that their connections are gone
IDLE = 600  # seconds that a connection may be idle: longer than any pause of a test or a demo
RESET_ON_CLOSE = struct.pack("ii", 1, 0)  # SO_LINGER on, 0 seconds: close() sends RST instead of FIN


def listen(host: str, port: int, *, anywhere: bool = False) -> socket.socket:
    """Return a listening socket; port 0 takes a free one. Raises ValueError or OSError.

    Args:
        host: A loopback address; with `anywhere` any address of this machine.
        port: The port.
        anywhere: True to let other machines connect.
    """
    if host not in LOOPBACK and not anywhere:
        raise ValueError(
            f"the sandbox listens on {' or '.join(LOOPBACK)} only, not on {host}; for containers name the host that"
            " they call it by: --allow-host NAME"
        )
    if not 0 <= port <= 65535:
        raise ValueError(f"a port is a number from 0 to 65535, not {port}")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family, backlog=1024)


def url_of(listening: socket.socket, *, https: bool = False) -> str:
    """Return where a socket listens, as a base URL for this machine."""
    host, port = listening.getsockname()[:2]
    host = str(host).replace("0.0.0.0", "127.0.0.1") if host != "::" else "::1"  # noqa: S104  (compared with)
    return f"{'https' if https else 'http'}://{f'[{host}]' if ':' in host else host}:{port}"


class Connection:
    """The TCP connection under a request, for everything that a server cannot say in HTTP."""

    def __init__(self, transport: asyncio.Transport, numbers: Iterator[int]) -> None:
        self._transport = transport
        self._numbers = numbers
        self._number = 0
        self._gone = asyncio.Event()

    @property
    def number(self) -> int:
        """Counts from 1 the connections that carried a request to the API."""
        self._number = self._number or next(self._numbers)
        return self._number

    def write(self, data: bytes) -> None:
        """Send bytes as they are, past the HTTP library; the connection must be closed or reset afterwards."""
        self._transport.write(data)

    async def close(self) -> None:
        """End the connection after what was written (FIN)."""
        self._transport.close()
        await self._gone.wait()

    async def reset(self) -> None:
        """Break the connection off (RST)."""
        self._transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
        self._transport.abort()
        await self._gone.wait()

    async def wait(self, seconds: float | None) -> bool:
        """Wait, for ever with None, or until the client leaves; return whether it is still there."""
        try:
            async with asyncio.timeout(seconds):
                await self._gone.wait()
        except TimeoutError:
            return True
        return False

    @property
    def gone(self) -> bool:
        """Whether the connection has ended."""
        return self._gone.is_set() or self._transport.is_closing()

    def lost(self) -> None:
        """Note that the connection has ended."""
        self._gone.set()


class Protocol(H11Protocol):
    """uvicorn's HTTP over h11, with the `Connection` in `scope["state"]["connection"]`."""

    def __init__(self, config: Config, server_state: ServerState, app_state: dict[str, Any]) -> None:
        super().__init__(config, server_state, app_state)
        self.access_log = False  # its lines show the query, and so the key
        self.logger = log  # not uvicorn's, which warns of an upgrade that a client offers, or of what is no HTTP

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Let every write leave at once: bytes and pauses are what is simulated here."""
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._connection = Connection(transport, self.app_state["numbers"])
        self.app_state: dict[str, Any] = {"connection": self._connection}  # uvicorn copies it into each request's scope
        super().connection_made(transport)

    def connection_lost(self, exc: Exception | None) -> None:
        """Wake whoever waits for the client to leave."""
        super().connection_lost(exc)
        self._connection.lost()


class Server:
    """Serves an application on a socket, which it closes at the end.

    uvicorn's own server is not used: it polls, takes over the signals, and waits for connections that stall.
    """

    def __init__(self, app: ASGIApp, listening: socket.socket, context: ssl.SSLContext | None = None) -> None:
        self._config = uvicorn.Config(
            app,
            http=Protocol,
            ws="none",
            lifespan="off",
            log_config=None,
            proxy_headers=False,
            timeout_keep_alive=IDLE,
        )
        self._config.load()
        self._config.loaded_app = app  # at its lowest log level, uvicorn wraps it in one that logs queries
        self._state = ServerState()
        self._listening = listening
        self._context = context

    async def start(self) -> None:
        """Begin to accept connections."""
        app_state = {"numbers": itertools.count(1)}
        self._server = await asyncio.get_running_loop().create_server(
            lambda: Protocol(self._config, self._state, app_state),
            sock=self._listening,
            ssl=self._context,
            backlog=1024,
            ssl_shutdown_timeout=END_WITHIN if self._context else None,
        )

    async def stop(self) -> None:
        """Accept no more, break off every connection, and return within about two seconds, mostly at once."""
        # If the server were closed first, asyncio would lose the connections that it has just accepted.
        asyncio.get_running_loop().remove_reader(self._listening)
        if not await self._all_gone(HANDSHAKES):
            for task in self._others() - self._state.tasks:
                task.cancel()  # a client that connected and does not go on with TLS: no connection yet, only this task
            await self._all_gone(END_WITHIN)
        self._server.close()

    async def _all_gone(self, within: float) -> bool:
        try:
            async with asyncio.timeout(within):
                while self._state.connections or self._others():
                    for protocol in list(self._state.connections):
                        protocol.transport.abort()
                    await asyncio.sleep(0.001)
        except TimeoutError:
            return False
        return True

    def _others(self) -> set[asyncio.Task[Any]]:
        """Return all tasks but the caller's: of requests, and of connections that are being made."""
        return {task for task in asyncio.all_tasks() if task is not asyncio.current_task()}
