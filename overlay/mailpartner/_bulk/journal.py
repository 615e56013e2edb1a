"""The journal of a bulk run: what was taken, sent and answered, in an SQLite file that survives a crash.

Each item has a row from the moment it is taken. Before a request is sent, its row is marked as sent and that is
committed (write-ahead log, synchronous FULL); its outcome follows. So after a crash an item without a mark was never
sent, and one with a mark and no outcome may have been: if the API then says that it was done before, it was.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any, Final

from mailpartner import errors
from mailpartner._bulk.journal_file import JournalFile
from mailpartner._bulk.journal_row import (
    DONE,
    FAILED,
    FINAL,
    PENDING,
    REFUSED,
    SENT,
    Reject,
    Row,
    Source,
    stored,
    stored_input,
)
from mailpartner.errors import JournalError
from mailpartner.results import BulkItem

PAGE: Final = 1000

# SQL, not Python functions called by SQLite: Ctrl-C inside one of those becomes an error of the database.
_ADD = "INSERT INTO item(position, input, state, maybe_applied, line, person, address) VALUES (?, ?, ?, ?, ?, ?, ?)"
_MARK_SENT = (
    f"{_ADD} ON CONFLICT(position) DO UPDATE SET maybe_applied = maybe_applied OR state = {SENT}, state = {SENT}"
)
_CLEAR = "UPDATE item SET state = ? WHERE position = ?"
_RESULT: Final = f"""
CASE WHEN state = {DONE} THEN outcome WHEN state = {PENDING} THEN 'not_sent'
    WHEN state = {SENT} OR maybe_applied THEN 'in_doubt' ELSE 'failed' END
