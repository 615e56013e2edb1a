"""`unsubscribes delete`: a few by hand, or many from a file with a journal and an audit file."""

from __future__ import annotations

import os
from contextlib import ExitStack, nullcontext
from itertools import chain
from typing import TYPE_CHECKING, Any

import attrs
import click

from mailpartner.cli import confirm, ledger, preview
from mailpartner.cli.comparison import Comparison
from mailpartner.cli.ending import Task, of_rejects
from mailpartner.cli.exits import BAD_INPUT, DONE, SOME_FAILED, Ended
from mailpartner.cli.inputs import Inputs
from mailpartner.cli.options import Common, common
from mailpartner.cli.output import Output
from mailpartner.cli.places import Places, choose, state_folder
from mailpartner.cli.reader.staging import NEAR, NOT_LISTED, Reject
from mailpartner.cli.say import say, shown
from mailpartner.cli.session import by_hand, recorded
from mailpartner.cli.spreadsheet import csv_lines

if TYPE_CHECKING:
    from mailpartner.cli.listing import ListingClient

BULK_THRESHOLD = 10
_FILE = click.Path()  # for the shell's completion


@attrs.frozen
class _Options:
    """The options of a deletion, apart from its input."""

    journal: str | None
    audit: str | None
    rejects: str | None
    reason: str | None
    yes: bool
    no_record: bool
    record_addresses: bool
    ignore_case: bool
    skip_mismatches: bool


def _one(_: click.Context, parameter: click.Parameter, values: tuple[str, ...]) -> str | None:
    """The value of an option that may be given once: of several, click would take the last and drop the others."""
    if len(values) > 1:
        raise click.UsageError(f"{parameter.opts[0]} is given {len(values)} times; a run has one file. Put them into"
                               " one, or run it once for each.")  # fmt: skip
    return values[0] if values else None


@click.command()
@click.argument("ids", metavar="[ID]...", nargs=-1)
@click.option("--email", "emails", metavar="ADDRESS", multiple=True, help="All entries of this address; repeatable.")
@click.option(
    "--from-file",
    metavar="FILE|-",
    multiple=True,
    callback=_one,
    type=_FILE,
    help="Ids or addresses, CSV or one a line; - for stdin.",
)
@click.option("--delimiter", metavar="MARK", help="Of the file: ; , tab | or none. [default: found out]")
@click.option("--column", metavar="NAME|NUMBER", help="The column that counts, from 1. [default: by its heading]")
@click.option("--header/--no-header", default=None, help="Whether the file has a header. [default: found out]")
@click.option("--encoding", help="Of the file. [default: found out]")
@click.option("--ignore-case", is_flag=True, help="Take listed addresses that differ only in capitals or spelling.")
@click.option("--skip-mismatches", is_flag=True, help="Reject rows whose id and address do not match, and go on.")
@click.option("--missing-ok", is_flag=True, help="Ignore ids that are not on the list (always on for bulk deletions).")
@click.option("--dry-run", is_flag=True, help="Read the file and the list, show what would be done, delete nothing.")
@click.option("--offline", is_flag=True, help="With --dry-run: do not read the list.")
@click.option("--reason", metavar="TEXT", help="Why, for the audit file of a bulk deletion.")
@click.option("--yes", is_flag=True, help="Do not ask for confirmation.")
@click.option("--record-addresses", is_flag=True, help="Keep addresses in the journal, not only hashes of them.")
@click.option("--no-record", is_flag=True, help="Keep no record of a deletion by hand.")
@click.option("--journal", metavar="PATH", type=_FILE, help="Where to keep the journal. [default: by the file]")
@click.option(
    "--audit", metavar="PATH", type=_FILE, help="Where to keep the audit file. [default: next to the journal]"
)
@click.option(
    "--rejects",
    metavar="PATH",
    type=_FILE,
    help="Where to write lines that were not taken. [default: by the file]",
)
@common
def delete(
    options: Common, ids: tuple[str, ...], emails: tuple[str, ...], from_file: str | None, delimiter: str | None,
    column: str | None, header: bool | None, encoding: str | None, missing_ok: bool, dry_run: bool, offline: bool,
    **rest: Any,
) -> int:  # fmt: skip
    """Delete entries from the list of unsubscribes, so that mail goes to their addresses again.

    ID is the number that the list shows. The ids and their addresses are shown, and you are asked before anything is
    deleted. From a file, or with more than ten, it is a bulk deletion: it requires --reason, asks for the count to be
    typed, and keeps a journal (to resume it) and an audit file.
    """
    inputs = Inputs(ids, emails, from_file, delimiter, column, header, encoding)
    inputs.check(options.key_file)
    if offline and not dry_run:
        raise click.UsageError("--offline is for --dry-run: without the list nothing is deleted.")
    chosen = _Options(**rest)
    if dry_run:
        with Comparison.begin(inputs) as comparison:
            return _dry_run(options, chosen, comparison, offline)
    is_bulk = bool(from_file) or inputs.count > BULK_THRESHOLD or bool(chosen.journal or chosen.audit)
    if is_bulk:
        confirm.check_reason(chosen.reason)
    if not chosen.yes:
        confirm.check_terminal(from_file == "-" or options.key_file == "-")
    with options.client() as client, Comparison.begin(inputs) as comparison:
        if is_bulk:
            return _bulk(client, options, chosen, comparison)
        return _by_hand(client, Task(client, options, missing_ok), chosen, comparison)


