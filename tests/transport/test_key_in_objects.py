"""While a call is under way, no object of httpx, httpcore or h11 leads to the key."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from kit.leaks import chain, holds, spellings
from kit.logs import Log
from kit.operations import add_operation
from kit.responses import DONE, response
from kit.server import Exchange, Server
from kit.steps import hang_up, partly
from kit.tls import Certificates

from mailpartner import APIConnectionError, Deletion

from .conftest import KEY, ClientKind, delete

LIBRARIES = {"httpx", "httpcore", "h11"}


def is_of_a_library(item: object) -> bool:
    """Return whether the object is one of httpx's, httpcore's or h11's."""
    return str(getattr(type(item), "__module__", "")).partition(".")[0] in LIBRARIES


def texts_of(item: object, depth: int = 4) -> Iterator[object]:
    """Yield the texts that an object of these libraries holds, directly or in containers and objects of theirs."""
    if isinstance(item, (str, bytes, bytearray)):
        yield item
    elif depth and (isinstance(item, (dict, list, tuple, set)) or is_of_a_library(item)):
        for inner in gc.get_referents(item):
            if not isinstance(inner, type):
                yield from texts_of(inner, depth - 1)


def leaks() -> tuple[int, list[str]]:
    """Return how many objects of the libraries there are, and the types of those that lead to the key."""
    items = [item for item in gc.get_objects() if is_of_a_library(item)]
    return len(items), [type(item).__name__ for item in items if any(holds(text, KEY) for text in texts_of(item))]


@pytest.mark.parametrize("place", ["query", "body"])
def test_a_call_under_way(
    own: ClientKind, place: str, certificates: Certificates, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the server has the request, with the key, and has not answered, no object on the way to it has the key."""
    seen: list[tuple[int, list[str]]] = []
    operation = add_operation(monkeypatch)

    def look(exchange: Exchange) -> None:
        if place == "body":
            assert KEY.encode() in exchange.read_body()
        seen.append(leaks())
        exchange.send(DONE)

    act = delete if place == "query" else lambda mp: mp.call(operation, email="a@example.com")
    with Server(look, look, tls=certificates.server) as server:
        outcomes = own.outcomes(server.url, act, act)
    assert not any(isinstance(outcome, BaseException) for outcome in outcomes)
    assert all(count > 10 for count, _ in seen)
    assert [found for _, found in seen] == [[], []]
    assert b"hidden" not in server.heads[0] + server.heads[1]


ECHO = spellings(KEY)["percent-encoded"]
ECHOES = {
    "garbage after 100 Continue": b"HTTP/1.1 100 Continue\r\n\r\nGET /?apiKey=" + ECHO + b"\r\n\r\n",
    "header after two interim responses": b"HTTP/1.1 102 X\r\n\r\n" * 2 + b"HTTP/1.1 200 OK\r\n" + ECHO + b"\r\n\r\n",
    "reason phrase": b"HTTP/1.1 200 " + ECHO + b"\r\nContent-Length: 99\r\n\r\n{",
    "interim header": b"HTTP/1.1 103 X\r\nLink: " + ECHO + b"\r\n\r\n",
    "chunk header": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + ECHO + b"\r\n",
    "chunk extension": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;" + ECHO + b"\r\n",
    "trailer": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n" + ECHO + b"\r\n\r\n",
    "folded header": b"HTTP/1.1 200 OK\r\nX: a\r\n " + ECHO + b"\x00\r\n\r\n",
}


def watched(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return what an instrumentation of httpx's transports is told of a response, or of the error in its place."""
    seen: list[str] = []

    def told(what: Any) -> None:
        parts = [what, *chain(what)] if isinstance(what, BaseException) else [what.headers.raw, what.extensions]
        seen.append(" ".join(f"{part} {part!r}" for part in parts))

    handle, handle_async = httpx.HTTPTransport.handle_request, httpx.AsyncHTTPTransport.handle_async_request

    def watching(transport: httpx.HTTPTransport, request: httpx.Request) -> httpx.Response:
        try:
            response = handle(transport, request)
        except Exception as error:
            told(error)
            raise
        told(response)
        return response

    async def watching_async(transport: httpx.AsyncHTTPTransport, request: httpx.Request) -> httpx.Response:
        try:
            response = await handle_async(transport, request)
        except Exception as error:
            told(error)
            raise
        told(response)
        return response

    monkeypatch.setattr(httpx.HTTPTransport, "handle_request", watching)
    monkeypatch.setattr(httpx.AsyncHTTPTransport, "handle_async_request", watching_async)
    return seen


@pytest.mark.parametrize("pieces", [1, 2, 40])
@pytest.mark.parametrize("echo", ECHOES)
def test_an_echo_where_h11_quotes(
    own: ClientKind, echo: str, pieces: int, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a server echoes in a head, an interim one or a chunk is masked, however it is split over segments."""
    data = ECHOES[echo]
    size = -(-len(data) // pieces)

    def in_pieces(exchange: Exchange) -> None:
        for start in range(0, len(data), size):
            exchange.send(data[start : start + size])
        hang_up(exchange)

    seen = watched(monkeypatch)
    with Server(in_pieces) as server:
        error = own.outcome(server.url)
    assert isinstance(error, APIConnectionError)
    assert not holds(str(error), KEY)
    assert len(seen) == 1
    assert not holds(seen, KEY)
    assert log.leaks(KEY) == []
    assert "httpcore.http11" in log.loggers


def test_a_key_split_over_segments_is_not_taken_from_a_body(own: ClientKind) -> None:
    """Masking ends with the head: a body comes through to the byte, and the key in it is hidden where it is shown."""
    body = b'{"success": false, "code": 9, "message": "for ' + KEY.encode() + b'"}'
    with Server(partly(response(body)[:-30], lambda exchange: exchange.send(body[-30:]))) as server:
        error = own.outcome(server.url)
    assert error.code == 9
    assert error.message == "for [key hidden]"


def test_a_long_body_with_the_key(own: ClientKind, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a body of many pieces, too, the key stands in its place, and the text is as it was given."""
    operation = add_operation(monkeypatch)
    text = "hidden" * 50_000
    with Server(DONE) as server:
        result: Any = own.outcome(server.url, lambda mp: mp.call(operation, email=text))
    assert not isinstance(result, (BaseException, Deletion))
    assert server.requests[0].body == b'{"apiKey":"' + KEY.encode() + b'","email":"' + text.encode() + b'"}'
