"""The private names of httpx and httpcore that the SDK uses, all of them; a test holds each.

- `HTTPTransport._pool`: pytest-httpx, vcrpy, respx and OpenTelemetry look at httpx's own transports, which take no
  network backend. So the SDK's are made of them, over a connection of httpcore's that has one.
- `Client._transport` and `_mounts`: the key enters below the hooks of a caller's client, which itself stays as it is.
- `_httpcore_stream`, `_pool_request`, `_connection`, `_h11_state` and `_proxy_url`: what a caller's connection has read
  beyond a response, and whether it goes through a proxy; nothing public tells.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import httpx


class OwnTransport(httpx.HTTPTransport):
    """httpx's transport over a connection that was made elsewhere."""

    def __init__(self, connection: Any) -> None:
        self._pool = connection


class AsyncOwnTransport(httpx.AsyncHTTPTransport):
    """The same, awaited."""

    def __init__(self, connection: Any) -> None:
        self._pool = connection


def with_transports(client: Any, wrapped: Callable[[Any], Any]) -> Any:
    """Return a shallow copy of a client, whose transports are wrapped."""
    view = copy.copy(client)
    view._transport = wrapped(client._transport)
    view._mounts = {pattern: transport and wrapped(transport) for pattern, transport in client._mounts.items()}
    return view


def update_view(view: Any, client: Any) -> None:
    """Have a copy made by `with_transports` see the hooks, headers and auth that the client was given since."""
    view.__dict__.update(
        {name: value for name, value in client.__dict__.items() if name not in ("_transport", "_mounts")}
    )


def goes_through_a_proxy(transport: Any) -> bool:
    """Return whether one of httpx's own transports has a proxy."""
    return hasattr(getattr(transport, "_pool", None), "_proxy_url")


def connection_of(response_stream: Any) -> Any:
    """Return the connection that a response of httpx's own transports comes over; None for another transport's."""
    stream = getattr(response_stream, "_httpcore_stream", None)
    return getattr(getattr(stream, "_pool_request", None), "connection", None)


def has_more(connection: Any) -> bool:
    """Return whether the server sent more than the response: the next call would take it for its own."""
    while (inner := getattr(connection, "_connection", None)) is not None:
        connection = inner
    state = getattr(connection, "_h11_state", None)
    return state is not None and state.trailing_data[0] != b""
