"""Bodies that are long, endless, packed, cut or wrongly measured: what they cost, and what is made of them.

Most answers here would be a deletion to a client that reads or unpacks whatever comes.
"""

from __future__ import annotations

import gzip
import sys
import zlib
from collections.abc import Callable

import pytest
from kit.callers import Caller
from kit.responses import chunked, head
from kit.server import Server, Step
from kit.steps import partly

from mailpartner import (
    APIConnectionError,
    APITimeoutError,
    Deletion,
    RateLimitError,
    ResponseTooLargeError,
    UnexpectedResponseError,
)

from .answers import Pour, reply
from .measures import MEGABYTE, assert_fit, weighed
from .outcomes import CLIENT_KINDS, CUSTOM_KINDS, deleted

CAP = MEGABYTE
FEW_MEGABYTES = 6 * MEGABYTE
IN_THE_SOCKETS = 16 * MEGABYTE
"""More than the kernel keeps between the two sides of a connection."""

OK = b'{"success": true, "code": 200}'
PART = b" " * (1 << 16)
LONG = 50 * MEGABYTE
SMALL_CHUNKS = 30_000
SMALL_CHUNK_KEPT = sys.getsizeof(b"..") + 8
"""What a list of pieces costs for each; half of it leaves the sockets on both sides room for what is under way."""

CHUNKED = b"Transfer-Encoding: chunked"


def padded(length: int) -> bytes:
    """A deletion that is `length` bytes long."""
    return OK + b" " * (length - len(OK))


POURED: dict[str, Callable[[], Pour]] = {
    "50_megabytes": lambda: Pour(head(200, b"Content-Length: %d" % LONG), PART, LONG),
    "50_megabytes_after_an_envelope": lambda: Pour(head(200, b"Content-Length: %d" % LONG) + OK, PART, LONG),
    "50_megabytes_in_chunks": lambda: Pour(head(200, CHUNKED), chunked(PART, len(PART))[:-5], LONG),
    "endless_chunks": lambda: Pour(head(200, CHUNKED), chunked(PART, len(PART))[:-5]),
    "endless_chunks_after_an_envelope": lambda: Pour(
        head(200, CHUNKED) + chunked(OK, 99)[:-5], chunked(PART, len(PART))[:-5]
    ),
    "endless_until_closed": lambda: Pour(head(200, b"Connection: close"), PART),
    "endless_at_an_error": lambda: Pour(head(502, CHUNKED), chunked(PART, len(PART))[:-5]),
    "length_of_an_exabyte": lambda: Pour(head(200, b"Content-Length: %d" % (1 << 60)), PART),
}


@pytest.mark.parametrize("pour", POURED.values(), ids=POURED)
def test_a_body_is_read_up_to_the_cap(server: Server, any_caller: Caller, pour: Callable[[], Pour]) -> None:
    """A body of 50 MiB, or without an end, costs a few MiB; the server sees the client go away; the next call works."""
    server.then(reply(OK))
    any_caller.try_delete()  # what the first call loads is not counted
    body = pour()
    server.then(body, reply(OK))
    with weighed() as cost:
        came = any_caller.try_delete()
    assert type(came) is ResponseTooLargeError
    assert "more than 1,048,576 bytes" in str(came)
    assert came.maybe_applied
    assert len(came.body) <= 1 << 16
    assert_fit(came)
    assert cost.bytes < FEW_MEGABYTES
    body.wait()
    assert body.refused
    assert body.sent < IN_THE_SOCKETS
    assert any_caller.try_delete() == deleted(200)


@pytest.mark.parametrize("way", ["by_length", "in_chunks", "until_closed"])
def test_a_body_of_the_cap_is_read(server: Server, caller: Caller, way: str) -> None:
    """A mebibyte is read, however it is measured, and one byte more is not."""
    for length in (CAP, CAP + 1):
        body = padded(length)
        answers: dict[str, Step] = {
            "by_length": reply(body),
            "in_chunks": head(200, CHUNKED) + chunked(body, 4096),
            "until_closed": partly(head(200, b"Connection: close") + body),
        }
        server.then(answers[way])
        came = caller.try_delete()
        assert came == deleted(200) if length == CAP else type(came) is ResponseTooLargeError


def test_a_rate_limit_stays_one_past_the_cap(server: Server, caller: Caller) -> None:
    """HTTP 429 is a rate limit also with a page that is too long to read."""
    pour = Pour(head(429, CHUNKED, b"Retry-After: 3"), chunked(PART, len(PART))[:-5])
    server.then(pour)
    came = caller.try_delete()
    assert isinstance(came, RateLimitError)
    assert (came.code, came.retry_after) == (None, 3.0)
    pour.wait()
    assert pour.refused


