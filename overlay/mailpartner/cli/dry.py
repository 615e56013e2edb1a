"""`--dry-run`: what a run would do, without a network and without a file."""

from __future__ import annotations

from itertools import islice

from mailpartner.cli.exits import BAD_INPUT, DONE, SOME_FAILED
from mailpartner.cli.output import Output
from mailpartner.cli.reader.spool import Spool
from mailpartner.cli.say import say, shown

FIRST = 10
REJECTS_SHOWN = 20


def show(output: Output, spool: Spool, lines: int, how: str, digest: str) -> int:
    """Show it, and return the exit code."""
    useful = bool(spool.ids or spool.addresses)
    code = BAD_INPUT if not useful else SOME_FAILED if spool.rejected else DONE
    first = list(islice(spool.all_ids(), FIRST))
    for reject in spool.rejects() if output.json else ():
        output.record("reject", line=reject.line, raw=reject.raw, reason=reject.reason)
    output.record(
        "summary", dry_run=True, lines=lines, ids=spool.ids, addresses=spool.addresses, rejected=spool.rejected,
        duplicates=spool.duplicates, first_ids=first, sha256=digest, exit=code,
    )  # fmt: skip
    repeated = ", ".join(map(str, spool.repeated_lines))
    output.rows(
        ("what", "how many"),
        [
            ("lines", lines),
            ("ids", spool.ids),
            ("addresses", spool.addresses),
            ("duplicates", f"{spool.duplicates}" + (f" (first on lines {repeated})" if repeated else "")),
            ("rejected", spool.rejected),
            ("first ids", " ".join(map(str, first))),
        ],
    )
    if not output.json and spool.rejected:
        rejects = [(item.line, shown(item.raw)[:40], item.reason) for item in islice(spool.rejects(), REJECTS_SHOWN)]
        output.rows(("line", "text", "rejected because"), rejects)
    if how:
        say(f"Read: {how}.")
    say("A dry run: nothing was sent." + (" Addresses are looked up in a real run." if spool.addresses else ""))
    if useful:
        say('To do it: the same without --dry-run, and with --reason "...".')
    return code
