"""`unsubscribes list`, `find` and `add`."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import click

from mailpartner.cli.exits import DONE, SOME_FAILED, USAGE, Ended, code_of
from mailpartner.cli.options import Common, common
from mailpartner.cli.output import Output
from mailpartner.cli.say import say, shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mailpartner.results import Unsubscribe

_HEADINGS = ("id", "address", "since")


@click.command("list")
@common
def list_(options: Common) -> int:
    """List all unsubscribes: id, address, and when it was added (the vendor states no time zone).

    The API knows no paging: the whole list is read, which takes a moment for a long one.
    """
    with options.client() as client:
        entries = client.unsubscribes.list()
    return _show(entries, options, DONE)


@click.command()
@click.argument("email")
@click.option("--ignore-case", is_flag=True, help="Also entries that differ only in capitals or spelling.")
@common
def find(options: Common, email: str, ignore_case: bool) -> int:
    """Find the entries of an address: none, one or several. Ends with code 1 where there is none.

    It reads the whole list: the API cannot search.
    """
    from mailpartner.resources._addresses import fold_email, normalize_email

    _check(email)
    with options.client() as client:
        similar = [entry for entry in client.unsubscribes.list() if fold_email(entry.email) == fold_email(email)]
    exact = [entry for entry in similar if normalize_email(entry.email) == normalize_email(email)]
    entries = tuple(similar if ignore_case else exact)
    code = _show(entries, options, DONE if entries else SOME_FAILED)
    if not entries:
        say("This address is not on the list of unsubscribes." + "".join(map(_near, similar)))
    return code


def _near(entry: Unsubscribe) -> str:
    return f" {shown(entry.email)} (id {entry.id}) is: it differs only in capitals or spelling. --ignore-case takes it."


@click.command()
@click.argument("emails", metavar="EMAIL...", nargs=-1, required=True)
@common
def add(options: Common, emails: tuple[str, ...]) -> int:
    """Add addresses to the list, so that they receive no more mailings.

    An address that is listed already is no failure.
    """
    from mailpartner.errors import MailPartnerError

    for email in emails:
        _check(email)
    output, worst = Output(options.json), DONE
    rows = []
    with options.client() as client:
        for email in _paced(dict.fromkeys(emails), options.rate):
            number: int | None = None
            words = None
            try:
                addition = client.unsubscribes.add(email, exist_ok=True)
                number, outcome = addition.id, addition.outcome.value
            except MailPartnerError as error:
                outcome, words = "failed", str(error)
                worst = max(worst, code_of(error) or SOME_FAILED)
                say(words)
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


def _check(email: str) -> None:
    from mailpartner.resources._addresses import check_address

    try:
        check_address(email)
    except ValueError as error:
        raise Ended(str(error), USAGE) from None


def _show(entries: tuple[Unsubscribe, ...], options: Common, code: int) -> int:
    output = Output(options.json)
    for entry in entries if options.json else ():
        output.record("unsubscribe", id=entry.id, email=entry.email, created_at=entry.created_at)
    output.record("summary", entries=len(entries), exit=code)
    output.rows(_HEADINGS, ((entry.id, entry.email, entry.created_at) for entry in entries))
    if output.terminal:
        say(f"{len(entries)} entries." if len(entries) != 1 else "1 entry.")
    return code
