"""Only what the network stack raises is a lost response; everything else leaves a call at once, as it is."""

from __future__ import annotations

import signal
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from kit.callers import half_read_on_trio
from kit.leaks import leaks
from kit.responses import DONE, response
from kit.server import Exchange, Server
from kit.steps import hang_up, hold
from kit.tls import Certificates

from mailpartner import APIConnectionError, ConfigurationError, Deletion, MailPartner, UnexpectedResponseError
from mailpartner._transport.auth import Placeholder
from mailpartner._transport.credential import ApiKey
from mailpartner._transport.network_backend import Channel, NetworkBackend

from .conftest import KEY, ClientKind, delete


class SoftTimeLimitError(Exception):
    """What a task queue raises in a task that takes too long."""


class OsTimeLimitError(OSError):
    """The same, of a queue that derives it from OSError."""


class TimeLimitError(TimeoutError):
    """The same, of a queue that derives it from TimeoutError."""


RAISED = [SoftTimeLimitError, OsTimeLimitError, TimeLimitError, MemoryError, AssertionError, BlockingIOError]


@pytest.fixture
def raise_on_alarm() -> Iterator[Callable[[type[BaseException]], None]]:
    """Sets what the handler of a signal raises."""
    before = signal.getsignal(signal.SIGUSR1)

    def install(error: type[BaseException]) -> None:
        def handler(number: int, frame: Any) -> None:
            raise error("of the handler's own")

        signal.signal(signal.SIGUSR1, handler)

    yield install
    signal.signal(signal.SIGUSR1, before)


def interrupting(exchange: Exchange) -> None:
    """Send the signal to the thread that waits for an answer, and say nothing."""
    signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGUSR1)
    hold(exchange)


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("error", RAISED)
def test_a_signal_handler_that_raises(
    error: type[Exception],
    scheme: str,
    certificates: Certificates,
    raise_on_alarm: Callable[[type[BaseException]], None],
) -> None:
    """A handler's exception ends the call as it is, without a retry; the connection is closed, the client works on."""
    raise_on_alarm(error)
    with (
        Server(interrupting, DONE, tls=certificates.server if scheme == "https" else None) as server,
        MailPartner(KEY, base_url=server.url, max_retries=2) as mp,
    ):
        with pytest.raises(error, match="of the handler's own") as caught:
            mp.unsubscribes.delete(300)
        assert type(caught.value) is error
        assert leaks(caught.value, KEY) == []
        assert len(server.requests) == 1
        assert isinstance(mp.unsubscribes.delete(301), Deletion)
        assert server.connections == 2


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_signal_handler_that_raises_stop_iteration(
    scheme: str, certificates: Certificates, raise_on_alarm: Callable[[type[BaseException]], None]
) -> None:
    """It is not taken for the end of a step; within a generator Python makes it a RuntimeError."""
    raise_on_alarm(StopIteration)
    with (
        Server(interrupting, DONE, tls=certificates.server if scheme == "https" else None) as server,
        MailPartner(KEY, base_url=server.url, max_retries=2) as mp,
    ):
        with pytest.raises((StopIteration, RuntimeError)):
            mp.unsubscribes.delete(300)
        assert len(server.requests) == 1


class BlockedError(RuntimeError):
    """What a guard raises that allows no sockets."""


