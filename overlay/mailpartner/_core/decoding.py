"""Decode a response body, JSON or XML, to an envelope. Pure.

The HTTP status, the Content-Type and the declared character set are not trusted: the vendor's pages state no status,
and all three are often wrong on servers of this kind. The first character decides between XML and JSON. A body that is
neither, or that contradicts itself, is a `DecodeError`.
"""

from __future__ import annotations

import codecs
import json
import math
import re
from typing import TYPE_CHECKING, Any

from mailpartner._core.charset import reads_ascii
from mailpartner._core.positional_xml import data_from_chunks, data_from_xml
from mailpartner._core.response import DecodeError, Envelope
from mailpartner._core.rows import RowDecoder
from mailpartner._core.schema import ParsedFloat, coerce_object, parse_integer
from mailpartner.results import ErrorDetail

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mailpartner._core.request import RowFactory
    from mailpartner._core.response import Chunk
    from mailpartner.contract import Operation, Schema

_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
_BLANKS = b" \t\r\n\v\f"
_HTML_START = 32  # bytes
_HTML = re.compile(rb"<(?:!doctype\s+html|html)\b", re.IGNORECASE)
_BINARY = "binary data, or UTF-16"


def decode(
    chunks: list[Chunk], content_type: str | None, operation: Operation, row: RowFactory | None = None
) -> Envelope:
    """Decode a body in chunks, which are dropped as they are read: `chunks` is empty afterwards.

    Raises nothing but DecodeError, whatever the bytes are. `row` builds the result of each row of a list as soon as the
    row is parsed, to limit peak memory.
    """
    declared = _CHARSET.search(content_type or "")
    if declared and not reads_ascii(declared[1].lower()):
        raise DecodeError("an unsupported charset")
    rows = RowDecoder.create(operation.response, row)
    try:
        return _envelope(_data(chunks, operation.response, rows), operation, rows)
    except RecursionError:
        raise DecodeError("nested too deeply") from None


def _data(chunks: list[Chunk], schema: Schema, rows: RowDecoder | None) -> dict[str, Any]:
    _strip_start(chunks)
    if _HTML.match(b"".join(chunk[:_HTML_START] for chunk in chunks[:_HTML_START])):
        raise DecodeError("an HTML page, not an answer of the API")
    if len(chunks) > 1 and bytes(chunks[0][:1]) == b"<":
        return data_from_chunks(_as_utf8(chunks), schema, rows)
    text = _text(chunks).strip()
    if not text:
        raise DecodeError("an empty body")
    if text[0] == "<":
        return data_from_xml(text, schema, rows)
    data = _data_from_json(text, rows)
    # Rows are built wherever an object looks like one. The message must not be, so then it is parsed again without.
    return data if rows is None or _has_plain_message(data) else _data_from_json(text, None)


def _has_plain_message(data: dict[str, Any]) -> bool:
    return data.get("success") is True and isinstance(data.get("message"), (str, type(None)))


def _strip_start(chunks: list[Chunk]) -> None:
    """Remove blanks and byte order marks before the first character, however they are cut."""
    if bytes(chunks[0][:1]) in (b"{", b"<"):
        return
    start, used = b"", 0
    while used < len(chunks) and codecs.BOM_UTF8.startswith(start):
        start += bytes(chunks[used])
        used += 1
        start = start.lstrip(_BLANKS)
        while start.startswith(codecs.BOM_UTF8):
            start = start[len(codecs.BOM_UTF8) :].lstrip(_BLANKS)
    chunks[:used] = [start]


def _text(chunks: list[Chunk]) -> str:
    if len(chunks) > 1:
        chunks[-1] = bytes(chunks[-1]).rstrip(_BLANKS)  # cut from the whole text, they would cost a copy of it
        text, decoder = "", codecs.getincrementaldecoder("utf-8")()
        for chunk in _as_utf8(chunks):
            text += decoder.decode(chunk)  # grows in place
        return text
    body = bytes(chunks.pop())
    if b"\x00" in body:
        raise DecodeError(_BINARY)
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return body.decode("iso-8859-1")


def _as_utf8(chunks: list[Chunk]) -> Iterator[bytes]:
    """Yield the same characters as `_text` in UTF-8; each chunk is dropped before the next."""
    if any(b"\x00" in bytes(chunk) for chunk in chunks):
        raise DecodeError(_BINARY)
    is_utf8 = _is_utf8(chunks)
    chunks.reverse()
    while chunks:
        chunk = bytes(chunks.pop())
        yield chunk if is_utf8 else chunk.decode("iso-8859-1").encode("utf-8")


def _is_utf8(chunks: list[Chunk]) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for chunk in chunks:
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _data_from_json(text: str, rows: RowDecoder | None) -> dict[str, Any]:
    try:
        data = (_DECODER if rows is None else _decoder(lambda pairs: rows.decode(_unique(pairs)))).decode(text)
    except ValueError:
        raise DecodeError("neither JSON nor XML of this API") from None
    if not isinstance(data, dict):
        raise DecodeError("JSON, but not an object")
    return data


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    data = dict(pairs)
    if len(data) != len(pairs):
        raise DecodeError("JSON with a duplicate name")
    return data


def _refuse_constant(name: str) -> None:
    raise DecodeError(f"JSON with {name}, which is not a number")


def _finite(text: str) -> ParsedFloat:
    number = ParsedFloat(text)
    if not math.isfinite(number):
        raise DecodeError("JSON with a number out of range")
    return number


def _decoder(hook: Callable[[list[tuple[str, Any]]], Any]) -> json.JSONDecoder:
    return json.JSONDecoder(object_pairs_hook=hook, parse_constant=_refuse_constant, parse_float=_finite)


_DECODER = _decoder(_unique)


def _envelope(data: dict[str, Any], operation: Operation, rows: RowDecoder | None) -> Envelope:
    success = data.get("success")
    if not isinstance(success, bool):
        raise DecodeError("a response without success true or false")
    code = _code(data.get("code"))
    known = operation.codes.get(code) if code is not None else None
    if known is not None and (known.kind == "success") is not success:
        raise DecodeError(f"a contradiction: success {str(success).lower()} with code {code} {known.name}")
    message = _as_message(data.get("message"))
    if not success:
        return Envelope(success, code, message, _errors(data), data)
    # The message and the errors are text next to the outcome: their type never makes a success doubtful.
    rest = {name: value for name, value in data.items() if name not in ("message", "errors", "error")}
    decoded = rows and rows.take_rows(rest)
    if rows is not None and decoded is not None:
        rest[rows.name] = []
    data, ignored = coerce_object(rest, operation.response, "answer")
    if code is not None:
        data["code"] = code
    else:
        data.pop("code", None)
    if rows is not None and decoded is not None:
        data[rows.name] = decoded
        ignored += tuple(f"{rows.name}[].{name}" for name in sorted(rows.ignored))
    if message is not None:
        data["message"] = message
    return Envelope(success, code, message, (), data, ignored)


def _code(value: object) -> int | None:
    if value is None:
        return None
    number = parse_integer(value)
    if number is None:
        raise DecodeError("a response whose code is not a number")
    return number


def _as_message(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value or None
    return json.dumps(value, ensure_ascii=False)


def _errors(data: dict[str, Any]) -> tuple[ErrorDetail, ...]:
    """Return the details of a failure: sibling APIs list them as errors or error, or put a text there."""
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
        return ErrorDetail(message=_as_message(item))
    return ErrorDetail(
        _as_message(item.get("elementId")), _as_message(item.get("message")), parse_integer(item.get("code"))
    )
