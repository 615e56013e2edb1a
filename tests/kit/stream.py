"""What a server reads of a connection: its bytes, and the requests in them."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import parse_qs, urlsplit


class Stream:
    """The bytes of one connection, from the server's side."""

    def __init__(self, connection: socket.socket, heard: bytearray) -> None:
        self.socket = connection
        self._heard = heard
        self._unread = b""

    def receive(self) -> bytes:
        """Return what arrives next, or nothing at the end."""
        data = self.socket.recv(65536)
        self._heard += data
        return data

    def read_head(self) -> bytes:
        """Return the next request without its body and empty line, or nothing if there is none."""
        while b"\r\n\r\n" not in self._unread:
            data = self.receive()
            if not data:
                return b""
            self._unread += data
        head, _, self._unread = self._unread.partition(b"\r\n\r\n")
        return head

    def read(self, length: int) -> bytes:
        """Return so many bytes, or fewer if the connection ends before."""
        while len(self._unread) < length and (data := self.receive()):
            self._unread += data
        data, self._unread = self._unread[:length], self._unread[length:]
        return data


@dataclass
class Request:
    """A request as it arrived. `number` counts a server's requests, `connection` its connections, both from 1."""

    head: bytes
    number: int
    connection: int
    body: bytes = b""

    @property
    def raw(self) -> bytes:
        return self.head + b"\r\n\r\n" + self.body

    @cached_property
    def line(self) -> str:
        return self.head.partition(b"\r\n")[0].decode("ascii")

    @property
    def method(self) -> str:
        return self.line.split(" ")[0]

    @property
    def path(self) -> str:
        return urlsplit(self.line.split(" ")[1]).path

    @cached_property
    def query(self) -> dict[str, str]:
        parsed = parse_qs(urlsplit(self.line.split(" ")[1]).query, keep_blank_values=True)
        return {name: values[0] for name, values in parsed.items()}

    @cached_property
    def headers(self) -> dict[str, str]:
        lines = self.head.decode("iso-8859-1").split("\r\n")[1:]
        return {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}

    @property
    def format(self) -> str:
        return self.query.get("_format", "json")
