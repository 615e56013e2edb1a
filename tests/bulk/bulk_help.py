"""Runs of both kinds by one name, ids that count how many are taken, a clock that is set, a server that holds still."""

from __future__ import annotations

import asyncio
import contextlib
import re
import socket
import sqlite3
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple, Self

import pytest

from mailpartner import AsyncMailPartner, BulkItem, MailPartner, Outcome
from mailpartner._bulk.journal import Journal
from mailpartner._core.clock import Clock

KEY = "sandbox-bulk"
OTHER_KEY = "sandbox-other"
DELETED, GONE = Outcome.DELETED, Outcome.ALREADY_GONE
PATIENCE = 10.0

DONE = b'{"success":true,"code":200}'
UNKNOWN = b'{"success":false,"code":4,"message":"Identifiant inconnu"}'


class Told(NamedTuple):
    """What a run told: its items, and what it raised."""

    items: list[BulkItem]
    error: BaseException | None

    @property
    def outcomes(self) -> dict[Any, Any]:
        """By id: the outcome, or the class of the error."""
        return {item.id: item.outcome or type(item.error) for item in self.items}


def bulk(
    kind: str,
    url: str,
    ids: Iterable[Any],
    *,
    clock: Clock | None = None,
    client: dict[str, Any] | None = None,
    most: int | None = None,
    each: Callable[[BulkItem], object] = lambda item: None,
    prepare: Callable[[Any], object] = lambda mp: None,
    **options: Any,
) -> Told:
    """Carry a run out with a client of its own; `most` items, then break. Unpaced unless told otherwise."""
    options = {"rate": None, **options}
    settings = {"base_url": url, **(client or {})}
    return _sync(settings, ids, clock, most, each, prepare, options) if kind == "sync" else asyncio.run(
        _async(settings, ids, clock, most, each, prepare, options)
    )  # fmt: skip


def _sync(settings: Any, ids: Any, clock: Any, most: Any, each: Any, prepare: Any, options: Any) -> Told:
    items: list[BulkItem] = []
    with MailPartner(**settings) as mp:
        mp._session.state.clock = clock or mp._session.state.clock
        prepare(mp)
        try:
            for item in mp.unsubscribes.delete_many(ids, **options):
                items.append(item)
                each(item)
                if len(items) == most:
                    break
        except Exception as error:
            return Told(items, error)
    return Told(items, None)


async def _async(settings: Any, ids: Any, clock: Any, most: Any, each: Any, prepare: Any, options: Any) -> Told:
    items: list[BulkItem] = []
    async with AsyncMailPartner(**settings) as mp:
        mp._session.state.clock = clock or mp._session.state.clock
        prepare(mp)
        run = mp.unsubscribes.delete_many(ids, **options)
        try:
            async for item in run:
                items.append(item)
                each(item)
                if len(items) == most:
                    break
        except Exception as error:
            return Told(items, error)
        finally:
            await run.aclose()
    return Told(items, None)


class Departures:
    """Notes when each request leaves, on a client's clock."""

    def __init__(self, client: Any) -> None:
        self.times: list[float] = []
        self._client, self._send = client, client._session.sender.send
        client._session.sender.send = self.send

    def send(self, *arguments: Any) -> Any:
        self.times.append(self._client._session.state.clock.monotonic())
        return self._send(*arguments)


class Counted:
    """Ids that count how many were taken; endless unless `stop` is given."""

    def __init__(self, start: int = 1, stop: int | None = None) -> None:
        self.taken = 0
        self._start, self._stop = start, stop

    def __iter__(self) -> Iterator[int]:
        number = self._start
        while self._stop is None or number < self._stop:
            self.taken += 1
            yield number
            number += 1


class VirtualClock(Clock):
    """Time that passes only while somebody waits; 0.5 for every chance."""

    def __init__(self) -> None:
        self.time = 1000.0
        self._lock = threading.Lock()

    def monotonic(self) -> float:
        return self.time

    def now(self) -> float:
        return 1.7e9 + self.time

    def random(self) -> float:
        return 0.5

    def pass_by(self, seconds: float) -> None:
        with self._lock:
            self.time += seconds

    def sleep(self, seconds: float, stop: threading.Event | None = None) -> None:
        if stop is None or not stop.is_set():
            self.pass_by(seconds)

    async def async_sleep(self, seconds: float) -> None:
        self.pass_by(seconds)
        await asyncio.sleep(0)


class Server:
    """A server in threads whose `answer(id, number)` gives the body of each answer, and may wait before; None breaks
    the connection. number counts the requests from 1."""

    def __init__(self, answer: Callable[[int, int], bytes | None] = lambda entry, number: DONE) -> None:
        self._answer = answer
        self._listening = socket.create_server(("127.0.0.1", 0), backlog=128)
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        self.ids: list[int] = []
        self.connections = 0

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._thread.join(PATIENCE)
        with self._lock:
            for connection in self._open:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)

    def repeats(self) -> dict[int, int]:
        """The ids that came more than once, and how often."""
        return {number: count for number, count in Counter(self.ids).items() if count > 1}

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            with self._lock:
                self.connections += 1
                self._open.add(connection)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection:
            with contextlib.suppress(OSError):
                self._exchange(connection)
            with self._lock:
                self._open.discard(connection)

    def _exchange(self, connection: socket.socket) -> None:
        unread = b""
        while True:
            while b"\r\n\r\n" not in unread:
                part = connection.recv(65536)
                if not part:
                    return
                unread += part
            head, _, unread = unread.partition(b"\r\n\r\n")
            found = re.search(rb"[?&]id=(\d+)", head)
            assert found
            with self._lock:
                self.ids.append(int(found[1]))
                number = len(self.ids)
            body = self._answer(int(found[1]), number)
            if body is None:
                return
            connection.sendall(
                b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body) + body
            )


def unused_url() -> str:
    """Where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return f"http://127.0.0.1:{listening.getsockname()[1]}"


def states(path: Path) -> dict[int | str, int]:
    """By id the state that a journal has it in."""
    journal = Journal(path)
    try:
        return {row.id: row.state for row in journal.rows()}
    finally:
        journal.close()


def copied(path: Path, place: Path) -> list[tuple[int, int]]:
    """Position and state of each row in a copy of a journal that is open elsewhere, as a crash now would leave it.

    Another process copies: to open and close the file in this one would take its locks away.
    """
    place.mkdir()
    files = [str(file) for file in (path, Path(f"{path}-wal")) if file.exists()]
    subprocess.run(["cp", *files, str(place)], check=True)
    with sqlite3.connect(place / path.name) as database:
        rows = database.execute("SELECT id, state FROM item ORDER BY position").fetchall()
    database.close()
    return rows


def script(text: str, *arguments: str, **options: Any) -> subprocess.Popen[str]:
    """A Python process that runs `text`."""
    command = [sys.executable, "-c", text, *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)


needs_linux = pytest.mark.skipif(sys.platform != "linux", reason="needs Linux")
