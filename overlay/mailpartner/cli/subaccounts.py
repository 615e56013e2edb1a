"""The group `subaccounts`: `list`, `create`, `add-credit` and `remove-credit`, which hide keys and tokens."""

from __future__ import annotations

import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from mailpartner._secret import Secret
from mailpartner.cli import confirm
from mailpartner.cli.error_text import system_error, text_of
from mailpartner.cli.exit_codes import DONE, USAGE, Ended, checking_arguments
from mailpartner.cli.group import SETTINGS, Group, global_options
from mailpartner.cli.language import N_, _, number, plural
from mailpartner.cli.options import Common, common
from mailpartner.cli.output import Output
from mailpartner.cli.record import Digest
from mailpartner.cli.recorded_request import RecordedRequest, tell_failure
from mailpartner.cli.say import say, shown
from mailpartner.errors import MailPartnerError
from mailpartner.resources._addresses import is_mailbox

if TYPE_CHECKING:
    from mailpartner.client import MailPartner
    from mailpartner.results import Subaccount

_CENTS = 2
_ONLY_CREATED = ("confirmation_sent_to", "parent_email")
_EXPORTED = ("id", "email", "type", "createdAt", "balance", "currency")
_SECRETS = ("token", "apiKey")
_HEADINGS = (N_("id"), N_("address"), N_("type"), N_("since"), N_("balance"), N_("currency"))
_DETAILS = {
    "type": N_("type"), "email": N_("address"), "credit": N_("credit in euros"), "title": N_("title"),
    "is_buyer": N_("buys its credit itself"), "first_name": N_("first name"), "last_name": N_("last name"),
}  # fmt: skip

_reveal = click.option("--reveal", is_flag=True, help="Show keys and tokens.")
_yes = click.option("--yes", is_flag=True, help="Do not ask for confirmation.")
_again = click.option("--again", is_flag=True, help="Do it although the same is in doubt in the record.")
_no_record = click.option("--no-record", is_flag=True, help="Keep no record of it, and do not look into the record.")


@click.command("list", short_help=N_("List all sub-accounts."))
@_reveal
@click.option("--csv", "as_csv", is_flag=True, help="CSV as spreadsheet programs open it: ; and UTF-8 with a BOM.")
@common
def list_(options: Common, reveal: bool, as_csv: bool) -> int:
    """List all sub-accounts. Their keys and tokens are hidden unless --reveal is given."""
    if options.json and as_csv:
        raise click.UsageError(_("Give --json or --csv, not both."))
    with options.client() as client:
        page = client.subaccounts.list()
        found = list(page)
    output = Output(options.json)
    for each in found if options.json else ():
        fields = _fields(each, reveal)
        output.record("subaccount", **{name: fields[name] for name in fields if name not in _ONLY_CREATED})
    output.record("summary", subaccounts=len(found), total=page.total, exit=DONE)
    rows = [
        (each.id, each.email, each.type, each.created_at, each.balance, each.currency, *_secrets(each).values())
        for each in found
    ]
    if as_csv:
        count = None if reveal else -len(_SECRETS)
        output.csv((*_EXPORTED, *_SECRETS)[:count], (row[:count] for row in rows))
    elif reveal:  # all columns are too many for a terminal
        output.rows((*_HEADINGS[:2], N_("token"), N_("key")), ((*row[:2], *row[-2:]) for row in rows))
    else:
        output.rows(_HEADINGS, (row[:-2] for row in rows))
    if output.terminal:
        say(plural("{count} sub-account.", "{count} sub-accounts.", len(found)))
    if page.total is not None and page.total != len(found):
        say(_("The server counts {total} sub-accounts, and listed {count}.").format(total=page.total, count=len(found)))
    return DONE


