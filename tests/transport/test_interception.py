"""Tools that guard users' tests, and tools that trace calls, see the SDK's requests with their ids, and no key."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest
import respx
import vcr  # type: ignore[import-untyped]
from kit.leaks import holds
from kit.proxy import Proxy
from kit.responses import DONE
from kit.server import Server
from kit.tls import Certificates
from pytest_httpx import HTTPXMock
from vcr.errors import CannotOverwriteExistingCassetteException  # type: ignore[import-untyped]

from mailpartner import APIConnectionError, APITimeoutError, Deletion

from .conftest import KEY, ClientKind, delete

BASE = "https://api.mailpartner.fr"
REPLY = {"success": True, "code": 200}
SHOWN = {"apiKey": "hidden", "id": "300"}


def shows_no_key(request: httpx.Request) -> bool:
    """Whether nothing of a request shows the key."""
    return not holds(f"{request.url} {vars(request)} {request.headers.raw} {request.extensions}", KEY)


def test_pytest_httpx(own: ClientKind, httpx_mock: HTTPXMock) -> None:
    """pytest-httpx answers for the server, and sees all of the URL but the key."""
    httpx_mock.add_response(url=f"{BASE}/v1/unsubscribe/delete?apiKey=hidden&id=300", json=REPLY)
    assert isinstance(own.outcome(BASE), Deletion)
    (request,) = httpx_mock.get_requests()
    assert dict(request.url.params) == SHOWN
    assert shows_no_key(request)


@pytest.mark.httpx_mock(assert_all_requests_were_expected=False)
def test_pytest_httpx_lets_nothing_through(own: ClientKind, httpx_mock: HTTPXMock) -> None:
    """A request that a test guarded by pytest-httpx does not expect reaches no server."""
    with Server(DONE) as server:
        assert isinstance(own.outcome(server.url), APITimeoutError)
    assert server.connections == 0


def test_an_exception_of_a_mock(own: ClientKind, httpx_mock: HTTPXMock) -> None:
    """A timeout that a mock scripts leaves a doubt, as a real one does, although nothing went over the network."""
    httpx_mock.add_exception(httpx.ReadTimeout("scripted"))
    httpx_mock.add_exception(httpx.ConnectError("scripted"))
    lost, never_sent = own.outcomes(BASE, delete, delete)
    assert isinstance(lost, APITimeoutError)
    assert isinstance(never_sent, APIConnectionError)
    assert (lost.maybe_applied, never_sent.maybe_applied) == (True, False)


def test_respx(own: ClientKind) -> None:
    """respx answers for the server, sees all of the URL but the key, and lets nothing else through."""
    with Server(DONE) as server, respx.mock(using="httpcore") as router:
        route = router.post(f"{server.url}/v1/unsubscribe/delete", params__contains={"id": "300"}).respond(json=REPLY)
        done, refused = own.outcomes(server.url, delete, lambda mp: mp.unsubscribes.delete(301))
        assert isinstance(done, Deletion)
        assert isinstance(refused, AssertionError)
        request = route.calls.last.request
        assert dict(request.url.params) == SHOWN
        assert shows_no_key(request)
    assert server.connections == 0


def test_respx_behind_a_proxy(own: ClientKind, certificates: Certificates) -> None:
    """respx lets nothing through a proxy, either."""
    with Server(DONE, tls=certificates.server) as server, Proxy(server) as proxy, respx.mock(using="httpcore"):
        assert isinstance(own.outcome(BASE, proxy=proxy.url), AssertionError)
    assert (proxy.connections, server.connections) == (0, 0)


def test_vcr(own: ClientKind, tmp_path: Path) -> None:
    """vcrpy records a call without the key, answers for the server from then on, and confuses no two ids."""
    if own.name == "trio":
        pytest.skip("vcrpy does not say that it works there")
    cassette = tmp_path / "cassette.yaml"
    with Server(DONE) as server:
        with vcr.use_cassette(str(cassette)):
            assert isinstance(own.outcome(server.url), Deletion)
        with vcr.use_cassette(str(cassette)) as played:
            done, refused = own.outcomes(server.url, delete, lambda mp: mp.unsubscribes.delete(301))
            assert isinstance(done, Deletion)
            assert isinstance(refused, CannotOverwriteExistingCassetteException)
            assert played.play_count == 1
    assert server.connections == 1
    assert "apiKey=hidden&id=300" in cassette.read_text()
    assert not holds(cassette.read_text(), KEY)


@pytest.fixture
def rebuilding(monkeypatch: pytest.MonkeyPatch) -> None:
    """An instrumentation of httpx's transports that sends copies of requests, with copies of their extensions."""

    def rebuilt(request: httpx.Request) -> httpx.Request:
        return httpx.Request(
            request.method,
            request.url,
            headers=request.headers,
            stream=request.stream,
            extensions=dict(request.extensions),
        )

    handle, handle_async = httpx.HTTPTransport.handle_request, httpx.AsyncHTTPTransport.handle_async_request

    def handle_copy(transport: httpx.HTTPTransport, request: httpx.Request) -> httpx.Response:
        return handle(transport, rebuilt(request))

    async def handle_copy_async(transport: httpx.AsyncHTTPTransport, request: httpx.Request) -> httpx.Response:
        return await handle_async(transport, rebuilt(request))

    monkeypatch.setattr(httpx.HTTPTransport, "handle_request", handle_copy)
    monkeypatch.setattr(httpx.AsyncHTTPTransport, "handle_async_request", handle_copy_async)


@pytest.mark.usefixtures("rebuilding")
def test_a_hook_that_copies_extensions_behind_a_proxy(caller: ClientKind, certificates: Certificates) -> None:
    """An instrumentation that rebuilds requests brings neither key nor path to the proxy."""
    with Server(DONE, tls=certificates.server) as server, Proxy(server) as proxy:
        assert isinstance(caller.outcome(BASE, proxy=proxy.url), Deletion)
    assert [tunnel.split(b"\r\n")[0] for tunnel in proxy.tunnels] == [b"CONNECT api.mailpartner.fr:443 HTTP/1.1"]
    assert not holds(proxy.heard, KEY)
    assert b"apiKey=account-Pl4nted%2FKey" in server.heads[0]
    assert b"hidden" not in server.heads[0]


def test_a_request_without_a_place_for_the_key(own: ClientKind, monkeypatch: pytest.MonkeyPatch) -> None:
    """An instrumentation that takes the placeholder out of requests is told, and nothing is sent."""
    handle, handle_async = httpx.HTTPTransport.handle_request, httpx.AsyncHTTPTransport.handle_async_request

    def cut(request: httpx.Request) -> httpx.Request:
        request.url = request.url.copy_remove_param("apiKey")
        return request

    monkeypatch.setattr(httpx.HTTPTransport, "handle_request", lambda self, request: handle(self, cut(request)))
    monkeypatch.setattr(
        httpx.AsyncHTTPTransport, "handle_async_request", lambda self, request: handle_async(self, cut(request))
    )
    with Server(DONE) as server:
        error = own.outcome(server.url)
    assert isinstance(error, RuntimeError)
    assert "no place" in str(error)
    assert server.requests == []
