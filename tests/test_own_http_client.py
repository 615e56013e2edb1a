"""A caller's own httpx client: used with its hooks, headers and connections, and left as it was, without the key."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest
from kit.custom_clients import IN_THE_URL, KEY, CustomClient
from kit.internals import http_client_of
from kit.leaks import holds, leaks, refused, shown
from kit.proxy import closed_port
from kit.responses import DONE, response
from kit.server import Server

from mailpartner import (
    APIConnectionError,
    AsyncMailPartner,
    Deletion,
    MailPartner,
    NotFoundError,
    UnexpectedResponseError,
)

pytestmark = pytest.mark.usefixtures("bare_environment")


@pytest.fixture(params=["sync", "async"])
def custom(request: pytest.FixtureRequest) -> CustomClient:
    """Both kinds of client."""
    return CustomClient(request.param)


@pytest.fixture
def server() -> Iterator[Server]:
    """A Mail Partner that does everything it is told."""
    with Server(DONE) as listening:
        yield listening


def state_of(client: Any) -> dict[str, Any]:
    """All that a client is made of: its parts themselves, and copies of those that can change."""
    parts = {name: id(value) for name, value in vars(client).items()}
    transports = [client._transport, *filter(None, client._mounts.values())]
    return {
        **{name: identity for name, identity in parts.items() if name != "_state"},
        "hooks": {name: list(hooks) for name, hooks in client.event_hooks.items()},
        "headers": list(client.headers.raw),
        "cookies": list(client.cookies.jar),
        "params": str(client.params),
        "transports": [(id(transport), type(transport), sorted(vars(transport))) for transport in transports],
        "mounts": list(client._mounts),
        "timeout": client.timeout,
        "handlers": [
            type(transport).handle_request for transport in transports if hasattr(transport, "handle_request")
        ],
    }


def test_it_is_left_as_it_was(custom: CustomClient, server: Server) -> None:
    """No part of it is changed or exchanged, no cookie kept; it is open, and works as before, without the key."""
    server.set_script(response('{"success": true, "code": 200}', headers=["Set-Cookie: a=b"]), response("other"))
    states: list[dict[str, Any]] = []
    options: dict[str, Any] = {
        "headers": {"X-Team": "crm"},
        "cookies": {"c": "d"},
        "event_hooks": {"request": [custom.hook(lambda request: None)]},
        "mounts": {"https://example.com": None},
    }

    def act(mp: Any) -> Any:
        states.append(state_of(http_client_of(mp)))
        return mp.unsubscribes.delete(300)

    def then(own: Any) -> Any:
        states.append(state_of(own))
        return own.get(f"{server.url}/other")

    other = custom.run(server.url, act, then, **options)

    assert states[0] == states[1]
    assert other.text == "other"
    assert not holds(shown(vars(other)) + shown(other.request.url), KEY)
    first, second = server.heads
    assert IN_THE_URL in first
    assert not holds(second, KEY)
    for request in (first, second):
        assert b"X-Team: crm" in request
        assert b"Cookie: c=d\r\n" in request + b"\r\n"


def test_what_it_is_given_later(custom: CustomClient, server: Server) -> None:
    """Hooks and headers that it is given after the SDK's client was made count, too."""
    seen: list[str] = []

    def act(mp: Any) -> Any:
        own = http_client_of(mp)
        own.event_hooks = {"request": [custom.hook(lambda request: seen.append(request.url.path))]}
        own.headers = {"X-Team": "crm"}
        return mp.unsubscribes.delete(300)

    custom.run(server.url, act)

    assert seen == ["/v1/unsubscribe/delete"]
    assert server.requests[0].headers["x-team"] == "crm"


def test_hooks_read_the_answer(custom: CustomClient, server: Server) -> None:
    """A hook may read the answer; it is the server's, with its status and Content-Type."""
    seen: list[Any] = []

    def look(response: httpx.Response) -> None:
        seen.append((response.status_code, response.headers["Content-Type"]))

    async def read_async(response: httpx.Response) -> None:
        look(response)
        seen.append(await response.aread())

    def read(response: httpx.Response) -> None:
        look(response)
        seen.append(response.read())

    deletion = custom.run(server.url, event_hooks={"response": [read_async if custom.is_async else read]})

    assert isinstance(deletion, Deletion)
    assert seen == [(200, "application/json"), b'{"success": true, "code": 200}']


@pytest.mark.parametrize("status", [302, 400, 404, 500])
def test_a_hook_that_raises_for_status(status: int, custom: CustomClient, server: Server) -> None:
    """A hook that raises for a status does not hide what the body says, nor brings the key into sight."""
    server.set_script(response('{"success": false, "code": 4, "message": "Le mail et invalide"}', status))
    error = custom.run(
        server.url, event_hooks={"response": [custom.hook(lambda response: response.raise_for_status())]}
    )

    assert isinstance(error, NotFoundError)
    assert error.status_code == status
    assert leaks(error, KEY) == []


def test_a_hook_that_fails(custom: CustomClient, server: Server) -> None:
    """An error of a hook's own comes through as it is, without the key."""

    def fail(_: object) -> None:
        raise LookupError("no such team")

    for name in ("request", "response"):
        error = custom.run(server.url, event_hooks={name: [custom.hook(fail)]})
        assert type(error) is LookupError
        assert leaks(error, KEY) == []


def test_a_hook_that_changes_other_things(custom: CustomClient, server: Server) -> None:
    """A hook may add headers and parameters; the key stays."""

    def change(request: httpx.Request) -> None:
        request.headers["X-Trace"] = "7"
        request.url = request.url.copy_merge_params({"trace": "7"})

    assert isinstance(custom.run(server.url, event_hooks={"request": [custom.hook(change)]}), Deletion)
    assert IN_THE_URL + b"&id=300&trace=7 " in server.heads[0]
    assert b"X-Trace: 7" in server.heads[0]


