"""A small server for the clients to talk to, fast enough to cost next to nothing beside them.

It answers every request with success, in XML where `_format=xml` is asked for, and reads no more of it than its end.
The list of unsubscribes has as many entries as the key says: sandbox-list-1000 is that of an account with a thousand.
Run as a module it is a process of its own, serving http and https until its input ends; `running` starts it so.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import json
import re
import ssl
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import certifi
import trustme

ROOT = Path(__file__).resolve().parents[2]
HOST = "127.0.0.1"
PATH = "/v1/unsubscribe/delete"
KEY = "sandbox-benchmarks"

_JSON_BODY = b'{"success": true, "code":200}'
_XML_BODY = (
    b"<?xml version='1.0' encoding='UTF-8'?><result><entry>true</entry><entry>200</entry></result>"  # as on the page
)

_ENTRIES = re.compile(rb"sandbox-list-(\d+)")


class Server(NamedTuple):
    """Where it listens, and whom to trust. `ca` holds its authority alone, `bundle` that beside certifi's."""

    http: str
    https: str
    ca: str
    bundle: str


def _answer(content_type: bytes, body: bytes) -> bytes:
    lines = (
        b"HTTP/1.1 200 OK",
        b"Server: nginx",
        b"Date: Mon, 01 Sep 2025 10:00:00 GMT",
        b"Content-Type: " + content_type,
        b"Content-Length: %d" % len(body),
    )
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


class _Connection(asyncio.Protocol):
    """Requests without a body, one after the other."""

    _json = _answer(b"application/json", _JSON_BODY)
    _xml = _answer(b"application/xml", _XML_BODY)
    _transport: asyncio.Transport
    _unread = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Somebody connected."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """A request, or a part of one."""
        *requests, self._unread = (self._unread + data).split(b"\r\n\r\n")
        for request in requests:
            line = request.partition(b"\r\n")[0]
            entries = _ENTRIES.search(line) if b"/list" in line else None
            if entries is not None:
                self._transport.write(_list(int(entries[1])))
            else:
                self._transport.write(self._xml if b"_format=xml" in line else self._json)


@functools.cache
def _list(count: int) -> bytes:
    """A list of unsubscribes: user1@example.com has the id 1, and so on."""
    entry = b'{"id":%d,"email":"user%d@example.com","createdAt":"2026-11-28 12:00:00"}'
    entries = b",".join(entry % (number, number) for number in range(1, count + 1))
    return _answer(b"application/json", b'{"success":true,"code":200,"data":[%s]}' % entries)


async def _serve(certificate: str) -> None:
    loop = asyncio.get_running_loop()
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate)
    servers = [await loop.create_server(_Connection, HOST, 0, ssl=context, backlog=1024) for context in (None, tls)]
    print(json.dumps([server.sockets[0].getsockname()[1] for server in servers]), flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


@contextlib.contextmanager
def running() -> Iterator[Server]:
    """The server, in another process."""
    authority = trustme.CA()
    with tempfile.TemporaryDirectory() as folder:
        certificate, ca, bundle = (Path(folder, name) for name in ("server.pem", "ca.pem", "bundle.pem"))
        authority.issue_cert(HOST).private_key_and_cert_chain_pem.write_to_path(certificate)
        authority.cert_pem.write_to_path(ca)
        bundle.write_bytes(Path(certifi.where()).read_bytes() + ca.read_bytes())
        command = [sys.executable, "-m", "benchmarks.server", str(certificate)]
        with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
            assert process.stdin is not None
            assert process.stdout is not None
            try:
                http, https = json.loads(process.stdout.readline())
                yield Server(f"http://{HOST}:{http}", f"https://{HOST}:{https}", str(ca), str(bundle))
            finally:
                process.stdin.close()


if __name__ == "__main__":
    asyncio.run(_serve(sys.argv[1]))
