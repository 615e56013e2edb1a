"""The server of the cases: the key of a request names its case, and the case says what to answer.

Real sockets, HTTP/1.1. What a client sent is kept to be compared. Cases share nothing: one at a time or many at once.
"""

from __future__ import annotations

import base64
import json
import socket
import struct
import threading
from collections import defaultdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

from .cases import KEY, URL, Case, key_of

_HALF = b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 27\r\n\r\n{"succ'
_LINE = 1 << 16
_AT_ONCE = struct.pack("ii", 1, 0)  # SO_LINGER: close with a reset


class CaseServer:
    """Plays the answers of `cases` on a free port of this machine. `requests` has what arrived, by the case's id."""

    def __init__(self, cases: list[Case]) -> None:
        self._cases = {key_of(case): case for case in cases}
        self._lock = threading.Lock()
        self.requests: defaultdict[str, list[Case]] = defaultdict(list)
        self.unmatched: list[str] = []
        server = self

        class Handler(_Handler):
            cases = server

        self._server = _Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer_to(self, seen: Case, key: str | None) -> Case | None:
        """The answer to a request that has just arrived; None for one that belongs to no case, or to no exchange."""
        case = self._cases.get(key) if isinstance(key, str) else None
        if case is None:
            self.unmatched.append(f"{seen['method']} {seen['path']}")
            return None
        with self._lock:
            arrived = self.requests[case["id"]]
            arrived.append(seen)
            number = len(arrived)
        answer: Case = case["exchanges"][number - 1]["answer"] if number <= len(case["exchanges"]) else {}
        return answer or None


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128  # a runner may have many cases under way: none is turned away

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Nothing: a client that hangs up, or sends what is no HTTP, is judged by what arrived."""


class _Handler(BaseHTTPRequestHandler):
    cases: CaseServer
    protocol_version = "HTTP/1.1"

    def _play(self) -> None:
        body = self._body()
        seen, key = seen_request(self.command, self.path, dict(self.headers.items()), body)
        answer = self.cases.answer_to(seen, key)
        if answer is None:
            text = '{"error": "No case has this key, or the case has no more answers. The key is sandbox-<case id>."}'
            answer = {"status": 404, "headers": {"Content-Type": "application/json"}, "body": text}
        self._lose(answer["lost"]) if "lost" in answer else self._send(answer, key or "")

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = do_HEAD = _play

    def _body(self) -> bytes:
        """The body, by its length or in chunks. Raises ValueError, upon which the connection is closed."""
        if self.headers.get("Transfer-Encoding", "").strip().lower() != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body = b""
        while size := int(self.rfile.readline(_LINE).partition(b";")[0], 16):
            body += self.rfile.read(size)
            self.rfile.readline(_LINE)
        while self.rfile.readline(_LINE).strip():
            pass  # trailers, of which no case has any
        return body

    def _send(self, answer: Case, key: str) -> None:
        body = base64.b64decode(answer["base64"]) if "base64" in answer else answer["body"].encode("utf-8")
        headers = {name: self._filled(value, key) for name, value in answer["headers"].items()}
        headers["Content-Length"] = str(len(body))
        lines = [f"HTTP/1.1 {answer['status']} Case", *(f"{name}: {value}" for name, value in headers.items())]
        self.wfile.write("\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body)

    def _filled(self, header: str, key: str) -> str:
        """A header of an answer with the server's own address and the case's key, for what leads back to it."""
        return header.replace(URL, self.cases.url).replace(KEY, key)

    def _lose(self, how: str) -> None:
        self.close_connection = True
        if how == "half":
            self.wfile.write(_HALF)
        if how == "reset":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)

    def log_message(self, format: str, *arguments: Any) -> None:
        """Nothing: the report says what arrived."""


def seen_request(method: str, target: str, headers: dict[str, str], body: bytes) -> tuple[Case, str | None]:
    """A request as cases write it, and its key, which is replaced by the placeholder wherever a case may have it."""
    parts = urlsplit(target)
    query: dict[str, Any] = {}
    for name, value in parse_qsl(parts.query, keep_blank_values=True):
        query[name] = [query[name], value] if name in query else value
    value = _json_or_text(body)
    key = query.get("apiKey")
    if key is not None:
        query["apiKey"] = KEY
    elif isinstance(value, dict) and "apiKey" in value:
        key, value["apiKey"] = value["apiKey"], KEY
    return {"method": method, "path": parts.path, "query": query, "headers": headers, "body": value}, key


def _json_or_text(body: bytes) -> Any:
    if not body:
        return None
    try:
        return json.loads(body)
    except ValueError:
        return body.decode("utf-8", "replace")
