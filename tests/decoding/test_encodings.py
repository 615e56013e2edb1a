"""How bytes become text: by what they are, with little belief in what the headers and declarations say of them."""

from __future__ import annotations

import codecs

import pytest
from kit.callers import Caller
from kit.server import Server

from mailpartner import AuthenticationError, Deletion, UnexpectedResponseError

from .answers import reply
from .outcomes import Refused, deleted, said

JSON = '{"success": false, "code": 10, "message": "Clé API incorrecte"}'
BARE = "<result><entry>false</entry><entry>10</entry><entry>Clé API incorrecte</entry></result>"
WRONG_KEY = Refused(AuthenticationError, 10, "INVALID_API_KEY", "Clé API incorrecte")


def declared(encoding: str) -> str:
    return f"<?xml version='1.0' encoding='{encoding}'?>\n{BARE}"


READ = {
    "two_marks": (codecs.BOM_UTF8 * 2 + JSON.encode(), None),
    "line_break_before_mark": (b"\r\n" + codecs.BOM_UTF8 + b"\v\f " + JSON.encode(), None),
    "marks_before_latin1": (codecs.BOM_UTF8 * 2 + JSON.encode("iso-8859-1"), None),
    "marks_before_xml": (b" " + codecs.BOM_UTF8 + b"\n" + codecs.BOM_UTF8 + BARE.encode(), None),
    **{
        f"declared_{name}": (JSON.encode(), f"application/json; charset={name}")
        for name in ("latin-1", "utf_8", "utf8mb4", "none", "binary", "shift_jis", "koi8-r", "x-user-defined", "utf8;")
    },
    "xml_declared_utf8mb4": (declared("utf8mb4").encode(), "application/xml"),
    "json_utf8": (JSON.encode(), "application/json; charset=utf-8"),
    "json_utf8_undeclared": (JSON.encode(), None),
    "json_utf8_with_mark": (codecs.BOM_UTF8 + JSON.encode(), "application/json"),
    "json_utf8_declared_latin1": (JSON.encode(), "application/json; charset=ISO-8859-1"),
    "json_latin1": (JSON.encode("iso-8859-1"), "application/json; charset=ISO-8859-1"),
    "json_latin1_undeclared": (JSON.encode("iso-8859-1"), "application/json"),
    "json_latin1_declared_utf8": (JSON.encode("iso-8859-1"), "application/json; charset=utf-8"),
    "json_latin1_declared_cp1252": (JSON.encode("iso-8859-1"), 'application/json; charset="windows-1252"'),
    "json_escaped": (JSON.replace("é", "\\u00e9").encode("ascii"), "application/json; charset=us-ascii"),
    "json_in_white_space": (f"\r\n \t{JSON}\r\n\r\n".encode(), "application/json"),
    "xml_utf8": (declared("UTF-8").encode(), "application/xml; charset=utf-8"),
    "xml_utf8_lower_case": (declared("utf-8").encode(), None),
    "xml_utf8_undeclared": (BARE.encode(), "application/xml"),
    "xml_utf8_with_mark": (codecs.BOM_UTF8 + declared("UTF-8").encode(), "application/xml"),
    "xml_utf8_declared_latin1": (declared("ISO-8859-1").encode(), "application/xml"),
    "xml_latin1": (declared("ISO-8859-1").encode("iso-8859-1"), "application/xml; charset=ISO-8859-1"),
    "xml_latin1_undeclared": (BARE.encode("iso-8859-1"), None),
    "xml_latin1_declared_utf8": (declared("UTF-8").encode("iso-8859-1"), "application/xml; charset=utf-8"),
    "xml_ascii": (declared("US-ASCII").replace("é", "&#233;").encode("ascii"), "text/xml"),
    "xml_double_quotes": (declared("UTF-8").replace("'", '"').encode(), "text/xml"),
    "xml_standalone": (declared("UTF-8").replace("?>", " standalone='yes'?>").encode(), "text/xml"),
    "xml_after_white_space": (f"\r\n{declared('UTF-8')}\r\n".encode(), "text/xml"),
    "xml_with_crlf": (declared("UTF-8").replace("><", ">\r\n    <").encode(), "text/xml"),
    "xml_with_comments": (f"<!-- a -->{BARE}<!-- b -->".replace("<entry>10", "<!-- c --><entry>10").encode(), None),
}

