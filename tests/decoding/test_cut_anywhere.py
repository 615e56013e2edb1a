"""A long answer is read in parts, and each is let go before the next: nothing may depend on where they are cut."""

from __future__ import annotations

import codecs
from typing import Any

import pytest
from kit.api_server import KEY
from kit.callers import Caller
from kit.responses import chunked, head
from kit.server import Server

from mailpartner import Deletion, Unsubscribe
from mailpartner._core.classify import classify
from mailpartner._core.decoding import decode
from mailpartner._core.request import Request
from mailpartner._core.response import CHUNK_SIZE, DecodeError, Envelope, RawResponse
from mailpartner.contract import OPERATIONS

from . import test_encodings, test_hostile_xml
from .answers import reply
from .outcomes import CLIENT_KINDS, CUSTOM_KINDS

DELETE = OPERATIONS["POST", "/v1/unsubscribe/delete"]
LIST = OPERATIONS["GET", "/v1/unsubscribe/list"]
ROWS = "".join(f"<entry><entry>{n}</entry><entry>é’ж😀{n}@exämple.fr</entry></entry>\n  " for n in range(1, 300))
LISTED = (
    "<?xml version='1.0' encoding='UTF-8'?><result><entry>true</entry><entry>200</entry><entry>299</entry>"
    f"<entry>\n {ROWS}</entry></result>"
)
HOSTILE = test_hostile_xml.REFUSED | test_hostile_xml.READ_OR_NOT

BODIES: dict[str, tuple[bytes, str | None]] = {
    **test_encodings.READ,
    **test_encodings.UNREAD,
    **{name: (text.encode(), None) for name, text in HOSTILE.items()},
    "blanks": (b" \r\n" * 5_000, None),
    "blanks_before_xml": (b" \r\n" * 5_000 + b"<result><entry>true</entry><entry>200</entry></result>", None),
    "mark_and_blanks_before_xml": (codecs.BOM_UTF8 + b"\n" * 9_000 + LISTED.partition("?>")[2].encode(), None),
    "half_a_character_at_the_end": (LISTED.encode() + "é".encode()[:1], None),
    "half_a_character_within": (LISTED.encode().replace(b"150@", b"\xc3@"), None),
    "a_surrogate": (LISTED.encode().replace(b"150@", b"\xed\xa0\x80@"), None),
    "list_in_latin1": (LISTED.replace("’ж😀", "").encode("iso-8859-1"), None),
    "list_in_utf8": (LISTED.encode(), "text/xml; charset=iso-8859-1"),
    "nul_at_the_end": (LISTED.encode() + b"\0", None),
}


def cut(body: bytes, size: int) -> list[bytes]:
    return [body[start : start + size] for start in range(0, len(body), size)] or [body]


def read(parts: list[bytes], content_type: str | None, operation: Any) -> Envelope | str:
    try:
        return decode(parts, content_type, operation, lambda row: Unsubscribe(row["id"], row["email"]))
    except DecodeError as reason:
        return str(reason)


@pytest.mark.parametrize(("body", "content_type"), BODIES.values(), ids=BODIES)
def test_where_a_body_is_cut_changes_nothing(body: bytes, content_type: str | None) -> None:
    """In parts of any size, also with half a character at the border, a body is the same envelope, or unreadable for
    the same reason, as in one part."""
    sizes = (3, 7, 64, 1_000) if len(body) < 20_000 else (10_000, CHUNK_SIZE)
    for operation in (DELETE, LIST):
        whole = read([body], content_type, operation)
        for size in sizes:
            assert read(cut(body, size), content_type, operation) == whole


def test_the_lists_here_are_read() -> None:
    """What the cuts are compared with is no failure."""
    for name in ("list_in_utf8", "list_in_latin1", "half_a_character_within"):
        envelope = read(cut(BODIES[name][0], 100), None, LIST)
        assert isinstance(envelope, Envelope)
        assert len(envelope.data["data"]) == 299


@pytest.mark.parametrize("body", [LISTED.encode(), b'{"success":true,"code":200,"data":[]}'])
def test_parts_are_let_go(body: bytes) -> None:
    """The list of parts is empty when the answer is read: nothing holds what was read."""
    parts = cut(body, 10)
    read(parts, None, LIST)
    assert parts == []


@pytest.mark.parametrize("client_kind", CLIENT_KINDS + CUSTOM_KINDS)
@pytest.mark.parametrize("size", [1, 1_000, 40_000])
def test_a_long_answer_in_chunks_of_any_size(server: Server, connect: Any, client_kind: str, size: int) -> None:
    """However small or large the pieces are in which a long answer arrives, it is read as a whole."""
    comment = f"<!--{'é' * (4_000 if size == 1 else 2 * CHUNK_SIZE)}-->"
    body = f"{comment}<result><entry>true</entry><entry>200</entry></result>".encode()
    server.then(head(200, b"Transfer-Encoding: chunked") + chunked(body, size))
    assert isinstance(connect(client_kind).try_delete(), Deletion)


@pytest.mark.parametrize("form", ["<html>", "{", "text"])
def test_the_body_of_a_long_unreadable_answer(server: Server, any_caller: Caller, form: str) -> None:
    """The error shows its first 64 KiB, and not half a key where they end."""
    begin = form + "x" * ((1 << 16) - len(form) - 10)
    server.then(reply(f"{begin}{KEY}{'y' * 3 * CHUNK_SIZE}"))
    came = any_caller.try_delete()
    assert came.body.startswith(begin.encode())
    assert len(came.body) == 1 << 16
    assert KEY[:5].encode() not in came.body


@pytest.mark.parametrize("key_as_sent", [KEY, "".join(f"\\u00{ord(character):02x}" for character in KEY)])
def test_a_long_answer_full_of_the_key(server: Server, any_caller: Caller, key_as_sent: str) -> None:
    """Where an answer holds the key so often that hiding it makes it short, no part of a key stands at its end."""
    for start in range(0, len(key_as_sent), 5):
        server.then(reply(f"<html>{'x' * start}{key_as_sent * (3 * CHUNK_SIZE // len(key_as_sent))}"))
        body = any_caller.try_delete().body
        assert body.startswith(b"<html>" + b"x" * start + b"[key hidden]")
        rest = body[len("<html>") + start :].replace(b"[key hidden]", b"")
        assert b"[key hidden]".startswith(rest)


def test_of_an_answer_that_is_not_read_only_the_begin_is_kept() -> None:
    """To hide the key in a quarter of a gigabyte, of which 64 KiB are shown, would take several times its memory."""
    request = Request(LIST, "GET", "/v1/unsubscribe/list", "", None, "json")
    answer = RawResponse(200, None, None, None, [b"x" * CHUNK_SIZE] * 9, "more than is read", too_large=True)
    assert classify(answer, request).unreadable == "more than is read"
    assert len(answer.body) == CHUNK_SIZE
