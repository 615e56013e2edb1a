"""The file of a journal: a database that no second run, no link and no forked child can harm."""

from __future__ import annotations

import ctypes
import os
import sqlite3
import stat
import struct
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

try:
    import fcntl
except ImportError:  # Windows, where SQLite's own locks are not lost when another handle is closed
    fcntl = None  # type: ignore[assignment]

from mailpartner.errors import JournalError

VERSION: Final = 4
APPLICATION_ID: Final = 0x4D504A4C
"""In the file's header, "MPJL": marks it as a journal, so that no other program's database is written to."""

# input: the item, or its repr if SQLite cannot hold it. maybe_applied: whether an attempt that nothing settled may have
# taken effect, in this session or an earlier one. details: the rest of an error, as JSON. line, person, address: where
# the item comes from, as far as that is known. reject: lines of the input that lead to no item.
_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS fact (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS session (
    number INTEGER PRIMARY KEY, started TEXT NOT NULL, ended TEXT, interrupted INTEGER NOT NULL DEFAULT 0,
    details TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS item (
    position INTEGER PRIMARY KEY, input, state INTEGER NOT NULL, maybe_applied INTEGER NOT NULL DEFAULT 0,
    outcome TEXT, error TEXT, code INTEGER, details TEXT, line INTEGER, person BLOB, address TEXT
);
CREATE TABLE IF NOT EXISTS reject (line INTEGER NOT NULL, reason TEXT NOT NULL, person BLOB, text TEXT);
"""

_BEYOND_SQLITES: Final = 0x40000000 + 1024
"""The byte that is locked: past those that SQLite locks."""

_open_files: weakref.WeakSet[JournalFile] = weakref.WeakSet()


class JournalFile:
    """The open database of a journal. Only one can be open on a file at a time, in this process or any other."""

    def __init__(self, path: Path) -> None:
        """Open a journal, or create it.

        Raises JournalError if it is in use, a link, damaged, another program's, or cannot be opened.
        """
        self.path = path
        self._process = os.getpid()
        self._handle = os.fdopen(_open(path), "rb", buffering=0)
        try:
            self._lock()
            self.had_wal = os.path.lexists(f"{path}-wal")
            with self.translated("open"):
                name = os.path.abspath(path)  # ":memory:" alone would be no file
                self.db = sqlite3.connect(name, isolation_level=None, check_same_thread=False, timeout=0)
            try:
                self._prepare()
            except BaseException:
                self.db.close()
                raise
        except BaseException:
            self._handle.close()
            raise
        _open_files.add(self)

    def _lock(self) -> None:
        """Lock the file besides SQLite, whose locks end as soon as this process closes any other handle of the file."""
        if fcntl is None or not hasattr(fcntl, "F_OFD_SETLK"):
            return
        wanted = struct.pack("hhqqi", fcntl.F_WRLCK, os.SEEK_SET, _BEYOND_SQLITES, 1, 0)
        try:
            fcntl.fcntl(self._handle, fcntl.F_OFD_SETLK, wanted)
        except (BlockingIOError, PermissionError):
            raise JournalError(f"Cannot open the journal {self.path}: {_IN_USE}", in_use=True) from None
        except OSError:  # a file system without such locks
            return

    def _prepare(self) -> None:
        with self.translated("open"):
            self.db.execute("PRAGMA locking_mode=EXCLUSIVE")
            (tables,) = self.db.execute("SELECT count(*) FROM sqlite_master").fetchone()
            (mark,) = self.db.execute("PRAGMA application_id").fetchone()
            (version,) = self.db.execute("PRAGMA user_version").fetchone()
            if tables and mark != APPLICATION_ID:
                raise JournalError(f"{self.path} is another program's database, and no journal. Nothing was sent.")
            if tables and version != VERSION:
                raise JournalError(
                    f"The journal {self.path} was written by another version of mailpartner, in format {version};"
                    f" this one reads {VERSION}. Nothing was sent. Finish it with that version, or begin another."
                )
            self.db.execute("PRAGMA journal_mode=WAL")
            self.db.execute("PRAGMA synchronous=FULL")
            self.db.execute("PRAGMA secure_delete=ON")
            self.db.executescript(
                f"BEGIN EXCLUSIVE; PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {VERSION};"
                f" {_SCHEMA} COMMIT;"
            )
            self.check_place()

    def check_place(self) -> None:
        """Raise JournalError if the path is not this file any more: it was deleted, moved or replaced."""
        try:
            same = os.path.samestat(os.lstat(self.path), os.fstat(self._handle.fileno()))
        except OSError:
            same = False
        if not same:
            raise JournalError(
                f"The journal {self.path} was deleted or replaced while it was open. Nothing more was sent. Put it back"
                " if you can; otherwise begin another: what is done counts as done before."
            )

    @property
    def is_ours(self) -> bool:
        """True in the process that opened the file. A forked child must not use it."""
        return os.getpid() == self._process

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Write all or nothing."""
        with self.translated("write"):
            try:
                self.db.execute("BEGIN")
                yield self.db
                self.db.execute("COMMIT")
            except BaseException:
                if self.db.in_transaction:
                    self.db.execute("ROLLBACK")
                raise

    def read(self, query: str, arguments: tuple[object, ...] = ()) -> list[Any]:
        """Return all rows of a query."""
        with self.translated("read"):
            return self.db.execute(query, arguments).fetchall()

    def checkpoint(self) -> None:
        """Move all that was written from the write-ahead log to the file itself."""
        with self.translated("write"):
            self.db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()

    @contextmanager
    def translated(self, doing: str) -> Iterator[None]:
        """Turn SQLite's errors into a JournalError that says what is certain."""
        if not self.is_ours:
            raise JournalError(f"The journal {self.path} belongs to the process that this one was forked from.")
        try:
            yield
        except sqlite3.Error as error:
            fault = error
        else:
            return
        reason, kind = _reason(fault)
        raise JournalError(f"Cannot {doing} the journal {self.path}: {reason}", **kind)

    def close(self) -> None:
        """Close the file. What was not committed is not in it."""
        if self.is_ours and self in _open_files:
            _open_files.discard(self)
            self.db.close()
            self._handle.close()  # last: this ends SQLite's own locks, too

    def abandon(self) -> None:
        """Leave the database to the process that this one was forked from.

        SQLite deletes the write-ahead log when a connection is closed, and Python closes it when nobody refers to it.
        So something always does.
        """
        ctypes.pythonapi.Py_IncRef(ctypes.py_object(self.db))
        self._handle.close()


def _abandon_all() -> None:
    for each in list(_open_files):
        each.abandon()
    _open_files.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_abandon_all)


def _open(path: Path) -> int:
    """Open or create the file for its owner alone, without following a link."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o600)
    except OSError as error:
        if path.is_symlink():
            raise JournalError(f"{path} is a link, not a journal. Nothing was sent. Name the file itself.") from None
        raise JournalError(f"Cannot open the journal {path}: {error.strerror}. Nothing was sent.") from None
    found = os.fstat(descriptor)
    if stat.S_ISREG(found.st_mode) and found.st_nlink == 1:
        return descriptor
    os.close(descriptor)
    what = "has a second name (a hard link)" if stat.S_ISREG(found.st_mode) else "is not a file"
    raise JournalError(f"{path} {what}, and is not used as a journal. Nothing was sent. Name another.")


_IN_USE: Final = "another run has it open. Wait for that run, or end it."


def _reason(error: sqlite3.Error) -> tuple[str, dict[str, bool]]:
    """Return the reason in words, and as attributes of a JournalError."""
    name = getattr(error, "sqlite_errorname", "")
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return _IN_USE, {"in_use": True}
    if name.startswith(("SQLITE_NOTADB", "SQLITE_CORRUPT")):
        text = "it is damaged, or no journal. Keep it, and begin another; ids that are gone count as already gone."
        return text, {"damaged": True}
    if name.startswith("SQLITE_FULL"):
        return "the disk is full. Nothing more was sent. Make room, and run it again with the same journal.", {}
    return f"{error}. Nothing more was sent.", {}
