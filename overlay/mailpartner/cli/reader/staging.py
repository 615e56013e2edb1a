"""Keep what was read, and compare it with the list. A million lines cost little memory.

The database is a temporary file of SQLite's without a name: it is gone when the process ends.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from mailpartner.cli.language import N_, _
from mailpartner.resources._addresses import fold_email, normalize_email

_SCHEMA = """
CREATE TABLE item (line INTEGER PRIMARY KEY, number INTEGER, address TEXT, folded TEXT, state TEXT);
CREATE TABLE reject (line INTEGER, raw TEXT, reason TEXT);
CREATE TABLE listed (id INTEGER PRIMARY KEY, email TEXT, address TEXT, folded TEXT);
CREATE TABLE target (position INTEGER PRIMARY KEY, id INTEGER UNIQUE, address TEXT, line INTEGER);
"""
_INDEXES = (
    "CREATE INDEX IF NOT EXISTS item_number ON item(number) WHERE number IS NOT NULL",
    "CREATE INDEX IF NOT EXISTS item_folded ON item(folded) WHERE folded IS NOT NULL",
    "CREATE INDEX IF NOT EXISTS listed_folded ON listed(folded)",
)
_TAKE_LISTED = """
INSERT OR REPLACE INTO listed SELECT :id, :email, :address, :folded
WHERE EXISTS (SELECT 1 FROM item WHERE number = :id) OR EXISTS (SELECT 1 FROM item WHERE folded = :folded)
"""
_DUPLICATES = """
UPDATE item SET state = 'duplicate' WHERE line NOT IN (SELECT min(line) FROM item GROUP BY number, address)
"""
# A row with an id and an address: both must be of one entry. Without an id, all entries of the address are meant.
_COMPARE = """
UPDATE item SET state = CASE
  WHEN address IS NULL THEN iif(EXISTS (SELECT 1 FROM listed WHERE id = number), 'listed', 'unknown_id')
  WHEN EXISTS (SELECT 1 FROM listed l WHERE l.folded = item.folded AND l.address = item.address
               AND (number IS NULL OR l.id = number)) THEN 'listed'
  WHEN number IS NOT NULL AND EXISTS (SELECT 1 FROM listed l WHERE l.folded = item.folded AND l.address = item.address)
    THEN 'mismatch'
  WHEN EXISTS (SELECT 1 FROM listed l WHERE l.folded = item.folded AND (number IS NULL OR l.id = number))
    THEN iif(:ignore_case, 'listed', 'near')
  WHEN number IS NOT NULL AND (EXISTS (SELECT 1 FROM listed l WHERE l.folded = item.folded)
                               OR EXISTS (SELECT 1 FROM listed WHERE id = number)) THEN 'mismatch'
  ELSE 'not_listed' END
WHERE state IS NULL
"""
_TARGETS = """
INSERT OR IGNORE INTO target (id, address, line)
SELECT id, email, line FROM (
  SELECT line, number AS id, coalesce(l.email, i.address) AS email FROM item i LEFT JOIN listed l ON l.id = i.number
  WHERE number IS NOT NULL AND state IN ('listed', 'unknown_id', 'unchecked')
  UNION ALL
  SELECT line, l.id, l.email FROM item i JOIN listed l ON l.folded = i.folded
  WHERE number IS NULL AND state = 'listed' AND (:ignore_case OR l.address = i.address))
