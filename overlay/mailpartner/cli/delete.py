"""`unsubscribes delete`: a handful, or many from a file with a journal, a confirmation and an audit file."""

from __future__ import annotations

import csv
import os
from contextlib import closing
from typing import TYPE_CHECKING, Any

import attrs
import click

from mailpartner.cli import confirm, dry, ledger
from mailpartner.cli.ending import Task, of_rejects
from mailpartner.cli.exits import BAD_INPUT, DONE, SOME_FAILED, Ended
from mailpartner.cli.inputs import Inputs
from mailpartner.cli.options import Common, common
from mailpartner.cli.output import Output
from mailpartner.cli.places import Places, choose
from mailpartner.cli.reader.spool import Spool
from mailpartner.cli.say import say
from mailpartner.cli.session import recorded, unrecorded
from mailpartner.resources._addresses import normalize_email

if TYPE_CHECKING:
    from mailpartner.client import MailPartner

HANDFUL = 10
_FILE = click.Path()  # for the shell's completion


@attrs.frozen
class _Bulk:
    """The options that a bulk removal has."""

    journal: str | None
    audit: str | None
    rejects: str | None
    reason: str | None
    yes: bool


def _one(_: click.Context, parameter: click.Parameter, values: tuple[str, ...]) -> str | None:
    """The value of an option that may be given once: of several, click would take the last and drop the others."""
    if len(values) > 1:
        raise click.UsageError(f"{parameter.opts[0]} is given {len(values)} times; a run has one file. Put them into"
                               " one, or run it once for each.")  # fmt: skip
    return values[0] if values else None


@click.command()
@click.argument("ids", metavar="[ID]...", nargs=-1)
@click.option("--email", "emails", metavar="ADDRESS", multiple=True, help="All entries of this address; repeatable.")
@click.option(
    "--from-file",
    metavar="FILE|-",
    multiple=True,
    callback=_one,
    type=_FILE,
    help="Ids or addresses, CSV or one a line; - for stdin.",
)
@click.option("--delimiter", metavar="MARK", help="Of the file: ; , tab | or none. [default: found out]")
@click.option("--column", metavar="NAME|NUMBER", help="The column that counts, from 1. [default: found out]")
@click.option("--header/--no-header", default=None, help="Whether the file has a header. [default: found out]")
@click.option("--encoding", help="Of the file. [default: found out]")
@click.option("--missing-ok", is_flag=True, help="An id that is not on the list is no failure; in bulk it never is.")
@click.option("--dry-run", is_flag=True, help="Read and count, and send nothing at all.")
@click.option("--reason", metavar="TEXT", help="Why, for the audit file of a bulk removal.")
@click.option("--yes", is_flag=True, help="Do not ask for the count to be typed.")
@click.option("--journal", metavar="PATH", type=_FILE, help="Where to keep the journal. [default: beside the file]")
@click.option("--audit", metavar="PATH", type=_FILE, help="Where to keep the audit file. [default: beside the journal]")
@click.option(
    "--rejects", metavar="PATH", type=_FILE, help="Where to write lines that were not read. [default: beside the file]"
)
@common
def delete(
    options: Common, ids: tuple[str, ...], emails: tuple[str, ...], from_file: str | None, delimiter: str | None,
    column: str | None, header: bool | None, encoding: str | None, missing_ok: bool, dry_run: bool, **bulk: Any,
) -> int:  # fmt: skip
    """Delete entries from the list of unsubscribes, so that mail goes to their addresses again.

    ID is the number that the list shows. From a file, or with more than ten, it is a bulk removal: it wants --reason,
    asks for the count to be typed, and keeps a journal (to resume it) and an audit file.
    """
    inputs = Inputs(ids, emails, from_file, delimiter, column, header, encoding)
    inputs.check(options.key_file)
    many = _Bulk(**bulk)
    is_bulk = bool(from_file) or inputs.count > HANDFUL or bool(many.journal or many.audit)
    with closing(Spool()) as spool:
        if dry_run:
            digest, lines, how = inputs.read(spool)
            return dry.show(Output(options.json), spool, lines, how, digest)
        if is_bulk:
            confirm.check(many.yes, many.reason, from_file == "-" or options.key_file == "-")
        with options.client() as client:
            if is_bulk:
                return _bulk(client, options, inputs, many, spool)
            return _handful(Task(client, options, missing_ok), inputs, spool)


