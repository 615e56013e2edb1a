"""The record of a bulk run for those who must answer for it: JSON lines, mode 0600.

The journal is the truth, and the record is made of it: the head when the run begins, all of it anew at the end of
each session, next to the old one and then in its place. So a crash neither loses a line nor doubles one.

One word says what became of an item: deleted, already_gone, added, already_listed; failed or not_sent, which is not
done for certain; in_doubt, which may have been done: no answer was read, and no later session settled it.
"""

from __future__ import annotations

import json
import os
from bisect import bisect_right
from collections.abc import Iterator
from operator import itemgetter
from pathlib import Path
from typing import Any

from mailpartner._bulk.journal import Journal
from mailpartner._bulk.journal_row import Row
from mailpartner.cli import files
from mailpartner.cli.actions import Action, action_of
from mailpartner.cli.exit_codes import USAGE, Ended
from mailpartner.cli.language import _
from mailpartner.cli.record import Record
from mailpartner.cli.run_journal import now

SCHEMA = 2
_OUTCOMES = ("failed", "in_doubt", "not_sent")


def head(journal: Journal) -> dict[str, Any]:
    """Return who began the run, when, why, on what input, with which key."""
    facts = journal.metadata()
    return {
        "schema": SCHEMA,
        "type": "head",
        "run": facts["run"],
        "who": json.loads(facts["who"]),
        "when": facts["when"],
        "reason": facts["reason"],
        "command": facts["command"],
        "input": {"name": facts["input"], "sha256": facts["digest"]},
        "key_fingerprint": facts["account"],
        "base_url": facts["base_url"],
        "counts": json.loads(facts["counts"]),
        "sessions": journal.sessions(),
    }


def place(journal: Journal) -> Path:
    """Return the place of the record: next to the journal, wherever that was moved to, if it began there."""
    return journal.path.resolve().parent / os.fsdecode(bytes.fromhex(journal.metadata()["audit"]))


def begin(path: Path, journal: Journal) -> None:
    """Make the record with its head, before anything is sent. Raise Ended for a file that is another's."""
    if _is_empty(path):  # a crash or a full disk came before its head
        path.unlink()
    if os.path.lexists(path):
        _check_ours(path, journal)
        return
    try:
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        text = _("{file} is there already and is not overwritten. Nothing was sent.")
        raise Ended(text.format(file=path), USAGE) from None
    with files.open_text(descriptor) as file:
        file.write(as_text(head(journal)))
        file.flush()
        os.fsync(descriptor)


def complete(path: Path, journal: Journal) -> None:
    """Make the whole record anew of the journal, in one step. After an OSError the old one is as it was."""
    _check_ours(path, journal)
    files.write(path, map(as_text, lines(journal)))


def _check_ours(path: Path, journal: Journal) -> None:
    if not os.path.lexists(path) or _is_empty(path):
        return
    begun, facts = _head_in(path), journal.metadata()
    if begun.get("run") != facts["run"]:
        text = _(
            "{file} is not the audit file of this run, and is left as it is. Nothing more was sent."
            " Move it away, then resume."
        )
        raise Ended(text.format(file=path), USAGE)
    if not _is_earlier(begun.get("sessions"), journal.sessions()):
        text = _(
            "{file} tells of sessions that this journal knows nothing of: the journal is an older copy."
            " Nothing more was sent. Resume the journal that the run went on with."
        )
        raise Ended(text.format(file=path), USAGE)


def _is_earlier(told: object, known: list[dict[str, Any]]) -> bool:
    """Return whether the sessions in a record are the first ones of the journal."""
    if not isinstance(told, list) or len(told) > len(known):
        return False
    # One that was not over when the record was written may have ended since.
    return all(
        each == now or (isinstance(each, dict) and {**each, "ended": now["ended"]} == now and each["ended"] is None)
        for each, now in zip(told, known, strict=False)
    )


def _is_empty(path: Path) -> bool:
    return path.is_file() and not path.is_symlink() and path.stat().st_size == 0


def _head_in(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            found = json.loads(file.readline(1 << 20))
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def lines(journal: Journal, since: str = "", until: str = "9") -> Iterator[dict[str, Any]]:
    """Yield the lines of the record as the journal has them now: the head, rejected lines, each item, the total.

    `since` and `until` are the first and the last day, in UTC, of what is taken from the record of a year.
    """
    yield head(journal)
    for reject in journal.rejects():
        kept = {} if reject.text is None else {"text": reject.text}
        yield {"schema": SCHEMA, "type": "reject", "line": reject.line, "reason": reject.reason, **kept}
    action = action_of(journal)
    counted = dict.fromkeys((*action.outcomes, *_OUTCOMES), 0)
    begun = [each for each in journal.sessions() if "first" in each] if isinstance(journal, Record) else []
    for row in journal.rows():
        line = {**_line(row, action), **_origin(row, begun)}
        if isinstance(journal, Record) and not since <= line.get("when", "")[:10] <= until:
            continue
        counted[line["outcome"]] += 1
        yield line
    complete = not (counted["in_doubt"] or counted["not_sent"])
    for request in journal.requests() if isinstance(journal, Record) else ():
        kept = {"digest": request.digest, "when": request.at, "outcome": request.outcome, **request.details}
        if since <= request.at[:10] <= until:
            yield {"schema": SCHEMA, "type": request.type, **kept}
    yield {"schema": SCHEMA, "type": "total", "when": now(), "complete": complete, **counted}


def _line(row: Row, action: Action) -> dict[str, Any]:
    """Return what became of an item. The server's words stay out: they may hold an address."""
    line: dict[str, Any] = {"schema": SCHEMA, "type": action.type}
    line |= {"id": row.input, "outcome": row.result} if action.item == "id" else {"outcome": row.result}
    line |= {name: kept for name, kept in (("line", row.line), ("email", row.address)) if kept is not None}
    if row.outcome is None:
        line["maybe_applied"] = row.maybe_applied
    if row.error is not None:
        line |= {"error": row.error, "code": row.code}
    return line


def _origin(row: Row, sessions: list[dict[str, Any]]) -> dict[str, Any]:
    """Return who deleted an entry by hand, when and why: what is known of the session that its position lies in."""
    later = bisect_right(sessions, row.position, key=itemgetter("first"))
    if later == 0:
        return {}
    session = sessions[later - 1]
    names = ("user", "host", "reason", "key_fingerprint", "base_url")
    return {"when": session["started"], **{name: session[name] for name in names}}


def as_text(line: dict[str, Any]) -> str:
    return json.dumps(line) + "\n"
