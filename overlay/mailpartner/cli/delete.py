"""`unsubscribes delete`: a few by hand, or many from a file."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

import attrs
import click

from mailpartner.cli import bulk, confirm, run_journal
from mailpartner.cli.actions import DELETION
from mailpartner.cli.exit_codes import DONE, SOME_FAILED
from mailpartner.cli.inputs import Comparison, Inputs
from mailpartner.cli.language import _
from mailpartner.cli.options import Common, common
from mailpartner.cli.output import Output
from mailpartner.cli.paths import state_folder
from mailpartner.cli.reader.staging import Reject
from mailpartner.cli.say import say, shown
from mailpartner.cli.session import by_hand
from mailpartner.cli.summary import Task

if TYPE_CHECKING:
    from mailpartner.cli.listing import ListingClient


@click.command()
@click.argument("ids", metavar="[ID]...", nargs=-1)
@click.option("--email", "emails", metavar="ADDRESS", multiple=True, help="All entries of this address; repeatable.")
@bulk.input_options
@click.option("--ignore-case", is_flag=True, help="Take listed addresses that differ only in capitals or spelling.")
@click.option("--skip-mismatches", is_flag=True, help="Reject rows whose id and address do not match, and go on.")
@click.option("--missing-ok", is_flag=True, help="Ignore ids that are not on the list (always on for bulk deletions).")
@click.option("--no-record", is_flag=True, help="Keep no record of a deletion by hand.")
@bulk.run_options
@common
def delete(options: Common, **given: Any) -> int:
    """Delete entries from the list of unsubscribes, so that mail goes to their addresses again.

    ID is the number that the list shows. The ids and their addresses are shown, and you are asked before anything is
    deleted. From a file, or with more than ten, it is a bulk deletion: it requires --reason, asks for the count to be
    typed, and keeps a journal (to resume it) and an audit file.
    """
    inputs = Inputs(action=DELETION, **given)
    inputs.check(options.key_file)
    bulk.check(options, inputs)
    if inputs.dry_run:
        with Comparison.begin(inputs) as comparison:
            return bulk.dry_run(options, comparison)
    with options.client() as client, Comparison.begin(inputs) as comparison:
        return bulk.run(client, options, comparison) if inputs.is_bulk else _by_hand(client, options, comparison)


def _by_hand(client: ListingClient, options: Common, comparison: Comparison) -> int:
    inputs, staging, counts = comparison.inputs, comparison.staging, comparison.resolve(client)
    for reject in staging.rejects():
        say(_missing(reject))
    missing = counts["not_listed"] + counts["near_misses"]
    facts = {"rejected": 0, "duplicates": counts["duplicates"], "not_listed": missing}
    if not counts["targets"]:
        code = SOME_FAILED if missing and not inputs.missing_ok else DONE
        Output(options.json).record("summary", total=0, **facts, exit=code)
        return code
    if not inputs.yes:
        confirm.ask_yes(staging)
    with nullcontext() if inputs.no_record else run_journal.recording(state_folder(), client) as record:
        targets = list(staging.targets())
        if record is not None:
            keeper = attrs.evolve(run_journal.AddressKeeper.of(record), in_clear=inputs.record_addresses)
            record.keep_addresses = inputs.record_addresses
            record.sources = {target.id: keeper.source(target) for target in targets}
        ids = [target.id for target in targets if target.id is not None]
        return by_hand(Task(client, options, DELETION, inputs.missing_ok, facts), ids, record, inputs.reason)


def _missing(reject: Reject) -> str:
    text = _("{address} is not on the list of unsubscribes. Nothing was done for it.")
    if reject.listed:
        text += _(" It differs only in capitals or spelling: the list has {entries}. --ignore-case takes it.")
    return text.format(address=shown(reject.raw), entries=shown(reject.entries()))
