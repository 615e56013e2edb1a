"""`unsubscribes add`: a few addresses, or many from a file."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import click

from mailpartner.cli import bulk
from mailpartner.cli.actions import ADDITION
from mailpartner.cli.error_text import text_of
from mailpartner.cli.exit_codes import DONE, SOME_FAILED, code_of
from mailpartner.cli.inputs import Comparison, Inputs
from mailpartner.cli.language import _, result_text
from mailpartner.cli.options import Common, common
from mailpartner.cli.output import Output
from mailpartner.cli.say import say, state

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


@click.command()
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
    inputs = Inputs(action=ADDITION, **given)
    inputs.check(options.key_file)
    if not inputs.is_bulk and (inputs.reason or inputs.rejects or inputs.record_addresses):
        text = _("--reason, --rejects and --record-addresses are for a bulk addition: give --from-file or --journal.")
        raise click.UsageError(text)
    if not (inputs.is_bulk or inputs.dry_run or inputs.offline):
        return _by_hand(options, inputs.emails)
    bulk.check(options, inputs)
    with Comparison.begin(inputs) as comparison:
        if inputs.dry_run:
            return bulk.dry_run(options, comparison)
        with options.client() as client:
            return bulk.run(client, options, comparison)


def _by_hand(options: Common, emails: tuple[str, ...]) -> int:
    from mailpartner.errors import MailPartnerError

    output, worst = Output(options.json), DONE
    state.effects = _("What was under way may have been done.")
    rows = []
    with options.client() as client:
        for email in _paced(dict.fromkeys(emails), options.rate):
            number: int | None = None
            words = None
            try:
                addition = client.unsubscribes.add(email, exist_ok=True)
                number, outcome = addition.id, addition.outcome.value
            except MailPartnerError as error:
                outcome, words = "failed", text_of(error, translate=result_text)
                worst = max(worst, code_of(error) or SOME_FAILED)
                say(text_of(error))
            output.record("addition", id=number, email=email, outcome=outcome, error=words)
            rows.append((number, email, outcome))
            if worst > SOME_FAILED:
                break
    output.rows(("id", "address", "outcome"), rows)
    output.record("summary", exit=worst, **_counts(rows, len(set(emails))))
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


def _counts(rows: list[tuple[int | None, str, str]], wanted: int) -> dict[str, int]:
    outcomes = [outcome for _, _, outcome in rows]
    counts = {name: outcomes.count(name) for name in ("added", "already_listed", "failed")}
    return {**counts, "not_tried": wanted - len(outcomes)}
