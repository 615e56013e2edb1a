"""Status and bytes to an envelope, JSON or XML, by what arrived. Pure.

The HTTP status and the Content-Type are not believed: the vendor's pages state no status, and both are wrong
often enough on servers of this kind. The first character decides between XML and JSON. What is neither, or
contradicts itself, is `Unreadable`.
"""

from __future__ import annotations

import codecs
import json
import math
import re
from typing import TYPE_CHECKING, Any

from mailpartner._core.positional_xml import data_from_parts, data_from_xml
from mailpartner._core.response import DecodeError, Envelope, split_chunks
from mailpartner._core.rows import RowDecoder
from mailpartner._core.schema import coerce, whole_number
from mailpartner.results import ErrorDetail

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mailpartner_contract import Operation, Shape

    from mailpartner._core.request import Row
    from mailpartner._core.response import Chunk

_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
_CHARSETS = frozenset({"utf-8", "utf8", "us-ascii", "ascii", "iso-8859-1", "latin1", "iso-8859-15", "windows-1252"})
_BLANKS = b" \t\r\n"
_BINARY = "binary data, or UTF-16"


def decode(body: bytes, content_type: str | None, operation: Operation) -> Envelope:
    """The envelope in `body`.

    Raises Unreadable, and nothing else, whatever the bytes are.
    """
    return decode_parts(split_chunks(body), content_type, operation)


def decode_parts(
    parts: list[Chunk], content_type: str | None, operation: Operation, row: Row | None = None
) -> Envelope:
    """The same of a body in parts, which are let go as they are read: `parts` is used up. `row` makes something of each
    row of a list as soon as it is read: a million rows as text, as dicts and as copies of them would need several times
    the state of what they become."""
    declared = _CHARSET.search(content_type or "")
    if declared and declared[1].lower() not in _CHARSETS:
        raise DecodeError("an unsupported charset")
    rows = RowDecoder.of(operation.answer, row)
    try:
        return _envelope(_data(parts, operation.answer, rows), operation, rows)
    except RecursionError:
        raise DecodeError("nested too deeply") from None


def _data(parts: list[Chunk], shape: Shape, rows: RowDecoder | None) -> dict[str, Any]:
    if len(parts) > 1 and _begins_as_xml(parts):
        return data_from_parts(_in_utf8(parts), shape, rows)
    text = _text(parts).strip(" \t\r\n")
    if not text:
        raise DecodeError("an empty body")
    if text[0] == "<":
        return data_from_xml(text, shape, rows)
    data = _data_from_json(text, rows)
    # Rows are made wherever an object looks like one: words must not be, so they are read once more as they are.
    return data if rows is None or _has_plain_words(data) else _data_from_json(text, None)


def _has_plain_words(data: dict[str, Any]) -> bool:
    return data.get("success") is True and isinstance(data.get("message"), (str, type(None)))


def _text(parts: list[Chunk]) -> str:
    """UTF-8 if it can be, else ISO-8859-1, whatever is declared; the code and success are ASCII in both, so that a
    wrong declaration costs an accent in a message and not the outcome."""
    body = b"".join(parts).removeprefix(codecs.BOM_UTF8)
    parts.clear()
    if b"\x00" in body:
        raise DecodeError(_BINARY)
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return body.decode("iso-8859-1")


def _begins_as_xml(parts: list[Chunk]) -> bool:
    """Whether the first character is XML's; if so, the mark of UTF-8 and the blanks before it are taken off."""
    first, blank = bytes(parts[0]).removeprefix(codecs.BOM_UTF8).lstrip(_BLANKS), 0
    while not first and blank + 1 < len(parts):
        blank += 1
        first = bytes(parts[blank]).lstrip(_BLANKS)
    if not first.startswith(b"<"):
        return False
    parts[: blank + 1] = [first]
    return True


def _in_utf8(parts: list[Chunk]) -> Iterator[bytes]:
    """The same characters as `_text` has, in UTF-8; each part is let go before the next."""
    if any(b"\x00" in bytes(part) for part in parts):
        raise DecodeError(_BINARY)
    is_utf8 = _is_utf8(parts)
    parts.reverse()
    while parts:
        part = bytes(parts.pop())
        yield part if is_utf8 else part.decode("iso-8859-1").encode("utf-8")


def _is_utf8(parts: list[Chunk]) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for part in parts:
            decoder.decode(part)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _data_from_json(text: str, rows: RowDecoder | None) -> dict[str, Any]:
    hook = _unique if rows is None else lambda pairs: rows.made(_unique(pairs))
    try:
        data = json.loads(text, object_pairs_hook=hook, parse_constant=_no_constant, parse_float=_finite)
    except ValueError:
        raise DecodeError("neither JSON nor XML of this API") from None
    if not isinstance(data, dict):
        raise DecodeError("JSON, but not an object")
    return data


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    data = dict(pairs)
    if len(data) != len(pairs):
        raise DecodeError("JSON in which a name stands twice")
    return data


def _no_constant(name: str) -> None:
    raise DecodeError(f"JSON with {name}, which is no number")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise DecodeError("JSON with a number out of range")
    return number


def _envelope(data: dict[str, Any], operation: Operation, rows: RowDecoder | None) -> Envelope:
    success = data.get("success")
    if not isinstance(success, bool):
        raise DecodeError("an answer without success true or false")
    code = _code(data.get("code"))
    known = operation.codes.get(code) if code is not None else None
    if known is not None and (known.kind == "success") is not success:
        raise DecodeError(f"a contradiction: success {str(success).lower()} beside code {code} {known.name}")
    message = _message(data.get("message"))
    if not success:
        return Envelope(success, code, message, _errors(data), data)
    # The message and the errors are words beside the outcome: their type never makes a success doubtful.
    rest = {name: value for name, value in data.items() if name not in ("message", "errors", "error")}
    made = rows and rows.taken_from(rest)
    data = coerce(rest, operation.answer)
    if rows is not None and made is not None:
        data[rows.name] = made
    if message is not None:
        data["message"] = message
    return Envelope(success, code, message, (), data)


def _code(value: object) -> int | None:
    if value is None:
        return None
    number = whole_number(value)
    if number is None:
        raise DecodeError("an answer whose code is no number")
    return number


def _message(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value or None
    return json.dumps(value, ensure_ascii=False)


def _errors(data: dict[str, Any]) -> tuple[ErrorDetail, ...]:
    """The details of a failure: siblings of this API list them under errors or error, or write a text there."""
    listed = data.get("errors", data.get("error"))
    if isinstance(listed, str):
        return (ErrorDetail(message=listed),) if listed else ()
    if isinstance(listed, dict):
        listed = [listed]
    if not isinstance(listed, list):
        return ()
    return tuple(_detail(item) for item in listed)


def _detail(item: object) -> ErrorDetail:
    if not isinstance(item, dict):
        return ErrorDetail(message=_message(item))
    return ErrorDetail(_message(item.get("elementId")), _message(item.get("message")), whole_number(item.get("code")))
