"""HTTP requests as they arrived, answers before they are sent, and the HTML pages of servers and gateways."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from http import HTTPStatus

BODYLESS = (204, 205, 304)


@dataclass(frozen=True)
class Incoming:
    """A request as it arrived, all of it. `connection` counts the connections of the sandbox from 1."""

    connection: int
    address: str
    method: str
    path: str
    query: str
    headers: list[tuple[str, str]]
    body: bytes


@dataclass(frozen=True)
class Reply:
    """Status, headers and body. Content-Length comes by itself, from the whole body."""

    status: int
    content_type: str
    body: bytes
    headers: tuple[tuple[str, str], ...] = field(default=())

    def all_headers(self) -> list[tuple[bytes, bytes]]:
        """The headers as they go on the wire."""
        if self.status in BODYLESS:
            return _encoded(self.headers)
        length = str(len(self.body))
        return _encoded((("Content-Type", self.content_type), ("Content-Length", length), *self.headers))

    def head(self) -> bytes:
        """Status line and headers in bytes, for an answer that is written past the HTTP library."""
        lines = [f"HTTP/1.1 {self.status} {_phrase(self.status)}".encode()]
        lines += [name + b": " + value for name, value in [*self.all_headers(), (b"Connection", b"close")]]
        return b"\r\n".join(lines) + b"\r\n\r\n"


def html_page(status: int, sentence: str, *headers: tuple[str, str]) -> Reply:
    """A page as a web server or a gateway would show it."""
    title = f"{status} {_phrase(status)}".strip()
    page = (
        f"<!DOCTYPE html>\n<html><head><title>{title}</title></head>\n"
        f"<body><h1>{title}</h1><p>{escape(sentence)}</p></body></html>\n"
    )
    return Reply(status, "text/html; charset=utf-8", b"" if status in BODYLESS else page.encode(), headers)


def _encoded(headers: tuple[tuple[str, str], ...]) -> list[tuple[bytes, bytes]]:
    return [(name.encode("ascii"), value.encode("ascii")) for name, value in headers]


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
