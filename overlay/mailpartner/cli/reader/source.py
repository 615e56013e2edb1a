"""Bytes into lines: what the file is (its digest, its encoding), and no line ever longer than memory allows."""

from __future__ import annotations

import codecs
import hashlib
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

CHUNK = 1 << 16
LONGEST_LINE = 1 << 16

_BOMS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",  # before UTF-16, whose mark begins this one
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")  # .xlsx and .ods; .xls


class WorkbookError(ValueError):
    """The file is a spreadsheet program's own, not text."""


class Line(NamedTuple):
    """One line of the file, without its end. number: from 1. whole: whether it was short enough to be kept."""

    number: int
    text: str
    whole: bool


class Source:
    """An input that is read once. encoding: as given, None to find out."""

    def __init__(self, stream: BinaryIO, encoding: str | None) -> None:
        self._stream = stream
        self._digest = hashlib.sha256()
        self._encoding = encoding
        self.encoding = encoding or "utf-8, or cp1252 where a line is not"

    @property
    def digest(self) -> str:
        """The SHA-256 of all bytes read so far."""
        return self._digest.hexdigest()

    def lines(self) -> Iterator[Line]:
        """The lines, one by one; what follows in a line that is too long is skipped. Raises WorkbookError."""
        chunks = self._chunks()
        first = next(chunks, b"")
        if first.startswith(_WORKBOOKS):
            raise WorkbookError
        found = next((name for mark, name in _BOMS.items() if first.startswith(mark)), None)
        if found is not None:
            self.encoding = found.removesuffix("-sig")
        encoding = found or self._encoding
        parts = _with(first, chunks)
        if encoding is not None:
            # Lines are cut from bytes, so whatever is not UTF-8 is made UTF-8 first.
            decoded = codecs.iterdecode(parts, encoding, "replace")
            parts = (piece.encode("utf-8", "replace") for piece in decoded)
        for number, (data, whole) in enumerate(_cut(parts), 1):
            yield Line(number, _decoded(data), whole)

    def _chunks(self) -> Iterator[bytes]:
        while chunk := self._stream.read(CHUNK):
            self._digest.update(chunk)
            yield chunk


def _with(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest


def _cut(chunks: Iterator[bytes]) -> Iterator[tuple[bytes, bool]]:
    """Lines that end with LF, CR LF or CR, and whether each is whole."""
    rest, whole = b"", True
    for chunk in chunks:
        rest += chunk
        parts = rest.splitlines(keepends=True)
        # A CR at the very end may be the first half of a CR LF.
        unfinished = bool(parts) and not parts[-1].endswith(b"\n")
        rest = parts.pop() if unfinished else b""
        for part in parts:
            yield part.rstrip(b"\r\n")[:LONGEST_LINE], whole and len(part) <= LONGEST_LINE
            whole = True
        if len(rest) > LONGEST_LINE:
            rest, whole = rest[:LONGEST_LINE] + (b"\r" if rest.endswith(b"\r") else b""), False
    for part in rest.splitlines():
        yield part[:LONGEST_LINE], whole and len(part) <= LONGEST_LINE
        whole = True


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")