"""
_LOG_LOST: Final = "log_lost"
_UNKNOWN: Final = Source()
_RECORD = """
UPDATE item SET state = ?, outcome = ?, error = ?, code = ?, details = ?, maybe_applied = (maybe_applied OR ?)
WHERE position = ?
"""


class Journal:
    """The open journal of one run.

    Attributes:
        sources: Where the items come from that a run adds, as far as that is known.
        keep_addresses: Whether addresses in the server's words are kept.
    """

    def __init__(self, path: str | Path, append: bool = False) -> None:
        """Open a journal, or create it.

        Args:
            path: Where it is.
            append: Whether runs add their items after those that are there: a record of many runs, none of which
                can be resumed.

        Raises JournalError if it cannot be used.
        """
        self.path = Path(path)
        self.sources: Mapping[Any, Source] = {}
        self.keep_addresses = True
        self._marks: list[tuple[object, ...]] = []
        self._results: list[tuple[object, ...]] = []
        self._cleared: list[tuple[int, int]] = []
        self._complete = False
        self._held = False
        self._in_session = False
        self._session_is_open = False
        self._file = JournalFile(self.path)
        self._db = self._file.db
        try:
            self._end_interrupted_session()
            self.bind({"begun": _now()}, keep={"begun"})
            self.append = append
        except BaseException:
            self._file.close()
            raise

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

    @contextmanager
    def session(self, **details: object) -> Iterator[None]:
        """Record a session, from its beginning to its end. Within another session it does nothing.

        Before anything is sent, the file itself has what was taken before, and that a session began. So a file that
        lost its write-ahead log can be told from a run that sent nothing.
        """
        if self._in_session:
            yield
            return
        self._session_is_open = True  # before it is: Ctrl-C in between must not leave one that nothing ends
        with self._file.transaction() as db:
            db.execute("INSERT INTO session(started, details) VALUES (?, ?)", (_now(), json.dumps(details)))
        self._file.checkpoint()
        self._in_session = True
        try:
            yield
        finally:
            self._in_session = False
            self._end_session()

    def _end_session(self) -> None:
        """Record that the session ended. Where that fails, it counts as interrupted."""
        with suppress(JournalError):
            self._file.checkpoint()  # on a full disk this makes room
            with self._file.transaction() as db:
                db.execute("UPDATE session SET ended = ? WHERE ended IS NULL AND NOT interrupted", (_now(),))
            self._session_is_open = False

    def sessions(self) -> list[dict[str, Any]]:
        """Return the sessions so far: when each started and ended (None if it was interrupted), and its details."""
        rows = self._file.read("SELECT started, ended, details FROM session ORDER BY number")
        return [{"started": started, "ended": ended, **json.loads(details)} for started, ended, details in rows]

    def _end_interrupted_session(self) -> None:
        """Note that the last session was interrupted, if it was.

        SQLite deletes the write-ahead log only as the journal is closed. Without it the file is as it was at some
        moment of that session: whatever has no outcome there may have been sent.
        """
        with self._file.transaction() as db:
            interrupted = db.execute("UPDATE session SET interrupted = 1 WHERE ended IS NULL AND NOT interrupted")
            lost = interrupted.rowcount and not self._file.had_wal
            if lost:
                db.execute("UPDATE item SET maybe_applied = 1 WHERE state = ?", (FAILED,))
                db.execute("UPDATE item SET state = ? WHERE state = ?", (SENT, PENDING))
                db.execute("INSERT OR IGNORE INTO fact VALUES (?, 'true')", (_LOG_LOST,))
        if lost:
            warnings.warn(
                f"The journal {self.path} lost its write-ahead log, {self.path.name}-wal, with what its last session"
                " did. Whatever has no outcome counts as sent: unknown items then count as done before.",
                RuntimeWarning,
                stacklevel=4,
            )

    def bind(self, metadata: dict[str, str], keep: Iterable[str] = ()) -> None:
        """Record what this run is; the values of `keep` are recorded once and not compared.

        Raises JournalError if the journal was begun with something else.
        """
        known = self.metadata()
        for name, value in metadata.items():
            if name not in keep and known.get(name, value) != value:
                raise JournalError(
                    f"The journal {self.path} was begun with another {name.replace('_', ' ')}. Nothing was sent."
                    " Use the one it was begun with, or another journal."
                )
        with self._file.translated("write"):
            rows = [item for item in metadata.items() if item[0] not in known]
            self._db.executemany("INSERT INTO fact VALUES (?, ?)", rows)

    def bind_account(self, account: str) -> None:
        """Record whose key is used: the same as before, or another if every request with the first one was rejected.

        Raises JournalError for any other key, because the ids are those of one account.
        """
        if self.metadata().get("account", account) != account and self._key_was_refused():
            with self._file.translated("write"):
                self._db.execute("UPDATE fact SET value=? WHERE name='account'", (account,))
        self.bind({"account": account})

    def _key_was_refused(self) -> bool:
        ((done, refused),) = self._file.read(
            "SELECT total(state IN (?, ?, ?) OR maybe_applied), total(error = ?) FROM item",
            (SENT, DONE, REFUSED, errors.AuthenticationError.__name__),
        )
        return not done and bool(refused)

    def metadata(self) -> dict[str, str]:
        """What was stated of the run."""
        return dict(self._file.read("SELECT name, value FROM fact"))

    @property
    def start(self) -> int:
        """The position of the first item of the next run."""
        ((last,),) = self._file.read("SELECT max(position) FROM item")
        return last + 1 if self.append and last is not None else 0

    @property
    def state_of_new_items(self) -> int:
        """The state of an item that has no row: SENT if a lost log may have had one."""
        return SENT if _LOG_LOST in self.metadata() else PENDING

    @property
    def length(self) -> int | None:
        """How many items the run has, None if no run has reached the end of its input yet."""
        return sum(self.counts().values()) if "complete" in self.metadata() and not self.append else None

    def add_all(self, items: Iterable[tuple[Any, Source]], rejects: Iterable[Reject] = ()) -> int:
        """Take all items at once, before anything is sent, and return how many; for inputs that may be gone later."""
        added = ((number, stored_input(item), PENDING, 0, *source) for number, (item, source) in enumerate(items))
        with self._file.transaction() as db:
            # Page by page: Ctrl-C inside a generator that SQLite calls becomes an error of the database.
            while page := list(islice(added, PAGE)):
                db.executemany(_ADD, page)
            rejected = iter(rejects)
            while refused := list(islice(rejected, PAGE)):
                db.executemany("INSERT INTO reject VALUES (?, ?, ?, ?)", refused)
            self._write_complete()
            count: int = db.execute("SELECT count(*) FROM item").fetchone()[0]
        return count

    def rejects(self) -> Iterator[Reject]:
        """Yield the lines of the input that lead to no item."""
        with self._file.translated("read"):
            yield from map(Reject._make, self._db.execute("SELECT * FROM reject ORDER BY rowid"))

    def forget_addresses(self) -> None:
        """Leave the number of its line of each address that was an item and needs to be sent no more."""
        final = ", ".join(map(str, sorted(FINAL)))
        query = f"UPDATE item SET input = line WHERE typeof(input) = 'text' AND line NOTNULL AND state IN ({final})"  # noqa: S608 - of constants alone
        with self._file.transaction() as db:
            forgotten = db.execute(query).rowcount
        if forgotten:
            with self._file.translated("write"):
                self._db.execute("VACUUM")  # they may also be in what SQLite left unused in its pages
        self._file.checkpoint()  # the log had them, too

    def find_person(self, person: bytes) -> tuple[list[Row], list[Reject]]:
        """Return the items and the rejected lines of a person, by the hash of the address."""
        items = f"SELECT *, {_RESULT} FROM item WHERE person = ? ORDER BY position"  # noqa: S608 - of constants alone
        rejects = "SELECT * FROM reject WHERE instr(person, ?) ORDER BY line"
        rows = [Row(*row) for row in self._file.read(items, (person,))]
        return rows, [Reject(*row) for row in self._file.read(rejects, (person,))]

    def count_unknown(self) -> int:
        """Return how many items and rejected lines have no person."""
        persons = "SELECT person FROM item UNION ALL SELECT person FROM reject"
        ((count,),) = self._file.read(f"SELECT count(*) FROM ({persons}) WHERE person IS NULL")  # noqa: S608 - of constants alone
        return int(count)

    def rows(self, start: int = 0) -> Iterator[Row]:
        """Yield the rows in the order of the input, read page by page."""
        while True:
            page = self._file.read(
                f"SELECT *, {_RESULT} FROM item WHERE position >= ? ORDER BY position LIMIT ?",  # noqa: S608 - of constants alone
                (start, PAGE),
            )
            yield from map(Row._make, page)
            if len(page) < PAGE:
                return
            start = page[-1][0] + 1

    def counts(self) -> dict[int, int]:
        """Return how many rows are in each state."""
        return dict(self._file.read("SELECT state, count(*) FROM item GROUP BY state"))

    @property
    def is_finished(self) -> bool:
        """True if nothing of it would be sent again."""
        return "complete" in self.metadata() and self.counts().keys() <= FINAL

    def outcomes(self) -> dict[str, int]:
        """Return how many rows have each outcome, have failed, are in_doubt or were not_sent."""
        return dict(self._file.read(f"SELECT {_RESULT}, count(*) FROM item GROUP BY 1"))  # noqa: S608 - of constants alone

    def mark_sent(self, position: int, item: object, sent_before: bool = False) -> None:
        """Note that this item is about to be sent; it counts once `commit` has returned."""
        source = self.sources.get(item, _UNKNOWN) if self.sources else _UNKNOWN
        self._marks.append((position, stored_input(item), SENT, sent_before, *source))

    def clear(self, position: int, state: int) -> None:
        """Note that an item was not sent after all: it is in its earlier state."""
        self._cleared.append((state, position))

    def record(self, position: int, item: BulkItem[Any, Any]) -> None:
        """Note what came of an item."""
        self._results.append((*stored(item, self.keep_addresses), position))

    def mark_complete(self) -> None:
        """Note that the input has ended: a later run cannot have more items."""
        self._complete = not self.append

    def commit(self) -> None:
        """Write all that was noted.

        Raises JournalError if that fails. What was marked is then not marked any more, and must not be sent; what was
        recorded is kept for the next time.
        """
        if not (self._marks or self._results or self._cleared or self._complete):
            return
        marks, complete = self._marks, self._complete
        # In this order: Ctrl-C in between leaves no journal that is complete without its last items.
        self._complete = False
        self._marks = []
        with self._file.transaction() as db:
            self._file.check_place()
            if marks:
                db.executemany(_MARK_SENT, marks)
            if self._results:
                db.executemany(_RECORD, self._results)
            if self._cleared:
                db.executemany(_CLEAR, self._cleared)
            if complete:
                self._write_complete()
        self._results.clear()
        self._cleared.clear()

    def _write_complete(self) -> None:
        self._db.execute("INSERT OR IGNORE INTO fact VALUES ('complete', 'true')")

    def close(self) -> None:
        """Close the file; what was not committed is not in it."""
        if self._session_is_open:
            self._end_session()
        self._file.close()


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
