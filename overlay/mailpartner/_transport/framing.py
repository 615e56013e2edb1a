"""Find where a response ends in the bytes that a server sends.

httpcore is given only the bytes that belong to the response: what follows them would be taken for the answer to the
next request. Heads are held back until they are complete, so that an echo of the API key is masked however it is split
over reads; chunks are written anew and trailers dropped, because h11 quotes what it cannot parse.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

import httpcore

_LONGEST_HEAD: Final = 100 * 1024  # as much as h11 takes
_LONGEST_LINE: Final = 16 * 1024
_LONGEST_BODY: Final = 1 << 62
_NOT_HTTP: Final = b"(not HTTP)\r\n\r\n"
_BLANK_LINE: Final = re.compile(rb"\n\r?\n")
_CONTINUATION: Final = re.compile(rb"\r?\n[ \t]+")
_FRAMING_HEADER: Final = re.compile(rb"\n(content-length|transfer-encoding):[ \t]*([^\r\n]*)", re.IGNORECASE)
_CHUNK_HEADER: Final = re.compile(rb"([0-9a-fA-F]{1,20})(?:;.*)?[ \t]*")

_TRAILER: Final = re.compile(rb"[!-9;-~]+:[^\x00\r\n]*|[ \t].*")


class ResponseFramer:
    """Passes on the bytes of one response at a time.

    `complete` is True once the response has ended. `reusable` is False where the connection must not serve another
    request: more than the response came, or only the end of the connection ends it.
    """

    __slots__ = ("_expects", "_held", "_left", "_mask", "_trailers", "complete", "feed", "reusable")

    def __init__(self, mask: Callable[[bytes], bytes]) -> None:
        self._mask = mask
        self.start()

    def start(self) -> None:
        """Expect the response to a new request."""
        self.feed: Callable[[bytes], bytes] = self._head
        """Takes what was read and returns what can be passed on; raises httpcore.RemoteProtocolError."""
        self._held = b""
        self._left = self._trailers = 0
        self._expects = "header"
        self.complete = False
        self.reusable = True

    def _head(self, data: bytes) -> bytes:
        data, self._held = self._held + data, b""
        passed = b""
        while data:
            if not data.startswith(b"HTTP/1."[: len(data)]):
                self._until_closed()
                return passed + _NOT_HTTP
            blank_line = _BLANK_LINE.search(data)
            if blank_line is None:
                if len(data) > _LONGEST_HEAD:
                    raise httpcore.RemoteProtocolError("The head of the response is too long.")
                self._held = data
                break
            head, data = data[: blank_line.end()], data[blank_line.end() :]
            if b"\n " in head or b"\n\t" in head:
                status_line, end, fields = head.partition(b"\n")
                head = status_line + end + _CONTINUATION.sub(b" ", fields)
            passed += self._mask(head)
            status = head[9:12]
            if status[:1] != b"1" or status == b"101":
                self._frame(status, head)
                return passed + self.feed(data)
        return passed

    def _frame(self, status: bytes, head: bytes) -> None:
        """Choose how the body ends, as h11 will (RFC 9112, section 6.3)."""
        lengths: set[bytes] = set()
        codings = []
        for name, value in _FRAMING_HEADER.findall(head):
            if len(name) == 14:
                lengths.update(length.strip() for length in value.split(b","))
            else:
                codings.append(value.strip().lower())
        length = lengths.pop() if len(lengths) == 1 else b""
        if status in (b"204", b"304"):
            self.feed = self._counted
        elif codings == [b"chunked"]:
            self.feed = self._chunked
        elif not codings and length.isdigit() and len(length) < 19:
            self.feed, self._left = self._counted, int(length)
        else:  # or h11 refuses the head
            self._until_closed()

    def _until_closed(self) -> None:
        self.feed, self._left, self.reusable = self._counted, _LONGEST_BODY, False

    def _counted(self, data: bytes) -> bytes:
        rest = self._left - len(data)
        self._left = max(rest, 0)
        self.complete = rest <= 0
        if rest < 0:
            self.reusable = False
            return data[:rest]
        return data

    def _chunked(self, data: bytes) -> bytes:
        """Pass on what came of any chunks as one chunk."""
        data, self._held = self._held + data, b""
        passed, start = bytearray(), 0
        while start < len(data) and not self.complete:
            if self._left:
                end = min(start + self._left, len(data))
                passed += data[start:end]
                self._left -= end - start
                start = end
                continue
            mark = b"\n" if self._expects == "trailer" else b"\r\n"  # as h11 reads them
            end = data.find(mark, start)
            if (end if end >= 0 else len(data)) - start > _LONGEST_LINE:
                raise httpcore.RemoteProtocolError("A line of the chunked response is too long.")
            if end < 0:
                self._held = data[start:]
                break
            self._chunk_line(data[start:end])
            start = end + len(mark)
        last = b""
        if self.complete:
            last = b"0\r\n\r\n"
            self.feed = self._counted
            self._counted(data[start:])
        return b"%x\r\n%b\r\n%b" % (len(passed), bytes(passed), last) if passed else last

    def _chunk_line(self, line: bytes) -> None:
        if self._expects == "header":
            header = _CHUNK_HEADER.fullmatch(line)
            if header is None:
                raise httpcore.RemoteProtocolError("The response has an invalid chunk header.")
            self._left = int(header[1], 16)
            self._expects = "end" if self._left else "trailer"
        elif self._expects == "end":
            if line:
                raise httpcore.RemoteProtocolError("The response has a chunk that is longer than its header says.")
            self._expects = "header"
        elif not (line := line.removesuffix(b"\r")):
            self.complete = True
        else:
            self._trailers += len(line)
            if self._trailers > _LONGEST_HEAD or not _TRAILER.fullmatch(line):
                raise httpcore.RemoteProtocolError("The response has an invalid trailer, or too many.")
