"""The record of a year: deletions by hand, and requests that must not be made twice without anyone noticing.

The row of a request is committed before the request leaves, and its outcome afterwards. So a request whose row has no
outcome may have been carried out.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

from mailpartner._bulk.journal import Journal

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS request (
    number INTEGER PRIMARY KEY, type TEXT NOT NULL, digest TEXT NOT NULL, at TEXT NOT NULL, outcome TEXT,
    details TEXT NOT NULL
)
"""
_REQUESTS: Final = """
SELECT type, digest, at, coalesce(outcome, 'in_doubt'), details FROM request WHERE ? IN (digest, '') ORDER BY number
"""
NOT_DONE: Final = ("refused", "not_sent", "tested")
"""The outcomes of requests that certainly sent and moved nothing."""


class Request(NamedTuple):
    """A request in the record.

    Attributes:
        type: That of its JSON line: "message", "credit_move" or "subaccount".
        digest: Equal for requests that ask for the same.
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

    def find_request(self, digest: str) -> Request | None:
        """Return the last request with this digest that may have been carried out."""
        found = [request for request in self.requests(digest) if request.outcome not in NOT_DONE]
        return found[-1] if found else None

    def requests(self, digest: str | None = None) -> Iterator[Request]:
        """Yield the requests, or those with this digest, in the order in which they were made."""
        with self._file.translated("read"):
            for row in map(Request._make, self._db.execute(_REQUESTS, (digest or "",))):
                yield row._replace(details=json.loads(row.details))
