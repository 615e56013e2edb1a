"""What hooks and transports of the caller's own client see of the key: nothing, but where it has to be sent."""

from __future__ import annotations

import asyncio
import copy
import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from kit.custom_clients import KEY, CustomClient
from kit.leaks import holds, leaks, shown
from kit.operations import add_operation
from kit.responses import DONE, response
from kit.server import Server

from mailpartner import (
    APIConnectionError,
    AsyncMailPartner,
    ConfigurationError,
    Deletion,
    MailPartner,
    UnexpectedResponseError,
)

BASE = "https://api.mailpartner.fr"


@pytest.fixture(params=["sync", "async"])
def custom(request: pytest.FixtureRequest) -> CustomClient:
    """Both kinds of client."""
    return CustomClient(request.param)


@pytest.fixture
def server() -> Iterator[Server]:
    """A Mail Partner that does everything it is told."""
    with Server(DONE) as listening:
        yield listening


def test_hooks_see_no_key(custom: CustomClient, server: Server) -> None:
    """What hooks are given of a request and its answer, the key repeated in it, shows no key, wherever they look."""
    page = f"<p>{KEY}</p>"
    server.set_script(response(page, 500, f"text/html; for={KEY}", [f"Location: /?apiKey={KEY}", f"X-For: {KEY}"]))
    seen: dict[str, str] = {}

    def look(message: Any) -> None:
        parts = [shown(message), shown(vars(message)), shown(message.headers.raw), shown(dict(message.extensions))]
        if isinstance(message, httpx.Response):
            parts += [shown(message.request), shown(message.request.extensions), shown(message.url)]
        seen[type(message).__name__] = "\n".join([*parts, shown(message.stream), shown(copy.copy(message))])

    hooks = {"request": [custom.hook(look)], "response": [custom.hook(look)]}
    error = custom.run(server.url, event_hooks=hooks)

    assert isinstance(error, UnexpectedResponseError)
    assert sorted(seen) == ["Request", "Response"]
    assert "/v1/unsubscribe/delete?id=300" in seen["Request"]
    assert [name for name, text in seen.items() if holds(text, KEY)] == []


@pytest.mark.parametrize(
    "change",
    [
        {"host": "evil.test"},
        {"host": "localhost"},
        {"port": 9},
        {"scheme": "https"},
        {"host": "127.0.0.1.evil.test"},
        {"host": "127.0.0.2"},
    ],
    ids=str,
)
def test_a_hook_that_sends_elsewhere(change: dict[str, Any], custom: CustomClient, server: Server) -> None:
    """A hook that changes scheme, host or port is refused, and nothing is sent."""

    def redirect(request: httpx.Request) -> None:
        request.url = request.url.copy_with(**change)

    error = custom.run(server.url, event_hooks={"request": [custom.hook(redirect)]})

    assert isinstance(error, ConfigurationError)
    assert "Nothing was sent" in str(error)
    assert server.connections == 0
    assert leaks(error, KEY) == []


def test_a_transport_of_the_callers(custom: CustomClient) -> None:
    """A transport that knows only URLs gets the key in the URL, then the rest of it, whole."""
    seen: list[httpx.Request] = []

    def handle(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json={"success": True, "code": 200})

    deletion = custom.run(BASE, transport=httpx.MockTransport(handle))

    assert isinstance(deletion, Deletion)
    assert dict(seen[0].url.params) == {"apiKey": KEY, "id": "300"}
    assert (seen[0].method, seen[0].url.host) == ("POST", "api.mailpartner.fr")


def test_a_transport_of_the_callers_that_fails(custom: CustomClient) -> None:
    """What such a transport raises, the request with the key in hand, comes out without it, and leaves a doubt."""

    def handle(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError(f"no way to {request.url}", request=request)

    error = custom.run(BASE, transport=httpx.MockTransport(handle))

    assert isinstance(error, APIConnectionError)
    assert error.maybe_applied
    assert leaks(error, KEY) == []


def test_a_transport_that_raises_for_status(custom: CustomClient) -> None:
    """A transport that itself raises for a status ends in an error of the SDK, without the key."""

    def handle(request: httpx.Request) -> httpx.Response:
        response = httpx.Response(503, request=request, text="later")
        response.raise_for_status()
        return response

    error = custom.run(BASE, transport=httpx.MockTransport(handle))

    assert leaks(error, KEY) == []
    assert "503" in str(error)


class BrokenError(Exception):
    """An error that only the caller's transport knows."""


def test_an_error_of_the_transports_own(custom: CustomClient) -> None:
    """An error that is not httpx's, and carries the request, comes through without the key in its text."""

    def handle(request: httpx.Request) -> httpx.Response:
        raise BrokenError(f"cannot send {request.url}", 7)

    error = custom.run(BASE, transport=httpx.MockTransport(handle))

    assert type(error).__name__ in ("BrokenError", "APIConnectionError")
    assert leaks(error, KEY) == []


@pytest.mark.parametrize("is_custom", [False, True], ids=["own connections", "custom"])
def test_a_key_in_the_body(
    is_custom: bool, custom: CustomClient, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the operation has its key in the JSON body, it is there on the wire, and nowhere that hooks see."""
    operation = add_operation(monkeypatch)
    seen: list[bytes] = []
    hook = custom.hook(lambda request: seen.append(request.content + shown(request.headers).encode()))
    act = lambda mp: mp.call(operation, email="é@example.com")  # noqa: E731
    if is_custom:
        custom.run(server.url, act, event_hooks={"request": [hook]})
        assert json.loads(seen[0].split(b"Headers")[0]) == {"email": "é@example.com"}
        assert not holds(seen[0], KEY)
    elif custom.is_async:

        async def call() -> None:
            async with AsyncMailPartner(KEY, base_url=server.url) as mp:
                await act(mp)

        asyncio.run(call())
    else:
        with MailPartner(KEY, base_url=server.url) as mp:
            act(mp)

    head, body = server.heads[0], server.requests[0].body
    assert json.loads(body) == {"apiKey": KEY, "email": "é@example.com"}
    assert head.startswith(b"POST /v1/test/add HTTP/1.1")
    assert f"Content-Length: {len(body)}".lower().encode() in head.lower()
    assert head.lower().count(b"content-length") == 1
    assert b"Content-Type: application/json" in head
    assert not holds(head, KEY)
