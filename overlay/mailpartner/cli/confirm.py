"""The question before a run. A deletion lets mail go again to people who objected to it."""

from __future__ import annotations

import sys

from mailpartner.cli.actions import ADDITION, Action
from mailpartner.cli.exit_codes import USAGE, Ended
from mailpartner.cli.language import N_, _, plural
from mailpartner.cli.reader.staging import Staging
from mailpartner.cli.say import is_terminal, say, shown

FIRST, LAST = 5, 3
LAW = _("Mail will go again to people who objected to it (GDPR art. 21(3)).")


def check_reason(reason: str | None) -> None:
    """Raise Ended if a bulk deletion lacks its reason."""
    if not reason or not reason.strip():
        raise Ended(
            _('--reason "why" is required for a bulk run; it is recorded in the audit file. Nothing was sent.'), USAGE
        )


def check_terminal(stdin_is_input: bool, has_dry_run: bool = True) -> None:
    """Raise Ended if nobody can be asked."""
    if stdin_is_input or not (is_terminal(sys.stdin) and is_terminal(sys.stderr)):
        if not has_dry_run:
            text = _("This is confirmed on a terminal, and there is none to ask on. Nothing was sent. Give --yes.")
            raise Ended(text, USAGE)
        raise Ended(
            _(
                "A run is confirmed on a terminal, and there is none to ask on. Nothing was sent."
                " Look at it with --dry-run, then give --yes."
            ),
            USAGE,
        )


def ask_for_count(staging: Staging, action: Action) -> None:
    """Show who it is about, and ask for the count to be typed. Raise Ended if it is not."""
    count = staging.counts()["changes"]
    show_people(staging)
    if action is ADDITION:
        done = plural(
            "This adds {count} address to the list of unsubscribes: no more mailings go to it.",
            "This adds {count} addresses to the list of unsubscribes: no more mailings go to them.",
            count,
        )
        question = _("Type {count} to add it: ") if count == 1 else _("Type {count} to add them: ")
        nothing = _("That is not the count. Nothing was added.")
    else:
        removed = plural(
            "This removes {count} entry from the list of unsubscribes.",
            "This removes {count} entries from the list of unsubscribes.",
            count,
        )
        done = f"{removed} {LAW}"
        question = _("Type {count} to remove it: ") if count == 1 else _("Type {count} to remove them: ")
        nothing = _("That is not the count. Nothing was removed.")
    say(done)
    ask(question.format(count=count), nothing, count)


def ask_yes(staging: Staging) -> None:
    """Show whose entries are deleted, and ask yes or no. Raise Ended unless the answer is yes."""
    counts = staging.counts()
    count = counts["changes"]
    show_people(staging, counts["targets"])
    say(LAW)
    question = plural("Remove this entry? [y/N] ", "Remove these {count} entries? [y/N] ", count)
    ask(question, _("Nothing was removed."))


def ask(question: str, nothing: str, count: int | None = None) -> None:
    """Ask yes or no, or for `count` to be typed. Raise Ended with `nothing` unless that is the answer."""
    answer = _answer(question)
    # Whoever answers in English to a French question has answered all the same.
    if answer.lower() not in _("y yes").split() if count is None else answer != str(count):
        raise Ended(nothing, USAGE)


def show_rows(rows: list[tuple[str, object]]) -> None:
    """Say what is going to be done, as labels and texts."""
    width = max(len(label) for label, _text in rows)
    for label, text in rows:
        say(f"  {label:<{width}}  {shown(str(text))}")


def show_people(staging: Staging, first: int = FIRST) -> None:
    """Say the ids to delete with their addresses: the first and the last of many."""
    listed = people(staging, first)
    width = max(len(number) for number, _address in listed)
    for number, address in listed:
        say(f"  {number:>{width}}  {shown(address)}")


def people(staging: Staging, first: int = FIRST, unknown: str = N_("not on the list")) -> list[tuple[str, str]]:
    """Return the first and the last ids to delete with their addresses, `unknown` if there is none."""
    head, tail = (
        [(str(target.id or ""), target.address or _(unknown)) for target in part]
        for part in staging.people(first, LAST)
    )
    left_out = staging.counts()["targets"] - len(head) - len(tail)
    return [*head, *([("...", _("{count} more").format(count=left_out))] if left_out else []), *tail]


def _answer(question: str) -> str:
    sys.stderr.write(question)
    sys.stderr.flush()
    return sys.stdin.readline().strip()
