"""The record of a year: deletions by hand, and requests that must not be made twice without anyone noticing.

The row of a request is committed before the request leaves, and its outcome afterwards. So a request whose row has no
outcome may have been carried out.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

from mailpartner._bulk.journal import Journal
from mailpartner.errors import JournalError

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS request (
    number INTEGER PRIMARY KEY, type TEXT NOT NULL, digest TEXT NOT NULL, at TEXT NOT NULL, outcome TEXT,
    details TEXT NOT NULL
)
"""
_REQUESTS: Final = "SELECT type, digest, at, coalesce(outcome, 'in_doubt'), details FROM request ORDER BY number"
NOT_DONE: Final = ("refused", "not_sent", "tested")
"""The outcomes of requests that certainly sent and moved nothing."""

CANCELLED: Final = ("cancelled", "already_cancelled")
"""The outcomes of a request after which a message is cancelled."""


class Request(NamedTuple):
    """A request in the record.

    Attributes:
        type: That of its JSON line: "message", "cancellation", "credit_move" or "subaccount".
        digest: Equal for requests that ask for the same: "2:" and a SHA-256, as `Digest` makes it.
        at: When it was made, in UTC.
        outcome: A success in one word, or "refused", "not_sent" or "in_doubt".
        details: Who made it, and what is known of it, without addresses.
    """

    type: str
    digest: str
    at: str
    outcome: str
    details: Any


class Record(Journal):
    """The open record of one year."""

    def __init__(self, path: Path) -> None:
        """Open a record, or create it.

        Raises:
            JournalError: If it cannot be used.
        """
        super().__init__(path, append=True)
        try:
            with self._file.transaction() as db:
                db.execute(_SCHEMA)
        except BaseException:
            self.close()
            raise

    def begin_request(self, type: str, digest: str, details: dict[str, Any]) -> int:
        """Record that a request is about to be sent, and return its number.

        Raises:
            JournalError: If that fails; the request must then not be sent.
        """
        with self._file.transaction() as db:
            self._file.check_place()
            row = (type, digest, datetime.now(UTC).isoformat(timespec="seconds"), json.dumps(details))
            added = db.execute("INSERT INTO request(type, digest, at, details) VALUES (?, ?, ?, ?)", row)
        self._file.checkpoint()  # into the file itself, which may be copied or kept without its log
        return added.lastrowid or 0

    def end_request(self, number: int, outcome: str, details: dict[str, Any]) -> None:
        """Record what came of a request.

        Raises:
            JournalError: If that fails; the outcome then is in_doubt.
        """
        query = "UPDATE request SET outcome = ?, details = json_patch(details, ?) WHERE number = ?"
        with self._file.transaction() as db:
            db.execute(query, (outcome, json.dumps(details), number))

    def is_in_place(self) -> bool:
        """Return whether the path still leads to this file, which may have been deleted, moved or replaced."""
        try:
            self._file.check_place()
        except JournalError:
            return False
        return True

    def requests(self) -> Iterator[Request]:
        """Yield the requests in the order in which they were made."""
        with self._file.translated("read"):
            for row in map(Request._make, self._db.execute(_REQUESTS)):
                yield row._replace(details=json.loads(row.details))


class Digest:
    """What is equal for requests that ask for the same, whatever the key and the server."""

    def __init__(self, *content: object) -> None:
        self._content = content
        self._earlier: dict[tuple[str, str], str] = {}
        self.text = f"2:{_sha256(content)}"

    def is_of(self, request: Request) -> bool:
        """Return whether a request in a record has this digest. The first form of it began with the server and key."""
        if ":" in request.digest:
            return request.digest == self.text
        account = (request.details["base_url"], request.details["key_fingerprint"])
        if account not in self._earlier:
            self._earlier[account] = _sha256((*account, *self._content))
        return request.digest == self._earlier[account]


def _sha256(content: tuple[object, ...]) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode("ascii")).hexdigest()
