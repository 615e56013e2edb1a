"""The question before a run. A deletion lets mail go again to people who objected to it."""

from __future__ import annotations

import sys

from mailpartner.cli.actions import ADDITION, Action
from mailpartner.cli.exits import USAGE, Ended
from mailpartner.cli.reader.staging import Staging
from mailpartner.cli.say import is_terminal, say, shown

FIRST, LAST = 5, 3
LAW = "Mail will go again to people who objected to it (GDPR art. 21(3))."


def check_reason(reason: str | None) -> None:
    """Raise Ended if a bulk deletion lacks its reason."""
    if not reason or not reason.strip():
        raise Ended(
            '--reason "why" is required for a bulk run; it is recorded in the audit file. Nothing was sent.', USAGE
        )


def check_terminal(stdin_is_input: bool) -> None:
    """Raise Ended if nobody can be asked."""
    if stdin_is_input or not (is_terminal(sys.stdin) and is_terminal(sys.stderr)):
        raise Ended(
            "A run is confirmed on a terminal, and there is none to ask on. Nothing was sent."
            " Look at it with --dry-run, then give --yes.",
            USAGE,
        )


def ask_for_count(staging: Staging, action: Action) -> None:
    """Show who it is about, and ask for the count to be typed. Raise Ended if it is not."""
    count = staging.counts()["targets"]
    show_people(staging)
    it = "it" if count == 1 else "them"
    if action is ADDITION:
        noun = "address" if count == 1 else "addresses"
        say(f"This adds {count} {noun} to the list of unsubscribes: no more mailings go to {it}.")
        question = f"Type {count} to add {it}: "
    else:
        noun = "entry" if count == 1 else "entries"
        say(f"This removes {count} {noun} from the list of unsubscribes. {LAW}")
        question = f"Type {count} to remove {it}: "
    if _answer(question) != str(count):
        raise Ended(f"That is not the count. Nothing was {'added' if action is ADDITION else 'removed'}.", USAGE)


def ask_yes(staging: Staging) -> None:
    """Show whose entries are deleted, and ask yes or no. Raise Ended unless the answer is yes."""
    count = staging.counts()["targets"]
    show_people(staging, count)
    say(LAW)
    if _answer(f"Remove {'this entry' if count == 1 else f'these {count} entries'}? [y/N] ").lower() not in (
        "y",
        "yes",
    ):
        raise Ended("Nothing was removed.", USAGE)


def show_people(staging: Staging, first: int = FIRST) -> None:
    """Say the ids to delete with their addresses: the first and the last of many."""
    for number, address in people(staging, first):
        say(f"  {number}  {shown(address)}" if number else f"  {shown(address)}")


def people(staging: Staging, first: int = FIRST, unknown: str = "not on the list") -> list[tuple[str, str]]:
    """Return the first and the last ids to delete with their addresses, `unknown` if there is none."""
    head, tail = (
        [(str(target.id or ""), target.address or unknown) for target in part] for part in staging.people(first, LAST)
    )
    left_out = staging.counts()["targets"] - len(head) - len(tail)
    return [*head, *([("...", f"{left_out} more")] if left_out else []), *tail]


def _answer(question: str) -> str:
    sys.stderr.write(question)
    sys.stderr.flush()
    return sys.stdin.readline().strip()
