"""The lists of unsubscribes, one for each account, and the operations on them."""

from __future__ import annotations

import sqlite3
from collections.abc import Hashable, Iterable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from .answers import Answer, Table
from .database import Clock, Database
from .exchange import Call, RefusalError, as_address
from .settings import Settings

MAX_ENTRIES = 5_000_000  # more takes minutes to make up and gigabytes to list
COLUMNS = """
    id INTEGER PRIMARY KEY AUTOINCREMENT, email TEXT NOT NULL, created_at TEXT NOT NULL,
    account INTEGER NOT NULL DEFAULT 0"""
FIRST_DAY = datetime(2020, 1, 1)


class Entry(NamedTuple):
    """One unsubscribe. `created_at` has no zone, as in the API: `2020-01-01 00:01:00`."""

    id: int
    email: str
    created_at: str


class Unsubscribes:
    """The entries of all accounts. Ids are not reused, but for a reset.

    Methods without an account are about the account 0.
    """

    def __init__(self, database: Database, clock: Clock, made_up: int) -> None:
        """Open the table; a new one gets `made_up` entries, ids 1 to `made_up`, all under example.com."""
        self._database = database
        self._clock = clock
        self._made_up = made_up
        if database.create_table("entries", COLUMNS):
            self.reset()
        elif not database.rows("SELECT 1 FROM pragma_table_info('entries') WHERE name = 'account'"):
            database.execute("ALTER TABLE entries ADD COLUMN account INTEGER NOT NULL DEFAULT 0")
        self.handlers = {
            "listUnsubscribes": self._list,
            "addUnsubscribe": self._add,
            "deleteUnsubscribe": self._delete,
        }

    def add(self, email: str, account: int = 0) -> int | None:
        """Add an address, as of now, and return its id; None if it is listed already."""
        self._database.execute("CREATE INDEX IF NOT EXISTS by_email ON entries (email)")
        changed, entry_id = self._database.execute(
            "INSERT INTO entries (email, created_at, account) SELECT ?, ?, ?"
            " WHERE NOT EXISTS (SELECT 1 FROM entries WHERE email = ? AND account = ?)",
            *(email, self._now(), account, email, account),
        )
        return entry_id if changed == 1 else None

    def remove(self, entry_id: int, account: int = 0) -> bool:
        """Remove an entry; return False if there is none of this id."""
        statement = "DELETE FROM entries WHERE id = ? AND account = ?"
        return self._database.execute(statement, entry_id, account)[0] == 1

    def listed(self, emails: Iterable[str], account: int) -> set[str]:
        """Return those of the addresses that are on the account's list."""
        self._database.execute("CREATE INDEX IF NOT EXISTS by_email ON entries (email)")
        query = "SELECT 1 FROM entries WHERE email = ? AND account = ?"
        return {email for email in emails if self._database.rows(query, email, account)}

    def count(self, account: int = 0) -> int:
        """Return how many entries there are."""
        return int(self._database.value("SELECT count(*) FROM entries WHERE account = ?", account))

    def first(self, limit: int | None = None) -> list[Entry]:
        """Return the entries in the order of their ids, at most `limit` of them."""
        query = "SELECT id, email, created_at FROM entries WHERE account = 0 ORDER BY id LIMIT ?"
        return [Entry(*row) for row in self._database.rows(query, -1 if limit is None else limit)]

    def replace(self, entries: Iterable[tuple[int | None, str, str | None]]) -> None:
        """Replace all entries, at once or not at all; an id of None becomes one that never was.

        Raises a ValueError if an id comes twice.
        """
        now = self._now()
        try:
            with self._database.transaction():
                self._database.execute("DELETE FROM entries")
                self._database.execute_many(
                    "INSERT INTO entries (id, email, created_at) VALUES (?, ?, ?)",
                    ((entry_id, email, created_at or now) for entry_id, email, created_at in entries),
                )
        except sqlite3.IntegrityError as error:
            raise ValueError(f"these entries do not fit together: {error}") from None

    def forget_subaccounts(self) -> None:
        """Remove the entries of all sub-accounts: others get their ids."""
        self._database.execute("DELETE FROM entries WHERE account > 0")

    def make_up(self, number: int) -> None:
        """Replace all entries by `number` made-up ones, ids from 1."""
        self.replace(
            (n, f"user{n}@example.com", (FIRST_DAY + timedelta(minutes=n)).isoformat(" ")) for n in range(1, number + 1)
        )

    def reset(self) -> None:
        """Put the entries of the start back, the next id too."""
        with self._database.transaction():
            self._database.execute("DELETE FROM entries")
            self._database.restart_ids("entries")
            self.make_up(self._made_up)

    def _now(self) -> str:
        return self._clock.local_text(self._clock.now())

    def _list(self, call: Call) -> Answer:
        """Show all entries in the order of their ids, with their count."""
        query = "SELECT id, email, created_at FROM entries WHERE account = ? ORDER BY id"
        count = {"right": 0, "wrong": 1}.get(call.settings.nb_data)
        data: dict[str, Any] = {} if count is None else {"nbData": self.count(call.account) + count}
        data["data"] = Table(("id", "email", "createdAt"), lambda: self._database.rows(query, call.account))
        version: Hashable = (call.account, self._database.version())
        return call.success("listed", version, **data)

    def _add(self, call: Call) -> Answer:
        """Put an address on the list, unless it is there."""
        if call.argument("email") is None:
            raise RefusalError("EMAIL_REQUIRED")
        email = as_address(call.argument("email"))
        if email is None:
            raise RefusalError("INVALID_EMAIL")
        entry_id = self.add(in_letters(email, call.settings), call.account)
        if entry_id is None:
            raise RefusalError("ALREADY_LISTED")
        return call.success("added", stopId=entry_id)

    def _delete(self, call: Call) -> Answer:
        """Remove one entry by its id."""
        if call.argument("UnsubscribeId") is None:
            raise RefusalError("ID_REQUIRED")
        entry_id = call.integer("UnsubscribeId")
        if entry_id is None:
            raise RefusalError("UNKNOWN_ID")
        if self.remove(entry_id, call.account):
            return call.success("deleted")
        if call.settings.unknown_id == "success":
            return call.success("nothing")
        raise RefusalError("UNKNOWN_ID")


def in_letters(email: str, settings: Settings) -> str:
    """Return an address with its letters as the setting says."""
    return email.lower() if settings.letters == "lowered" else email
