"""The sandbox's server: one loopback socket, one event loop, an end that never hangs."""

from __future__ import annotations

import asyncio
import itertools
import socket
import ssl
from typing import Any

import uvicorn
from starlette.types import ASGIApp
from uvicorn.server import ServerState

from .wire import WireProtocol

LOOPBACK = ("127.0.0.1", "::1")
HANDSHAKES = 0.1  # seconds that connections which are just being made have to be there before the end
END_WITHIN = 2.0  # seconds that the last requests have to notice that their connections are gone
IDLE = 600  # seconds that a connection may be idle: longer than any pause of a test or a demo


def listen(host: str, port: int) -> socket.socket:
    """A listening socket on a loopback address; port 0 takes a free one. Raises ValueError or OSError."""
    if host not in LOOPBACK:
        raise ValueError(f"the sandbox listens on {' or '.join(LOOPBACK)} only, not on {host}")
    if not 0 <= port <= 65535:
        raise ValueError(f"a port is a number from 0 to 65535, not {port}")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family, backlog=1024)


def url_of(listening: socket.socket, *, https: bool = False) -> str:
    """Where a socket listens, as a base URL."""
    host, port = listening.getsockname()[:2]
    return f"{'https' if https else 'http'}://{f'[{host}]' if ':' in host else host}:{port}"


class Server:
    """Serves an application on a socket, which it closes at the end.

    uvicorn's own server is not used: it polls, takes over the signals, and waits for connections that stall.
    """

    def __init__(self, app: ASGIApp, listening: socket.socket, context: ssl.SSLContext | None = None) -> None:
        self._config = uvicorn.Config(
            app,
            http=WireProtocol,
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
        loop = asyncio.get_running_loop()
        app_state = {"connections": itertools.count(1)}
        self._server = await loop.create_server(
            lambda: WireProtocol(self._config, self._state, app_state),
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
        """All tasks but the one that asks: of requests, and of connections that are just being made."""
        return {task for task in asyncio.all_tasks() if task is not asyncio.current_task()}