def test_a_client_that_follows_redirects(custom: CustomClient) -> None:
    """A client told to follow redirects follows none of the SDK's, which would take the key along."""
    with Server(DONE) as elsewhere, Server(response(status=307, headers=[f"Location: {elsewhere.url}"])) as server:
        error = custom.run(server.url, follow_redirects=True)

    assert isinstance(error, UnexpectedResponseError)
    assert error.status_code == 307
    assert elsewhere.connections == 0
    assert len(server.requests) == 1


class Login(httpx.Auth):
    """Fetches a token before the request, by the same client, and again if the first is refused."""

    requires_response_body = True

    def __init__(self, url: str) -> None:
        self.url = url

    def auth_flow(self, request: httpx.Request) -> Any:
        token = yield httpx.Request("POST", f"{self.url}/token")
        request.headers["Authorization"] = f"Bearer {token.json()['token']}"
        yield request


@pytest.mark.parametrize("strict", [False, True], ids=["", "with a hook that raises for status"])
def test_auth_flows(strict: bool, custom: CustomClient, server: Server) -> None:
    """Its auth works: the token's request goes out without the key, the SDK's with both."""
    server.set_script(response('{"token": "t0ken"}'), DONE)
    hooks = [custom.hook(lambda response: response.raise_for_status())] if strict else []
    deletion = custom.run(server.url, auth=Login(server.url), event_hooks={"response": hooks})

    assert isinstance(deletion, Deletion)
    token, call = server.heads
    assert token.startswith(b"POST /token ")
    assert not holds(token, KEY)
    assert b"Authorization: Bearer t0ken" in call
    assert IN_THE_URL in call


def test_an_auth_flow_that_fails(custom: CustomClient, server: Server) -> None:
    """A token that is refused, under a hook that raises for its status, ends in an error that says so."""
    server.set_script(response("no", 401))
    hooks = {"response": [custom.hook(lambda response: response.raise_for_status())]}
    error = custom.run(server.url, auth=Login(server.url), event_hooks=hooks)

    assert not isinstance(error, (KeyError, AttributeError))
    assert "401" in str(error)
    assert leaks(error, KEY) == []


def test_default_headers_and_parameters(custom: CustomClient, server: Server) -> None:
    """Its default headers go along; its own address and parameters do not displace what the SDK asks for."""
    options: dict[str, Any] = {
        "headers": {"X-Team": "crm", "User-Agent": "mine", "Accept-Encoding": "gzip", "Accept": "text/html"},
        "params": {"team": "crm", "id": "5"},
        "base_url": "https://www.example.com/api",
    }
    assert isinstance(custom.run(server.url, **options), Deletion)

    head = server.heads[0]
    asked_for = parse_qs(head.split(b" ")[1].decode("ascii").partition("?")[2])
    assert (asked_for["apiKey"], asked_for["id"]) == ([KEY], ["300"])
    for part in (b"X-Team: crm", b"Accept-Encoding: identity", b"Accept: application/json"):
        assert part in head
    assert b"User-Agent: mailpartner-python/" in head
    assert head.count(b"Accept-Encoding") == head.count(b"User-Agent") == head.lower().count(b"\r\nhost:") == 1


def test_a_content_type_that_is_not_ascii(custom: CustomClient, server: Server) -> None:
    """An answer with any Content-Type is read, as it is on the SDK's own connections."""
    server.set_script(response('{"success": true, "code": 200}', content_type="application/json; für=alle".encode()))

    assert isinstance(custom.run(server.url), Deletion)


def test_a_closed_client(custom: CustomClient) -> None:
    """A call through a client that its owner has closed says that, and whose it is."""
    if custom.is_async:
        own = httpx.AsyncClient()
        asyncio.run(own.aclose())
        mp = AsyncMailPartner(KEY, http_client=own)
        error = refused(lambda: asyncio.run(mp.unsubscribes.delete(300)))
    else:
        closed = httpx.Client()
        closed.close()
        error = refused(lambda: MailPartner(KEY, http_client=closed).unsubscribes.delete(300))

    assert isinstance(error, RuntimeError)
    assert "http_client" in str(error)
    assert "closed" in str(error)


@pytest.mark.parametrize("client", [MailPartner, AsyncMailPartner])
def test_the_wrong_kind(client: Any) -> None:
    """What is no httpx client, or the other of the two kinds, is a TypeError that names the right one."""
    right = "httpx.AsyncClient" if client is AsyncMailPartner else "httpx.Client"
    with httpx.Client() as sync:
        other = sync if client is AsyncMailPartner else httpx.AsyncClient()
        for wrong in (other, object(), httpx.HTTPTransport(), httpx.Client, "client", httpx, 0, False):
            with pytest.raises(TypeError, match=f"must be an {right}, not"):
                client(KEY, http_client=wrong)
        if not isinstance(other, httpx.Client):
            asyncio.run(other.aclose())


def test_no_connection(custom: CustomClient) -> None:
    """That nothing was sent is known of httpx's own transports."""
    error = custom.run(f"http://127.0.0.1:{closed_port()}")

    assert isinstance(error, APIConnectionError)
    assert not error.maybe_applied
    assert leaks(error, KEY) == []


def test_a_client_of_another_library_is_named_with_the_reason() -> None:
    """httpx2.Client is not httpx.Client: the error says whose class was given, and why it cannot be used."""
    foreign = type("Client", (), {"__module__": "httpx2"})()
    with pytest.raises(TypeError, match=r"not httpx2\.Client\. The key is added below httpx's own transports"):
        MailPartner(KEY, http_client=foreign)
