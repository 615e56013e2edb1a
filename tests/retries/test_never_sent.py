"""Where the request certainly never left, the error says that nothing was done; where it may have, that it may."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from kit.api_server import ApiServer, lost, refused
from kit.callers import CLIENT_KINDS, CUSTOM_KINDS, NO_CERTIFICATES, Callers
from kit.internals import trust
from kit.proxy import full_port
from kit.server import Listener
from kit.tls import Certificates

from mailpartner import APIConnectionError, APITimeoutError, NotFoundError, Outcome

SHORT = 0.15


@pytest.fixture(autouse=True)
def no_certificates(monkeypatch: pytest.MonkeyPatch) -> None:
    """Trust nobody: loading the machine's certificates takes longer than these tests."""
    trust(monkeypatch, NO_CERTIFICATES)


@pytest.fixture
def servers() -> Iterator[ExitStack]:
    """Where servers are entered, to be stopped after the test."""
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def unknown_host(monkeypatch: pytest.MonkeyPatch) -> str:
    """A name that is looked up in vain, at once whatever the machine's resolver is."""
    known = socket.getaddrinfo
    name = "mailpartner.invalid"

    def lookup(host: object, *arguments: object, **options: object) -> object:
        if host in (name, name.encode()):
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return known(host, *arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    return name


def proxy_answering(status_line: str) -> Callable[[socket.socket, int], None]:
    """A proxy that gives this answer to CONNECT."""

    def handle(connection: socket.socket, number: int) -> None:
        head = b""
        while b"\r\n\r\n" not in head:
            head += connection.recv(65536)
        assert head.startswith(b"CONNECT ")
        connection.sendall(f"HTTP/1.1 {status_line}\r\nContent-Length: 0\r\n\r\n".encode())
        connection.recv(65536)

    return handle


def answers_in_the_clear(connection: socket.socket, number: int) -> None:
    """A server that does not speak TLS."""
    connection.recv(65536)
    connection.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
    connection.recv(65536)


def says_nothing(connection: socket.socket, number: int) -> None:
    while connection.recv(65536):
        pass


def hangs_up(connection: socket.socket, number: int) -> None:
    connection.recv(1)


def certain(error: APIConnectionError, attempts: int = 3) -> None:
    """The error says that nothing was done."""
    assert (error.maybe_applied, error.attempts) == (False, attempts)
    assert "Nothing was done" in str(error)


@pytest.mark.parametrize("client_kind", [*CLIENT_KINDS, *CUSTOM_KINDS])
def test_a_refused_connection(connect: Callers, client_kind: str) -> None:
    """A connection that is refused, at every attempt: nothing was done."""
    with Listener(listening=False) as nobody:
        mp = connect(f"http://127.0.0.1:{nobody.port}", client_kind)
        with pytest.raises(APIConnectionError) as caught:
            mp.delete()

    certain(caught.value)
    assert not isinstance(caught.value, APITimeoutError)
    assert len(mp.clock.waits) == 2


def test_a_server_that_comes_up_in_time(connect: Callers, client_kind: str) -> None:
    """A refused connection is tried again, and the retry deletes."""
    with ApiServer(entries={300}, listening=False) as server:
        mp = connect(server.url, client_kind)
        mp.clock.on_wait = server.listen
        deletion = mp.delete()

    assert (deletion.outcome, deletion.attempts, len(server.requests)) == (Outcome.DELETED, 2, 1)


def test_an_unknown_id_after_a_refused_connection_is_an_error(connect: Callers, client_kind: str) -> None:
    """An attempt that never reached the server cannot have deleted the entry: NotFoundError, without a doubt."""
    with ApiServer(listening=False) as server:
        mp = connect(server.url, client_kind)
        mp.clock.on_wait = server.listen
        with pytest.raises(NotFoundError) as caught:
            mp.delete()

    assert (caught.value.maybe_applied, caught.value.attempts) == (False, 2)


def test_an_unknown_host(connect: Callers, client_kind: str, unknown_host: str) -> None:
    """A host whose name nobody knows: nothing was done."""
    with pytest.raises(APIConnectionError) as caught:
        connect(f"https://{unknown_host}", client_kind).delete()

    certain(caught.value)


@pytest.mark.parametrize("handle", [answers_in_the_clear, hangs_up], ids=lambda handle: handle.__name__)
def test_a_server_without_tls_behind_https(
    connect: Callers, servers: ExitStack, client_kind: str, handle: Callable[[socket.socket, int], None]
) -> None:
    """A TLS handshake that fails, for what is answered or for want of an answer: nothing was done."""
    plain = servers.enter_context(Listener(handle))

    with pytest.raises(APIConnectionError) as caught:
        connect(f"https://127.0.0.1:{plain.port}", client_kind).delete()

    certain(caught.value)


def test_a_certificate_that_nobody_trusts(connect: Callers, servers: ExitStack, client_kind: str) -> None:
    """A certificate of an unknown authority: the key stays here, and nothing was done."""
    server = servers.enter_context(ApiServer(entries={300}, tls=Certificates().server))

    with pytest.raises(APIConnectionError) as caught:
        connect(server.url, client_kind).delete()

    certain(caught.value)
    assert (server.requests, server.entries) == ([], {300})


def test_a_certificate_for_another_host(
    connect: Callers, servers: ExitStack, client_kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A trusted certificate with another name on it: the key stays here, and nothing was done."""
    certificates = Certificates("api.mailpartner.invalid")
    certificates.trusted(monkeypatch)
    server = servers.enter_context(ApiServer(entries={300}, tls=certificates.server))

    with pytest.raises(APIConnectionError) as caught:
        connect(server.url, client_kind).delete()

    certain(caught.value)
    assert (server.requests, server.entries) == ([], {300})


@pytest.mark.parametrize(
    "status_line", ["403 Forbidden", "407 Proxy Authentication Required", "502 Bad Gateway", "504 Gateway Timeout"]
)
def test_a_proxy_that_refuses_to_connect(
    connect: Callers, servers: ExitStack, client_kind: str, status_line: str
) -> None:
    """A proxy's own refusal is not the API's answer, whatever its status: the request never left."""
    proxy = servers.enter_context(Listener(proxy_answering(status_line)))

    with pytest.raises(APIConnectionError) as caught:
        connect("https://127.0.0.1:9", client_kind, proxy=f"http://127.0.0.1:{proxy.port}").delete()

    certain(caught.value)
    assert status_line in str(caught.value)
    assert proxy.connections == 3


def test_a_handshake_that_takes_too_long(connect: Callers, servers: ExitStack, client_kind: str) -> None:
    """A server that accepts and never says hello: a timeout, and nothing was done."""
    mute = servers.enter_context(Listener(says_nothing))

    with pytest.raises(APITimeoutError) as caught:
        connect(f"https://127.0.0.1:{mute.port}", client_kind, timeout=SHORT, max_retries=0).delete()

    certain(caught.value, attempts=1)


def test_a_connection_that_is_never_accepted(connect: Callers, servers: ExitStack, client_kind: str) -> None:
    """No connection in time: a timeout, and nothing was done."""
    port = servers.enter_context(full_port())

    with pytest.raises(APITimeoutError) as caught:
        connect(f"http://127.0.0.1:{port}", client_kind, timeout=SHORT, max_retries=0).delete()

    certain(caught.value, attempts=1)


@pytest.mark.parametrize("way", ["silence", "body_stalled"])
def test_no_answer_in_time(server: ApiServer, connect: Callers, client_kind: str, way: str) -> None:
    """A timeout once the request is sent is a doubt, be it before the answer or within it."""
    server.then(lost(way, applied=False))

    with pytest.raises(APITimeoutError) as caught:
        connect(server.url, client_kind, timeout=SHORT, max_retries=0).delete()

    assert isinstance(caught.value, TimeoutError)
    assert (caught.value.maybe_applied, caught.value.attempts) == (True, 1)
    assert "It may have been done all the same" in str(caught.value)


def test_certainty_lasts_over_mixed_attempts(connect: Callers, client_kind: str) -> None:
    """Refused connections and clean refusals in one call: nothing was done."""
    with ApiServer(refused(429), listening=False) as server:
        mp = connect(server.url, client_kind, max_retries=3)
        steps = iter([server.listen, server.stop, lambda: None])
        mp.clock.on_wait = lambda: next(steps)()

        with pytest.raises(APIConnectionError) as caught:
            mp.delete()

    certain(caught.value, attempts=4)
    assert len(server.requests) == 1
