"""The group `unsubscribes`: the commands `list` and `find`, and those that change the list."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from mailpartner.cli.changes import add, delete
from mailpartner.cli.exit_codes import DONE, SOME_FAILED, USAGE, Ended
from mailpartner.cli.group import SETTINGS, Group, global_options
from mailpartner.cli.language import N_, _, plural
from mailpartner.cli.options import Common, common, date
from mailpartner.cli.output import Output
from mailpartner.cli.say import say, shown
from mailpartner.resources._addresses import fold_email, is_address, normalize_email

if TYPE_CHECKING:
    from mailpartner.results import Unsubscribe

_HEADINGS = (N_("id"), N_("address"), N_("since"))
_EXPORTED = ("id", "email", "createdAt")
"""The headings of the vendor's own export: what `--csv` writes can be given to --from-file."""


_since = click.option("--since", metavar="DATE", type=date, help="Only entries that were added then or later.")
_csv = click.option(
    "--csv", "as_csv", is_flag=True, help="CSV as spreadsheet programs open it: ; and UTF-8 with a BOM."
)


@click.command("list", short_help=N_("List all unsubscribes."))
@_since
@_csv
@common
def list_(options: Common, since: str | None, as_csv: bool) -> int:
    """List all unsubscribes: id, address, and when it was added (the vendor states no time zone).

    The API knows no paging: the whole list is read, which takes a moment for a long one.
    """
    _check_form(options, as_csv)
    with options.client() as client:
        entries = client.unsubscribes.list()
    return _show(entries, options, DONE, since, as_csv)


@click.command(short_help=N_("Find the entries of an address."))
@click.argument("emails", metavar="EMAIL...", nargs=-1, required=True)
@click.option("--ignore-case", is_flag=True, help="Also entries that differ only in capitals or spelling.")
@_since
@_csv
@common
def find(options: Common, emails: tuple[str, ...], ignore_case: bool, since: str | None, as_csv: bool) -> int:
    """Find the entries of addresses: none, one or several of each. Ends with code 1 where one has none.

    It reads the whole list once: the API cannot search.
    """
    _check_form(options, as_csv)
    if not all(map(is_address, emails)):
        raise Ended(_("email must be an address such as name@example.com. Nothing was sent."), USAGE)
    same = fold_email if ignore_case else normalize_email
    wanted = {same(email): email for email in emails}
    folded = set(map(fold_email, emails))
    with options.client() as client:
        similar = [entry for entry in client.unsubscribes.list() if fold_email(entry.email) in folded]
    entries = tuple(entry for entry in similar if same(entry.email) in wanted)
    missing = [wanted[each] for each in wanted.keys() - {same(entry.email) for entry in entries}]
    code = _show(entries, options, SOME_FAILED if missing else DONE, since, as_csv)
    for email in sorted(missing):
        text = _("{email} is not on the list of unsubscribes.").format(email=shown(email))
        for entry in similar:
            if fold_email(entry.email) == fold_email(email):
                near = _(" {email} (id {id}) is: it differs only in capitals or spelling. --ignore-case takes it.")
                text += near.format(email=shown(entry.email), id=entry.id)
        say(text)
    return code


def _check_form(options: Common, as_csv: bool) -> None:
    if options.json and as_csv:
        raise click.UsageError(_("Give --json or --csv, not both."))


def _show(entries: tuple[Unsubscribe, ...], options: Common, code: int, since: str | None, as_csv: bool) -> int:
    undated = sum(entry.created_at is None for entry in entries) if since is not None else 0
    if since is not None:
        entries = tuple(entry for entry in entries if (entry.created_at or "") >= since)
    output = Output(options.json)
    if as_csv:
        output.csv(_EXPORTED, ((entry.id, entry.email, entry.created_at) for entry in entries))
    for entry in entries if options.json else ():
        output.record("unsubscribe", id=entry.id, email=entry.email, created_at=entry.created_at)
    output.record("summary", entries=len(entries), exit=code)
    if not as_csv:
        output.rows(_HEADINGS, ((entry.id, entry.email, entry.created_at) for entry in entries))
    if output.terminal:
        say(plural("{count} entry.", "{count} entries.", len(entries)))
    if undated:
        text = _("Left out: {count} entries of which the server does not tell when they were added.")
        say(text.format(count=undated))
    return code


@click.group(cls=Group, context_settings=SETTINGS)
@global_options
def unsubscribes() -> None:
    """The list of unsubscribes: the addresses that receive no mailings of the account."""


for _command in (list_, find, add, delete):
    unsubscribes.add_command(_command)
