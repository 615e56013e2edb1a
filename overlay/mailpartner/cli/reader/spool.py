"""What was read, kept on disk until it is certain what happens with it. A million lines cost little memory.

The file belongs to SQLite, has no name, and is gone with the process.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import NamedTuple

_SCHEMA = """
CREATE TABLE id (line INTEGER, number INTEGER PRIMARY KEY);
CREATE TABLE address (line INTEGER PRIMARY KEY, email TEXT UNIQUE, found INTEGER NOT NULL DEFAULT 0);
CREATE TABLE reject (line INTEGER, raw TEXT, reason TEXT);
"""
RAW_KEPT = 200
SHOWN = 5


class Reject(NamedTuple):
    """A line that was not read, the begin of its text, and why."""

    line: int
    raw: str
    reason: str


class Spool:
    """Ids and addresses, each once, in the order of their lines; and the rejects."""

    def __init__(self) -> None:
        self._db = sqlite3.connect("", isolation_level=None)
        self._db.executescript(f"PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; {_SCHEMA} BEGIN;")
        self.ids = 0
        self.addresses = 0
        self.rejected = 0
        self.duplicates = 0
        self.repeated_lines: list[int] = []

    def add_id(self, line: int, number: int) -> None:
        """Take an id."""
        new = self._db.execute("INSERT OR IGNORE INTO id VALUES (?, ?)", (line, number)).rowcount
        self.ids += new
        self._repeated(line, new)

    def add_listed(self, line: int, number: int) -> None:
        """Take an id that the list of unsubscribes gave for an address; that it is here already is no fault."""
        self.ids += self._db.execute("INSERT OR IGNORE INTO id VALUES (?, ?)", (line, number)).rowcount

    def add_address(self, line: int, email: str) -> None:
        """Take an address, spelt as addresses are compared."""
        new = self._db.execute("INSERT OR IGNORE INTO address(line, email) VALUES (?, ?)", (line, email)).rowcount
        self.addresses += new
        self._repeated(line, new)

    def reject(self, line: int, raw: str, reason: str) -> None:
        """Note a line that was not read."""
        self.rejected += 1
        self._db.execute("INSERT INTO reject VALUES (?, ?, ?)", (line, raw[:RAW_KEPT], reason))

    def line_of(self, email: str) -> int | None:
        """The line of an address that was asked for; it counts as found from now on. None for any other."""
        row = self._db.execute("UPDATE address SET found=1 WHERE email=? RETURNING line", (email,)).fetchall()
        return int(row[0][0]) if row else None

    def not_listed(self) -> Iterator[tuple[int, str]]:
        """The lines and addresses that were not found."""
        yield from self._db.execute("SELECT line, email FROM address WHERE NOT found ORDER BY line")

    def all_ids(self) -> Iterator[int]:
        """The ids."""
        for (number,) in self._db.execute("SELECT number FROM id ORDER BY line, number"):
            yield number

    def rejects(self) -> Iterator[Reject]:
        """The rejects."""
        yield from map(Reject._make, self._db.execute("SELECT line, raw, reason FROM reject ORDER BY rowid"))

    def close(self) -> None:
        """Forget everything."""
        self._db.close()

    def _repeated(self, line: int, new: int) -> None:
        if not new:
            self.duplicates += 1
            if len(self.repeated_lines) < SHOWN:
                self.repeated_lines.append(line)
