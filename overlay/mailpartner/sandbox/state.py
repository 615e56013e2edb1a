"""The list of unsubscribes: id, address, date. In memory, or in an SQLite file that survives a restart."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Hashable, Iterable
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

APPLICATION_ID = 0x4D505342  # "MPSB": marks the file as a sandbox's, so that no other SQLite file is written to
LARGEST_ID = 2**63 - 1
SCHEMA = f"""
    CREATE TABLE IF NOT EXISTS entries (
        id INTEGER PRIMARY KEY AUTOINCREMENT, email TEXT NOT NULL, created_at TEXT NOT NULL);
    PRAGMA application_id = {APPLICATION_ID};
"""
FIRST_DAY = datetime(2020, 1, 1)


class StateError(Exception):
    """The state file cannot be used. One line."""


class Entry(NamedTuple):
    """One unsubscribe. `created_at` has no zone, as in the API: `2020-01-01 00:01:00`."""

    id: int
    email: str
    created_at: str


class Entries:
    """The entries of the pretended account. Each change is committed before the call returns; ids are never reused.

    file: the SQLite file; created where there is none. None keeps everything in memory.
    made_up: how many entries a new list starts with, ids 1 to `made_up`, all under example.com. now: the date of what
    is added.
    """

    def __init__(self, file: str | Path | None, made_up: int, now: Callable[[], datetime] = datetime.now) -> None:
        self._made_up = made_up
        self._now = now
        try:
            self._database = sqlite3.connect(
                ":memory:" if file is None else file, isolation_level=None, check_same_thread=False
            )
        except sqlite3.Error as error:
            raise StateError(f"cannot open the state file {file}: {error}") from None
        try:
            self._prepare()
        except (sqlite3.Error, StateError) as error:
            self._database.close()
            raise StateError(f"cannot use {file} as state file: {error}") from None

    def add(self, email: str) -> int | None:
        """Add an address, as of now, and return its id; None where it is listed already."""
        self._database.execute("CREATE INDEX IF NOT EXISTS by_email ON entries (email)")
        new = (
            "INSERT INTO entries (email, created_at)"
            " SELECT :email, :now WHERE NOT EXISTS (SELECT 1 FROM entries WHERE email = :email)"
        )
        with closing(self._database.execute(new, {"email": email, "now": self._today()})) as cursor:
            return cursor.lastrowid if cursor.rowcount == 1 else None

    def remove(self, entry_id: int) -> bool:
        """Remove one entry; False where there is none of this id."""
        with closing(self._database.execute("DELETE FROM entries WHERE id = ?", (entry_id,))) as cursor:
            return cursor.rowcount == 1

    def count(self) -> int:
        """How many entries there are."""
        with closing(self._database.execute("SELECT count(*) FROM entries")) as cursor:
            return int(cursor.fetchone()[0])

    def first(self, limit: int | None = None) -> list[Entry]:
        """The entries in the order of their ids, at most `limit` of them."""
        rows = "SELECT id, email, created_at FROM entries ORDER BY id LIMIT ?"
        with closing(self._database.execute(rows, (-1 if limit is None else limit,))) as cursor:
            return [Entry(*row) for row in cursor]

    def rows(self) -> list[tuple[int, str, str]]:
        """All entries as plain tuples, which takes less time for very many."""
        with closing(self._database.execute("SELECT id, email, created_at FROM entries ORDER BY id")) as cursor:
            return cursor.fetchall()

    def version(self) -> Hashable:
        """What is another value after every change, by whichever process that has the file."""
        with closing(self._database.execute("PRAGMA data_version")) as cursor:
            return self._database.total_changes, cursor.fetchone()[0]

    def replace(self, entries: Iterable[tuple[int | None, str, str | None]]) -> None:
        """Put these in the place of all, at once or not at all; an id of None becomes one that never was.

        Raises a ValueError where an id comes twice.
        """
        now = self._today()
        try:
            with self._database:
                self._database.execute("BEGIN IMMEDIATE")
                self._database.execute("DELETE FROM entries")
                self._database.executemany(
                    "INSERT INTO entries VALUES (?, ?, ?)",
                    ((entry_id, email, created_at or now) for entry_id, email, created_at in entries),
                )
        except sqlite3.IntegrityError as error:
            raise ValueError(f"these entries do not fit together: {error}") from None

    def make_up(self, number: int) -> None:
        """Put `number` made-up entries, ids from 1, in the place of all."""
        self.replace(
            (n, f"user{n}@example.com", (FIRST_DAY + timedelta(minutes=n)).isoformat(" ")) for n in range(1, number + 1)
        )

    def reset(self) -> None:
        """As at the start of a new list."""
        self.make_up(self._made_up)

    def close(self) -> None:
        """Close the file. Nothing is lost without it."""
        self._database.close()

    def _today(self) -> str:
        return self._now().isoformat(" ", "seconds")

    def _prepare(self) -> None:
        (tables,) = self._database.execute("SELECT count(*) FROM sqlite_master").fetchone()
        (mark,) = self._database.execute("PRAGMA application_id").fetchone()
        if tables and mark != APPLICATION_ID:
            raise StateError("it is another program's database")
        self._database.execute("PRAGMA journal_mode = WAL")
        self._database.execute("PRAGMA synchronous = NORMAL")
        if not tables:
            self._database.executescript(SCHEMA)
            self.reset()
