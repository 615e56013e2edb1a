"""One session of a run, new or resumed, with or without a journal: carried out, shown, and recorded.

A signal ends it cleanly: what was sent is waited for and recorded.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any, Self

import attrs

from mailpartner._bulk.journal import Journal
from mailpartner._bulk.journal_row import FAILED, INVALID, REFUSED
from mailpartner.cli import audit, exit_codes, files, output
from mailpartner.cli.actions import DELETION, Action
from mailpartner.cli.error_text import system_error, text_of
from mailpartner.cli.exit_codes import Ended, OutputLost, Signalled, code_of
from mailpartner.cli.language import _
from mailpartner.cli.output import Items, Output
from mailpartner.cli.paths import report, resume
from mailpartner.cli.progress import Progress, Tally, Waiting
from mailpartner.cli.run_journal import encodable, who
from mailpartner.cli.say import message, say, state
from mailpartner.errors import BulkStoppedError, JournalError, MailPartnerError

if TYPE_CHECKING:
    from mailpartner._bulk.run import BulkRun
    from mailpartner.cli.options import Common
    from mailpartner.client import MailPartner

_RECORDED = _("What was sent is recorded in {file}.")


@attrs.frozen
class Task:
    """What is to be done. facts: what a summary says next to the counts, such as the lines that were rejected."""

    client: MailPartner
    options: Common
    action: Action = DELETION
    done_before_ok: bool = True
    facts: dict[str, Any] = attrs.field(factory=dict)


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
        for number in exit_codes.heeded("SIGINT", "SIGTERM", "SIGHUP"):
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
            os._exit(exit_codes.SIGNALLED + number)  # as safe as kill -9: the journal is committed before each request
        self.halt(Signalled(number))


@attrs.define
class Session:
    """What is known at the end: `stopped` is what ended it before all was done, `output_lost` why stdout ended."""

    task: Task
    tally: Tally
    journal: Journal | None = None
    audit: Path | None = None
    audit_written: bool = False
    stopped: Exception | None = None
    output_lost: OutputLost | None = None

    @property
    def is_mute(self) -> bool:
        """Whether nobody reads stdout, or it cannot be written."""
        unread = isinstance(self.stopped, Signalled) and self.stopped.number == exit_codes.SIGPIPE
        return unread or self.output_lost is not None

    @contextmanager
    def output_kept(self) -> Iterator[None]:
        """Write to stdout; that it cannot be written is said at the end, and ends nothing before."""
        try:
            yield
        except OutputLost as error:
            self.output_lost = error

    def carry_out(self, inputs: Iterable[Any], stop: GracefulStop, record: Journal | None) -> None:
        """Do it and show it, recorded in a journal, and note how it ended."""
        task, tally, few = self.task, self.tally, self.journal is None
        shown = Items(Output(task.options.json), task.action, handful=few)
        began = time.monotonic()
        progress = Progress(tally, lines_on_stdout=not shown.output.terminal, logged=task.options.verbose, quiet=few)
        run = task.action.start(task.client, inputs, task.done_before_ok, journal=record, **task.options.bulk())
        stop.watch(run)
        try:
            with run, progress:
                for item in run:
                    if item.recorded:  # by an earlier session
                        continue
                    tally.count(item)
                    progress.step()
                    try:
                        shown.item(item)
                    except Signalled as error:
                        stop.halt(error)
                    except OutputLost as error:
                        self.output_lost = error
                        text = _("The run stopped. {why}").format(why=error)
                        stop.halt(BulkStoppedError(text, error=error))
            if stop.halted is not None:
                raise stop.halted
        except (Signalled, MailPartnerError) as error:
            self.stopped = error
        task.facts["seconds"] = round(time.monotonic() - began, 3)
        if not self.is_mute:
            with self.output_kept():
                shown.end()

    def write_audit(self, path: Path, journal: Journal) -> None:
        """Write the audit file, or say why that is not possible."""
        try:
            with Waiting().during(_("Writing the audit file")):
                audit.complete(path, journal)
        except OSError as error:
            text = _(
                "The audit file {file} could not be written: {why}. The journal has it all: resume it, and it is"
                " written."
            )
            say(text.format(file=path, why=system_error(error)))
        except Ended as error:  # it is another's by now
            say(str(error))
        except MailPartnerError as error:
            if state.traceback:
                raise
            say(_("The audit file {file} could not be written: {why}").format(file=path, why=text_of(error)))
        else:
            self.audit_written = True

    def tell(self) -> int:
        code, tally = self._code(), self.tally
        if not self.is_mute:
            with self.output_kept():
                self._summary(code)
            code = self._code()
        if self.stopped is not None and not isinstance(self.stopped, Signalled):
            say(text_of(self.stopped, of_many=self.journal is not None))
        elif self.output_lost is not None:
            say(str(self.output_lost))
        if self.audit_written:
            say(_("Audit: {file}").format(file=self.audit))
        colour = output.FAILED if tally.failed else output.IN_DOUBT if tally.in_doubt or tally.left else output.DONE
        say(self._counts(), style=colour)
        if self._worth_another_try():
            say(*self.how_to_go_on())
        elif self.journal is not None and tally.failed:
            say(_("What failed, and why:"), report(self.journal.path))
        return code

    def _summary(self, code: int) -> None:
        tally = self.tally
        places = {"journal": str(self.journal.path), "audit": str(self.audit)} if self.journal is not None else {}
        Output(self.task.options.json).record(
            "summary",
            total=tally.total, **tally.successes, failed=tally.failed, in_doubt=tally.in_doubt, left=tally.left,
            **self.task.facts, **places,
            stopped=str(self.stopped) if self.stopped is not None else None, exit=code,
        )  # fmt: skip

    def _counts(self) -> str:
        tally = self.tally
        left = _(", {count} left").format(count=tally.left) if tally.left else ""
        done = _("{done} of {total} done: {counts}.")
        words = tally.words() + left
        return done.format(done=tally.done, total=tally.total, counts=words) + of_rejects(self.task.facts)

    def _code(self) -> int:
        if isinstance(self.stopped, Signalled):
            return exit_codes.SIGNALLED + self.stopped.number
        if isinstance(self.stopped, BulkStoppedError) and self.journal is not None:
            return exit_codes.STOPPED
        if self.stopped is not None:
            return code_of(self.stopped) or exit_codes.STOPPED
        if self.journal is not None and not self.audit_written:
            return exit_codes.STOPPED
        if self.tally.unsuccessful and self.tally.unsuccessful == self.tally.total and len(self.tally.codes) == 1:
            return next(iter(self.tally.codes))
        facts = self.task.facts
        missing = facts.get("not_listed") and not self.task.done_before_ok
        all_done = not (self.tally.unsuccessful or facts.get("rejected") or missing or self.output_lost)
        return exit_codes.DONE if all_done else exit_codes.SOME_FAILED

    def _worth_another_try(self) -> bool:
        if self.journal is None:
            return bool(self.tally.left)
        return bool(self.tally.left or self.journal.counts().get(FAILED) or not self.audit_written)

    def how_to_go_on(self) -> tuple[str, str | None]:
        """Return what to do for the rest, and the command that does it."""
        if self.journal is not None:
            return _("To go on:"), resume(self.journal.path, self.task.options.resuming())
        return _("What was under way may have been done. Run it again for the rest, with --missing-ok."), None

    def last_words(self) -> str:
        """Return what a second signal writes before it ends the process."""
        text, command = self.how_to_go_on()
        return message(_("Stopped. {text}").format(text=text), command)


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
    session = Session(task, tally, journal, path)
    with GracefulStop(session.last_words()) as stop:
        try:
            if journal.is_finished:
                say(_("This run is complete already. Nothing was sent."))
                task.facts["seconds"] = 0.0
            else:
                with journal.session(**who(), key_fingerprint=task.client.key_fingerprint()):
                    session.carry_out((row.input for row in journal.rows()), stop, journal)
            # The screen says what the record says: an id may be in doubt because of an earlier session.
            with suppress(JournalError):
                known = journal.outcomes()
                tally.successes = {outcome: known.get(outcome, 0) for outcome in task.action.outcomes}
                tally.failed, tally.in_doubt = known.get("failed", 0), known.get("in_doubt", 0)
        finally:
            if not journal.keep_addresses:
                with suppress(JournalError):
                    journal.forget_addresses()
            session.write_audit(path, journal)
        return session.tell()


def by_hand(task: Task, ids: list[int], record: Journal | None, reason: str | None) -> int:
    """Carry out a session over a few ids, with or without a record. Return the exit code."""
    session = Session(task, Tally.of(task.action, len(ids), {}))
    state.effects = _("What was under way may have been done.")
    kept: AbstractContextManager[None] = nullcontext()
    if record is not None:
        where = {"key_fingerprint": task.client.key_fingerprint(), "base_url": task.client.base_url}
        why = encodable(reason) if reason else None
        kept = record.session(**who(), **where, reason=why, first=record.start)
        state.effects = _RECORDED.format(file=record.path)
    with GracefulStop(session.last_words()) as stop:
        with kept:
            session.carry_out(ids, stop, record)
        return session.tell()


def of_rejects(facts: dict[str, Any]) -> str:
    """Return what is added to a line where lines of the input were rejected, "" where none was."""
    rejected = facts.get("rejected")
    return _(" Lines of the input that were rejected: {count}.").format(count=rejected) if rejected else ""
