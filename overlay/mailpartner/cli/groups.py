"""The groups of commands, which the help of the command itself does without."""

from __future__ import annotations

import click

from mailpartner.cli.commands import GROUPS
from mailpartner.cli.group import SETTINGS, LazyGroup, global_options


@click.group(cls=LazyGroup, table=GROUPS["account"], context_settings=SETTINGS)
@global_options
def account() -> None:
    """The account itself."""


@click.group(cls=LazyGroup, table=GROUPS["messages"], context_settings=SETTINGS)
@global_options
def messages() -> None:
    """Mails: sending them, and what becomes of them."""


@click.group(cls=LazyGroup, table=GROUPS["subaccounts"], context_settings=SETTINGS)
@global_options
def subaccounts() -> None:
    """The accounts below this one, and their credit."""


@click.group(cls=LazyGroup, table=GROUPS["unsubscribes"], context_settings=SETTINGS)
@global_options
def unsubscribes() -> None:
    """The list of unsubscribes: the addresses that receive no mailings of the account."""