CONTENT_TYPES = {
    "none": None,
    "empty": "",
    "json": "application/json",
    "json_of_a_kind": "application/problem+json; charset=UTF-8",
    "xml": "application/xml",
    "text_xml": "text/xml; charset=ISO-8859-1",
    "html": "text/html; charset=utf-8",
    "plain": "text/plain",
    "bytes": "application/octet-stream",
    "multipart": "multipart/form-data; boundary=x",
    "two": "application/json, text/html",
    "nonsense": ";;;===",
    "not_ascii": "text/html; nom=\xe9t\xe9",
}

UNREAD = {
    "utf16": (JSON.encode("utf-16"), "application/json; charset=utf-16"),
    "utf16_undeclared": (JSON.encode("utf-16-le"), None),
    "utf16_with_mark": (codecs.BOM_UTF16_BE + JSON.encode("utf-16-be"), None),
    "utf32": (JSON.encode("utf-32"), "application/json; charset=utf-32"),
    "utf7_declared": (JSON.encode("ascii", "replace"), "application/json; charset=utf-7"),
    "utf7": (JSON.encode("utf-7"), "application/json; charset=utf-7"),
    "ebcdic": (JSON.encode("cp037"), "application/json"),
    "rot13_declared": (JSON.encode("ascii", "replace"), "application/json; charset=rot13"),
    "nul_in_json": (JSON.replace("Clé", "\0").encode(), None),
    "nul_after_json": (JSON.encode() + b"\0", None),
    "xml_utf16": (declared("UTF-16").encode("utf-16"), "application/xml"),
    "xml_utf32": (declared("UTF-32").encode("utf-32"), "application/xml"),
    "xml_utf7": (declared("UTF-7").encode("utf-7"), "application/xml"),
    "xml_utf7_declared": (declared("UTF-7").encode(), "application/xml"),
    "xml_utf16_declared": (declared("UTF-16").encode(), "application/xml"),
    "xml_utf32_declared": (declared("UTF-32").encode(), "application/xml"),
    "xml_ebcdic_declared": (declared("cp037").encode(), "application/xml"),
    "xml_codec_declared": (declared("unicode_escape").encode(), "application/xml"),
    "xml_nul": (BARE.replace("Clé", "\0").encode(), "application/xml"),
}


@pytest.mark.parametrize(("body", "content_type"), READ.values(), ids=READ)
def test_the_message_is_read(server: Server, caller: Caller, body: bytes, content_type: str | None) -> None:
    """UTF-8, with a mark or without, and ISO-8859-1 are told apart by the bytes, and the accents come out right."""
    server.then(reply(body, 200, content_type))
    assert said(caller.try_delete()) == WRONG_KEY


@pytest.mark.parametrize("content_type", CONTENT_TYPES.values(), ids=CONTENT_TYPES)
@pytest.mark.parametrize("format", ["json", "xml"])
def test_the_content_type_is_not_believed(
    server: Server, any_caller: Caller, format: str, content_type: str | None
) -> None:
    """A missing, wrong or senseless Content-Type changes nothing of the outcome; it is told in the result."""
    done = {"json": '{"success": true, "code": 200}', "xml": "<result><entry>true</entry><entry>200</entry></result>"}
    refused = {"json": JSON, "xml": BARE}
    server.then(reply(done[format], 200, content_type), reply(refused[format], 200, content_type))
    came = any_caller.try_delete()
    assert said(came) == deleted(200)
    assert isinstance(came, Deletion)
    assert came.http.content_type == content_type
    assert said(any_caller.try_delete()) == WRONG_KEY


def test_windows_1252_costs_an_accent_at_most(server: Server, caller: Caller) -> None:
    """An apostrophe of Windows-1252 may be lost from the message, never the code, and it does not reach the line."""
    body = '{"success": false, "code": 3, "message": "L’ID est requis"}'
    server.then(reply(body), reply(body.encode("cp1252"), 200, "application/json; charset=windows-1252"))
    right, came = caller.try_delete(), caller.try_delete()
    assert said(came)[:3] == said(right)[:3]
    assert "ID est requis" in str(came)
    assert str(came).isprintable()


@pytest.mark.parametrize(("body", "content_type"), UNREAD.values(), ids=UNREAD)
def test_other_encodings_are_not_read(server: Server, caller: Caller, body: bytes, content_type: str | None) -> None:
    """UTF-16, UTF-32, UTF-7 and anything rarer, real or only declared, is an unreadable answer: what one reader
    takes for text another takes for tags."""
    server.then(reply(body, 200, content_type))
    came = caller.try_delete()
    assert type(came) is UnexpectedResponseError
    assert came.maybe_applied
