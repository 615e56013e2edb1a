"""The texts of errors in the language of the command.

An error of the SDK says in English what happened, then what was done, and ends with a hint, which has an id. All of it
is translated, the hint in the words of this command. What the server and the system said stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from mailpartner.cli.language import N_, _
from mailpartner.cli.sdk_texts import sdk_text
from mailpartner.errors import APIError, BulkStoppedError, MailPartnerError

_OF_THE_COMMAND = {
    "delete_again": (N_("Delete it once more with --missing-ok."), N_("Resume the run.")),
    "try_again": (N_("Try again."), N_("Resume the run.")),
    "look_at_body": (N_("Try again later."), N_("Resume the run later.")),
    "leave_out_unsubscribed": (N_("Leave out whom `mailpartner unsubscribes find` finds: they must not be mailed."),)
    * 2,
    "take_id_from_list": (N_("Take the id from the list of unsubscribes, or give --missing-ok."),) * 2,
    "read_status": (N_("It went out: `mailpartner messages status` tells what became of it."),) * 2,
    "take_token_from_list": (N_("Take the token from `mailpartner subaccounts list --reveal`."),) * 2,
    "look_for_subaccount": (
        N_("Do not create it again before `mailpartner subaccounts list` shows that it is missing."),
    )
    * 2,
    "compare_balances": (
        N_("Do not repeat it before you compared the balance in `mailpartner subaccounts list` with the one before."),
    )
    * 2,
}
"""Hints of the SDK that are about Python, by their ids: for a few ids, and for a run that can be resumed."""

_OPTION_OF = {
    "send_at": "--at", "variables": "--var", "reply_to": "--reply-to", "attachments": "--attach", "html": "--html",
    "subject": "--subject", "tag": "--tag", "to": "--to", "amount": "--amount", "credit": "--credit",
    "email": "--email", "is_buyer": "--buyer", "title": "--title", "first_name": "--first-name",
    "last_name": "--last-name", "message_id": "ID", "token": "TOKEN",
}  # fmt: skip
"""The options for the arguments of the SDK, which its errors begin with."""

ARGUMENT_TEXTS = (
    N_("--at does not exist in its time zone, where clocks are put forward. Nothing was sent."),
    N_("--at exists twice in Europe/Paris, where clocks are put back, and the API takes no offset. Nothing was sent."),
    N_("--at must be a multiple of five minutes, without seconds. Nothing was sent."),
    N_("--at must be in the future. Nothing was sent."),
    N_(
        "--at needs the time zone Europe/Paris, which this machine does not have: install the package tzdata."
        " Nothing was sent."
    ),
    N_("--at must be between the years 1 and 9999. Nothing was sent."),
    N_("--subject must be one line. Nothing was sent."),
    N_('--amount must be a number above 0, such as "12.50". Nothing was sent.'),
    N_('--credit must be a number above 0, such as "12.50". Nothing was sent.'),
    N_("--email must be an address such as name@example.com. Nothing was sent."),
    N_("--email is required for an advanced sub-account. Nothing was sent."),
    N_("--buyer is for an advanced sub-account only. Nothing was sent."),
)
"""What the SDK says of arguments, with the options for them."""

_SIZE = re.compile(r"(.+) must have (at least|at most) (\d+) (items|characters), not (\d+)\. Nothing was sent\.")
_SIZES = {
    ("at most", "items"): N_("{name} can be given {limit} times at most, not {size} times. Nothing was sent."),
    ("at least", "characters"): N_("{name} must have at least {limit} characters, not {size}. Nothing was sent."),
    ("at most", "characters"): N_("{name} must have at most {limit} characters, not {size}. Nothing was sent."),
}
"""What the SDK says of sizes, with the numbers of the contract."""

_EFFECTS = (N_("Nothing was done."), N_("It may have been done all the same."))
"""What the SDK says before the hint."""


def text_of(error: BaseException | None, of_many: bool = False, translate: Callable[[str], str] = _) -> str:
    """Return the line of an error of the SDK, "" for none.

    A run that was stopped ends its line with that of the failure that stopped it.
    """
    failure = getattr(error, "error", None)
    if isinstance(error, BulkStoppedError) and isinstance(failure, MailPartnerError):
        before = str(error).removesuffix(str(failure)).rstrip()
        return f"{sdk_text(before, translate)} {text_of(failure, of_many, translate)}"
    hint = getattr(error, "hint", None)
    if hint is None:
        return sdk_text(str(error or ""), translate)
    own = _OF_THE_COMMAND.get(hint.id)
    template = hint.template if own is None else own[of_many]
    text = str(error).removesuffix(str(hint)).rstrip()
    for effect in _EFFECTS:
        if text.endswith(f". {effect}"):
            text = f"{sdk_text(text.removesuffix(f'. {effect}'), translate)}. {translate(effect)}"
    return f"{text} {translate(template).format_map(hint.values)}"


def error_fields(error: Exception | None, text: str) -> dict[str, Any] | None:
    """Return an error as JSON has it, with its text; None for none."""
    if error is None:
        return None
    api = error if isinstance(error, APIError) else None
    return {
        "class": type(error).__name__,
        "code": api.code if api is not None else None,
        "name": api.name if api is not None else None,
        "text": text,
        "maybe_applied": bool(getattr(error, "maybe_applied", False)),
    }


def argument_text(error: Exception) -> str:
    """Return what is wrong with an argument of the SDK, as that of its option."""
    name, _blank, rest = str(error).partition(" ")
    option = _OPTION_OF.get(name.partition("[")[0].removesuffix(".name"))
    text = f"{option} {rest}" if option is not None else str(error)
    if name.endswith(".name") and "line" in rest:
        return _("The name of a recipient must be one line. Nothing was sent.")
    if "UTF-8" in rest:
        return _("{name} is not text that UTF-8 can hold. Nothing was sent.").format(name=option or name)
    if option == "--tag":  # the SDK shows a regular expression, as for the next ones
        return _("--tag must have 3 to 20 characters, without spaces and capitals. Nothing was sent.")
    if option in ("ID", "TOKEN") and "ASCII" in rest:
        text = _("{name} must be letters, digits and signs of ASCII, without spaces. Nothing was sent.")
        return text.format(name=option)
    size = _SIZE.fullmatch(text)
    template = _SIZES.get((size[2], size[4])) if size is not None else None
    if size is not None and template is not None:
        if size[5] == "0":
            template = N_("{name} is empty. Nothing was sent.")
        return _(template).format(name=size[1], limit=size[3], size=size[5])
    translated = _(text)
    return translated if translated != text else sdk_text(text, _)


def system_error(error: OSError, translate: Callable[[str], str] = _) -> str:
    """Return why the system refused, which it says in English."""
    return translate(error.strerror or type(error).__name__)
