"""`resume`: goes on with a bulk run from its journal."""

from __future__ import annotations

import json
from pathlib import Path

import click

from mailpartner.cli import run_journal
from mailpartner.cli.actions import action_of
from mailpartner.cli.error_text import text_of
from mailpartner.cli.exit_codes import BAD_INPUT, Ended
from mailpartner.cli.language import _
from mailpartner.cli.options import Common, common
from mailpartner.cli.say import say
from mailpartner.cli.session import recorded
from mailpartner.cli.summary import Task
from mailpartner.errors import JournalError


@click.command()
@click.argument("journal", metavar="JOURNAL", type=click.Path())
@common
def resume(options: Common, journal: str) -> int:
    """Go on with a bulk run that was stopped: it sends what has no outcome yet.

    The journal has all of it: what to delete or to add, the reason, the confirmation. What may have been done before
    counts as already gone, or as already listed. With --json, stdout gets what this session did; the audit file has
    all.
    """
    try:
        with run_journal.reopened(Path(journal)) as opened:
            facts = opened.metadata()
            settings = json.loads(facts["settings"])
            options.rate = settings["rate"] if options.rate is None else options.rate
            options.concurrency = settings["concurrency"] if options.concurrency is None else options.concurrency
            options.call = {**settings["call"], **options.call}
            counts = json.loads(facts["counts"])
            known = {name: counts[name] for name in ("rejected", "duplicates", "not_listed")}
            with options.client() as client:
                run_journal.check_server(opened, client)
                text = _("Resuming {command}: {count} items of {file}, begun {when}.")
                begun = {"command": facts["command"], "file": facts["input"], "when": facts["when"]}
                say(text.format(count=facts["taken"], **begun))
                return recorded(Task(client, options, action_of(opened), facts=known), opened)
    except JournalError as error:
        if error.damaged:
            raise Ended(text_of(error), BAD_INPUT) from None
        raise
