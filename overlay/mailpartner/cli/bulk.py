"""Many items from a file or from arguments: read, shown, confirmed, carried out with a journal, and reported."""

from __future__ import annotations

import os
from contextlib import ExitStack
from itertools import chain
from typing import TYPE_CHECKING, Any

import click

from mailpartner.cli import confirm, files, preview, run_journal
from mailpartner.cli.exit_codes import BAD_INPUT, DONE, SOME_FAILED, Ended
from mailpartner.cli.files import csv_lines
from mailpartner.cli.inputs import Comparison, Inputs, file_options
from mailpartner.cli.language import _, full_translation, number
from mailpartner.cli.options import Common, several
from mailpartner.cli.output import Output
from mailpartner.cli.paths import RunPaths, choose
from mailpartner.cli.say import say, shown
from mailpartner.cli.session import Task, of_rejects, recorded

if TYPE_CHECKING:
    from mailpartner.cli.listing import ListingClient


def _one(_context: click.Context, parameter: click.Parameter, values: tuple[str, ...]) -> str | None:
    """Return the value of an option that may be given once: of several, click would take the last."""
    if len(values) > 1:
        text = _("{option} is given {count} times; a run has one file. Put them into one, or run it once for each.")
        raise click.UsageError(text.format(option=parameter.opts[0], count=len(values)))
    return values[0] if values else None


_FILE = click.Path()  # for the shell's completion
input_options = several(
    click.option(
        "--from-file", metavar="FILE|-", multiple=True, callback=_one, type=_FILE,
        help="CSV or one a line; - for stdin.",
    ),
    file_options,
)  # fmt: skip
"""The options that name and describe a file."""

run_options = several(
    click.option("--dry-run", is_flag=True, help="Read the file and the list, show what would be done, do nothing."),
    click.option("--offline", is_flag=True, help="With --dry-run: do not read the list."),
    click.option("--reason", metavar="TEXT", help="Why, for the audit file of a bulk run."),
    click.option("--yes", is_flag=True, help="Do not ask for confirmation."),
    click.option("--record-addresses", is_flag=True, help="Keep addresses in the journal, not only hashes of them."),
    click.option("--journal", metavar="PATH", type=_FILE, help="Where to keep the journal. [default: by the file]"),
    click.option(
        "--audit", metavar="PATH", type=_FILE, help="Where to keep the audit file. [default: next to the journal]"
    ),
    click.option(
        "--rejects", metavar="PATH", type=_FILE,
        help="Where to write lines that were not taken. [default: by the file]",
    ),
)  # fmt: skip
"""The options of a run."""


def check(options: Common, inputs: Inputs) -> None:
    """Raise UsageError or Ended where an option is missing, or nobody can be asked."""
    if inputs.offline and not inputs.dry_run:
        raise click.UsageError(_("--offline is for --dry-run: without the list nothing is done."))
    if inputs.dry_run:
        return
    if inputs.is_bulk:
        confirm.check_reason(inputs.reason)
    if not inputs.yes:
        confirm.check_terminal(inputs.from_file == "-" or options.key_file == "-")


def dry_run(options: Common, comparison: Comparison) -> int:
    """Show what a run would do, and return the exit code."""
    if comparison.inputs.offline or not comparison.useful:
        comparison.accept()
    else:
        try:
            client = options.client()
        except Ended as error:
            text = _("{why} With --offline the file alone is looked at.")
            raise Ended(text.format(why=error), error.code) from None
        with client:
            comparison.compare(client)
    refusal = comparison.refusal()
    code = preview.show(Output(options.json), comparison, refusal is not None)
    if refusal is not None:
        say(refusal)
    elif not comparison.useful:
        say(_why_useless(comparison))
    return code


def run(client: ListingClient, options: Common, comparison: Comparison) -> int:
    """Carry out a run over an input, and return the exit code."""
    inputs, staging, reading = comparison.inputs, comparison.staging, comparison.reading
    if not comparison.useful:
        raise Ended(f"{_why_useless(comparison)} {_('Nothing was sent. --dry-run shows why.')}", BAD_INPUT)
    paths = choose(
        inputs.path, reading.digest, inputs.action.command, inputs.journal, inputs.audit, inputs.rejects,
        options.resuming(),
    )  # fmt: skip
    counts = comparison.resolve(client)
    refusal = comparison.refusal()
    if refusal is not None:
        raise Ended(refusal, BAD_INPUT)
    facts = {name: counts[name] for name in ("rejected", "duplicates", "not_listed")}
    if not counts["changes"]:
        return _nothing_to_do(options, comparison, paths, facts)
    for line in preview.about(comparison):
        say(line)
    if not inputs.yes:
        confirm.ask_for_count(staging, inputs.action)
    said = {
        "reason": inputs.reason or "",
        "command": inputs.action.command,
        "input": inputs.name,
        "digest": reading.digest,
        "delimiter": reading.delimiter,
        "audit": os.fsencode(paths.audit).hex(),  # a name need not be text
        "settings": {"rate": options.rate, "concurrency": options.concurrency, "call": options.call},
    }
    all_counts = {"lines": reading.lines, "addresses": counts["addresses"], **facts}
    _write_rejects(comparison, paths)
    with ExitStack() as stack:
        try:
            with comparison.waiting.during(_("Writing the journal")):
                place = paths.journal.absolute()
                begun = run_journal.begun(place, client, staging, said, all_counts, inputs.record_addresses)
                journal = stack.enter_context(begun)
        except BaseException:
            paths.rejects.unlink(missing_ok=True)
            raise
        say(_("Journal: {file}").format(file=paths.journal))
        return recorded(Task(client, options, inputs.action, facts=facts), journal)


def _why_useless(comparison: Comparison) -> str:
    """Return what an input is that holds nothing to delete or to add."""
    inputs, lines, rejected = comparison.inputs, comparison.reading.lines, comparison.staging.counts()["rejected"]
    if not lines:
        text = _("{file} is empty.")
    elif not rejected:
        text = _("{file} has no rows, but a header or blank lines alone.")
    elif inputs.adding:
        text = _("{file} holds no address in {lines} lines; {rejected} were rejected.")
    else:
        text = _("{file} holds no id and no address in {lines} lines; {rejected} were rejected.")
    return text.format(file=inputs.name, lines=number(lines), rejected=number(rejected))


def _nothing_to_do(options: Common, comparison: Comparison, paths: RunPaths, facts: dict[str, Any]) -> int:
    code = SOME_FAILED if facts["rejected"] else DONE
    _write_rejects(comparison, paths)
    Output(options.json).record("summary", total=0, **facts, exit=code)
    if comparison.inputs.adding:
        nothing = _("There is nothing to add: every address that was taken is on the list of unsubscribes already.")
    else:
        nothing = _("There is nothing to remove: no row that was taken is on the list of unsubscribes.")
    say(nothing + of_rejects(facts))
    return code


def _write_rejects(comparison: Comparison, paths: RunPaths) -> None:
    """Write the lines that lead to nothing, each with its reason, for people: in their language, and for Excel."""
    staging, counts = comparison.staging, comparison.staging.counts()
    if not counts["rejected"] and not counts["not_listed"]:
        return
    translate = full_translation().gettext
    headings = (translate("line"), translate("text"), translate("reason"))
    rows = ((reject.line, reject.raw, reject.text(translate)) for reject in staging.rejects())
    with comparison.waiting.during(_("Writing {file}").format(file=shown(str(paths.rejects)))):
        files.write(paths.rejects, csv_lines(chain([headings], rows), comparison.reading.delimiter))
    say(_("Not read or not listed: {file}").format(file=paths.rejects))