@click.command(short_help=N_("Create a sub-account."))
@click.option("--type", "kind", type=click.Choice(["simple", "advanced"]), required=True, help="It cannot be changed.")
@click.option("--email", metavar="ADDRESS", help="Its address; required for an advanced one, else generated.")
@click.option("--credit", metavar="AMOUNT", help="What it begins with, such as 12.50 (euros), from this account.")
@click.option("--buyer/--no-buyer", "is_buyer", default=None, help="Whether an advanced one buys its credit itself.")
@click.option("--title", metavar="TEXT", help="The title of its owner, such as M.")
@click.option("--first-name", metavar="TEXT", help="The first name of its owner.")
@click.option("--last-name", metavar="TEXT", help="The last name of its owner.")
@_reveal
@_yes
@_again
@_no_record
@common
def create(
    options: Common, kind: Literal["simple", "advanced"], reveal: bool, yes: bool, again: bool, no_record: bool,
    **details: Any,
) -> int:  # fmt: skip
    """Create a sub-account. There is no way to delete one.

    It is asked for before, and recorded. Its token is hidden unless --reveal is given.
    """
    from mailpartner.resources._subaccount_calls import create_call

    with checking_arguments():
        create_call(kind, **details)
    _check_cents("--credit", details["credit"])
    email = details["email"]
    if email is not None and not is_mailbox(email):
        raise Ended(_("--email must be an address such as name@example.com. Nothing was sent."), USAGE)
    if not yes:
        confirm.check_terminal(options.key_file == "-", has_dry_run=False)
    output = Output(options.json)
    with options.client() as client:
        facts = {"subaccount_type": kind, "credit": details["credit"]}
        digest = Digest("subaccount", kind, {**details, "credit": _plain(details["credit"])})
        request = RecordedRequest(client, "subaccount", "created", digest, facts, False, again, no_record)
        if not yes:
            request.check()
            buyer = {None: None, True: _("yes"), False: _("no")}[details["is_buyer"]]
            credit = details["credit"] and _shown_amount(details["credit"])
            given = {"type": kind, **details, "is_buyer": buyer, "credit": credit}
            confirm.show_rows([(_(_DETAILS[name]), given[name]) for name in _DETAILS if given[name] is not None])
            question = _("Create this sub-account, which cannot be deleted? [y/N] ")
            confirm.ask(question, _("Nothing was created."))
        try:
            made = request.carry_out(lambda: client.subaccounts.create(type=kind, **details))
        except MailPartnerError as error:
            return tell_failure(output, "subaccount", error, email=details["email"])
    fields = _fields(made, reveal)
    output.record("subaccount", **fields, outcome="created", error=None)
    output.record("summary", exit=DONE)
    rows = [(made.email, made.type, "created", fields["token"])]
    output.rows((N_("address"), N_("type"), "outcome", N_("token")), rows)
    if made.confirmation_sent_to is not None:
        say(_("A mail to confirm it went to {address}.").format(address=shown(made.confirmation_sent_to)))
    return DONE


def _credit_options(function: Callable[..., int]) -> Any:
    for option in (
        click.argument("tokens", metavar="[TOKEN]", nargs=-1),  # click would repeat a second one in its message
        click.option("--token-file", metavar="FILE|-", type=click.Path(), help="Read the token from it, - for stdin."),
        click.option("--amount", required=True, help="How much, in euros, such as 12.50."),
        _yes, _again, _no_record, common,
    )[::-1]:  # fmt: skip
        function = option(function)
    return function


@click.command("add-credit", short_help=N_("Give credit to a sub-account."))
@_credit_options
def add_credit(options: Common, **given: Any) -> int:
    """Give credit of this account to a sub-account.

    TOKEN names the sub-account; `list --reveal` shows it. Every user of this machine can read it among the arguments:
    --token-file keeps it out of them. The amount and the sub-account are shown, and you are asked before. It is
    recorded, and after a lost answer never repeated.
    """
    return _move(options, "add", **given)


@click.command("remove-credit", short_help=N_("Take credit back from a sub-account."))
@_credit_options
def remove_credit(options: Common, **given: Any) -> int:
    """Take credit of a sub-account back to this account.

    TOKEN names the sub-account; `list --reveal` shows it. Every user of this machine can read it among the arguments:
    --token-file keeps it out of them. The amount and the sub-account are shown, and you are asked before. It is
    recorded, and after a lost answer never repeated.
    """
    return _move(options, "remove", **given)