def test_small_chunks_cost_no_more(server: Server, caller: Caller) -> None:
    """A body in chunks of two bytes takes no more memory than the same in one piece."""
    body = padded(2 * SMALL_CHUNKS)
    server.then(reply(OK), reply(body), head(200, CHUNKED) + chunked(body, 2))
    caller.try_delete()
    with weighed() as in_one_piece:
        assert caller.try_delete() == deleted(200)
    with weighed() as in_chunks:
        assert caller.try_delete() == deleted(200)
    assert in_chunks.bytes < in_one_piece.bytes + SMALL_CHUNKS * SMALL_CHUNK_KEPT // 2


BOMB = gzip.compress(OK + b" " * LONG, mtime=0)
SMALL = gzip.compress(OK, mtime=0)
PACKED: dict[str, tuple[bytes, bytes]] = {
    "gzip_bomb": (b"gzip", BOMB),
    "gzip_bomb_twice_packed": (b"gzip, gzip", gzip.compress(BOMB, mtime=0)),
    "gzip_bomb_in_capitals": (b"GZIP", BOMB),
    "gzip_bomb_by_its_old_name": (b"x-gzip", BOMB),
    "deflate_bomb": (b"deflate", zlib.compress(OK + b" " * LONG)),
    "deflate_bomb_raw": (b"deflate", zlib.compress(OK + b" " * LONG, wbits=-15)),
    "gzip_of_an_envelope": (b"gzip", SMALL),
    "gzip_in_name_only": (b"gzip", OK),
    "identity_and_gzip": (b"identity, gzip", SMALL),
    "brotli": (b"br", OK),
    "zstandard": (b"zstd", OK),
}


@pytest.mark.parametrize(("coding", "body"), PACKED.values(), ids=PACKED)
def test_packed_bodies_are_not_unpacked(server: Server, any_caller: Caller, coding: bytes, body: bytes) -> None:
    """A compressed body, which was not asked for, is not unpacked nor read, be it a bomb or not: it is unreadable."""
    server.then(reply(OK))
    any_caller.try_delete()
    server.then(reply(body, 200, "application/json", b"Content-Encoding: " + coding), reply(OK))
    with weighed() as cost:
        came = any_caller.try_delete()
    assert type(came) is UnexpectedResponseError
    assert "compressed" in str(came)
    assert came.maybe_applied
    assert cost.bytes < MEGABYTE
    assert any_caller.try_delete() == deleted(200)


def test_bombs_without_a_label(server: Server, caller: Caller) -> None:
    """Compressed bytes that nothing declares are bytes of no meaning."""
    server.then(reply(BOMB), reply(SMALL))
    assert [type(caller.try_delete()) for _ in range(2)] == [UnexpectedResponseError] * 2


@pytest.mark.parametrize(
    "header", [b"Content-Encoding: identity", b"Content-Encoding:", b"content-ENCODING: Identity "]
)
def test_identity_is_no_compression(server: Server, any_caller: Caller, header: bytes) -> None:
    """A body that is said to be as it is, is read."""
    server.then(reply(OK, 200, None, header))
    assert any_caller.try_delete() == deleted(200)


def test_no_compression_is_asked_for(server: Server, any_caller: Caller) -> None:
    """Each request asks for an answer as it is."""
    server.then(reply(OK))
    any_caller.try_delete()
    lines = [line for line in server.heads[0].lower().split(b"\r\n") if line.startswith(b"accept-encoding")]
    assert lines == [b"accept-encoding: identity"]


