"""Runs of both kinds by one name, ids that count how many are taken, a clock that is set, a server that holds still."""

from __future__ import annotations

import contextlib
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import kit.server
import pytest
from kit.callers import Callers
from kit.clock import FakeClock
from kit.internals import clock_of, sender_of
from kit.proxy import closed_port
from kit.server import Exchange

from mailpartner import BulkItem, Outcome
from mailpartner._bulk.journal import Journal
from mailpartner._bulk.journal_row import Source
from mailpartner._core.clock import SYSTEM_CLOCK, Clock

KEY = "sandbox-bulk"
OTHER_KEY = "sandbox-other"
DELETED, GONE = Outcome.DELETED, Outcome.ALREADY_GONE
PATIENCE = 10.0

DONE = b'{"success":true,"code":200}'
UNKNOWN = b'{"success":false,"code":4,"message":"Identifiant inconnu"}'


class Told(NamedTuple):
    """What a run told: its items, and what it raised."""

    items: list[BulkItem[Any, Outcome]]
    error: BaseException | None

    @property
    def outcomes(self) -> dict[Any, Any]:
        """By id: the outcome, or the class of the error."""
        return {item.input: item.outcome or type(item.error) for item in self.items}


def bulk(
    kind: str,
    url: str,
    ids: Iterable[Any],
    *,
    clock: Clock | None = None,
    client: dict[str, Any] | None = None,
    most: int | None = None,
    each: Callable[[BulkItem[Any, Outcome]], object] = lambda item: None,
    prepare: Callable[[Any], object] = lambda mp: None,
    **options: Any,
) -> Told:
    """Carry a run out with a client of its own; `most` items, then break. Unpaced unless told otherwise."""
    options = {"rate": None, **options}
    settings = {"api_key": None, **(client or {})}
    items: list[BulkItem[Any, Any]] = []

    def take(item: BulkItem) -> bool:
        items.append(item)
        each(item)
        return len(items) == most

    with Callers() as connect:
        caller = connect(url, kind, key=settings.pop("api_key"), clock=clock or SYSTEM_CLOCK, **settings)
        prepare(caller.client)
        collect: Any = _collect_async if caller.is_async else _collect
        try:
            caller.run(lambda mp: collect(mp.unsubscribes.delete_many(ids, **options), take), caller.client)
        except Exception as error:
            return Told(items, error)
    return Told(items, None)


def _collect(run: Any, take: Callable[[BulkItem[Any, Any]], bool]) -> None:
    for item in run:
        if take(item):
            break


async def _collect_async(run: Any, take: Callable[[BulkItem[Any, Any]], bool]) -> None:
    async with contextlib.aclosing(run):
        async for item in run:
            if take(item):
                break


class Departures:
    """Notes when each request leaves, on a client's clock."""

    def __init__(self, client: Any) -> None:
        self.times: list[float] = []
        self._clock, self._send = clock_of(client), sender_of(client).send
        sender_of(client).send = self.send

    def send(self, *arguments: Any) -> Any:
        self.times.append(self._clock.monotonic())
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


class VirtualClock(FakeClock):
    """Time that passes only while somebody waits; 0.5 for every chance."""

    def __init__(self) -> None:
        super().__init__(stopped=True, chance=0.5)


class Server(kit.server.Server):
    """A server whose `answer(id, number)` gives the body of each answer, and may wait before; None breaks the
    connection. number counts the requests from 1."""

    def __init__(self, answer: Callable[[int, int], bytes | None] = lambda entry, number: DONE) -> None:
        self._answer = answer
        super().__init__(always=self._take)

    @property
    def ids(self) -> list[int]:
        """The ids of the requests so far."""
        return [int(request.query["id"]) for request in self.requests]

    def repeats(self) -> dict[int, int]:
        """The ids that came more than once, and how often."""
        return {number: count for number, count in Counter(self.ids).items() if count > 1}

    def _take(self, exchange: Exchange) -> None:
        body = self._answer(int(exchange.request.query["id"]), exchange.request.number)
        if body is None:
            exchange.hang_up()
        else:
            exchange.respond(body)


def unused_url() -> str:
    """Where nobody listens."""
    return f"http://127.0.0.1:{closed_port()}"


def states(path: Path) -> dict[int | str, int | str]:
    """By id its outcome in a journal, or the state that it has there."""
    journal = Journal(path)
    try:
        return {row.input: row.outcome or row.state for row in journal.rows()}
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
        rows = database.execute("SELECT input, state FROM item ORDER BY position").fetchall()
    database.close()
    return rows


def script(text: str, *arguments: str, **options: Any) -> subprocess.Popen[str]:
    """A Python process that runs `text`."""
    command = [sys.executable, "-c", text, *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)


needs_linux = pytest.mark.skipif(sys.platform != "linux", reason="needs Linux")


def unplaced(items: Iterable[Any]) -> Iterator[tuple[Any, Source]]:
    """Yield items for `Journal.add_all` of which it is not known where they come from."""
    return ((item, Source()) for item in items)
