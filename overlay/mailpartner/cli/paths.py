"""Where a run's files go: the journal next to its input or in the state folder, the others next to the journal."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import attrs

from mailpartner.cli import run_journal
from mailpartner.cli.error_text import system_error, text_of
from mailpartner.cli.exit_codes import STOPPED, USAGE, Ended
from mailpartner.cli.language import _
from mailpartner.cli.say import command_line

JOURNAL, AUDIT, REJECTS = ".journal", ".audit.jsonl", ".rejects.csv"
_MOST = 1000


@attrs.frozen
class RunPaths:
    """The files of a run."""

    journal: Path
    audit: Path
    rejects: Path


def choose(
    source: str | None, digest: str, command: str, journal: str | None, audit: str | None, rejects: str | None,
    again: list[str],
) -> RunPaths:  # fmt: skip
    """Return the files of a new run over the input at `source`; `again` are the options that a resumed run needs.

    Raise Ended where a file would be overwritten, or the same input is in an unfinished run already.
    """
    for option, given in (("--journal", journal), ("--audit", audit), ("--rejects", rejects)):
        if given == "":
            text = _("{option} is empty. Nothing was sent. Give a path, or leave it out.")
            raise Ended(text.format(option=option), USAGE)
    base = _free_base(source, digest, command, again) if journal is None else None
    chosen = Path(journal) if journal is not None else Path(f"{base}{JOURNAL}")
    stem = base if base is not None else str(chosen).removesuffix(JOURNAL)
    paths = RunPaths(chosen, Path(audit or stem + AUDIT), Path(rejects or stem + REJECTS))
    if len({path.absolute() for path in attrs.astuple(paths)}) < 3:
        text = _("The journal, the audit file and the rejects file are not three files. Nothing was sent.")
        raise Ended(text, USAGE)
    if os.path.lexists(chosen) and not chosen.is_file():
        text = _("{file} is there already, and is not a file. Nothing was sent. Name another.")
        raise Ended(text.format(file=chosen), USAGE)
    if journal is not None and os.path.lexists(chosen) and _occupied(chosen, None, command, again):
        text = _("There is a journal {file} already. Nothing was sent. For a new run, name another. To go on with it:")
        raise Ended(text.format(file=chosen), USAGE, resume(chosen, again))
    for path in (paths.audit, paths.rejects):
        if os.path.lexists(path):
            text = _("{file} is there already and is not overwritten. Nothing was sent. Name another.")
            raise Ended(text.format(file=path), USAGE)
        _check_folder(path)
    _check_folder(chosen)
    place = chosen.absolute()
    beside = paths.audit.absolute().parent.resolve() == place.resolve().parent
    # By its name alone where the two may be moved together.
    return attrs.evolve(paths, audit=Path(paths.audit.name) if beside else paths.audit.absolute())


def resume(journal: Path, again: list[str]) -> str:
    return command_line("mailpartner resume", [str(journal)], again)


def report(journal: Path) -> str:
    page = f"{str(journal).removesuffix(JOURNAL)}.html"
    return command_line("mailpartner report", [str(journal)], ["--html", page])


def _check_folder(path: Path) -> None:
    if not os.access(path.parent, os.W_OK | os.X_OK):
        text = _("No file can be made in {folder}. Nothing was sent. Name another.")
        raise Ended(text.format(folder=path.parent.absolute()), USAGE)


def _free_base(source: str | None, digest: str, command: str, again: list[str]) -> str:
    """Return what the names of a new run's files begin with."""
    for base in _bases(source):
        if os.path.lexists(base + JOURNAL) and _occupied(Path(base + JOURNAL), digest, command, again):
            continue
        if not os.path.lexists(base + AUDIT) and not os.path.lexists(base + REJECTS):
            return base
    raise Ended(_("There are too many journals beside this file. Nothing was sent. Name one with --journal."), USAGE)


def _bases(source: str | None) -> Iterator[str]:
    path = Path(source) if source is not None else Path(f"run-{datetime.now(UTC):%Y%m%dT%H%M%SZ}")
    # What a shell makes of <(...) is in a folder of devices, as is /dev/stdin.
    in_devices = any(path.absolute().is_relative_to(place) for place in ("/dev", "/proc"))
    has_place = path.is_file() and not in_devices and os.access(path.parent, os.W_OK)
    first = str(source) if source is not None and has_place else str(state_folder() / path.name)
    yield first
    for number in range(2, _MOST):
        yield f"{first}.{number}"


def state_folder(otherwise: str = "--journal PATH") -> Path:
    """Return where journals go that have no better place. Raise Ended with `otherwise` if it cannot be made."""
    try:
        named = Path(os.environ.get("XDG_STATE_HOME", ""))
        # A relative one is to be ignored (XDG): there would be a record for each working folder.
        folder = (named if named.is_absolute() else Path.home() / ".local" / "state") / "mailpartner"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except (RuntimeError, OSError) as error:  # no home, or one that cannot be written
        why = system_error(error) if isinstance(error, OSError) else _("there is no home folder")
        text = _("No place for the journal: {why}. Nothing was sent. Give {option}.")
        raise Ended(text.format(why=why, option=otherwise), USAGE) from None
    return folder


def _occupied(path: Path, digest: str | None, command: str, again: list[str]) -> bool:
    """Return whether a file in the journal's place has to stay. Delete what a crash left before its run began.

    Raise Ended for an unfinished run over the same input: begun twice, it would leave two records of one run.
    """
    from mailpartner._bulk.journal import Journal
    from mailpartner.errors import JournalError

    try:
        journal = Journal(path)
    except JournalError as error:
        if error.in_use:
            raise Ended(text_of(error), STOPPED) from None
        return True  # somebody else's file
    try:
        facts, finished = journal.metadata(), journal.is_finished
        useless = run_journal.never_began(journal)
    finally:
        journal.close()
    if useless:
        run_journal.discard(path)
        return False
    if facts.get("digest") != digest or finished:
        return True
    if facts.get("command") != command:
        text = _(
            "This input is in an unfinished run of another command already: {command}. Nothing was sent."
            " End that one with resume {journal}, or name another journal for this one with --journal."
        )
        raise Ended(text.format(command=facts.get("command"), journal=path), USAGE)
    text = _(
        "This input is in an unfinished run already. Nothing was sent."
        " For a new run, name another journal with --journal. To go on with it:"
    )
    raise Ended(text, USAGE, resume(path, again))
