"""The contract held to the last one that was released: what changed, and whether info.version says so.

Usage:
    python -m spec_checks.released diff       exits 1 where info.version is not raised as the changes ask
    python -m spec_checks.released release    makes the present contract the last released one
"""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

from .changes import ROOT, Level, changes
from .document import Document, SpecError

MEANING = ("no change", "another wording", "an addition", "a breaking change")


def least_version(released: str, level: Level) -> str:
    """Return the lowest version that may follow `released` after changes of a level. Raises SpecError."""
    major, minor, patch = _parts(released)
    if level is Level.NONE:
        return released
    if major == 0:  # nothing is promised yet: what breaks raises the minor, all else the patch
        level = Level(max(level - 1, Level.WORDING))
    if level is Level.BREAKING:
        return f"{major + 1}.0.0"
    return f"{major}.{minor + 1}.0" if level is Level.ADDITION else f"{major}.{minor}.{patch + 1}"


def check_version(released: str, present: str, level: Level) -> None:
    """Raise SpecError unless `present` may follow `released` after changes of a level."""
    least = least_version(released, level)
    if _parts(present) < _parts(least):
        raise SpecError(
            f"info.version is {present}; {MEANING[level]} since {released} asks for {least} at least: "
            "set it in openapi.yaml, then `make generate`"
        )


def _parts(version: str) -> tuple[int, ...]:
    if not re.fullmatch(r"(0|[1-9]\d*)(\.(0|[1-9]\d*)){2}", version):
        raise SpecError(f"info.version {version!r} is not three numbers such as 1.2.3")
    return tuple(map(int, version.split(".")))


def released(folder: Path) -> Document:
    """Return the one contract of tools/spec/released. Raises SpecError."""
    found = sorted(folder.glob("*"))
    if len(found) != 1:
        raise SpecError(f"{folder} holds {len(found)} files: it must hold the last released contract and nothing else")
    document = Document(found[0])
    if found[0].name != _name(document):
        raise SpecError(f"{found[0].name} is version {document.version}: call it {_name(document)}, or bring it back")
    return document


def diff(old: Document, new: Document) -> None:
    """Print each change since a contract. Raises SpecError where info.version is not what they ask for."""
    found = changes(old, new)
    for change in found:
        print(f"{change.level.name.lower():<8} {new.where(change.place)}: {change.what}")
    check_version(old.version, new.version, found[0].level if found else Level.NONE)


def release(folder: Path, old: Document, new: Document) -> None:
    """Put a contract in the place of the last released one. Raises SpecError."""
    diff(old, new)
    if old.version == new.version:
        raise SpecError(f"{new.version} is released already: raise info.version first")
    shutil.copyfile(new.path, folder / _name(new))
    old.path.unlink()
    print(f"{_name(new)} is the last released contract now, in place of {old.path.name}.")


def _name(document: Document) -> str:
    return f"openapi-{document.version}.yaml"


def main(arguments: list[str], root: Path = ROOT) -> int:
    """Run from the command line; return the exit code."""
    folder = root / "tools" / "spec" / "released"
    try:
        old, new = released(folder), Document(root / "openapi.yaml")
        release(folder, old, new) if arguments == ["release"] else diff(old, new)
    except SpecError as error:
        print(error)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
