"""The group `account`: the command `credits`."""

from __future__ import annotations

import click

from mailpartner.cli.exit_codes import DONE
from mailpartner.cli.group import SETTINGS, Group, global_options
from mailpartner.cli.language import N_
from mailpartner.cli.options import Common, common
from mailpartner.cli.output import Output


@click.command(short_help=N_("Show how many mails may be sent, and the balance."))
@common
def credits(options: Common) -> int:
    """Show how many mails the account may send, and its balance."""
    with options.client() as client:
        found = client.account.credits()
    output = Output(options.json)
    output.record("credits", **found.to_dict())
    output.record("summary", exit=DONE)
    rows = [(found.username, found.mails, found.balance, found.currency)]
    output.rows((N_("account"), N_("mails"), N_("balance"), N_("currency")), rows)
    return DONE


@click.group(cls=Group, context_settings=SETTINGS)
@global_options
def account() -> None:
    """The account itself."""


account.add_command(credits)
