"""The TCP connection under a request: for everything that a server cannot say in HTTP."""

from __future__ import annotations

import asyncio
import socket
import struct
from typing import Any

from uvicorn.config import Config
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

IMMEDIATELY = struct.pack("ii", 1, 0)  # SO_LINGER on, 0 seconds: close() sends RST instead of FIN


class Wire:
    """One connection of a client. `number` counts the connections of a sandbox from 1."""

    def __init__(self, number: int, transport: asyncio.Transport) -> None:
        self.number = number
        self._transport = transport
        self._gone = asyncio.Event()

    def write(self, data: bytes) -> None:
        """Send bytes as they are, past the HTTP library; the connection must be closed or reset afterwards."""
        self._transport.write(data)

    async def close(self) -> None:
        """End the connection after what was written, cleanly (FIN)."""
        self._transport.close()
        await self._gone.wait()

    async def reset(self) -> None:
        """Break the connection off (RST)."""
        self._transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, IMMEDIATELY)
        self._transport.abort()
        await self._gone.wait()

    async def wait(self, seconds: float | None) -> bool:
        """Wait, for ever with None, or until the client leaves; whether it is still there."""
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
        """Told by the protocol when the connection has ended."""
        self._gone.set()


class WireProtocol(H11Protocol):
    """uvicorn's HTTP over h11, with the `Wire` of the connection in `scope["state"]["wire"]`."""

    def __init__(self, config: Config, server_state: ServerState, app_state: dict[str, Any]) -> None:
        super().__init__(config, server_state, app_state)
        self.access_log = False  # its lines show the query, and so the key

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Number the connection, and let every write leave at once, as bytes and pauses are what is played here."""
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._wire = Wire(next(self.app_state["connections"]), transport)
        self.app_state: dict[str, Any] = {"wire": self._wire}  # uvicorn copies it into each request's scope
        super().connection_made(transport)

    def connection_lost(self, exc: Exception | None) -> None:
        """Wake who waits for the client to leave."""
        super().connection_lost(exc)
        self._wire.lost()
