"""The groups of commands, which the help of the command itself does without."""

from __future__ import annotations

from typing import Final

import click

from mailpartner.cli.group import SETTINGS, LazyGroup, Table, global_options
from mailpartner.cli.language import N_

_UNSUBSCRIBES: Table = {
    "list": ("lists", "list_", N_("List all unsubscribes.")),
    "find": ("lists", "find", N_("Find the entries of an address.")),
    "add": ("changes", "add", N_("Add addresses, so that they receive no more mailings.")),
    "delete": ("changes", "delete", N_("Delete entries, so that mail goes to them again.")),
}
_ACCOUNT: Table = {"credits": ("account", "credits", N_("Show how many mails may be sent, and the balance."))}
_MESSAGES: Table = {
    "send": ("messages", "send", N_("Send a mail, now or later.")),
    "cancel": ("messages", "cancel", N_("Cancel a scheduled mail.")),
    "status": ("messages", "status", N_("Show what became of a mail.")),
}
_SUBACCOUNTS: Table = {
    "list": ("subaccounts", "list_", N_("List all sub-accounts.")),
    "create": ("subaccounts", "create", N_("Create a sub-account.")),
    "add-credit": ("subaccounts", "add_credit", N_("Give credit to a sub-account.")),
    "remove-credit": ("subaccounts", "remove_credit", N_("Take credit back from a sub-account.")),
}
# `_meant` takes the last of commands of the same name: to list, find and add is most often done with unsubscribes.
TABLES: Final = {
    "account": _ACCOUNT,
    "messages": _MESSAGES,
    "subaccounts": _SUBACCOUNTS,
    "unsubscribes": _UNSUBSCRIBES,
}


class _Account(LazyGroup):
    table = _ACCOUNT


class _Messages(LazyGroup):
    table = _MESSAGES


class _Subaccounts(LazyGroup):
    table = _SUBACCOUNTS


class _Unsubscribes(LazyGroup):
    table = _UNSUBSCRIBES


@click.group(cls=_Account, context_settings=SETTINGS)
@global_options
def account() -> None:
    """The account itself."""


@click.group(cls=_Messages, context_settings=SETTINGS)
@global_options
def messages() -> None:
    """Mails: sending them, and what becomes of them."""


@click.group(cls=_Subaccounts, context_settings=SETTINGS)
@global_options
def subaccounts() -> None:
    """The accounts below this one, and their credit."""


@click.group(cls=_Unsubscribes, context_settings=SETTINGS)
@global_options
def unsubscribes() -> None:
    """The list of unsubscribes: the addresses that receive no mailings of the account."""
