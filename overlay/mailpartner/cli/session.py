"""One session of a run, new or resumed, with or without a journal: carried out, shown, recorded, and its exit code."""

from __future__ import annotations

import time
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs

from mailpartner.cli import audit
from mailpartner.cli.conduct import Conductor
from mailpartner.cli.exits import DONE, SIGNALLED, SIGPIPE, SOME_FAILED, STOPPED, UNREACHABLE, Signalled, code_of
from mailpartner.cli.ledger import ids_of, now, totals, who
from mailpartner.cli.output import Output
from mailpartner.cli.places import resume
from mailpartner.cli.progress import Progress, Tally
from mailpartner.cli.say import manner, say, shown
from mailpartner.errors import APIConnectionError, APIError, BulkStoppedError, MailPartnerError

if TYPE_CHECKING:
    from mailpartner.cli.options import Common
    from mailpartner.client import MailPartner
    from mailpartner.journal import Journal
    from mailpartner.results import BulkItem

SHOWN = 20


@attrs.frozen
class Task:
    """What is to be done. facts: what a summary says beside the counts, such as the lines that were rejected."""

    client: MailPartner
    options: Common
    missing_ok: bool = True
    facts: dict[str, Any] = attrs.field(factory=dict)


def recorded(task: Task, journal: Journal) -> int:
    """A session over the ids of a journal, with its audit file. Returns the exit code."""
    facts = journal.facts()
    path = Path(facts["audit"])
    sessions = sum(name.startswith("session ") for name in facts)
    audit.begin(path, journal)
    journal.claim({f"session {sessions + 1:06}": _json({"when": now(), **who()})})
    known = totals(journal)
    tally = Tally(int(facts["taken"]), known["deleted"], known["already_gone"], _refused(journal))
    with Conductor(f"Stopped. {_how_to_go_on(task, journal)}") as conductor:
        try:
            stopped = _carry_out(task, ids_of(journal), tally, journal, conductor)
        finally:
            _write_audit(path, journal)
        say(f"Audit: {path}")
        return _end(task, tally, stopped, journal)


def unrecorded(task: Task, ids: Iterable[int], count: int) -> int:
    """A session over a handful of ids, with no file. Returns the exit code."""
    tally = Tally(count)
    with Conductor(f"Stopped. {_how_to_go_on(task, None)}") as conductor:
        return _end(task, tally, _carry_out(task, ids, tally, None, conductor), None)


def _carry_out(
    task: Task, ids: Iterable[int], tally: Tally, journal: Journal | None, conductor: Conductor
) -> Exception | None:
    """Do it and show it; return what stopped it before its end."""
    show = _Show(Output(task.options.json), handful=journal is None)
    began = time.monotonic()
    progress = Progress(tally, lines_on_stdout=not show.output.terminal, quiet=journal is None)
    items = conductor.items(task.client, ids, task.options.plan(task.missing_ok, journal), journal)
    stopped: Exception | None = None
    try:
        with closing(items), progress:  # type: ignore[type-var]
            for item in items:
                tally.count(item)
                progress.step()
                try:
                    show.item(item)
                except Signalled as error:
                    conductor.halt(error)
                except OSError as error:
                    conductor.halt(_output_lost(error))
    except (Signalled, MailPartnerError) as error:
        stopped = error
    task.facts["seconds"] = round(time.monotonic() - began, 3)
    task.facts["last_error"] = show.last_error
    if not _is(stopped, SIGPIPE):
        show.end()
    return stopped


class _Show:
    """The items on stdout: all of a handful; of many in a pipe too, on a terminal those that failed."""

    def __init__(self, output: Output, handful: bool) -> None:
        self.output = output
        self.last_error: Exception | None = None
        self._handful = handful
        self._rows: list[tuple[object, ...]] = []
        self._more = 0

    def item(self, item: BulkItem) -> None:
        outcome = item.outcome.value if item.outcome is not None else "failed"
        why = _here(item.error)
        self.last_error = item.error or self.last_error
        if self.output.json:
            self.output.record("deletion", id=item.id, outcome=outcome, error=_error(item.error))
        elif not self.output.terminal:
            self.output.line(shown(f"{item.id} {outcome} {why}".rstrip()))
        elif self._handful or item.error is not None:
            if len(self._rows) < SHOWN:
                self._rows.append((item.id, outcome, why))
            else:
                self._more += 1

    def end(self) -> None:
        if self._rows:
            self.output.rows(("id", "outcome", "why"), self._rows)
        if self._more:
            say(f"{self._more} more failed; the audit file has them all.")


