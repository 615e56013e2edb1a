"""HTTP responses to the byte, and the API's own in both formats."""

from __future__ import annotations

import json
from collections.abc import Iterable
from xml.sax.saxutils import escape


def head(status: int = 200, *headers: str | bytes) -> bytes:
    """Return a response up to its body."""
    lines = [line if isinstance(line, bytes) else line.encode("iso-8859-1") for line in headers]
    return b"".join(line + b"\r\n" for line in (b"HTTP/1.1 %d Status" % status, *lines, b""))


def response(
    body: bytes | str = b"",
    status: int = 200,
    content_type: str | bytes | None = "application/json",
    headers: Iterable[str | bytes] = (),
) -> bytes:
    """Return a response whose body has its Content-Length. `headers` are whole lines."""
    content = body.encode() if isinstance(body, str) else body
    if isinstance(content_type, str):
        content_type = content_type.encode("iso-8859-1")
    typed = [] if content_type is None else [b"Content-Type: " + content_type]
    return head(status, *headers, *typed, b"Content-Length: %d" % len(content)) + content


def chunked(body: bytes, size: int) -> bytes:
    """Return `body` in chunks of `size` bytes, as Transfer-Encoding: chunked writes it."""
    parts = (body[start : start + size] for start in range(0, len(body), size))
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


def envelope(format: str, success: bool, code: int | None, message: str | None = None) -> bytes:
    """Return the body of an answer of the API that has no data."""
    if format == "json":
        fields = {"success": success, "code": code, "message": message}
        return json.dumps({name: value for name, value in fields.items() if value is not None}).encode()
    values = [str(success).lower(), *([] if code is None else [str(code)]), *([message] if message else [])]
    entries = "".join(f"<entry>{escape(value)}</entry>" for value in values)
    return f"<?xml version='1.0' encoding='UTF-8'?><result>{entries}</result>".encode()


DONE = response('{"success": true, "code": 200}')
"""The answer to whatever was done."""
