"""A client of the sandbox that sees every byte and how a connection ends. Real sockets, no HTTP library."""

from __future__ import annotations

import socket
import ssl
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from mailpartner.sandbox import Sandbox

PATIENCE = 5.0


class Raw(NamedTuple):
    """All bytes that came on one connection, and how it ended: "closed", "reset" or "silent"."""

    data: bytes
    end: str

    @property
    def status(self) -> int:
        return int(self.data.split(b" ", 2)[1])

    @property
    def headers(self) -> dict[str, str]:
        lines = self.data.partition(b"\r\n\r\n")[0].decode("ascii").split("\r\n")[1:]
        return {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}

    @property
    def body(self) -> bytes:
        return self.data.partition(b"\r\n\r\n")[2]


def connect(sandbox: Sandbox) -> socket.socket:
    place = urlsplit(sandbox.url)
    assert place.hostname is not None
    return socket.create_connection((place.hostname, place.port or 0), PATIENCE)


def request_bytes(target: str, method: str = "POST", *headers: str, body: bytes = b"", close: bool = True) -> bytes:
    lines = [f"{method} {target} HTTP/1.1", "Host: localhost", f"Content-Length: {len(body)}", *headers]
    if close:
        lines.append("Connection: close")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def read_all(connection: socket.socket) -> Raw:
    data = b""
    try:
        while part := connection.recv(65536):
            data += part
    except (ConnectionResetError, ssl.SSLEOFError):  # the second one: a reset under TLS
        return Raw(data, "reset")
    except TimeoutError:
        return Raw(data, "silent")
    return Raw(data, "closed")


def read_one(connection: socket.socket) -> Raw:
    """Read one answer, by its Content-Length; the connection stays open."""
    answer = Raw(b"", "open")
    while b"\r\n\r\n" not in answer.data or len(answer.body) < int(answer.headers["content-length"]):
        part = connection.recv(65536)
        assert part, answer
        answer = Raw(answer.data + part, "open")
    return answer


def ask(sandbox: Sandbox, target: str, method: str = "POST", *headers: str, **options: Any) -> Raw:
    """Send one request on a connection of its own, and read until it ends or is silent for `patience` seconds."""
    patience = options.pop("patience", PATIENCE)
    with connect(sandbox) as connection:
        connection.sendall(request_bytes(target, method, *headers, **options))
        connection.settimeout(patience)
        return read_all(connection)


def delete(sandbox: Sandbox, entry_id: object = None, method: str = "POST", **options: Any) -> Raw:
    """Delete an entry; `key` and `form` may be given."""
    query = f"apiKey={options.pop('key', 'sandbox-key')}" + ("" if entry_id is None else f"&id={entry_id}")
    query += f"&_format={options.pop('form')}" if "form" in options else ""
    return ask(sandbox, f"/v1/unsubscribe/delete?{query}", method, **options)
