"""A server that answers what it is told to, byte by byte, and keeps every byte it was sent. Real loopback sockets."""

from __future__ import annotations

import contextlib
import re
import socket
import threading
from typing import Self

_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)


class ListServer:
    """Answers each request with the next of `bodies`, the last one again and again; None closes the connection.

    sent: the requests, each as it came. connections: how many there were.
    """

    def __init__(self, *bodies: str | bytes | None) -> None:
        self._bodies = [body.encode() if isinstance(body, str) else body for body in bodies]
        self.sent: list[bytes] = []
        self.connections = 0
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = []
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        for sock in (self._listening, *self._open):
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
            sock.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listening.accept()
                self.connections += 1
                self._open.append(connection)
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError), connection:
            while request := _one_request(connection):
                self.sent.append(request)
                body = self._bodies[min(len(self.sent), len(self._bodies)) - 1]
                if body is None:
                    return
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)


def _one_request(connection: socket.socket) -> bytes:
    data = b""
    while True:
        head, end, body = data.partition(b"\r\n\r\n")
        length = _LENGTH.search(head)
        if end and len(body) >= int(length[1] if length else 0):
            return data
        part = connection.recv(65536)
        if not part:
            return b""
        data += part
