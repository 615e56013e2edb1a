"""The question before a bulk removal: it lets mail go again to people who objected to it."""

from __future__ import annotations

import sys

from mailpartner.cli.exits import USAGE, Ended
from mailpartner.cli.say import is_terminal, say

LAW = "Mail will go again to people who objected to it (GDPR art. 21(3))."


def check(yes: bool, reason: str | None, stdin_is_input: bool) -> None:
    """Raises Ended where a bulk removal lacks its reason, or nobody can be asked; before anything is read or sent."""
    if not reason or not reason.strip():
        raise Ended(
            'A bulk removal wants its reason, for the audit file: --reason "why". Nothing was sent.',
            USAGE,
        )
    if yes:
        return
    if stdin_is_input or not (is_terminal(sys.stdin) and is_terminal(sys.stderr)):
        raise Ended(
            "A bulk removal is confirmed on a terminal, and there is none to ask on. Nothing was sent."
            " Look at it with --dry-run, then give --yes.",
            USAGE,
        )


def ask(count: int, about: list[str], yes: bool) -> None:
    """Have the count typed. Raises Ended if something else is."""
    for line in about:
        say(line)
    if yes:
        return
    noun = "entry" if count == 1 else "entries"
    say(f"This removes {count} {noun} from the list of unsubscribes. {LAW}")
    sys.stderr.write(f"Type {count} to remove {'it' if count == 1 else 'them'}: ")
    sys.stderr.flush()
    if sys.stdin.readline().strip() != str(count):
        raise Ended("That is not the count. Nothing was removed.", USAGE)
