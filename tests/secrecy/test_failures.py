"""Whatever goes wrong with a call, nothing that anybody could see of it shows the key."""

from __future__ import annotations

import json
import socket
import threading
from typing import Any

import pytest
from kit.leaks import AWKWARD, PLAIN, leaks
from kit.logs import Log
from kit.operations import LONG, add_operation
from kit.proxy import closed_port, full_port
from kit.responses import DONE, response
from kit.server import PATIENCE, Exchange, Listener, Server, Step
from kit.steps import hang_up, hold, partly, reset
from kit.tls import Certificates

from mailpartner import APIConnectionError, APIError, APITimeoutError, MailPartnerError
from mailpartner.contract import OPERATIONS
from secrecy.ways import Way

HALF_A_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: applic"
HALF_A_BODY = b'HTTP/1.1 200 OK\r\nContent-Length: 30\r\n\r\n{"succ'
HALF_A_CHUNK = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1e\r\n{"
SOON = {"timeout": 0.2}

ANSWERS: dict[str, tuple[list[Step], dict[str, Any]]] = {
    "closed without an answer": ([hang_up], {}),
    "reset": ([reset], {}),
    "silence": ([hold], SOON),
    "half a head": ([partly(HALF_A_HEAD, hang_up)], {}),
    "half a head, then reset": ([partly(HALF_A_HEAD, reset)], {}),
    "half a head, then silence": ([partly(HALF_A_HEAD, hold)], SOON),
    "half a body": ([partly(HALF_A_BODY, hang_up)], {}),
    "half a body, then reset": ([partly(HALF_A_BODY, reset)], {}),
    "half a body, then silence": ([partly(HALF_A_BODY, hold)], SOON),
    "half a chunk": ([partly(HALF_A_CHUNK, hang_up)], {}),
    "past the deadline": ([partly(HALF_A_BODY, hold)], {"deadline": 0.2}),
    "garbage": ([partly(b"\x16\x03\x01 what?\r\n\r\n", hang_up)], {}),
    "a header that is none": ([partly(b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n", hang_up)], {}),
    "an empty answer": ([response()], {}),
    "an HTML page": ([response("<html><h1>502 Bad Gateway</h1></html>", 502, "text/html")], {}),
    "too large": ([response(b" " * (1 << 20) + b"  ")], {}),
    "compressed": ([response(b"\x1f\x8b", headers=["Content-Encoding: gzip"])], {}),
    "405 twice": ([response(status=405)], {}),
    "405, then reset": ([response(status=405), reset], {}),
    "a contradiction": ([response('{"success": true, "code": 10}')], {}),
    "too many requests": ([response(status=429, headers=["Retry-After: 600"])], {}),
    "a second attempt": ([response(status=503, headers=["Retry-After: 0.001"]), reset], {"max_retries": 1}),
}


@pytest.fixture
def key(way: Way) -> str:
    """One of the two keys for each way: which of them makes no difference here, but both are to be seen."""
    return AWKWARD if way.is_async != way.is_custom else PLAIN


@pytest.mark.parametrize("case", ANSWERS)
def test_what_a_server_answers(case: str, way: Way, key: str, log: Log) -> None:
    """After a bad answer or half of one, no error, frame, log record or pickle shows the key."""
    answers, options = ANSWERS[case]

    with Server(*answers) as server:
        error = way.error(key, server.url, **options)
        server.until(lambda: server.requests)

    assert isinstance(error, MailPartnerError)
    assert leaks(error, key) == []
    assert log.leaks(key) == []
    assert {"mailpartner", "httpcore.http11"} <= log.loggers
    assert b"apiKey=" in server.heard


def test_every_code(way: Way, key: str, log: Log) -> None:
    """A refusal with any code that openapi.yaml lists, or with one that it does not, shows nothing."""
    for code in {*OPERATIONS["POST", "/v1/unsubscribe/delete"].codes, 77} - {200}:
        with Server(response(json.dumps({"success": False, "code": code, "message": "Non"}))) as server:
            error = way.error(key, server.url)
        assert isinstance(error, APIError)
        assert leaks(error, key) == []
    assert log.leaks(key) == []


def test_no_connection(way: Way, key: str, log: Log) -> None:
    """A refused connection and an unknown host show nothing, and say that nothing was sent."""
    for url in (f"http://127.0.0.1:{closed_port()}", "https://nowhere.invalid"):
        error = way.error(key, url)

        assert isinstance(error, APIConnectionError)
        assert not error.maybe_applied
        assert leaks(error, key) == []
    assert log.leaks(key) == []


def test_no_connection_in_time(way: Way, key: str, log: Log) -> None:
    """A host that does not answer the connection attempt, and one that does not answer the TLS hello, show nothing."""
    with full_port() as port:
        url = f"https://127.0.0.1:{port}"
        errors = [way.error(key, url, timeout=0.1)]
    with Server(DONE) as server:
        errors.append(way.error(key, server.url.replace("http:", "https:"), timeout=0.1))

    for error in errors:
        assert isinstance(error, APITimeoutError)
        assert not error.maybe_applied
        assert leaks(error, key) == []
    assert log.leaks(key) == []


def test_no_tls(way: Way, key: str, log: Log) -> None:
    """A certificate that nobody vouches for, one for another host, and no TLS at all show nothing: no request goes."""

    def plain_text(connection: socket.socket, number: int) -> None:
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 400 Plain HTTP request was sent to HTTPS port\r\n\r\n")

    with Server(DONE, tls=Certificates().server) as strange, Listener(plain_text) as plain:
        errors = [way.error(key, strange.url), way.error(key, plain.url.replace("http:", "https:"))]

    assert strange.requests == []
    for error in errors:
        assert isinstance(error, APIConnectionError)
        assert not error.maybe_applied
        assert leaks(error, key) == []
    assert log.leaks(key) == []


@pytest.mark.parametrize("then", [hold, Exchange.reset], ids=["silence", "reset"])
def test_a_request_that_is_not_taken(then: Any, way: Way, key: str, log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that stops reading in the middle of a large request shows nothing: the key is in what was not sent."""
    operation = add_operation(monkeypatch)

    given_up = threading.Event()

    def stop_reading(exchange: Exchange) -> None:
        if then is hold:
            given_up.wait(PATIENCE)
        then(exchange)

    with Server(stop_reading, receive_buffer=4096) as server:
        error = way.error(key, server.url, lambda mp: mp.call(operation, email=LONG), timeout=0.2)
        given_up.set()

    assert isinstance(error, MailPartnerError)
    assert not error.maybe_applied  # the last byte of the body never left
    assert leaks(error, key) == []
    assert log.leaks(key) == []


def test_bad_arguments(way: Way, key: str, log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    """An id, an option or a body that cannot be sent shows nothing."""
    operation = add_operation(monkeypatch)
    with Server(DONE) as server:
        errors = [
            way.error(key, server.url, act)
            for act in (
                lambda mp: mp.unsubscribes.delete("300"),
                lambda mp: mp.unsubscribes.delete(300, format="csv"),
                lambda mp: mp.unsubscribes.delete(300, timeout=-1),
                lambda mp: mp.call(object()),
                lambda mp: mp.call(operation, nobody=1),
                lambda mp: mp.call(operation, email=b"bytes"),
                lambda mp: mp.call(operation, email=float("nan")),
            )
        ]

    for error in errors:
        assert leaks(error, key) == []
    assert log.leaks(key) == []
    assert [type(error) for error in errors if not isinstance(error, (TypeError, ValueError))] == []
    assert server.requests == []
