"""Describe an input and what a run over it would do; `--dry-run` shows nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from mailpartner.cli.confirm import FIRST, LAST, people
from mailpartner.cli.exit_codes import BAD_INPUT, DONE, SOME_FAILED
from mailpartner.cli.language import N_, _, current, plural, result_text
from mailpartner.cli.say import command_line, say, shown

if TYPE_CHECKING:
    from mailpartner.cli.inputs import Comparison
    from mailpartner.cli.output import Output
    from mailpartner.cli.reader.reader import Reading
    from mailpartner.cli.reader.staging import Reject, Staging

LINES_SHOWN = 5
TEXT_SHOWN = 40
_NOT_REPEATED = ("dry_run", "offline", "json_lines", "verbose", "traceback", "yes", "reason")
_DELIMITERS = {"\t": N_("cells separated by tabs"), "": N_("one cell a line")}
_SEPARATED = N_('cells separated by "{delimiter}"')


def about(comparison: Comparison) -> list[str]:
    """Return how an input was read, and what it led to, in two lines; of arguments only the second."""
    counts = comparison.staging.counts()
    labels = _labels(comparison)
    first = _("{count} to add") if comparison.inputs.adding else _("{count} to delete")
    each = _(", {label}: {count}")
    said = "listed" if comparison.inputs.adding else "not_listed"
    names = ("duplicates", "rejected", said, "unknown_ids", "similar")
    found = [each.format(count=counts[name], label=labels[name]) for name in names if name in labels and counts[name]]
    words = f"{first.format(count=counts['changes'])}{''.join(found)}."
    if comparison.reading.layout is None:
        return [words]
    return [how_read(comparison.inputs.name, comparison.reading), *_objections(comparison), words]


def how_read(file: str, reading: Reading) -> str:
    """Return how a file was read."""
    cells = _(_DELIMITERS.get(reading.delimiter, _SEPARATED))
    return _("{file}: {lines} lines, {encoding}, {cells}, {columns}.").format(
        file=file, lines=reading.lines, encoding=reading.encoding,
        cells=cells.format(delimiter=reading.delimiter), columns=reading.layout,
    )  # fmt: skip


def _objections(comparison: Comparison) -> Iterator[str]:
    """Yield what to look at where a file says who objects to mails, and not all of its lines say the same."""
    said = comparison.reading.objections
    if said is None:
        return
    if comparison.inputs.adding and said.agreeing:
        yield plural(
            "ATTENTION: {count} line says that the person does not object to mails, and is added all the same.",
            "ATTENTION: {count} lines say that the person does not object to mails, and are added all the same.",
            said.agreeing,
        )
    elif not comparison.inputs.adding and said.agreeing and said.objecting:
        yield plural(
            "ATTENTION: {count} line says that the person objects to mails, and is deleted all the same.",
            "ATTENTION: {count} lines say that the person objects to mails, and are deleted all the same.",
            said.objecting,
        )


_LABELS = {
    "deletion": {
        "ids": N_("rows with an id"),
        "addresses": N_("rows with only an address"),
        "targets": N_("ids to delete"),
        "listed": N_("rows on the list"),
        "not_listed": N_("rows not on the list"),
        "unknown_ids": N_("ids not on the list, which are sent"),
        "duplicates": N_("duplicates"),
        "mismatches": N_("id and address of two entries"),
        "near_misses": N_("differ only in capitals or spelling"),
        "rejected": N_("rejected lines"),
    },
    "addition": {
        "addresses": N_("rows with an address"),
        "targets": N_("addresses to add"),
        "listed": N_("already on the list"),
        "similar": N_("differ only in capitals or spelling from a listed one"),
        "duplicates": N_("duplicates"),
        "rejected": N_("rejected lines"),
    },
}
"""What is counted, by the type of the run."""

_ALWAYS = ("targets", "listed", "rejected")
"""Shown even if there are none."""

_COMPARED = ("listed", "not_listed", "unknown_ids", "mismatches", "near_misses", "similar")
"""What is not known without the list; nor is what is to be deleted."""


def show(output: Output, comparison: Comparison, refused: bool) -> int:
    """Show what a run would do, and return the exit code of the dry run."""
    staging, compared = comparison.staging, comparison.compared
    counts = staging.counts()
    code = BAD_INPUT if refused or not comparison.useful else SOME_FAILED if counts["rejected"] else DONE
    command = command_again(click.get_current_context())
    if output.json:
        for reject in staging.rejects():
            output.record("reject", line=reject.line, raw=reject.raw, reason=reject.text(str))
        output.record("summary", **_summary(comparison, counts), command=command, exit=code)
    else:
        known = _labels(comparison).items()
        shown_counts = {**counts, "targets": counts["changes"]}
        labelled = [(label, shown_counts[name]) for name, label in known if counts[name] or name in _ALWAYS]
        output.rows(("what", N_("how many")), [(_("lines"), comparison.reading.lines), *labelled])
        _show_groups(output, staging)
        shown_people = people(staging, unknown=N_("not on the list") if compared else "")
        if comparison.inputs.adding:
            output.rows(("address",), [(" ".join(filter(None, row)),) for row in shown_people])
        else:
            output.rows(("id", "address"), shown_people)
    if comparison.reading.layout is not None:
        for line in (how_read(comparison.inputs.name, comparison.reading), *_objections(comparison)):
            say(line)
    text = _("A dry run: nothing was sent.")
    say(text if compared else text + _(" The list was not read: addresses are not looked up."))
    if compared and not counts["changes"] and code != BAD_INPUT:
        say(_("There is nothing to do."))
    elif code != BAD_INPUT and not output.json:
        output.line(_("To do it:"))
        output.line(command)
    return code


def _labels(comparison: Comparison) -> dict[str, str]:
    """Return what is known of an input, and how that is called."""
    labels = _LABELS[comparison.inputs.action.type]
    hidden = () if comparison.compared else _COMPARED if comparison.inputs.adding else ("targets", *_COMPARED)
    return {name: _(label) for name, label in labels.items() if name not in hidden}


def _summary(comparison: Comparison, counts: dict[str, int]) -> dict[str, Any]:
    reading, known = comparison.reading, _labels(comparison)
    layout = reading.layout
    columns = {} if layout is None else {
        what: layout.name(column, str)
        for what, column in (("id", layout.id), ("address", layout.address), ("either", layout.either))
        if column is not None
    }  # fmt: skip
    first, last = (
        [{"id": each.id, "email": each.address} for each in part] for part in comparison.staging.people(FIRST, LAST)
    )
    return {
        "dry_run": True, "lines": reading.lines, "encoding": reading.encoding, "delimiter": reading.delimiter,
        "columns": columns, **dict.fromkeys(_LABELS[comparison.inputs.action.type]),
        **{name: counts[name] for name in known},
        "first": first, "last": last, "sha256": reading.digest,
    }  # fmt: skip


def _show_groups(output: Output, staging: Staging) -> None:
    """Show what leads to no deletion, grouped by the reason, the first lines of each with what the list has."""
    groups: dict[str, tuple[int, list[Reject]]] = {}
    for reject in staging.rejects():
        number, first = groups.get(reject.reason, (0, []))
        groups[reject.reason] = number + 1, first if len(first) == LINES_SHOWN else [*first, reject]
    for reason, (number, first) in groups.items():
        output.text(plural("{count} line: {reason}", "{count} lines: {reason}", number, reason=_(reason)))
        for reject in first:
            text = _("  line {line}: {text}")
            if reject.listed:
                text += _(" (the list has {entries})")
            raw = shown(reject.raw)[:TEXT_SHOWN]
            output.text(text.format(line=reject.line, text=raw, entries=shown(reject.entries())))
        if number > len(first):
            output.text(_("  ... {count} more").format(count=number - len(first)))


def command_again(context: click.Context) -> str:
    """Return the command of a dry run without --dry-run, ready for a shell."""
    given = context.params
    reason = given.get("reason") or (result_text("write the reason here") if given.get("from_file") else "")
    arguments: list[str] = []
    options: list[str] = []
    for parameter in context.command.params:
        name = parameter.name or ""
        named = context.get_parameter_source(name) is ParameterSource.COMMANDLINE
        if not named or name in _NOT_REPEATED:
            continue
        value = current() if name == "lang" else given[name]  # that is not kept there
        if isinstance(value, bool):
            options.append((parameter.opts if value else parameter.secondary_opts)[0])
        elif isinstance(parameter, click.Argument):
            arguments += map(str, value)
        else:
            for each in value if isinstance(value, tuple) else (value,):
                options += parameter.opts[0], "none" if name == "rate" and not each else str(each)
    return command_line(context.command_path, arguments, options + (["--reason", reason] if reason else []))
