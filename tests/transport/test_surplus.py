"""A connection on which more came than the response is not used again: its next response would be another call's."""

from __future__ import annotations

import socket
import ssl
from typing import Any

import pytest
from kit.responses import DONE, response
from kit.server import Exchange, Server
from kit.tls import Certificates

from mailpartner import Deletion, MailPartnerError

from .conftest import ClientKind, delete

GONE = response('{"success": false, "code": 4}')
BODY = b'{"success": true, "code": 200}'
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1e\r\n" + BODY + b"\r\n0\r\n\r\n"


def exactly(size: int) -> bytes:
    """Return an answer of so many bytes in all."""
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
    length = size - len(head % size)
    while len(head % length) + length != size:
        length += size - len(head % length) - length
    return head % length + BODY.ljust(length)


FIRST = {
    "short": DONE,
    "chunks": CHUNKED,
    "chunks with a trailer": CHUNKED[:-2] + b"T: 1\r\n\r\n",
    "as long as a read": exactly(65_536),
    "as long as a record": exactly(16_384),
    "longer than a read": exactly(100_000),
    "no body": b"HTTP/1.1 204 No Content\r\n\r\n",
}
SURPLUS = {"an answer": DONE, "a byte": b"x", "a blank line": b"\r\n"}


@pytest.mark.parametrize("surplus", SURPLUS)
@pytest.mark.parametrize("first", FIRST)
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_two_answers_in_one_segment(
    own: ClientKind, scheme: str, first: str, surplus: str, certificates: Certificates
) -> None:
    """The second answer of two that come at once, in one TLS record each, is not taken for that of the next call."""

    def both(exchange: Exchange) -> None:
        if not isinstance(exchange.socket, ssl.SSLSocket):
            exchange.send(FIRST[first] + SURPLUS[surplus])
            return
        # Two records in one segment: the kernel holds them back until the second one fills it, or is the last.
        exchange.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 0)
        exchange.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_CORK, 1)
        exchange.send(FIRST[first])
        exchange.send(SURPLUS[surplus])
        exchange.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_CORK, 0)

    with Server(both, GONE, tls=certificates.server if scheme == "https" else None) as server:
        came = own.outcomes(server.url, delete, lambda mp: mp.unsubscribes.delete(301))
    assert isinstance(came[0], MailPartnerError if first == "no body" else Deletion)
    assert isinstance(came[1], MailPartnerError)
    assert came[1].code == 4  # type: ignore[attr-defined]
    assert server.connections == 2


def test_nothing_more(own: ClientKind, certificates: Certificates) -> None:
    """A connection whose answers end where they say is kept, over TLS, too."""
    steps = [FIRST["short"], FIRST["chunks"], FIRST["as long as a read"], FIRST["longer than a read"], DONE]
    with Server(*steps, tls=certificates.server) as server:
        came = own.outcomes(server.url, *[delete] * len(steps))
    assert [type(each) for each in came] == [Deletion] * len(steps)
    assert server.connections == 1


def test_an_answer_before_its_request(own: ClientKind) -> None:
    """Bytes that come after an answer, before the next request, close the connection."""
    exchanges: list[Exchange] = []

    def then_more(exchange: Exchange) -> None:
        exchanges.append(exchange)
        exchange.send(DONE)

    with Server(then_more, GONE) as server:

        def after_a_second_answer(mp: Any) -> Any:
            exchanges[0].send(DONE)
            return mp.unsubscribes.delete(301)

        came = own.outcomes(server.url, delete, after_a_second_answer)
    assert isinstance(came[0], Deletion)
    assert came[1].code == 4
    assert server.connections == 2
