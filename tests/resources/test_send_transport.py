"""How a message goes out: what counts as sent, on which connection, within which time and memory."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from kit.callers import Callers
from kit.internals import distrust_kept_connections
from kit.responses import response
from kit.server import PATIENCE, Exchange, Server

from mailpartner import APIConnectionError, APITimeoutError, Attachment, SentMessage

DONE = response('{"success": true, "code": 200, "messageId": "7"}')
LISTED = response('{"success": true, "code": 200, "data": []}')
LONG = [Attachment.from_bytes(bytes(4_000_000), filename="a.pdf")]
"""More than the buffers of a connection take."""
KINDS = ("sync", "async", "sync-custom", "asyncio-custom")
MEASURE = Path(__file__).with_name("measure_send_memory.py")


def send(mp: Any, attachments: list[Attachment] = LONG, **options: Any) -> Any:
    return mp.messages.send(subject="a", html="b", to="ann@example.com", attachments=attachments, **options)


def reset_unread(exchange: Exchange) -> None:
    """Break the connection when the head of a request is there, and not all of its body."""
    exchange.reset()


@pytest.mark.parametrize("client_kind", KINDS)
def test_a_body_that_is_not_taken(connect: Callers, client_kind: str) -> None:
    """A message whose last byte did not leave was not sent: it is sent again, and nothing is left in doubt."""
    with Server(reset_unread, receive_buffer=4096) as server:
        error = connect(server.url, client_kind, max_retries=1).outcome(send)
    assert type(error) is APIConnectionError
    assert (error.maybe_applied, error.attempts) == (False, 2)
    assert "Nothing was done" in str(error)


@pytest.mark.parametrize("client_kind", KINDS)
def test_a_body_that_is_taken_at_the_second_attempt(connect: Callers, client_kind: str) -> None:
    """After an attempt that broke within the body the message goes out once."""
    with Server(reset_unread, DONE, receive_buffer=4096) as server:
        done = connect(server.url, client_kind).outcome(send)
    assert isinstance(done, SentMessage)
    assert done.attempts == 2


@pytest.mark.parametrize("client_kind", KINDS)
def test_a_body_that_takes_too_long(connect: Callers, client_kind: str) -> None:
    """The deadline holds while the body is written, and what was not written to its end was not sent."""
    given_up = threading.Event()
    with Server(lambda exchange: given_up.wait(PATIENCE), receive_buffer=4096) as server:
        caller = connect(server.url, client_kind, deadline=0.4, max_retries=0)
        started = time.monotonic()
        error = caller.outcome(send)
        elapsed = time.monotonic() - started
        given_up.set()
    assert type(error) is APITimeoutError
    assert not error.maybe_applied
    assert elapsed < 2


@pytest.mark.parametrize("client_kind", KINDS)
def test_a_body_that_is_taken_and_not_answered(connect: Callers, client_kind: str) -> None:
    """Once all of it has left, a lost answer is a doubt."""

    def read_and_reset(exchange: Exchange) -> None:
        exchange.read_body()
        exchange.reset()

    with Server(read_and_reset) as server:
        error = connect(server.url, client_kind, max_retries=5).outcome(send)
    assert (type(error), error.maybe_applied, error.attempts) == (APIConnectionError, True, 1)


@pytest.mark.parametrize("client_kind", ["sync", "async"])
def test_a_connection_that_may_be_dead(
    server: Server, connect: Callers, client_kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What must not be repeated takes no connection that was unused for a while; other calls do."""
    server.then(LISTED, DONE, LISTED, DONE, DONE, LISTED)
    caller = connect(server.url, client_kind)
    caller.unsubscribes.list()
    caller.outcome(lambda mp: send(mp, []))
    distrust_kept_connections(monkeypatch)
    caller.unsubscribes.list()
    for _ in range(2):
        assert isinstance(caller.outcome(lambda mp: send(mp, [])), SentMessage)
    caller.unsubscribes.list()
    assert [request.connection for request in server.requests] == [1, 1, 1, 2, 3, 3]


@pytest.mark.parametrize("client_kind", KINDS)
def test_the_memory_of_a_message(client_kind: str, tmp_path: Path) -> None:
    """Three attachments of 5 MB, read from files, take at most three times the body."""
    file = tmp_path / "a.pdf"
    file.write_bytes(bytes(5_000_000))
    with Server() as server:
        server.always = DONE
        command = [sys.executable, str(MEASURE), client_kind, server.url, str(file)]
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    assert float(done.stdout) <= 3
