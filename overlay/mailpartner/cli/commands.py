"""The tree of commands: of each its file, its name there, and its help in one line."""

from __future__ import annotations

from typing import Final

from mailpartner.cli.language import N_

Table = dict[str, tuple[str, str, str]]

COMMANDS: Final[Table] = {
    "account": ("groups", "account", N_("Show how many mails may be sent, and the balance.")),
    "messages": ("groups", "messages", N_("Send mails, cancel them, see what became of them.")),
    "unsubscribes": ("groups", "unsubscribes", N_("List, find, add and delete unsubscribes.")),
    "subaccounts": ("groups", "subaccounts", N_("List and create sub-accounts, move credit.")),
    "resume": ("changes", "resume", N_("Go on with a bulk run that was stopped.")),
    "report": ("report", "report", N_("Write a report on a bulk run, or find a person in it.")),
    "doctor": ("doctor", "doctor", N_("Check the key, the base URL, TLS and the versions.")),
    "sandbox": ("local", "sandbox", N_("Run a local Mail Partner for trying things out.")),
    "completion": ("local", "completion", N_("Print what makes a shell complete this command.")),
}
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
# Of one name the last is offered for a mistyped one: to list, find and add is most often done with unsubscribes.
GROUPS: Final = {
    "account": _ACCOUNT,
    "messages": _MESSAGES,
    "subaccounts": _SUBACCOUNTS,
    "unsubscribes": _UNSUBSCRIBES,
}
SYNONYMS: Final = {
    "unsubscribe": "unsubscribes",
    "message": "messages",
    "mail": "messages",
    "mails": "messages",
    "subaccount": "subaccounts",
    "sub-accounts": "subaccounts",
    "credit": "credits",
    "balance": "credits",
    "remove": "delete",
    "rm": "delete",
    "del": "delete",
    "search": "find",
    "get": "find",
    "ls": "list",
    "create": "add",
    "continue": "resume",
    "check": "doctor",
}
