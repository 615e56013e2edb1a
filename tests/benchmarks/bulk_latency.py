"""An unpaced run against a server that takes 20 ms for each answer: how near it comes to the limit that this latency
sets, whether a call costs more the more there are beside it, and how many connections it opens.

    PYTHONPATH=tests python -m benchmarks.bulk_latency           about a minute
    PYTHONPATH=tests python -m benchmarks.bulk_latency --quick   a few seconds, too few calls to judge by
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from benchmarks.table import Figure, seconds_in_words, table
from mailpartner import AsyncMailPartner, MailPartner

KEY = "sandbox-benchmarks"
ROOT = Path(__file__).absolute().parents[2]
LATENCY = 0.02
WIDTH = 32
NARROW, WIDE = 8, 128
KINDS = ("sync", "async")

_BODY = b'{"success":true,"code":200}'
_ANSWER = (
    b"HTTP/1.1 200 OK\r\nServer: nginx\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(_BODY)
) + _BODY


class Spent(NamedTuple):
    """What a call took: seconds on the wall, and of the processor."""

    wall: float
    processor: float


def measure(quick: bool = False) -> list[Figure]:
    """For threads and for tasks."""
    rounds, calls = (2, 200) if quick else (7, 3_000)
    figures = []
    for kind in KINDS:
        print(f"bulk latency, {kind}", file=sys.stderr, flush=True)
        walls, ratios, costs, opened = [], [], [], []
        for number in range(rounds + 1):
            spent, connections = {}, {}
            for width in (WIDTH, NARROW, WIDE):
                with _server() as server:
                    spent[width] = _run(kind, server.url, calls if width != NARROW else calls // 2, width)
                    connections[width] = server.opened()
            if number:  # the first round warms up
                walls.append(spent[WIDTH].wall / (LATENCY / WIDTH))
                ratios.append(spent[WIDE].processor / spent[NARROW].processor)
                costs.append(spent[WIDTH].processor)
                opened.append(max(count / width for width, count in connections.items()))
        figures += [
            Figure(f"{kind}, {WIDTH} wide, to the limit", seconds_in_words(costs), walls, 2.0),
            Figure(f"{kind}, a call at {WIDE} to at {NARROW}", "", ratios, 1.3),
            Figure(f"{kind}, connections to width", "", opened, 1.0),
        ]
    return figures


def _run(kind: str, url: str, calls: int, width: int) -> Spent:
    wall, processor = time.perf_counter(), time.process_time()
    if kind == "sync":
        with MailPartner(KEY, base_url=url) as mp:
            for item in mp.unsubscribes.delete_many(range(1, calls + 1), rate=None, concurrency=width):
                assert item.error is None
    else:
        asyncio.run(_run_async(url, calls, width))
    return Spent((time.perf_counter() - wall) / calls, (time.process_time() - processor) / calls)


async def _run_async(url: str, calls: int, width: int) -> None:
    async with AsyncMailPartner(KEY, base_url=url) as mp:
        async for item in mp.unsubscribes.delete_many(range(1, calls + 1), rate=None, concurrency=width):
            assert item.error is None


class _Server:
    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.url = f"http://127.0.0.1:{self._ask('port')}"

    def opened(self) -> int:
        """How many connections were opened."""
        return self._ask("connections")

    def _ask(self, what: str) -> int:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(what, file=self._process.stdin, flush=True)
        return int(self._process.stdout.readline())


@contextlib.contextmanager
def _server() -> Iterator[_Server]:
    command = [sys.executable, "-m", "benchmarks.bulk_latency", "--serve"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        try:
            yield _Server(process)
        finally:
            process.stdin.close()


class _Connection(asyncio.Protocol):
    opened = 0
    _unread = b""
    _transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        type(self).opened += 1

    def data_received(self, data: bytes) -> None:
        *requests, self._unread = (self._unread + data).split(b"\r\n\r\n")
        for _ in requests:
            asyncio.get_running_loop().call_later(LATENCY, self._transport.write, _ANSWER)


async def _serve() -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(_Connection, "127.0.0.1", 0, backlog=1024)
    numbers = {"port": lambda: server.sockets[0].getsockname()[1], "connections": lambda: _Connection.opened}
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        print(numbers[line.strip()](), flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks.bulk_latency")
    parser.add_argument("--quick", action="store_true", help="too few calls to judge by; exit status 0")
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.serve:
        asyncio.run(_serve())
    else:
        figures = measure(arguments.quick)
        print(table({"Many deletions: a server that takes 20 ms": figures}))
        sys.exit(0 if arguments.quick else any(figure.missed for figure in figures))