@pytest.mark.parametrize("error", [BlockedError, AssertionError, MemoryError])
def test_a_guard_that_allows_no_connections(
    own: ClientKind, error: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a test's guard raises in place of connecting is not taken for an unreachable server."""

    class Guarded(socket.socket):
        def connect(self, address: Any) -> None:
            raise error("no network in tests")

    monkeypatch.setattr("mailpartner._transport.sockets.socket.socket", Guarded)
    came = own.outcome("http://127.0.0.1:9", max_retries=2)
    assert type(came) is error


@pytest.mark.parametrize("coding", ["UTF-8", "none", "binary", "rot13", "identity", "utf-8, none", ""])
def test_a_content_encoding_that_is_none(caller: ClientKind, coding: str) -> None:
    """A plain body is read whose Content-Encoding names a charset, or nothing that compresses."""
    with Server(response('{"success": true, "code": 200}', headers=[f"Content-Encoding: {coding}"])) as server:
        assert isinstance(caller.outcome(server.url), Deletion)


@half_read_on_trio
@pytest.mark.parametrize("coding", ["gzip", "x-gzip", "deflate", "br", "zstd", "compress", "utf-8, GZIP"])
def test_a_compressed_body(caller: ClientKind, coding: str) -> None:
    """A compressed body is refused, and the error has its first bytes."""
    body = b"\x1f\x8b compressed " + b"x" * 100_000
    with Server(response(body, headers=[f"Content-Encoding: {coding}"]), DONE) as server:
        error, done = caller.outcomes(server.url, delete, delete)
    assert isinstance(error, UnexpectedResponseError)
    assert "compressed" in str(error)
    assert error.body is not None
    assert error.body.startswith(b"\x1f\x8b compressed x")
    assert isinstance(done, Deletion)


LOOK_ALIKES = [
    "m\u0430ilpartner",  # Cyrillic a
    "mailp\u0430rtner",
    "ma\u0131lpartner",  # dotless i
    "mailp\u00e0rtner",
    "mailpartne\u0433",
    "\u043c\u0430\u0456l\u0440\u0430rt\u043f\u0435r",
]


@pytest.mark.parametrize("name", LOOK_ALIKES)
@pytest.mark.parametrize("spelled", ["in letters", "in ASCII"])
def test_look_alikes_of_the_vendors_host(name: str, spelled: str) -> None:
    """A host that only looks like the vendor's is refused in both of its spellings."""
    label = name if spelled == "in letters" else "xn--" + name.encode("punycode").decode()
    for url in (f"https://{label}.fr", f"https://API.{label}.FR:8443"):
        with pytest.raises(ConfigurationError, match="Nothing was sent"):
            MailPartner(KEY, base_url=url)


def test_the_look_alike_that_was_tried() -> None:
    """The one that was taken once is refused."""
    with pytest.raises(ConfigurationError, match="looks like"):
        MailPartner(KEY, base_url="https://xn--mailprtner-x8a.fr")


@pytest.fixture
def channel() -> Channel:
    """The channel of a connection over plain HTTP."""
    return Channel(ApiKey(KEY), tls_layers=0)


def test_what_is_known_to_be_sent(channel: Channel) -> None:
    """A channel knows whether a byte of a request left, and whether its last one did."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        channel.start(Placeholder(b"hidden", 2), 10, 1e12, 0.2)
        assert (channel.sent, channel.sent_whole) == (False, False)
        stream = NetworkBackend(channel).connect_tcp(*listener.getsockname())
        assert (channel.sent, channel.sent_whole) == (False, False)
        stream.write(b"a hidden b")
        assert (channel.sent, channel.sent_whole) == (True, False)
        stream.write(b"0123456")
        assert (channel.sent, channel.sent_whole) == (True, False)
        stream.write(b"789")
        assert (channel.sent, channel.sent_whole) == (True, True)
        accepted, _ = listener.accept()
        with accepted:
            assert accepted.recv(100) == b"a account-Pl4nted%2FKey%2B%26%3D1 b0123456789"
        channel.start(Placeholder(b"hidden", 0), 0, 1e12, 0.2)
        assert (channel.sent, channel.sent_whole) == (False, False)
        channel.close()


def test_a_body_whose_last_byte_did_not_leave(channel: Channel) -> None:
    """Of a body that a server does not read, the last byte has not left."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        size = 50_000_000
        channel.start(Placeholder(b"hidden", 0), size, 1e12, 0.1)
        stream = NetworkBackend(channel).connect_tcp(*listener.getsockname())
        stream.write(b"hidden")
        with pytest.raises(Exception, match="timed out"):
            stream.write(bytes(size))
        assert (channel.sent, channel.sent_whole) == (True, False)
        channel.close()


def test_a_refused_connection_after_a_kept_one(own: ClientKind) -> None:
    """A call whose connection is refused sent nothing, whatever an earlier one sent."""

    def then_close(exchange: Exchange) -> None:
        exchange.send(DONE)
        hang_up(exchange)

    with Server(then_close) as server:

        def after_the_end(mp: Any) -> Any:
            server.stop()
            return mp.unsubscribes.delete(301)

        done, error = own.outcomes(server.url, delete, after_the_end)
    assert isinstance(done, Deletion)
    assert isinstance(error, APIConnectionError)
    assert not error.maybe_applied
