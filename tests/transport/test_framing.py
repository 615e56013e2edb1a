"""The framer passes on what h11 would have read, and knows what is left over."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import Any

import h11
import httpcore
import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from kit.responses import DONE
from kit.server import Server

from mailpartner._transport import httpx_internals
from mailpartner._transport.framing import ResponseFramer


def read_by_h11(pieces: Iterable[bytes]) -> tuple[int | None, bytes, bytes] | None:
    """Return status, body and what is left over of a response; None if it is refused or not complete."""
    connection = h11.Connection(h11.CLIENT)
    connection.send(h11.Request(method="GET", target="/", headers=[("Host", "x")]))
    connection.send(h11.EndOfMessage())
    waiting, status, body = iter(pieces), None, b""
    try:
        while True:
            event = connection.next_event()
            if event is h11.NEED_DATA:
                data = next(waiting, None)
                if data is None:
                    return None
                connection.receive_data(data)
            elif isinstance(event, h11.Response):
                status = event.status_code
            elif isinstance(event, h11.Data):
                body += bytes(event.data)
            elif isinstance(event, h11.EndOfMessage):
                return status, body, connection.trailing_data[0] + b"".join(waiting)
    except h11.RemoteProtocolError:
        return None


def chunked(body: bytes, sizes: list[int]) -> bytes:
    """Return a body in chunks."""
    parts = []
    for size in sizes:
        part, body = body[:size], body[size:]
        parts += [b"%x;a=b\r\n%b\r\n" % (len(part), part)] if part else []
    return b"".join([*parts, *([b"%X \r\n%b\r\n" % (len(body), body)] if body else [])])


HEADS = st.sampled_from(
    [b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 500\r\n", b"HTTP/1.1 103 X\r\nA: b\r\n\r\nHTTP/1.1 200 OK\r\nA: b\r\n c\r\n"]
)
BODIES = st.binary(max_size=60) | st.text("ab\r\n0;{}", max_size=60).map(str.encode)


@given(
    head=HEADS,
    body=BODIES,
    sizes=st.lists(st.integers(1, 30), max_size=5) | st.none(),
    end=st.sampled_from([b"0\r\n\r\n", b"00;x\r\nT: 1\r\n\r\n", b"0\r\n\r\r\n", b"x\r\n\r\n"]),
    rest=st.sampled_from([b"", b"x", b"\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"]),
    cuts=st.lists(st.integers(0, 250), max_size=8),
)
def test_the_framer_and_h11_agree(
    head: bytes, body: bytes, sizes: list[int] | None, end: bytes, rest: bytes, cuts: list[int]
) -> None:
    """However a response is cut over reads, h11 makes the same of what is passed on, and nothing is left over there."""
    if sizes is None:
        data = head + b"Content-Length: %d\r\n\r\n%b" % (len(body), body)
    else:
        data = head + b"Transfer-Encoding: chunked\r\n\r\n" + chunked(body, sizes) + end
    data += rest
    marks = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    pieces = [data[start:stop] for start, stop in pairwise(marks) if start < stop]
    expected, framer = read_by_h11(pieces), ResponseFramer(bytes)
    try:
        passed = [framed for piece in pieces if (framed := framer.feed(piece))]
    except httpcore.RemoteProtocolError:
        assert expected is None
        return
    found = read_by_h11(passed)
    if expected is None:
        assert found is None
        return
    assert found == (*expected[:2], b"")
    assert (framer.complete, framer.reusable) == (True, not expected[2])


PRIVATE: list[tuple[Any, str]] = [
    (httpx.HTTPTransport(), "_pool"),
    (httpx.AsyncHTTPTransport(), "_pool"),
    (httpx.Client(), "_transport"),
    (httpx.Client(), "_mounts"),
    (httpx.AsyncClient(), "_transport"),
    (httpx.AsyncClient(), "_mounts"),
    (httpx.HTTPTransport(proxy="http://127.0.0.1:9")._pool, "_proxy_url"),
    (httpx.HTTPTransport(proxy="https://127.0.0.1:9")._pool, "_proxy_url"),
]


@pytest.mark.parametrize(("owner", "name"), PRIVATE, ids=lambda value: value if isinstance(value, str) else "")
def test_the_private_names(owner: object, name: str) -> None:
    """Each private name of httpx that is used is there, and is named where they are said."""
    assert hasattr(owner, name)
    assert httpx_internals.__doc__ is not None
    assert name in httpx_internals.__doc__


def test_a_callers_connection_with_more_is_seen() -> None:
    """What a connection of httpcore's has read beyond a response is found through its private names."""
    for answer, more in ((DONE, False), (DONE + b"more", True)):
        with Server(answer) as server, httpx.HTTPTransport() as transport:
            response = transport.handle_request(httpx.Request("GET", server.url))
            connection = httpx_internals.connection_of(response.stream)
            assert isinstance(connection, httpcore.ConnectionInterface)
            response.read()
            assert httpx_internals.has_more(connection) is more
