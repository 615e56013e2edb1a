"""How a session of a run ended: what is said of it, and its exit code."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs

from mailpartner._bulk.journal import Journal
from mailpartner._bulk.journal_row import FAILED
from mailpartner.cli import output
from mailpartner.cli.actions import DELETION
from mailpartner.cli.error_text import text_of
from mailpartner.cli.exit_codes import DONE, SIGNALLED, SIGPIPE, SOME_FAILED, STOPPED, OutputLost, Signalled, code_of
from mailpartner.cli.language import _
from mailpartner.cli.output import Output
from mailpartner.cli.paths import report, resume
from mailpartner.cli.progress import Tally
from mailpartner.cli.say import say
from mailpartner.errors import BulkStoppedError

if TYPE_CHECKING:
    from mailpartner.cli.actions import Action
    from mailpartner.cli.options import Common
    from mailpartner.client import MailPartner


@attrs.frozen
class Task:
    """What is to be done. facts: what a summary says next to the counts, such as the lines that were rejected."""

    client: MailPartner
    options: Common
    action: Action = DELETION
    done_before_ok: bool = True
    facts: dict[str, Any] = attrs.field(factory=dict)


@attrs.define
class Summary:
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
        unread = isinstance(self.stopped, Signalled) and self.stopped.number == SIGPIPE
        return unread or self.output_lost is not None

    @contextmanager
    def output_kept(self) -> Iterator[None]:
        """Write to stdout; that it cannot be written is said at the end, and ends nothing before."""
        try:
            yield
        except OutputLost as error:
            self.output_lost = error

    def tell(self) -> int:
        """Say how it ended, and return the exit code."""
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
            say(*how_to_go_on(self.task, self.journal))
        elif self.journal is not None and tally.failed:
            say(_("What failed, and why:"), report(self.journal.path))
        return code

    def _summary(self, code: int) -> None:
        tally = self.tally
        files = {"journal": str(self.journal.path), "audit": str(self.audit)} if self.journal is not None else {}
        Output(self.task.options.json).record(
            "summary",
            total=tally.total, **tally.successes, failed=tally.failed, in_doubt=tally.in_doubt, left=tally.left,
            **self.task.facts, **files,
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
            return SIGNALLED + self.stopped.number
        if isinstance(self.stopped, BulkStoppedError) and self.journal is not None:
            return STOPPED
        if self.stopped is not None:
            return code_of(self.stopped) or STOPPED
        if self.journal is not None and not self.audit_written:
            return STOPPED
        if self.tally.unsuccessful and self.tally.unsuccessful == self.tally.total and len(self.tally.codes) == 1:
            return next(iter(self.tally.codes))
        facts = self.task.facts
        missing = facts.get("not_listed") and not self.task.done_before_ok
        all_done = not (self.tally.unsuccessful or facts.get("rejected") or missing or self.output_lost)
        return DONE if all_done else SOME_FAILED

    def _worth_another_try(self) -> bool:
        if self.journal is None:
            return bool(self.tally.left)
        return bool(self.tally.left or self.journal.counts().get(FAILED) or not self.audit_written)


def of_rejects(facts: dict[str, Any]) -> str:
    """Return what is added to a line where lines of the input were rejected, "" where none was."""
    rejected = facts.get("rejected")
    return _(" Lines of the input that were rejected: {count}.").format(count=rejected) if rejected else ""


def how_to_go_on(task: Task, journal: Journal | None) -> tuple[str, str | None]:
    """Return what to do for the rest, and the command that does it."""
    if journal is not None:
        return _("To go on:"), resume(journal.path, task.options.resuming())
    return _("What was under way may have been done. Run it again for the rest, with --missing-ok."), None
