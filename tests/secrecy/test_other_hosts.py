"""The key reaches one host: no proxy on the way reads it, and nobody that a server points to is sent it."""

from __future__ import annotations

import contextlib
from typing import Any

import httpx
import pytest
from kit.leaks import AWKWARD, holds, leaks
from kit.logs import Log
from kit.operations import add_operation
from kit.proxy import Proxy
from kit.responses import DONE, response
from kit.server import Server, Step
from kit.steps import hang_up, hold, partly, reset
from kit.tls import Certificates

from mailpartner import APIConnectionError, Deletion, MailPartner, MailPartnerError, UnexpectedResponseError
from secrecy.ways import Way

BASE = "https://api.mailpartner.fr"
IN_THE_URL = b"apiKey=account-Pl4nted"


def delete(mp: Any) -> Any:
    return mp.unsubscribes.delete(300)


def test_a_tunnel(way: Way, key: str, certificates: Certificates, log: Log) -> None:
    """A proxy reads the host's name and port, and TLS; the key is in what the host reads."""
    with Server(DONE, tls=certificates.server) as server, Proxy(server) as proxy:
        deletion = way.outcome(key, BASE, delete, proxy=proxy.url)

    assert isinstance(deletion, Deletion)
    assert [head.split(b"\r\n")[0] for head in proxy.tunnels] == [b"CONNECT api.mailpartner.fr:443 HTTP/1.1"]
    assert not holds(proxy.heard, key)
    assert IN_THE_URL in server.heads[0]
    assert log.leaks(key) == []


def test_a_tunnel_for_each_attempt(way: Way, key: str, certificates: Certificates) -> None:
    """Nor does it read the key when a broken tunnel is opened anew."""
    again = response(status=503, headers=["Retry-After: 0.001", "Connection: close"])
    steps = [partly(again, hang_up), partly(again, hang_up), DONE]
    with Server(*steps, tls=certificates.server) as server, Proxy(server) as proxy:
        deletion = way.outcome(key, BASE, delete, proxy=proxy.url, max_retries=2)

    assert isinstance(deletion, Deletion)
    assert len(proxy.tunnels) == 3
    assert not holds(proxy.heard, key)
    assert [IN_THE_URL in request for request in server.heads] == [True] * 3


def test_a_key_in_a_body(way: Way, key: str, certificates: Certificates, monkeypatch: pytest.MonkeyPatch) -> None:
    """A key that travels in the body goes through the tunnel as well."""
    operation = add_operation(monkeypatch)
    with Server(DONE, tls=certificates.server) as server, Proxy(server) as proxy:
        way.outcome(key, BASE, lambda mp: mp.call(operation, email="a@example.com"), proxy=proxy.url)

    assert not holds(proxy.heard, key)
    assert key.encode() in server.requests[0].body


@pytest.mark.parametrize(
    "step", [hang_up, reset, hold, response("<html>", 502, "text/html")], ids=["closed", "reset", "silence", "page"]
)
def test_failures_behind_a_proxy(step: Step, way: Way, certificates: Certificates, log: Log) -> None:
    """What goes wrong behind a proxy shows nothing, neither to it nor to anybody else."""
    with Server(step, tls=certificates.server) as server, Proxy(server) as proxy:
        error = way.error(AWKWARD, BASE, proxy=proxy.url, timeout=0.3)

    assert isinstance(error, MailPartnerError)
    assert leaks(error, AWKWARD) == []
    assert log.leaks(AWKWARD) == []
    assert not holds(proxy.heard, AWKWARD)


REFUSALS = {
    "407": response("who are you?", 407, headers=["Proxy-Authenticate: Basic"]),
    "502": response("<html>no such host</html>", 502, "text/html"),
    "garbage": b"SSH-2.0\r\n\r\n",
}


@pytest.mark.parametrize("refusal", REFUSALS)
def test_a_proxy_that_refuses(refusal: str, way: Way, log: Log) -> None:
    """A proxy that opens no tunnel is told nothing."""
    with Proxy(refusal=REFUSALS[refusal]) as proxy:
        error = way.error(AWKWARD, BASE, proxy=proxy.url)

    assert isinstance(error, APIConnectionError)
    assert leaks(error, AWKWARD) == []
    assert log.leaks(AWKWARD) == []
    assert not holds(proxy.heard, AWKWARD)


class Copying(httpx.HTTPTransport):
    """A transport of the caller's that sends copies of the requests it gets, as some that add headers do."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        copy = httpx.Request(
            request.method, request.url, headers=request.headers, stream=request.stream, extensions=request.extensions
        )
        return super().handle_request(copy)


class Repeating(httpx.HTTPTransport):
    """A transport of the caller's that sends each request once more."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        super().handle_request(request).close()
        return super().handle_request(request)


@pytest.mark.parametrize("transport", [Copying, Repeating])
def test_a_transport_made_of_the_usual_one(
    transport: type[httpx.HTTPTransport], key: str, certificates: Certificates
) -> None:
    """A subclass of httpx's transport, whatever it does with its requests, tells the proxy nothing either."""
    with Server(DONE, tls=certificates.server) as server, Proxy(server) as proxy:
        own = httpx.Client(transport=transport(verify=certificates.client, proxy=proxy.url))
        with own, MailPartner(key, base_url=BASE, http_client=own) as mp:
            mp.unsubscribes.delete(300)

    assert not holds(proxy.heard, key)
    assert all(IN_THE_URL in request for request in server.heads)


@pytest.mark.parametrize("from_environment", [False, True], ids=["given", "environment"])
def test_plain_http_past_the_callers_proxy(from_environment: bool, key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A request to a loopback address, in plain http, does not go through the proxy of the caller's client."""
    with Server(DONE) as server, Proxy() as proxy:
        if from_environment:
            monkeypatch.setenv("HTTP_PROXY", proxy.url)
        with (
            httpx.Client(proxy=None if from_environment else proxy.url) as own,
            MailPartner(key, base_url=server.url, http_client=own, max_retries=0) as mp,
            contextlib.suppress(MailPartnerError, ValueError),  # to refuse is as good as to go past it
        ):
            mp.unsubscribes.delete(300)

    assert not holds(proxy.heard, key)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_elsewhere(status: int, way: Way, key: str) -> None:
    """Nobody connects to the host that a redirect names, and its address is shown without its query."""
    with Server(DONE) as elsewhere:
        target = f"{elsewhere.url}/v1/unsubscribe/delete?apiKey={key}"
        with Server(response(status=status, headers=[f"Location: {target}"])) as server:
            error = way.error(key, server.url)

    assert isinstance(error, UnexpectedResponseError)
    assert error.status_code == status
    assert f"{elsewhere.url}/v1/unsubscribe/delete." in str(error)
    assert elsewhere.connections == 0
    assert len(server.requests) == 1
    assert leaks(error, key) == []


def test_a_redirect_to_the_same_host(way: Way, key: str) -> None:
    """Nor is one followed that stays with the same host."""
    with Server(response(status=307, headers=["Location: /v2/unsubscribe/delete"])) as server:
        error = way.error(key, server.url)

    assert isinstance(error, UnexpectedResponseError)
    assert len(server.requests) == 1
    assert leaks(error, key) == []


def test_a_cookie_is_not_kept(way: Way, key: str) -> None:
    """What a server would have remembered, such as the key in a cookie, is not sent to it again."""
    with Server(response(status=405, headers=[f"Set-Cookie: for={key.replace('=', '')}; path=/"]), DONE) as server:
        deletion = way.outcome(key, server.url, delete)

    assert isinstance(deletion, Deletion)
    assert [b"cookie" in request.lower() for request in server.heads] == [False, False]
