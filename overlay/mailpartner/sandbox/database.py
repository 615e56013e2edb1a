"""Where the sandbox keeps its state, in memory or in an SQLite file, and the clock that it goes by."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Hashable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

APPLICATION_ID = 0x4D505342  # "MPSB": marks the file as a sandbox's, so that no other SQLite file is written to


class StateFileError(Exception):
    """The state file cannot be used. Its text is one line."""


class Database:
    """One SQLite connection. Each statement is committed when it returns, unless it is in a `transaction`."""

    def __init__(self, file: str | Path | None) -> None:
        """Open the file, or a database in memory if there is none. Raises StateFileError."""
        self._rollbacks = 0
        try:
            self._connection = sqlite3.connect(
                ":memory:" if file is None else file, isolation_level=None, check_same_thread=False
            )
        except sqlite3.Error as error:
            raise StateFileError(f"cannot open the state file {file}: {error}") from None
        try:
            self._prepare()
        except (sqlite3.Error, StateFileError) as error:
            self._connection.close()
            raise StateFileError(f"cannot use {file} as state file: {error}") from None

    def create_table(self, name: str, columns: str) -> bool:
        """Create a table unless it exists; return whether it was created."""
        if self.rows("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", name):
            return False
        self.execute(f"CREATE TABLE {name} ({columns})")
        return True

    def execute(self, statement: str, *values: Any) -> tuple[int, int]:
        """Carry a statement out; return how many rows it changed, and the number of the row it inserted."""
        with closing(self._connection.execute(statement, values)) as cursor:
            return cursor.rowcount, cursor.lastrowid or 0

    def execute_many(self, statement: str, rows: Iterator[tuple[Any, ...]]) -> None:
        """Carry a statement out for each row of values."""
        self._connection.executemany(statement, rows).close()

    def restart_ids(self, table: str) -> None:
        """Give the next row of an empty table the id 1."""
        self.execute("DELETE FROM sqlite_sequence WHERE name = ?", table)

    def rows(self, query: str, *values: Any) -> list[Any]:
        """Return the rows that a query finds."""
        with closing(self._connection.execute(query, values)) as cursor:
            return cursor.fetchall()

    def value(self, query: str, *values: Any) -> Any:
        """Return the first value that a query finds."""
        with closing(self._connection.execute(query, values)) as cursor:
            return cursor.fetchone()[0]

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit all that the block does, or nothing of it. A block within another one is a part of that."""
        if self._connection.in_transaction:
            yield
            return
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            with self._connection:
                yield
        except BaseException:
            self._rollbacks += 1
            raise

    def external_version(self) -> Hashable:
        """Return another value after every change by another connection to the same file, and after every rollback."""
        return self.value("PRAGMA data_version"), self._rollbacks

    def version(self) -> Hashable:
        """Return another value after every change, by any connection."""
        return self._connection.total_changes, self.external_version()

    def close(self) -> None:
        """Close the file. Without it nothing is lost."""
        self._connection.close()

    def _prepare(self) -> None:
        has_tables = self.value("SELECT count(*) FROM sqlite_master")
        if has_tables and self.value("PRAGMA application_id") != APPLICATION_ID:
            raise StateFileError("it is another program's database")
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = NORMAL")
        if not has_tables:
            self._connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")


class Clock:
    """The time of the sandbox: the machine's, until it is set, and then it stands still."""

    def __init__(self, zone: str, source: Callable[[], datetime] | None = None) -> None:
        """Create a clock.

        Args:
            zone: The time zone of times that have none.
            source: Returns the time of the machine.
        """
        self.zone = ZoneInfo(zone)
        self._source = source or (lambda: datetime.now(UTC))
        self._offset = timedelta()
        self._stopped: datetime | None = None

    @property
    def is_stopped(self) -> bool:
        """Whether the clock was set."""
        return self._stopped is not None

    def now(self) -> datetime:
        """Return the time, in UTC."""
        return self._stopped if self._stopped is not None else self._aware(self._source()) + self._offset

    def local_text(self, moment: datetime) -> str:
        """Return a time as the API writes it, `YYYY-MM-DD HH:MM:SS` in its zone."""
        return moment.astimezone(self.zone).replace(tzinfo=None).isoformat(" ", "seconds")

    def set(self, moment: datetime) -> None:
        """Stop the clock at this time; one without a zone is in the API's."""
        self._stopped = self._aware(moment)

    def advance(self, seconds: float) -> None:
        """Move the clock on; if it goes, it goes on from there."""
        try:
            later = self.now() + timedelta(seconds=seconds)
        except OverflowError:
            raise ValueError("that is after the year 9999") from None
        if self._stopped is None:
            self._offset += timedelta(seconds=seconds)
        else:
            self._stopped = later

    def reset(self) -> None:
        """Go by the time of the machine again."""
        self._offset, self._stopped = timedelta(), None

    def _aware(self, moment: datetime) -> datetime:
        return (moment if moment.tzinfo else moment.replace(tzinfo=self.zone)).astimezone(UTC)