def _output_lost(error: OSError) -> Exception:
    return BulkStoppedError(f"The run stopped: its output cannot be written ({error.strerror}).", error=error)


def _here(error: Exception | None) -> str:
    """An error's line, its advice in the words of this command."""
    return str(error or "").replace("pass missing_ok=True", "give --missing-ok")


def _error(error: Exception | None) -> dict[str, Any] | None:
    if error is None:
        return None
    api = error if isinstance(error, APIError) else None
    return {
        "class": type(error).__name__,
        "code": api.code if api is not None else None,
        "name": api.name if api is not None else None,
        "text": _here(error),
        "maybe_applied": bool(getattr(error, "maybe_applied", False)),
    }


def _end(task: Task, tally: Tally, stopped: Exception | None, journal: Journal | None) -> int:
    """Say how it ended, and return the exit code."""
    last = task.facts.pop("last_error", None)
    code = _code(task, tally, stopped, journal, last)
    left = tally.total - tally.done
    quiet = _is(stopped, SIGPIPE)
    if not quiet:
        fields = {name: value for name, value in task.facts.items() if not isinstance(value, Path)}
        files = {"journal": str(journal.path), "audit": journal.facts()["audit"]} if journal is not None else {}
        Output(task.options.json).record(
            "summary",
            total=tally.total, deleted=tally.deleted, already_gone=tally.already_gone, failed=tally.failed, left=left,
            **fields, **files, stopped=str(stopped) if stopped is not None else None, exit=code,
        )  # fmt: skip
    if stopped is not None and not isinstance(stopped, Signalled):
        say(str(stopped))
    # On a terminal the table of a handful says it all.
    rejected = task.facts.get("rejected")
    unread = f" Lines of the input that were rejected: {rejected}." if rejected else ""
    say(f"{tally.done} of {tally.total} done: {tally.words()}" + (f", {left} left." if left else ".") + unread)
    if left or (journal is not None and _worth_another_try(journal)):
        say(_how_to_go_on(task, journal))
    return code


def _how_to_go_on(task: Task, journal: Journal | None) -> str:
    if journal is not None:
        return f"To go on: {resume(journal.path, task.options.resuming())}"
    return "What was under way may have been done. Run it again for the rest, with --missing-ok."


def _code(task: Task, tally: Tally, stopped: Exception | None, journal: Journal | None, last: object) -> int:
    if isinstance(stopped, Signalled):
        return SIGNALLED + stopped.number
    if isinstance(stopped, BulkStoppedError) and journal is not None:
        return STOPPED
    if stopped is not None:
        return code_of(stopped) or STOPPED
    if tally.failed and tally.failed == tally.total and isinstance(last, APIConnectionError):
        return UNREACHABLE
    return SOME_FAILED if tally.failed or task.facts.get("rejected") else DONE


def _worth_another_try(journal: Journal) -> bool:
    from mailpartner.journal import FAILED

    return bool(journal.counts().get(FAILED))


def _refused(journal: Journal) -> int:
    """How many ids an earlier session saw refused for good: they are not sent again."""
    from mailpartner.journal import INVALID, REFUSED

    counts = journal.counts()
    return counts.get(REFUSED, 0) + counts.get(INVALID, 0)


def _is(stopped: Exception | None, number: int) -> bool:
    return isinstance(stopped, Signalled) and stopped.number == number


def _json(value: object) -> str:
    import json

    return json.dumps(value)


def _write_audit(path: Path, journal: Journal) -> None:
    try:
        audit.complete(path, journal)
    except OSError as error:
        say(f"The audit file {path} could not be written: {error.strerror}. The journal has it all: resume it, and it"
            " is written.")  # fmt: skip
    except MailPartnerError as error:
        if manner.traceback:
            raise
        say(f"The audit file {path} could not be written: {error}")
