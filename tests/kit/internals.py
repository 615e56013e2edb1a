"""What tests reach of the private parts of clients: nothing else does, so that a change there is one change here."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

from mailpartner._core.clock import Clock
from mailpartner._transport import body, pool
from mailpartner._transport.network_backend import Channel
from mailpartner._transport.pool import shared_context


def clock_of(client: Any) -> Clock:
    """Return the clock of a client and of those made from it."""
    clock: Clock = client._session.state.clock
    return clock


def set_clock(client: Any, clock: Clock) -> None:
    """Have a client, and those made from it, take the time from `clock`."""
    client._session.state.clock = clock


def sender_of(client: Any) -> Any:
    """Return what a client sends requests with."""
    return client._session.sender


def replace_sender(client: Any, sender: Any) -> None:
    """Have a client send requests with `sender`."""
    client._session.sender = sender


def rate_limiter_of(client: Any) -> Any:
    """Return what spaces the requests of a client's bulk runs."""
    return client._session.state.rate_limiter


def http_client_of(client: Any) -> Any:
    """Return the httpx client that a client sends through, if it was given one."""
    return client._session.sender._client


def idle_connections(client: Any) -> list[Any]:
    """Return the connections of an async client that no call uses, in the running event loop."""
    connections: list[Any] = client._session.sender._free[client._session.sender._home()]
    return connections


def event_loops_known_to(client: Any) -> int:
    """Return how many event loops an async client keeps connections or places for."""
    return len(client._session.sender._limits)


def trust(monkeypatch: pytest.MonkeyPatch, context: ssl.SSLContext | None) -> None:
    """Have the SDK's own connections use this context; None: one that is made when it is needed."""
    fresh = cache(shared_context.__wrapped__)
    monkeypatch.setattr(pool, "shared_context", fresh if context is None else lambda: context)


def limit_connections(monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    """Let a client have so many connections at a time."""
    monkeypatch.setattr(pool, "MOST", count)


def expire_idle_connections(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let connections be closed as soon as no call uses them."""
    monkeypatch.setattr(pool, "IDLE", 0.0)


def distrust_kept_connections(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no connection count as known to be alive, however short it was unused."""
    monkeypatch.setattr(pool, "FRESH", 0.0)


def when_reading_a_body(monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]) -> None:
    """Have `act` called when an async client has the head of a response and begins to read the rest."""
    receive = body.receive_async

    async def receive_async(*arguments: Any) -> Any:
        act()
        return await receive(*arguments)

    monkeypatch.setattr(pool, "receive_async", receive_async)


def before_closing_connections(monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]) -> None:
    """Have `act` called before a sync client closes one of its own connections."""
    close = Channel.close

    def close_after(channel: Channel) -> None:
        act()
        close(channel)

    monkeypatch.setattr(Channel, "close", close_after)


def before_keeping_a_connection(client: Any, act: Callable[[], object]) -> None:
    """Have `act` called when a call has ended, after a client decided to keep its connection and before it does."""

    class Free(dict[Any, Any]):
        def setdefault(self, home: Any, default: Any = None) -> Any:
            act()
            return super().setdefault(home, default)

    client._session.sender._free = Free()