CUT: dict[str, Step] = {
    "length_too_long": partly(head(200, b"Content-Length: 99") + OK),
    "length_too_long_and_no_body": partly(head(200, b"Content-Length: 99")),
    "chunks_cut": partly(head(200, CHUNKED) + chunked(OK, 99)[:-5]),
    "chunk_cut": partly(head(200, CHUNKED) + b"63\r\n" + OK),
    "head_cut": partly(b"HTTP/1.1 200 OK\r\nContent-Le"),
    "nothing": partly(b""),
    "two_lengths": partly(head(200, b"Content-Length: 30", b"Content-Length: 31") + OK),
    "length_below_zero": partly(head(200, b"Content-Length: -1") + OK),
    "length_as_word": partly(head(200, b"Content-Length: many") + OK),
    "length_of_5000_digits": partly(head(200, b"Content-Length: " + b"9" * 5000) + OK),
    "chunk_size_as_word": partly(head(200, CHUNKED) + b"many\r\n" + OK),
    "chunk_size_of_5000_digits": partly(head(200, CHUNKED) + b"f" * 5000 + b"\r\n" + OK),
    "transfer_packed": partly(head(200, b"Transfer-Encoding: gzip, chunked") + chunked(SMALL, 99)),
    "header_of_a_megabyte": partly(head(200, b"X: " + b"x" * MEGABYTE, b"Content-Length: 30") + OK),
    "headers_of_a_megabyte": partly(head(200, *[b"X: x"] * (MEGABYTE // 6), b"Content-Length: 30") + OK),
    "header_folded": partly(head(200, b"X: y", b" z: w\x00", b"Content-Length: 30") + OK),
    "no_head": partly(OK),
    "status_of_two_digits": partly(b"HTTP/1.1 20 OK\r\nContent-Length: 30\r\n\r\n" + OK),
    "another_protocol": partly(b"SSH-2.0-OpenSSH_9.6\r\n"),
    "tls_alert": partly(b"\x15\x03\x01\x00\x02\x02\x46"),
}


@pytest.mark.parametrize("script", CUT.values(), ids=CUT)
def test_broken_answers_are_lost_answers(server: Server, any_caller: Caller, script: Step) -> None:
    """An answer that ends early, or is no HTTP, was lost on the way: no answer came, and it may have been done, also
    where what did come reads like a deletion. The next call works."""
    server.then(script, reply(OK))
    came = any_caller.try_delete()
    assert type(came) is APIConnectionError
    assert came.maybe_applied
    assert_fit(came)
    assert any_caller.try_delete() == deleted(200)


@pytest.mark.parametrize("name", ["header_of_a_megabyte", "headers_of_a_megabyte", "chunk_size_of_5000_digits"])
def test_heads_do_not_pile_up(server: Server, caller: Caller, name: str) -> None:
    """Headers and chunk sizes that go on and on are given up long before they cost a few MiB."""
    server.then(reply(OK), CUT[name])
    caller.try_delete()
    with weighed() as cost:
        assert isinstance(caller.try_delete(), APIConnectionError)
    assert cost.bytes < MEGABYTE


def test_a_length_too_short_cuts_the_answer(server: Server, any_caller: Caller) -> None:
    """What lies beyond the Content-Length is no part of the answer, which is then unreadable."""
    server.then(partly(head(200, b"Content-Length: 9") + OK))
    came = any_caller.try_delete()
    assert type(came) is UnexpectedResponseError
    assert came.body == OK[:9]


REFUSAL = reply('{"success": false, "code": 4, "message": "surplus"}')
SURPLUS = {
    "second_answer": reply(OK) + REFUSAL,
    "answer_after_204": head(204) + REFUSAL,
    "answer_after_304": head(304) + REFUSAL,
    "rest_of_a_body": head(200, b"Content-Length: 9") + OK,
    "body_of_a_204": head(204, b"Content-Length: 30") + OK,
}


@pytest.mark.parametrize("answer", SURPLUS.values(), ids=SURPLUS)
def test_an_answer_nobody_asked_for(server: Server, any_caller: Caller, answer: bytes) -> None:
    """Bytes that come after an answer are never taken for the answer to the next request (RFC 9112, 9.2), even where
    they have its form: otherwise one entry's outcome would be told of another. The next call has its own answer."""
    server.then(answer, reply(OK))
    any_caller.try_delete()
    came = any_caller.try_delete(301)
    assert isinstance(came, Deletion)
    assert (came.id, came.message) == (301, None)


def test_the_next_lane_is_clean(server: Server, any_caller: Caller) -> None:
    """A call after a broken one sends one request and hears one answer; the key of neither is in the other."""
    server.then(partly(head(200, b"Content-Length: 99") + OK), *[reply(OK)] * 3)
    assert [type(any_caller.try_delete(entry)).__name__ for entry in (1, 2, 3, 4)] == ["APIConnectionError"] + [
        "Deletion"
    ] * 3
    assert [request.line.partition("id=")[2] for request in server.requests] == [
        f"{entry} HTTP/1.1" for entry in (1, 2, 3, 4)
    ]


ENDLESS: dict[str, Callable[[], Pour]] = {
    "interim_answers": lambda: Pour(b"", head(103) * 50),
    "drops": lambda: Pour(head(200, CHUNKED), b"1\r\n \r\n" * 50),
}


@pytest.mark.parametrize("client_kind", CLIENT_KINDS)
@pytest.mark.parametrize("endless", ENDLESS.values(), ids=ENDLESS)
def test_endless_answers_end_at_the_deadline(
    server: Server, connect: Callable[..., Caller], endless: Callable[[], Pour], client_kind: str
) -> None:
    """An answer that goes on for ever, and lets no network step take long, ends with the deadline all the same."""
    pour = endless()
    server.then(pour)
    caller = connect(client_kind, deadline=0.15)
    came = caller.try_delete()
    assert type(came) is APITimeoutError
    assert came.maybe_applied
    pour.wait()
    assert pour.refused


@pytest.mark.parametrize("client_kind", CUSTOM_KINDS)
def test_a_custom_client_reads_a_body_no_further_than_the_deadline(
    server: Server, connect: Callable[..., Caller], client_kind: str
) -> None:
    """Through a client of the caller's, too, an endless body ends with the deadline; only its head is out of reach."""
    pour = ENDLESS["drops"]()
    server.then(pour)
    assert type(connect(client_kind, deadline=0.15).try_delete()) is APITimeoutError
    pour.wait()
    assert pour.refused