def _move(
    options: Common, verb: Literal["add", "remove"], tokens: tuple[str, ...], token_file: str | None, amount: str,
    yes: bool, again: bool, no_record: bool,
) -> int:  # fmt: skip
    from mailpartner.resources._subaccount_calls import add_credit_call

    named = list(tokens)
    if named == ["-"]:
        named, token_file = [], token_file or "-"
    if len(named) + (token_file is not None) != 1:
        raise click.UsageError(_("Give one token, or --token-file FILE."))
    if "-" == token_file == options.key_file:
        raise click.UsageError(_("The key and the token cannot both come from stdin."))
    token = Secret(named[0] if token_file is None else _read_token(token_file))
    with checking_arguments():
        add_credit_call(token, amount)
    _check_cents("--amount", amount)
    if not yes:
        confirm.check_terminal("-" in (token_file, options.key_file), has_dry_run=False)
    output = Output(options.json)
    with options.client() as client:
        facts = {"move": verb, "amount": amount, "token_fingerprint": Digest(token.reveal()).text[2:18]}
        digest = Digest("credit", verb, token.reveal(), _plain(amount))
        request = RecordedRequest(client, "credit_move", "moved", digest, facts, False, again, no_record)
        if not yes:
            request.check()
            _confirm(client, verb, token, amount)
        call = client.subaccounts.add_credit if verb == "add" else client.subaccounts.remove_credit
        try:
            moved = request.carry_out(lambda: call(token, amount=amount))
        except MailPartnerError as error:
            return tell_failure(output, "credit_move", error, move=verb, amount=amount)
    told = moved.to_dict()
    balances = {name: told[name] for name in ("credit", "subaccount_credit", "currency")}
    output.record("credit_move", move=verb, amount=amount, outcome="moved", error=None, **balances)
    output.record("summary", exit=DONE)
    headings = ("outcome", N_("amount"), N_("sub-account has"), N_("this account has"), N_("currency"))
    output.rows(headings, [("moved", amount, moved.subaccount_credit, moved.credit, moved.currency)])
    return DONE


def _confirm(client: MailPartner, verb: str, token: Secret, amount: str) -> None:
    """Show whose credit it is, as far as the list tells, and ask."""
    try:
        matching = (each for each in client.subaccounts.list() if each.token == token)
        found = next(matching, None)
    except MailPartnerError as error:
        say(_("The list of sub-accounts could not be read: {why}").format(why=text_of(error)))
        found = None
    name = _("not on the list")
    if found is not None:
        name = _("{email} (id {id}, balance {balance} {currency})").format(
            email=found.email, id=found.id, balance=found.balance, currency=found.currency or ""
        )
    shown_amount = _shown_amount(amount)
    confirm.show_rows([(_("sub-account"), name), (_("amount"), shown_amount)])
    if verb == "add":
        question = _("Give {amount} euros of this account to the sub-account? [y/N] ")
    else:
        question = _("Take {amount} euros back from the sub-account? [y/N] ")
    confirm.ask(question.format(amount=shown_amount), _("Nothing was moved."))


def _read_token(path: str) -> str:
    """Read a token. Raise Ended if that fails, without the path: it may be the token."""
    try:
        return (sys.stdin.read() if path == "-" else Path(path).read_text(encoding="utf-8-sig")).strip()
    except (OSError, UnicodeError) as error:
        why = system_error(error) if isinstance(error, OSError) else _("it is not text")
        raise Ended(_("The token file cannot be read: {why}. Nothing was sent.").format(why=why), USAGE) from None


def _check_cents(option: str, amount: str | None) -> None:
    """Raise Ended for more than two decimals. That the API takes them is not known, and 1.000 may mean a thousand."""
    if amount is not None and len(amount.partition(".")[2]) > _CENTS:
        text = _("{option} has more than two decimals. Nothing was sent. Write euros and cents, such as 12.50.")
        raise Ended(text.format(option=option), USAGE)


def _shown_amount(amount: str) -> str:
    """Return an amount for the question, as the language writes it."""
    return number(Decimal(amount), _CENTS)


def _plain(amount: str | None) -> str | None:
    """Return an amount without zeros at its end: 10.50 in doubt is 10.5 in doubt."""
    return None if amount is None else str(Decimal(amount).normalize())


def _fields(subaccount: Subaccount, reveal: bool) -> dict[str, Any]:
    """Return a sub-account as JSON has it, where "type" is that of the line."""
    fields = {**subaccount.to_dict(), **(_secrets(subaccount) if reveal else {})}
    return {"subaccount_type" if name == "type" else name: value for name, value in fields.items()}


def _secrets(subaccount: Subaccount) -> dict[str, str | None]:
    token, key = subaccount.token, subaccount.api_key
    return {"token": None if token is None else token.reveal(), "api_key": None if key is None else key.reveal()}


@click.group(cls=Group, context_settings=SETTINGS)
@global_options
def subaccounts() -> None:
    """The accounts below this one, and their credit."""


for _command in (list_, create, add_credit, remove_credit):
    subaccounts.add_command(_command)
