"""The texts of errors in the language of the command.

An error of the SDK says in English what happened, then what was done, and ends with a hint, which has an id. What was
done and the hint are translated, in the words of this command. What the server said stays as it is.
"""

from __future__ import annotations

from collections.abc import Callable

from mailpartner.cli.language import N_, _

_OF_THE_COMMAND = {
    "delete_again": (N_("Delete it once more with --missing-ok."), N_("Resume the run.")),
    "try_again": (N_("Try again."), N_("Resume the run.")),
    "look_at_body": (N_("Try again later."), N_("Resume the run later.")),
    "take_id_from_list": (N_("Take the id from the list of unsubscribes, or give --missing-ok."),) * 2,
}
"""Hints of the SDK that are about Python, by their ids: for a few ids, and for a run that can be resumed."""

_EFFECTS = (N_("Nothing was done."), N_("It may have been done all the same."))
"""What the SDK says before the hint."""


def text_of(error: BaseException | None, of_many: bool = False, translate: Callable[[str], str] = _) -> str:
    """Return the line of an error of the SDK, "" for none.

    A run that was stopped ends its line with that of the failure that stopped it.
    """
    hint = getattr(error, "hint", None) or getattr(getattr(error, "error", None), "hint", None)
    if hint is None:
        return str(error or "")
    own = _OF_THE_COMMAND.get(hint.id)
    template = hint.template if own is None else own[of_many]
    text = str(error).removesuffix(str(hint)).rstrip()
    for effect in _EFFECTS:
        if text.endswith(effect):
            text = text.removesuffix(effect) + translate(effect)
    return f"{text} {translate(template).format_map(hint.values)}"


def system_error(error: OSError, translate: Callable[[str], str] = _) -> str:
    """Return why the system refused, which it says in English."""
    return translate(error.strerror or type(error).__name__)