ORDER BY line, id
"""
_NOT_TAKEN = """
SELECT line, raw, reason, NULL, NULL, NULL FROM reject
UNION ALL
SELECT line, NULL, state, number, address, folded FROM item WHERE state IN ('mismatch', 'near', 'not_listed')
ORDER BY 1
"""
DECORATED = N_("it has signs that are rarely part of an address; if they are, `unsubscribes add ADDRESS` takes it")
_LABEL = r"[^\W_](?:[\w-]*[^\W_])?"
_PLAIN = re.compile(rf"\w[\w.+'&!#~-]*@{_LABEL}(?:\.{_LABEL})+")
BATCH = 1000
RAW_KEPT = 2000
MISMATCH = N_("its id and its address are not of one entry of the list")
NEAR = N_("it differs from a listed address only in capitals or spelling (--ignore-case takes it)")
NOT_LISTED = N_("not on the list of unsubscribes")
_REASONS = {"mismatch": MISMATCH, "near": NEAR, "not_listed": NOT_LISTED}


def is_plain(address: str) -> bool:
    """Return whether an address has no signs that are rarely part of one."""
    return _PLAIN.fullmatch(address) is not None


class Reject(NamedTuple):
    """A line that leads to nothing: why, in the same English for all lines of a kind, and what the list has instead."""

    line: int
    raw: str
    reason: str
    listed: tuple[tuple[int, str], ...] = ()
    address: str | None = None

    def text(self, translate: Callable[[str], str] = _) -> str:
        """Return why, with what the list has instead."""
        why = translate(self.reason)
        if not self.listed:
            return why
        return translate("{reason}: the list has {entries}").format(reason=why, entries=self.entries(translate))

    def entries(self, translate: Callable[[str], str] = _) -> str:
        entry = translate("{id} for {email}")
        return ", ".join(entry.format(id=number, email=email) for number, email in self.listed)


class Target(NamedTuple):
    """An id that is to be deleted and its address if that is known, or an address that is to be added; and its line."""

    id: int | None
    address: str | None
    line: int


class Staging:
    """What was read from an input, one item a line, and what the list has for it."""

    _duplicates, _comparison, _choice = _DUPLICATES, _COMPARE, _TARGETS
    _without_effect = "unknown_id"

    def __init__(self) -> None:
        self._db = sqlite3.connect("", isolation_level=None)
        self._db.executescript(f"PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; {_SCHEMA} BEGIN;")
        self._items: list[tuple[Any, ...]] = []
        self._counts: dict[str, int] = {}
        self._counted = -1  # the changes of the database when they were taken
        self._listed: list[dict[str, Any]] = []
        self.names: dict[int, str] = {}
        """The names of people by their lines, as far as they were read."""

    def add(self, line: int, number: int | None, address: str | None, name: str = "") -> None:
        if name:
            self.names[line] = name
        exact = normalize_email(address) if address is not None else None
        self._items.append((line, number, exact, fold_email(address) if address is not None else None))
        if len(self._items) >= BATCH:
            self._flush()

    def reject(self, line: int, raw: str, reason: str) -> None:
        self._db.execute("INSERT INTO reject VALUES (?, ?, ?)", (line, raw[:RAW_KEPT], reason))

    def reject_bare_ids(self, reason: str) -> None:
        """Reject all items that are only an id."""
        self._flush()
        self._db.execute("INSERT INTO reject SELECT line, number, ? FROM item WHERE address IS NULL", (reason,))
        self._db.execute("DELETE FROM item WHERE address IS NULL")

    def begin_list(self) -> None:
        self._flush()
        self._listed.clear()
        self._db.execute("DELETE FROM listed")
        for index in _INDEXES:
            self._db.execute(index)

    def add_listed(self, id: int, email: str) -> None:
        """Take an entry of the list; it is kept only if the input asks for it."""
        self._listed.append({"id": id, "email": email, "address": normalize_email(email), "folded": fold_email(email)})
        if len(self._listed) >= BATCH:
            self._flush()

    def compare(self, ignore_case: bool = False) -> None:
        """Compare all items with the list, and find what is to be done."""
        self._choose(self._comparison, ignore_case)

    def accept(self) -> None:
        """Take all ids as they are; addresses are not looked up."""
        self._choose("UPDATE item SET state = 'unchecked' WHERE state IS NULL")

    def _choose(self, judge: str, ignore_case: bool = False) -> None:
        self._flush()
        for query in (self._duplicates, judge, self._choice):
            self._db.execute(query, {"ignore_case": ignore_case})

    def counts(self) -> dict[str, int]:
        """Return how many items there are of which kind.

        `ids` are rows with an id, `addresses` rows without; `rejected` counts those that were not read, the
        mismatches and the near misses; `targets` are what is to be done, `changes` those that change the list as far
        as it was read, `pairs` the rows with an id and an address.
        """
        self._flush()
        if self._counted != self._db.total_changes:  # a million rows take a quarter of a second, and many ask
            self._counted, self._counts = self._db.total_changes, self._count()
        return dict(self._counts)

    def _count(self) -> dict[str, int]:
        found = dict(self._db.execute("SELECT coalesce(state, ''), count(*) FROM item GROUP BY 1"))
        of_items = self._db.execute(
            "SELECT count(number), count(*) - count(number), count(iif(number IS NULL, NULL, address)) FROM item"
            " WHERE state IS NOT 'duplicate'"
        ).fetchone()
        mismatches, near = found.get("mismatch", 0), found.get("near", 0)
        targets = self._number("SELECT count(*) FROM target")
        return {
            "ids": of_items[0],
            "addresses": of_items[1],
            "pairs": of_items[2],
            "targets": targets,
            "changes": targets - found.get(self._without_effect, 0),
            "duplicates": found.get("duplicate", 0),
            "mismatches": mismatches,
            "near_misses": near,
            "rejected": self._number("SELECT count(*) FROM reject") + mismatches + near,
            "listed": found.get("listed", 0),
            "not_listed": found.get("not_listed", 0),
            "unknown_ids": found.get("unknown_id", 0),
            "similar": found.get("similar", 0),
        }

    def targets(self, first: int = 0, count: int = -1) -> Iterator[Target]:
        """Yield what is to be done, in the order of the lines: `count` from `first` on, by default all."""
        query = "SELECT id, address, line FROM target ORDER BY position LIMIT ? OFFSET ?"
        return map(Target._make, self._db.execute(query, (count, first)))

    def people(self, first: int, last: int) -> tuple[list[Target], list[Target]]:
        """Return the first and the last targets, none of them twice."""
        total = self.counts()["targets"]
        rest = min(last, max(0, total - first))
        return list(self.targets(0, first)), list(self.targets(total - rest, rest))

    def rejects(self) -> Iterator[Reject]:
        """Yield the lines that lead to no deletion, in their order."""
        # What the list has under the id, and under the address in any spelling.
        query = "SELECT id, email FROM listed WHERE id = ? OR folded = ? ORDER BY id LIMIT 5"
        for line, raw, reason, number, address, folded in self._db.execute(_NOT_TAKEN):
            if raw is not None:
                yield Reject(line, str(raw), reason)
                continue
            text = address if number is None else f"{number} {address}"
            listed = () if reason == "not_listed" else tuple(self._db.execute(query, (number, folded)))
            yield Reject(line, text, _REASONS[reason], listed, address)

    def _number(self, query: str) -> int:
        return int(self._db.execute(query).fetchone()[0])

    def _flush(self) -> None:
        if self._items:
            self._db.executemany("INSERT INTO item VALUES (?, ?, ?, ?, NULL)", self._items)
            self._items.clear()
        if self._listed:
            self._db.executemany(_TAKE_LISTED, self._listed)
            self._listed.clear()

    def close(self) -> None:
        self._db.close()


class Additions(Staging):
    """What was read from an input of addresses that are to be added; those that are listed already, too."""

    _without_effect = "listed"

    # Capitals before the @ may make two people's addresses, and both must be added; the domain has several spellings.
    _duplicates = """
    UPDATE item SET state = 'duplicate' WHERE line NOT IN (
      SELECT min(line) FROM item GROUP BY folded, substr(address, 1, instr(address, '@')))
    """
    _comparison = """
    UPDATE item SET state = CASE
      WHEN EXISTS (SELECT 1 FROM listed l WHERE l.folded = item.folded AND l.address = item.address) THEN 'listed'
      WHEN EXISTS (SELECT 1 FROM listed l WHERE l.folded = item.folded) THEN 'similar'
      ELSE 'new' END
    WHERE state IS NULL
    """
    _choice = """
    INSERT INTO target (address, line)
    SELECT address, line FROM item WHERE state IN ('listed', 'similar', 'new', 'unchecked') ORDER BY line
    """

    def add(self, line: int, number: int | None, address: str | None, name: str = "") -> None:
        """Take an address; an id beside it may be another system's."""
        if address is not None and not is_plain(address):
            # The list would take quotes around it as they are, and the person would go on receiving mail.
            self.reject(line, address, DECORATED)
        else:
            super().add(line, number if address is None else None, address, name)
