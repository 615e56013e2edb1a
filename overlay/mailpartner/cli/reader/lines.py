"""Cut bytes into lines, find the encoding, and never hold a line longer than memory allows."""

from __future__ import annotations

import codecs
import hashlib
from collections.abc import Iterator
from itertools import chain
from typing import BinaryIO, NamedTuple

from mailpartner.cli.language import _

CHUNK_SIZE = 1 << 16
LONGEST_LINE = 1 << 16
LARGEST_FILE = 1 << 30

_BOMS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",  # before UTF-16, whose mark begins this one
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")  # .xlsx, .ods and .numbers; .xls


class FileError(ValueError):
    """Why a file cannot be read. The text goes on after the name of the file."""


class Line(NamedTuple):
    """A line of the file without its end. A `guessed` one is not UTF-8, and was read as cp1252."""

    number: int
    text: str
    complete: bool = True
    guessed: bool = False


class LineReader:
    """An input that is read once."""

    def __init__(self, stream: BinaryIO, encoding: str | None) -> None:
        """Prepare to read `stream` in `encoding`, None to find it out."""
        self.count = 0
        self._stream = stream
        self.digest = hashlib.sha256()
        self._found = encoding
        self._any_guessed = False

    @property
    def encoding(self) -> str:
        return self._found or ("cp1252" if self._any_guessed else "utf-8")

    def lines(self) -> Iterator[Line]:
        """Yield the lines; of one that is too long the beginning. Raise FileError for what is not text or too large."""
        chunks = self._chunks()
        first = next(chunks, b"")
        if first.startswith(_WORKBOOKS):
            raise FileError(
                _("is a workbook, not text. Save it as CSV in the spreadsheet program, and give that file.")
            )
        encoding = next((name for mark, name in _BOMS.items() if first.startswith(mark)), None) or self._found
        encoding = encoding or _utf16_without_bom(first)
        parts: Iterator[bytes] = chain((first,), chunks)
        if encoding is not None:
            self._found = encoding.removesuffix("-sig")
            # Lines are cut from bytes, so everything that is not UTF-8 is converted to UTF-8 first.
            parts = (piece.encode("utf-8", "replace") for piece in codecs.iterdecode(parts, encoding, "replace"))
        for self.count, (data, complete) in enumerate(_cut(parts), 1):
            yield self._line(data, complete)

    def _line(self, data: bytes, complete: bool) -> Line:
        try:
            return Line(self.count, data.decode("utf-8"), complete)
        except UnicodeDecodeError:
            self._any_guessed = True
            return Line(self.count, data.decode("cp1252", "replace"), complete, guessed=True)

    def _chunks(self) -> Iterator[bytes]:
        size = 0
        while chunk := self._stream.read(CHUNK_SIZE):
            size += len(chunk)
            if size > LARGEST_FILE:
                raise FileError(_("has more than {size} MiB. Split it.").format(size=LARGEST_FILE >> 20))
            self.digest.update(chunk)
            yield chunk


def _utf16_without_bom(start: bytes) -> str | None:
    """Return the byte order of UTF-16 without a mark: mostly ASCII, so every second byte is 0."""
    start = start[: len(start) & ~1]
    even, odd = start[::2].count(0), start[1::2].count(0)
    half = len(start) // 4
    if len(start) < 4 or (even and odd) or max(even, odd) <= half:
        return None
    return "utf-16-le" if odd else "utf-16-be"


def _cut(chunks: Iterator[bytes]) -> Iterator[tuple[bytes, bool]]:
    """Yield lines that end with LF, CR LF or CR, and whether each is complete."""
    rest, complete = b"", True
    for chunk in chunks:
        rest += chunk
        parts = rest.splitlines(keepends=True)
        # A CR at the very end may be the first half of a CR LF.
        unfinished = bool(parts) and not parts[-1].endswith(b"\n")
        rest = parts.pop() if unfinished else b""
        for part in parts:
            yield part.rstrip(b"\r\n")[:LONGEST_LINE], complete and len(part) <= LONGEST_LINE
            complete = True
        if len(rest) > LONGEST_LINE:
            rest, complete = rest[:LONGEST_LINE] + (b"\r" if rest.endswith(b"\r") else b""), False
    for part in rest.splitlines():
        yield part[:LONGEST_LINE], complete and len(part) <= LONGEST_LINE
        complete = True