def _dry_run(options: Common, chosen: _Options, comparison: Comparison, offline: bool) -> int:
    if offline or not comparison.useful:
        comparison.accept()
    else:
        try:
            client = options.client()
        except Ended as error:
            raise Ended(f"{error} With --offline the file alone is looked at.", error.code) from None
        with client:
            comparison.compare(client, chosen.ignore_case)
    refusal = None if chosen.skip_mismatches else comparison.refusal()
    code = preview.show(Output(options.json), comparison, refusal is not None)
    if refusal is not None:
        say(refusal)
    return code


def _resolve(client: ListingClient, chosen: _Options, comparison: Comparison) -> dict[str, int]:
    """Find the ids to delete. With --yes nobody is shown whose they are: the list is read only for addresses."""
    if comparison.staging.has_addresses or not chosen.yes:
        comparison.compare(client, chosen.ignore_case)
    else:
        comparison.accept()
    return comparison.staging.counts()


def _by_hand(client: ListingClient, task: Task, chosen: _Options, comparison: Comparison) -> int:
    counts, staging = _resolve(client, chosen, comparison), comparison.staging
    for reject in staging.rejects():
        say(f"{shown(reject.raw)} is {NOT_LISTED}. Nothing was done for it." + _near(reject))
    missing = counts["not_listed"] + counts["near_misses"]
    task.facts.update({"rejected": 0, "duplicates": counts["duplicates"], "not_listed": missing})
    if counts["targets"]:
        if not chosen.yes:
            confirm.ask_yes(staging)
        with nullcontext() if chosen.no_record else ledger.recording(state_folder(), client) as record:
            targets = list(staging.targets())
            if record is not None:
                keeper = attrs.evolve(ledger.AddressKeeper.of(record), in_clear=chosen.record_addresses)
                record.sources = {target.id: keeper.source(target) for target in targets}
            return by_hand(task, [target.id for target in targets], record, chosen.reason)
    code = SOME_FAILED if missing and not task.missing_ok else DONE
    Output(task.options.json).record("summary", total=0, **task.facts, exit=code)
    return code


def _near(reject: Reject) -> str:
    if reject.reason != NEAR:
        return ""
    return f" It differs only in capitals or spelling: {shown(reject.detail)}. --ignore-case takes it."


def _bulk(client: ListingClient, options: Common, chosen: _Options, comparison: Comparison) -> int:
    inputs, staging, reading = comparison.inputs, comparison.staging, comparison.reading
    if not comparison.useful:
        raise Ended(f"{inputs.name} holds no id and no address in {reading.lines} lines;"
                    f" {staging.counts()['rejected']} were rejected. Nothing was sent. --dry-run shows why.",
                    BAD_INPUT)  # fmt: skip
    places = choose(inputs.path, reading.digest, chosen.journal, chosen.audit, chosen.rejects, options.resuming())
    counts = _resolve(client, chosen, comparison)
    refusal = None if chosen.skip_mismatches else comparison.refusal()
    if refusal is not None:
        raise Ended(refusal, BAD_INPUT)
    facts = {name: counts[name] for name in ("rejected", "duplicates", "not_listed")}
    if not counts["targets"]:
        return _nothing_to_delete(options, comparison, places, facts)
    for line in preview.about(comparison):
        say(line)
    if not chosen.yes:
        confirm.ask_for_count(staging)
    said = {
        "reason": chosen.reason or "",
        "command": "mailpartner unsubscribes delete",
        "input": inputs.name,
        "digest": reading.digest,
        "delimiter": reading.delimiter,
        "audit": os.fsencode(places.audit).hex(),  # a name need not be text
        "settings": {"rate": options.rate, "concurrency": options.concurrency, "call": options.call},
    }
    all_counts = {"lines": reading.lines, "addresses": counts["addresses"], **facts}
    with ExitStack() as stack:
        with comparison.waiting.during("Writing the journal"):
            begun = ledger.begun(places.journal, client, staging, said, all_counts, chosen.record_addresses)
            journal = stack.enter_context(begun)
        say(f"Journal: {places.journal}")
        _write_rejects(comparison, places)
        return recorded(Task(client, options, facts=facts), journal)


def _nothing_to_delete(options: Common, comparison: Comparison, places: Places, facts: dict[str, Any]) -> int:
    code = SOME_FAILED if facts["rejected"] else DONE
    _write_rejects(comparison, places)
    Output(options.json).record("summary", total=0, **facts, exit=code)
    say("There is nothing to remove: no row that was taken is on the list of unsubscribes." + of_rejects(facts))
    return code


def _write_rejects(comparison: Comparison, places: Places) -> None:
    """Write the lines that lead to no deletion, each with its reason, so that a spreadsheet program opens them."""
    rejects = comparison.staging.rejects()
    first = next(rejects, None)
    if first is None:
        return
    descriptor = os.open(places.rejects, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    rows = ((reject.line, reject.raw, reject.text) for reject in chain((first,), rejects))
    with os.fdopen(descriptor, "w", encoding="utf-8", errors="replace", newline="") as file:
        file.writelines(csv_lines(chain([("line", "text", "reason")], rows), comparison.reading.delimiter))
    say(f"Not read or not listed: {places.rejects}")