def _handful(task: Task, inputs: Inputs, spool: Spool) -> int:
    inputs.read(spool)
    _look_up(task.client, spool)
    missing = [line for line, _ in spool.not_listed()]
    for _ in missing:
        say("An address is not on the list of unsubscribes. Nothing was done for it.")
    task.facts.update(_facts(spool, len(missing)))
    if spool.ids:
        return unrecorded(task, spool.all_ids(), spool.ids)
    code = SOME_FAILED if missing and not task.missing_ok else DONE
    Output(task.options.json).record("summary", total=0, **task.facts, exit=code)
    return code


def _bulk(client: MailPartner, options: Common, inputs: Inputs, many: _Bulk, spool: Spool) -> int:
    digest, lines, how = inputs.read(spool)
    if not spool.ids and not spool.addresses:
        raise Ended(f"{inputs.name} holds no id and no address in {lines} lines; {spool.rejected} were rejected."
                    " Nothing was sent. --dry-run shows why.", BAD_INPUT)  # fmt: skip
    places = choose(inputs.path, digest, many.journal, many.audit, many.rejects, options.resuming())
    _look_up(client, spool)
    missing = sum(1 for _ in spool.not_listed())
    facts = _facts(spool, missing)
    if not spool.ids:
        return _nothing_listed(options, spool, places, facts)
    confirm.ask(spool.ids, _about(inputs, lines, how, facts), many.yes)
    said = {
        "reason": many.reason or "",
        "command": "mailpartner unsubscribes delete",
        "input": inputs.name,
        "digest": digest,
        "audit": os.fsencode(places.audit).hex(),  # a name need not be text
        "settings": {"rate": options.rate, "concurrency": options.concurrency, "call": options.call},
    }
    counts = {"lines": lines, "addresses": spool.addresses, **facts}
    with ledger.begun(places.journal, client, spool.all_ids(), said, counts) as journal:
        say(f"Journal: {places.journal}")
        _write_rejects(spool, places)
        return recorded(Task(client, options, facts=facts), journal)


def _nothing_listed(options: Common, spool: Spool, places: Places, facts: dict[str, Any]) -> int:
    code = SOME_FAILED if spool.rejected else DONE
    _write_rejects(spool, places)
    Output(options.json).record("summary", total=0, **facts, exit=code)
    nothing = f"None of {spool.addresses} addresses is on the list of unsubscribes. There is nothing to remove."
    say(nothing + of_rejects(facts))
    return code


def _facts(spool: Spool, missing: int) -> dict[str, Any]:
    return {"rejected": spool.rejected, "duplicates": spool.duplicates, "not_listed": missing}


def _look_up(client: MailPartner, spool: Spool) -> None:
    """Find the ids of all addresses, with one call for the list."""
    if not spool.addresses:
        return
    for entry in client.unsubscribes.list():
        line = spool.line_of(normalize_email(entry.email))
        if line is not None:
            spool.add_listed(line, entry.id)


def _about(inputs: Inputs, lines: int, how: str, facts: dict[str, Any]) -> list[str]:
    if inputs.file is None:
        return []
    counts = ", ".join(f"{facts[name]} {name.replace('_', ' ')}" for name in ("duplicates", "rejected", "not_listed"))
    return [f"{inputs.name}: {lines} lines; {how}. {counts}."]


def _write_rejects(spool: Spool, places: Places) -> None:
    """Write the lines that lead to no deletion, each with its reason."""
    missing = list(spool.not_listed()) if spool.addresses else []
    if not spool.rejected and not missing:
        return
    descriptor = os.open(places.rejects, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8", errors="replace", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("line", "text", "reason"))
        writer.writerows(spool.rejects())
        writer.writerows((line, email, "not on the list of unsubscribes") for line, email in missing)
    say(f"Not read or not listed: {places.rejects}")
