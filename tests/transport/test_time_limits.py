"""Every step of a call ends at its deadline: looking up, connecting to each address, TLS, writing and reading."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from kit import proxy as proxies
from kit.callers import half_read_on_trio
from kit.operations import LONG, add_operation
from kit.proxy import Proxy
from kit.responses import DONE
from kit.server import Exchange, Server
from kit.steps import hold
from kit.tls import Certificates

from mailpartner import APITimeoutError, Deletion

from .conftest import ClientKind, delete

DEAD = "192.0.2.1"
SLACK = 2.0
"""Seconds that a busy machine may take for what should take none."""


def timed(call: Callable[[], Any]) -> tuple[Any, float]:
    """Return what came of a call, and how long it took."""
    start = time.monotonic()
    return call(), time.monotonic() - start


@pytest.fixture
def full_port() -> Iterator[int]:
    """A port whose queue is full: connections to it are neither accepted nor refused."""
    with proxies.full_port() as port:
        yield port


def resolved(monkeypatch: pytest.MonkeyPatch, name: str, *addresses: tuple[str, int]) -> None:
    """Have a name stand for these addresses."""
    known = socket.getaddrinfo

    def look_up(host: Any, *arguments: Any, **options: Any) -> Any:
        if host not in (name, name.encode()):
            return known(host, *arguments, **options)
        if options.get("flags"):
            raise socket.gaierror(socket.EAI_NONAME, "not a number")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", address) for address in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)


def test_eight_dead_addresses(own: ClientKind, full_port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The timeout of connecting is shared among the addresses of a host."""
    resolved(monkeypatch, "localhost", *[("127.0.0.1", full_port)] * 8)
    error, took = timed(lambda: own.outcome(f"http://localhost:{full_port}", timeout=0.5, deadline=3))
    assert isinstance(error, APITimeoutError)
    assert not error.maybe_applied
    assert 0.5 <= took < 0.5 + SLACK


def test_a_dead_address_before_a_live_one(own: ClientKind, full_port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second address is tried before the first has timed out, and the last of many is tried in time, too."""
    with Server(DONE) as server:
        for dead in (1, 7):
            resolved(monkeypatch, "localhost", *[("127.0.0.1", full_port)] * dead, ("127.0.0.1", server.port))
            done, took = timed(lambda: own.outcome(f"http://localhost:{server.port}", timeout=4, deadline=5))
            assert isinstance(done, Deletion)
            assert took < 4
    assert len(server.requests) == 2


def test_a_refusing_address_before_a_live_one(own: ClientKind, monkeypatch: pytest.MonkeyPatch) -> None:
    """An address that refuses is followed by the next at once."""
    with socket.socket() as closed, Server(DONE) as server:
        closed.bind(("127.0.0.1", 0))
        resolved(monkeypatch, "localhost", closed.getsockname(), ("127.0.0.1", server.port))
        assert isinstance(own.outcome(f"http://localhost:{server.port}"), Deletion)


def test_a_look_up_that_never_ends(own: ClientKind, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that is looked up for ever costs a call its timeout, and the program can end."""
    known, release = socket.getaddrinfo, threading.Event()

    def look_up(host: Any, *arguments: Any, **options: Any) -> Any:
        if options.get("flags"):
            raise socket.gaierror(socket.EAI_NONAME, "not a number")
        release.wait(20)
        return known(host, *arguments, **options)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    error, took = timed(lambda: own.outcome("http://localhost:9", timeout=0.3))
    release.set()
    assert isinstance(error, APITimeoutError)
    assert not error.maybe_applied
    assert 0.3 <= took < 0.3 + SLACK


def slowly(exchange: Exchange) -> None:
    """Read a little now and then, so that no single write takes long."""
    while exchange.socket.recv(65536):
        time.sleep(0.02)


@half_read_on_trio
@pytest.mark.parametrize(
    "read", [slowly, lambda exchange: exchange.server.stopping.wait(5)], ids=["slowly", "not at all"]
)
def test_a_long_body_ends_at_the_deadline(
    caller: ClientKind, read: Callable[[Exchange], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that reads a long body slowly, or not at all, is left at the deadline, in doubt."""
    operation = add_operation(monkeypatch)
    with Server(read, receive_buffer=8192) as server:
        error, took = timed(
            lambda: caller.outcome(
                server.url, lambda mp: mp.call(operation, email=str(LONG) * 4), timeout=30, deadline=0.5
            )
        )
    assert isinstance(error, APITimeoutError)
    assert 0.5 <= took < 0.5 + SLACK


def test_a_long_body_may_take_longer_than_a_step(own: ClientKind, monkeypatch: pytest.MonkeyPatch) -> None:
    """The timeout is that of each piece of a body: one that is read steadily is sent whole, however long that takes."""
    operation = add_operation(monkeypatch)
    start = time.monotonic()

    def in_portions(exchange: Exchange) -> None:
        for _ in range(4):
            time.sleep(0.5)
            left = len(LONG) - 50_000  # some of it came with the head
            while left > 0:
                left -= len(exchange.socket.recv(min(left, 1 << 20)))
        exchange.send(DONE)

    with Server(in_portions) as server:
        done = own.outcome(server.url, lambda mp: mp.call(operation, email=str(LONG) * 4), timeout=1.2, deadline=30)
    assert not isinstance(done, BaseException)
    assert time.monotonic() - start > 1.2


def test_a_handshake_that_never_ends(own: ClientKind) -> None:
    """A server that never speaks TLS is left at the deadline, and nothing was sent."""
    with Server(hold) as server:
        error, took = timed(lambda: own.outcome(f"https://127.0.0.1:{server.port}", timeout=9, deadline=0.3))
    assert isinstance(error, APITimeoutError)
    assert not error.maybe_applied
    assert took < 0.3 + SLACK


def test_an_https_proxy(own: ClientKind, certificates: Certificates) -> None:
    """TLS to a proxy, and to the API through it, is one connection, which the next call uses again."""
    with Server(DONE, tls=certificates.server) as server, Proxy(server, tls=certificates.server) as proxy:
        outcomes = own.outcomes("https://api.mailpartner.fr", delete, delete, proxy=proxy.url)
    assert [type(outcome) for outcome in outcomes] == [Deletion, Deletion]
    assert (len(proxy.tunnels), len(server.requests)) == (1, 2)
