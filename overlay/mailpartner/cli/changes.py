"""The commands that change the list of unsubscribes, by hand or from a file: `add`, `delete` and `resume`."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mailpartner.cli import bulk, confirm, run_journal
from mailpartner.cli.actions import ADDITION, DELETION, action_of
from mailpartner.cli.error_text import error_fields, text_of
from mailpartner.cli.exit_codes import BAD_INPUT, DONE, SOME_FAILED, Ended, code_of
from mailpartner.cli.inputs import Comparison, Inputs
from mailpartner.cli.language import N_, _, result_text
from mailpartner.cli.options import Common, common
from mailpartner.cli.output import Output
from mailpartner.cli.paths import state_folder
from mailpartner.cli.say import say, shown, state
from mailpartner.cli.session import Task, by_hand, recorded
from mailpartner.errors import JournalError, MailPartnerError

if TYPE_CHECKING:
    from mailpartner.cli.listing import ListingClient


@click.command(short_help=N_("Add addresses, so that they receive no more mailings."))
@click.argument("emails", metavar="[EMAIL]...", nargs=-1)
@bulk.input_options
@bulk.run_options
@common
def add(options: Common, **given: Any) -> int:
    """Add addresses to the list of unsubscribes, so that they receive no more mailings.

    An address that is listed already is no failure. From a file it is a bulk addition: the addresses are shown, it
    requires --reason, asks for the count to be typed, and keeps a journal (to resume it) and an audit file. Ids beside
    the addresses do not count.
    """
    inputs = Inputs(ADDITION, **given)
    inputs.check(options.key_file)
    if not inputs.is_bulk and (inputs.reason or inputs.rejects or inputs.record_addresses):
        text = _("--reason, --rejects and --record-addresses are for a bulk addition: give --from-file or --journal.")
        raise click.UsageError(text)
    if not (inputs.is_bulk or inputs.dry_run or inputs.offline):
        return _add_by_hand(options, inputs.emails)
    bulk.check(options, inputs)
    with Comparison.begin(inputs) as comparison:
        if inputs.dry_run:
            return bulk.dry_run(options, comparison)
        with options.client() as client:
            return bulk.run(client, options, comparison)


def _add_by_hand(options: Common, emails: tuple[str, ...]) -> int:
    output, worst = Output(options.json), DONE
    state.effects = _("What was under way may have been done.")
    rows = []
    with options.client() as client:
        for email in _paced(dict.fromkeys(emails), options.rate):
            number: int | None = None
            why = None
            try:
                addition = client.unsubscribes.add(email, exist_ok=True)
                number, outcome = addition.id, addition.outcome.value
            except MailPartnerError as error:
                outcome = "in_doubt" if error.maybe_applied else "failed"
                why = error_fields(error, text_of(error, translate=result_text))
                worst = max(worst, code_of(error) or SOME_FAILED)
                say(text_of(error))
            output.record("addition", id=number, email=email, outcome=outcome, error=why)
            rows.append((number, email, outcome))
            if worst > SOME_FAILED:
                break
    output.rows(("id", "address", "outcome"), rows)
    counted = Counter(outcome for *_item, outcome in rows)
    counts = {name: counted[name] for name in ("added", "already_listed", "failed", "in_doubt")}
    output.record("summary", exit=worst, **counts, not_tried=len(set(emails)) - len(rows))
    return worst


def _paced(emails: Iterable[str], rate: float | None) -> Iterator[str]:
    """Yield the addresses at `rate` a minute: None for the vendor's limit, 0 for no limit."""
    from mailpartner._bulk.options import VENDOR_RATE

    spacing = 0.0 if rate == 0 else 60.0 / (rate or VENDOR_RATE)
    due = time.monotonic()
    for email in emails:
        time.sleep(max(0.0, due - time.monotonic()))
        due = time.monotonic() + spacing
        yield email


@click.command(short_help=N_("Delete entries, so that mail goes to them again."))
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
    inputs = Inputs(DELETION, **given)
    inputs.check(options.key_file)
    bulk.check(options, inputs)
    if inputs.dry_run:
        with Comparison.begin(inputs) as comparison:
            return bulk.dry_run(options, comparison)
    with options.client() as client, Comparison.begin(inputs) as comparison:
        return bulk.run(client, options, comparison) if inputs.is_bulk else _delete_by_hand(client, options, comparison)


def _delete_by_hand(client: ListingClient, options: Common, comparison: Comparison) -> int:
    inputs, staging, counts = comparison.inputs, comparison.staging, comparison.resolve(client)
    for reject in staging.rejects():
        text = _("{address} is not on the list of unsubscribes. Nothing was done for it.")
        if reject.listed:
            text += _(" It differs only in capitals or spelling: the list has {entries}. --ignore-case takes it.")
        say(text.format(address=shown(reject.raw), entries=shown(reject.entries())))
    missing = counts["not_listed"] + counts["near_misses"]
    facts = {"rejected": 0, "duplicates": counts["duplicates"], "not_listed": missing}
    if not counts["changes"]:
        for target in staging.targets():
            say(_("The id {id} is not on the list of unsubscribes. Nothing was done for it.").format(id=target.id))
        missing += counts["targets"]
        facts["not_listed"] = missing
        code = SOME_FAILED if missing and not inputs.missing_ok else DONE
        Output(options.json).record("summary", total=0, **facts, exit=code)
        return code
    if not inputs.yes:
        confirm.ask_yes(staging)
    with nullcontext() if inputs.no_record else run_journal.recording(state_folder(), client) as record:
        targets = list(staging.targets())
        if record is not None:
            keeper = run_journal.AddressKeeper.of(record, inputs.record_addresses)
            record.keep_addresses = inputs.record_addresses
            record.sources = {target.id: keeper.source(target) for target in targets}
        ids = [target.id for target in targets if target.id is not None]
        return by_hand(Task(client, options, DELETION, inputs.missing_ok, facts), ids, record, inputs.reason)


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
