"""The journal of a bulk run: an SQLite file that survives a crash.

Each item has a row from the moment it is taken. Before a request is sent, its row is marked as sent and that is
committed (write-ahead log, synchronous FULL); its outcome follows. So after a crash an item without a mark was never
sent, and one with a mark and no outcome may have been: if the API then says that it was done before, it was.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from mailpartner import errors
from mailpartner.errors import APIError, JournalError
from mailpartner.results import BulkFailure, BulkItem, BulkSuccess

FORMAT = "2"
APPLICATION_ID = 0x4D504A4C  # "MPJL": marks the file as a journal, so that no other program's is written to
PAGE = 1000

PENDING, SENT, DONE, REFUSED, FAILED, INVALID = range(6)
FINAL = frozenset({DONE, REFUSED, INVALID})
_ERRORS = frozenset({REFUSED, FAILED, INVALID})

I = TypeVar("I")  # noqa: E741 - of the items
O = TypeVar("O", bound=StrEnum)  # noqa: E741 - of the outcomes

_SCHEMA = f"""
PRAGMA application_id = {APPLICATION_ID};
CREATE TABLE IF NOT EXISTS fact (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS item (position INTEGER PRIMARY KEY, id, state INTEGER NOT NULL, code INTEGER, text TEXT);
"""

# SQL, not Python functions called by SQLite: Ctrl-C inside one of those becomes an error of the database.
_MARK_SENT = """
INSERT INTO item(position, id, state) VALUES (?, ?, ?)
ON CONFLICT(position) DO UPDATE SET
    text = CASE WHEN state = excluded.state THEN 'no outcome' || char(10) || '{"maybe_applied": true}' ELSE text END,
    state = excluded.state
"""
_CLEAR = "UPDATE item SET state = ? WHERE position = ?"
# A failure after an earlier doubt keeps that doubt. Named: Python 3.14 takes no sequence for numbered parameters.
_RECORDED = ("state", "code", "text", "position")
_RECORD = f"""
UPDATE item SET state = :state, code = :code, text = CASE
    WHEN :state = {DONE} OR text IS NULL
        OR json_extract(substr(text, instr(text, char(10)) + 1), '$.maybe_applied') IS NOT 1 THEN :text
    ELSE substr(:text, 1, instr(:text, char(10)))
        || json_set(substr(:text, instr(:text, char(10)) + 1), '$.maybe_applied', json('true'))
    END
WHERE position = :position
"""  # noqa: S608 - DONE is a constant of this module


class Row(NamedTuple):
    """One item of a run, as the journal has it.

    `id` is the item, or its repr if SQLite cannot hold it. `text` is the outcome of one that is done, otherwise an
    error: its class, and in a second line the rest of it as JSON.
    """

    position: int
    id: int | str
    state: int
    code: int | None
    text: str | None

    @property
    def outcome(self) -> str | None:
        """The outcome, if it is done."""
        return self.text if self.state == DONE else None

    @property
    def error(self) -> str | None:
        """The class of the error, if it failed."""
        return self.text.partition("\n")[0] if self.text and self.state in _ERRORS else None

    @property
    def maybe_applied(self) -> bool:
        """Whether it may have been done although no response says so, in this run or an earlier one."""
        if self.state == SENT:
            return True
        return self.state in _ERRORS and self.text is not None and _leaves_doubt(self.text)


class Journal:
    """The open journal of one run. Only one can be open on a file at a time, in this process or any other."""

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self._marks: list[tuple[int, int | str, int]] = []
        self._results: list[tuple[int, int | None, str | None, int]] = []
        self._cleared: list[tuple[int, int]] = []
        self._complete = False
        self._held = False
        with self._spoken("open"):
            self._db = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False, timeout=0)
        try:
            with self._spoken("open"):
                self._db.execute("PRAGMA locking_mode=EXCLUSIVE")
                self._check_ours()
                self._db.execute("PRAGMA journal_mode=WAL")
                self._db.execute("PRAGMA synchronous=FULL")
                self._db.executescript(f"BEGIN EXCLUSIVE; {_SCHEMA} COMMIT;")
            self.bind({"format": FORMAT, "begun": datetime.now(UTC).isoformat(timespec="seconds")}, keep={"begun"})
        except BaseException:
            self._db.close()
            raise

    def _check_ours(self) -> None:
        (tables,) = self._db.execute("SELECT count(*) FROM sqlite_master").fetchone()
        (mark,) = self._db.execute("PRAGMA application_id").fetchone()
        if tables and mark != APPLICATION_ID:
            raise JournalError(f"{self.path} is another program's database, and no journal. Nothing was sent.")

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep a second run of this process off the same journal. Raises JournalError if that would be this one."""
        if self._held:
            raise JournalError(f"Another run is using the journal {self.path}. Nothing was sent. Wait for its end.")
        self._held = True
        try:
            yield
        finally:
            self._held = False

    def bind(self, metadata: dict[str, str], keep: Iterable[str] = ()) -> None:
        """Record what this run is; the values of `keep` are recorded once and not compared.

        Raises:
            JournalError: If the journal was begun with something else.
        """
        known = self.metadata()
        for name, value in metadata.items():
            if name not in keep and known.get(name, value) != value:
                raise JournalError(
                    f"The journal {self.path} was begun with another {name.replace('_', ' ')}. Nothing was sent."
                    " Use the one it was begun with, or another journal."
                )
        with self._spoken("write"):
            rows = [item for item in metadata.items() if item[0] not in known]
            self._db.executemany("INSERT INTO fact VALUES (?, ?)", rows)

    def bind_account(self, account: str) -> None:
        """Record whose key is used: the same as before, or another if every request with the first one was rejected.

        Raises:
            JournalError: For any other key, because the ids are those of one account.
        """
        if self.metadata().get("account", account) != account and self._key_was_refused():
            with self._spoken("write"):
                self._db.execute("UPDATE fact SET value=? WHERE name='account'", (account,))
        self.bind({"account": account})

    def _key_was_refused(self) -> bool:
        if any(self.counts().get(state) for state in (SENT, DONE, REFUSED)):
            return False
        with self._spoken("read"):
            texts = [text for (text,) in self._db.execute("SELECT text FROM item WHERE text IS NOT NULL")]
        return any(text.startswith("AuthenticationError\n") for text in texts) and not any(map(_leaves_doubt, texts))

    def metadata(self) -> dict[str, str]:
        """What was stated of the run."""
        with self._spoken("read"):
            return dict(self._db.execute("SELECT name, value FROM fact"))

    @property
    def length(self) -> int | None:
        """How many items the run has, None if no run has reached the end of its input yet."""
        return sum(self.counts().values()) if "complete" in self.metadata() else None

    def add_all(self, items: Iterable[Any]) -> int:
        """Take all items at once, before anything is sent, and return how many; for inputs that may be gone later."""
        iterator = enumerate(items)
        count = 0
        with self._transaction():
            while page := [(position, stored_id(taken), PENDING) for position, taken in islice(iterator, PAGE)]:
                self._db.executemany("INSERT INTO item(position, id, state) VALUES (?, ?, ?)", page)
                count += len(page)
            self._write_complete()
        return count

    def rows(self, start: int = 0) -> Iterator[Row]:
        """Yield the rows in the order of the input, read page by page."""
        while True:
            with self._spoken("read"):
                page = self._db.execute(
                    "SELECT position, id, state, code, text FROM item WHERE position >= ? ORDER BY position LIMIT ?",
                    (start, PAGE),
                ).fetchall()
            yield from map(Row._make, page)
            if len(page) < PAGE:
                return
            start = page[-1][0] + 1

    def counts(self) -> dict[int, int]:
        """Return how many rows are in each state."""
        with self._spoken("read"):
            return dict(self._db.execute("SELECT state, count(*) FROM item GROUP BY state"))

    def outcomes(self) -> dict[str, int]:
        """Return how many rows have each outcome."""
        with self._spoken("read"):
            return dict(self._db.execute("SELECT text, count(*) FROM item WHERE state = ? GROUP BY text", (DONE,)))

    def mark_sent(self, position: int, item: object) -> None:
        """Note that this item is about to be sent; it counts once `commit` has returned."""
        self._marks.append((position, stored_id(item), SENT))

    def clear(self, position: int, state: int) -> None:
        """Note that an item was not sent after all: it is in its earlier state."""
        self._cleared.append((state, position))

    def record(self, position: int, item: BulkItem[Any, Any]) -> None:
        """Note what came of an item."""
        self._results.append((*_stored(item), position))

    def mark_complete(self) -> None:
        """Note that the input has ended: a later run cannot have more items."""
        self._complete = True

    def commit(self) -> None:
        """Write all that was noted.

        Raises:
            JournalError: If that fails. What was marked is then not marked any more, and must not be sent; what was
                recorded is kept for the next time.
        """
        if not (self._marks or self._results or self._cleared or self._complete):
            return
        marks, self._marks = self._marks, []
        complete, self._complete = self._complete, False
        with self._transaction():
            if marks:
                self._db.executemany(_MARK_SENT, marks)
            if self._results:
                self._db.executemany(_RECORD, [dict(zip(_RECORDED, row, strict=True)) for row in self._results])
            if self._cleared:
                self._db.executemany(_CLEAR, self._cleared)
            if complete:
                self._write_complete()
        self._results.clear()
        self._cleared.clear()

    def _write_complete(self) -> None:
        self._db.execute("INSERT OR IGNORE INTO fact VALUES ('complete', 'true')")

    def close(self) -> None:
        """Close the file; what was not committed is not in it."""
        self._db.close()

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._spoken("write"):
            try:
                self._db.execute("BEGIN")
                yield
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise

    @contextmanager
    def _spoken(self, doing: str) -> Iterator[None]:
        """Turn SQLite's faults into a JournalError that says what is certain."""
        try:
            yield
        except sqlite3.Error as error:
            fault = error
        else:
            return
        raise JournalError(f"Cannot {doing} the journal {self.path}: {_in_words(fault)}")


def _in_words(error: sqlite3.Error) -> str:
    name = getattr(error, "sqlite_errorname", "")
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return "another run has it open. Wait for that run, or end it."
    if name.startswith(("SQLITE_NOTADB", "SQLITE_CORRUPT")):
        return "it is damaged, or no journal. Keep it, and begin another; ids that are gone count as already gone."
    if name.startswith("SQLITE_FULL"):
        return "the disk is full. Nothing more was sent. Make room, and run it again with the same journal."
    return f"{error}. Nothing more was sent."


def stored_id(item: object) -> int | str:
    """Return an item as the journal holds it: an int or its repr."""
    return item if isinstance(item, int) and not isinstance(item, bool) and abs(item) < 1 << 63 else repr(item)


def _stored(item: BulkItem[Any, Any]) -> tuple[int, int | None, str | None]:
    if item.error is None:
        return DONE, None, item.outcome.value
    error = item.error
    details: dict[str, object] = {"words": str(error)}
    if isinstance(error, errors.MailPartnerError):
        details |= {"maybe_applied": error.maybe_applied, "attempts": error.attempts}
    if isinstance(error, APIError):
        details |= {"name": error.name, "message": error.message}
    text = f"{type(error).__name__}\n{json.dumps(details)}"
    if isinstance(error, APIError) and is_final(error):
        return REFUSED, _stored_code(error.code), text
    return (FAILED if isinstance(error, errors.MailPartnerError) else INVALID), None, text


def _stored_code(code: int | None) -> int | None:
    """A code as the journal holds it: none where SQLite has no room for it."""
    return code if code is not None and abs(code) < 1 << 63 else None


def _leaves_doubt(text: str) -> bool:
    return json.loads(text.partition("\n")[2]).get("maybe_applied") is True


def is_final(error: Exception) -> bool:
    """Whether asking again would bring the same: a plain refusal of this id, not of the key, the pace or the server."""
    passing = (errors.RateLimitError, errors.ServerError, errors.AuthenticationError, errors.PermissionDeniedError)
    return isinstance(error, APIError) and not isinstance(error, passing)


def restore_item(row: Row, item: I, outcomes: type[O]) -> BulkItem[I, O]:
    """Return the item that a row in a final state stands for; its error has all but the response itself."""
    text = row.text or ""
    if row.state == DONE:
        return BulkSuccess(item, outcomes(text), recorded=True)
    class_name, _, text = text.partition("\n")
    details = json.loads(text)
    words = details.pop("words")
    if row.state == INVALID:
        return BulkFailure(item, (TypeError if class_name == "TypeError" else ValueError)(words), recorded=True)
    error: APIError = getattr(errors, class_name)(words, code=row.code, **details)
    return BulkFailure(item, error, recorded=True)
