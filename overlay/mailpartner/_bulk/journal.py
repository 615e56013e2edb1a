"""What survives a crash: the journal of a bulk run, an SQLite file.

Each id has a row from the moment it is taken in. Before a request leaves, its row is marked as sent and that is
committed (write-ahead log, synchronous FULL); its outcome follows. So after a crash an id without a mark was never
sent, and one with a mark and no outcome may have been: if the API does not know it then, it is already gone.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from mailpartner import errors
from mailpartner.errors import APIError, JournalError
from mailpartner.results import BulkFailure, BulkItem, BulkSuccess, DeletionOutcome

FORMAT = "1"
APPLICATION_ID = 0x4D504A4C  # "MPJL": marks the file as a journal, so that no other program's is written to
PAGE = 1000

PENDING, SENT, DELETED, ALREADY_GONE, REFUSED, FAILED, INVALID = range(7)
FINAL = frozenset({DELETED, ALREADY_GONE, REFUSED, INVALID})
_STATES = {DeletionOutcome.DELETED: DELETED, DeletionOutcome.ALREADY_GONE: ALREADY_GONE}
_OUTCOMES = {state: outcome for outcome, state in _STATES.items()}
_ERRORS = frozenset({REFUSED, FAILED, INVALID})

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
# A failure after an earlier doubt keeps that doubt.
_RECORD = """
UPDATE item SET state = ?1, code = ?2, text = CASE
    WHEN ?3 IS NULL OR text IS NULL
        OR json_extract(substr(text, instr(text, char(10)) + 1), '$.maybe_applied') IS NOT 1 THEN ?3
    ELSE substr(?3, 1, instr(?3, char(10)))
        || json_set(substr(?3, instr(?3, char(10)) + 1), '$.maybe_applied', json('true'))
    END
WHERE position = ?4
"""


class Row(NamedTuple):
    """One id of a run, as the journal has it. `text` is an error: its class, and in a second line the rest of it as
    JSON. What cannot be an id is there as its repr.
    """

    position: int
    id: int | str
    state: int
    code: int | None
    text: str | None

    @property
    def error(self) -> str | None:
        """The class of its error, if it ended with one."""
        return self.text.partition("\n")[0] if self.text and self.state in _ERRORS else None

    @property
    def maybe_applied(self) -> bool:
        """Whether it may have been done although no answer says so, in whichever run."""
        if self.state == SENT:
            return True
        return self.state in _ERRORS and self.text is not None and _leaves_doubt(self.text)


class Journal:
    """The open journal of one run. Only one can be open on a file at a time, in this process or any other."""

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self._marks: list[tuple[int, int | str, int]] = []
        self._results: list[tuple[int, int | None, str | None, int]] = []
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
        """State what this run is. Raises JournalError if the journal was begun with something else; those of `keep`
        are stated once and not compared.
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
        """State whose key is used: the same as before, or another if all that came of the first is that it was
        refused. Raises JournalError for any other: the ids are those of one account.
        """
        if self.metadata().get("account", account) != account and self._key_was_refused():
            with self._spoken("write"):
                self._db.execute("UPDATE fact SET value=? WHERE name='account'", (account,))
        self.bind({"account": account})

    def _key_was_refused(self) -> bool:
        if any(self.counts().get(state) for state in (SENT, DELETED, ALREADY_GONE, REFUSED)):
            return False
        with self._spoken("read"):
            texts = [text for (text,) in self._db.execute("SELECT text FROM item WHERE text IS NOT NULL")]
        return any(text.startswith("AuthenticationError\n") for text in texts) and not any(map(_leaves_doubt, texts))

    def metadata(self) -> dict[str, str]:
        """What was stated of the run."""
        with self._spoken("read"):
            return dict(self._db.execute("SELECT name, value FROM fact"))

    def add_all(self, ids: Iterable[int]) -> int:
        """Take all ids in at once, before anything is sent, and say how many; for inputs that may be gone later."""
        iterator = enumerate(ids)
        count = 0
        with self._transaction():
            while page := [(position, stored_id(taken), PENDING) for position, taken in islice(iterator, PAGE)]:
                self._db.executemany("INSERT INTO item(position, id, state) VALUES (?, ?, ?)", page)
                count += len(page)
        return count

    def rows(self, start: int = 0) -> Iterator[Row]:
        """The rows in the order of the ids taken in, read page by page."""
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
        """How many rows are in each state."""
        with self._spoken("read"):
            return dict(self._db.execute("SELECT state, count(*) FROM item GROUP BY state"))

    def mark_sent(self, position: int, id: object) -> None:
        """Note that a request for this id is about to leave; it counts once `commit` has returned."""
        self._marks.append((position, stored_id(id), SENT))

    def clear(self, position: int) -> None:
        """Note that the request for this id did not leave after all."""
        self._results.append((PENDING, None, None, position))

    def record(self, position: int, item: BulkItem) -> None:
        """Note what came of an id."""
        state, code, text = _stored(item)
        self._results.append((state, code, text, position))

    def commit(self) -> None:
        """Write all that was noted. Raises JournalError if it cannot be: then what was marked may not be sent, and is
        marked no more; what was recorded is kept for the next time.
        """
        if not (self._marks or self._results):
            return
        marks, self._marks = self._marks, []
        with self._transaction():
            if marks:
                self._db.executemany(_MARK_SENT, marks)
            if self._results:
                self._db.executemany(_RECORD, self._results)
        self._results.clear()

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


def stored_id(id: object) -> int | str:
    """An id as the journal holds it: what can be one as it is, anything else as its repr."""
    return id if isinstance(id, int) and not isinstance(id, bool) and abs(id) < 1 << 63 else repr(id)


def _stored(item: BulkItem) -> tuple[int, int | None, str | None]:
    if item.outcome is not None:
        return _STATES[item.outcome], None, None
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


def item_of(row: Row, id: int) -> BulkItem:
    """The item that a row in a final state stands for; its error has all but the answer itself."""
    if row.state in _OUTCOMES:
        return BulkSuccess(id, _OUTCOMES[row.state])
    class_name, _, text = (row.text or "").partition("\n")
    details = json.loads(text)
    words = details.pop("words")
    if row.state == INVALID:
        return BulkFailure(id, (TypeError if class_name == "TypeError" else ValueError)(words))
    error: APIError = getattr(errors, class_name)(words, code=row.code, **details)
    return BulkFailure(id, error)
