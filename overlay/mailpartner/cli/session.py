"""One session of a run, new or resumed, with or without a journal: carried out, shown, and recorded.

A signal ends it cleanly: what was sent is waited for and recorded.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext, suppress
from pathlib import Path
from types import FrameType
from typing import Any, Self

from mailpartner._bulk.journal import Journal
from mailpartner._bulk.journal_row import INVALID, REFUSED
from mailpartner._bulk.run import BulkRun
from mailpartner.cli import audit, files
from mailpartner.cli.error_text import system_error, text_of
from mailpartner.cli.exit_codes import SIGNALLED, Ended, OutputLost, Signalled, heeded
from mailpartner.cli.items import Items
from mailpartner.cli.language import _
from mailpartner.cli.output import Output
from mailpartner.cli.progress import Progress, Tally, Waiting
from mailpartner.cli.run_journal import encodable, who
from mailpartner.cli.say import message, say, state
from mailpartner.cli.summary import Summary, Task, how_to_go_on
from mailpartner.errors import BulkStoppedError, JournalError, MailPartnerError

_RECORDED = _("What was sent is recorded in {file}.")


class GracefulStop:
    """In its `with` block the first signal stops the run; a second one ends the process at once, after `last_words`."""

    def __init__(self, last_words: str) -> None:
        self._messages = (
            message(_("Stopping, after the answers to what is under way. Once more stops at once.")),
            last_words,
        )
        self._run: BulkRun[Any, Any] | None = None
        self._before: dict[int, Any] = {}
        self.halted: Exception | None = None

    def watch(self, run: BulkRun[Any, Any]) -> None:
        """Stop this run from now on, at once if the reason came before it."""
        self._run = run
        if self.halted is not None:
            run.stop()

    def halt(self, reason: Exception) -> None:
        """Stop the run. Its reason is the first one."""
        self.halted = self.halted or reason
        if self._run is not None:
            self._run.stop()

    def __enter__(self) -> Self:
        for number in heeded("SIGINT", "SIGTERM", "SIGHUP"):
            self._before[number] = signal.signal(number, self._signal)
        return self

    def __exit__(self, *_error: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _signal(self, number: int, _frame: FrameType | None) -> None:
        # Not through sys.stderr, which may be in the middle of a write.
        again = self.halted is not None
        with suppress(OSError):
            os.write(2, f"\n{self._messages[again]}\n".encode(errors="backslashreplace"))
        if again:
            files.discard_unfinished()
            os._exit(SIGNALLED + number)  # as safe as kill -9: the journal is committed before each request
        self.halt(Signalled(number))


def recorded(task: Task, journal: Journal) -> int:
    """Carry out a session over the items of a journal, with its audit file. Return the exit code."""
    facts = journal.metadata()
    state.effects = _RECORDED.format(file=journal.path)
    journal.keep_addresses = facts["in_clear"] == "true"
    path = audit.place(journal)
    audit.begin(path, journal)
    counts = journal.counts()
    refused = counts.get(REFUSED, 0) + counts.get(INVALID, 0)  # for good: they are not sent again
    tally = Tally.of(task.action, int(facts["taken"]), journal.outcomes(), refused)
    summary = Summary(task, tally, journal, path)
    with GracefulStop(_last_words(task, journal)) as stop:
        try:
            if journal.is_finished:
                say(_("This run is complete already. Nothing was sent."))
                task.facts["seconds"] = 0.0
            else:
                with journal.session(**who(), key_fingerprint=task.client.key_fingerprint()):
                    _carry_out(summary, (row.input for row in journal.rows()), stop, journal)
            # The screen says what the record says: an id may be in doubt because of an earlier session.
            with suppress(JournalError):
                known = journal.outcomes()
                tally.successes = {outcome: known.get(outcome, 0) for outcome in task.action.outcomes}
                tally.failed, tally.in_doubt = known.get("failed", 0), known.get("in_doubt", 0)
        finally:
            if not journal.keep_addresses:
                with suppress(JournalError):
                    journal.forget_addresses()
            summary.audit_written = _write_audit(path, journal)
        return summary.tell()


def by_hand(task: Task, ids: list[int], record: Journal | None, reason: str | None) -> int:
    """Carry out a session over a few ids, with or without a record. Return the exit code."""
    summary = Summary(task, Tally.of(task.action, len(ids), {}))
    state.effects = _("What was under way may have been done.")
    kept: AbstractContextManager[None] = nullcontext()
    if record is not None:
        where = {"key_fingerprint": task.client.key_fingerprint(), "base_url": task.client.base_url}
        kept = record.session(**who(), **where, reason=encodable(reason) if reason else None)
        state.effects = _RECORDED.format(file=record.path)
    with GracefulStop(_last_words(task, None)) as stop:
        with kept:
            _carry_out(summary, ids, stop, record)
        return summary.tell()


def _last_words(task: Task, journal: Journal | None) -> str:
    """Return what a second signal writes before it ends the process."""
    text, command = how_to_go_on(task, journal)
    return message(_("Stopped. {text}").format(text=text), command)


def _carry_out(summary: Summary, inputs: Iterable[Any], stop: GracefulStop, journal: Journal | None) -> None:
    """Do it and show it, and note how it ended."""
    task, tally = summary.task, summary.tally
    few = summary.journal is None
    items_shown = Items(Output(task.options.json), task.action, handful=few)
    began = time.monotonic()
    progress = Progress(tally, lines_on_stdout=not items_shown.output.terminal, logged=task.options.verbose, quiet=few)
    options = task.options.bulk()
    run = task.action.start(task.client, inputs, task.done_before_ok, journal=journal, **options)
    stop.watch(run)
    try:
        with run, progress:
            for item in run:
                if item.recorded:  # by an earlier session
                    continue
                tally.count(item)
                progress.step()
                try:
                    items_shown.item(item)
                except Signalled as error:
                    stop.halt(error)
                except OutputLost as error:
                    summary.output_lost = error
                    text = _("The run stopped. {why}").format(why=error)
                    stop.halt(BulkStoppedError(text, error=error))
        if stop.halted is not None:
            raise stop.halted
    except (Signalled, MailPartnerError) as error:
        summary.stopped = error
    task.facts["seconds"] = round(time.monotonic() - began, 3)
    if not summary.is_mute:
        with summary.output_kept():
            items_shown.end()


def _write_audit(path: Path, journal: Journal) -> bool:
    try:
        with Waiting().during(_("Writing the audit file")):
            audit.complete(path, journal)
    except OSError as error:
        text = _(
            "The audit file {file} could not be written: {why}. The journal has it all: resume it, and it is written."
        )
        say(text.format(file=path, why=system_error(error)))
    except Ended as error:  # it is another's by now
        say(str(error))
    except MailPartnerError as error:
        if state.traceback:
            raise
        say(_("The audit file {file} could not be written: {why}").format(file=path, why=text_of(error)))
    else:
        return True
    return False
