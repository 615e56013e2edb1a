"""The contract held to the last one that was released: what changed, and whether info.version says so.

Usage:
    python -m spec_checks.released diff       exits 1 where info.version is not raised as the changes ask
    python -m spec_checks.released release    makes the present contract the last released one
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from .changes import Change, Level, VersionError, check_version, level_of
from .document import Document, DocumentError
from .extensions import changes_of_extensions
from .redocly import RedoclyError, changes_by_redocly

ROOT = Path(__file__).resolve().parents[2]


class ReleaseError(Exception):
    """The folder of the released contract is not as it must be, or there is nothing to release. One line."""


def released(folder: Path) -> Document:
    """The one contract of tools/spec/released. Raises ReleaseError."""
    found = sorted(folder.glob("*"))
    if len(found) != 1:
        raise ReleaseError(
            f"{folder} holds {len(found)} files: it must hold the last released contract and nothing else"
        )
    document = Document(found[0])
    if found[0].name != _name(document):
        raise ReleaseError(
            f"{found[0].name} is version {document.version}: call it {_name(document)}, or bring it back"
        )
    return document


def changes(old: Document, new: Document) -> list[Change]:
    """All changes, those that mean most first. Raises RedoclyError."""
    if old.root == new.root:
        return []
    found = [*changes_by_redocly(old, new), *changes_of_extensions(old, new)]
    if not found and _but_version(old) != _but_version(new):
        found = [Change(Level.WORDING, (), "something that no rule has a word for")]
    return sorted(dict.fromkeys(found), key=lambda change: (-change.level, new.line(change.place)))


def diff(old: Document, new: Document) -> int:
    """Print each change since a contract and what it asks of info.version; 1 where that does not stand there."""
    found = changes(old, new)
    for change in found:
        print(f"{change.level.name.lower():<8} {new.where(change.place)}: {change.what}")
    check_version(old.version, new.version, level_of(found))
    return 0


def release(folder: Path, new: Document) -> int:
    """Put a contract in the place of the last released one."""
    old = released(folder)
    diff(old, new)
    if old.version == new.version:
        raise ReleaseError(f"{new.version} is released already: raise info.version first")
    shutil.copyfile(new.path, folder / _name(new))
    old.path.unlink()
    print(f"{_name(new)} is the last released contract now, in place of {old.path.name}.")
    return 0


def _name(document: Document) -> str:
    return f"openapi-{document.version}.yaml"


def _but_version(document: Document) -> dict[str, object]:
    return {**document.root, "info": {**document.root["info"], "version": None}}


def main(arguments: list[str], root: Path = ROOT) -> int:
    folder = root / "tools" / "spec" / "released"
    try:
        present = Document(root / "openapi.yaml")
        if arguments == ["release"]:
            return release(folder, present)
        return diff(released(folder), present)
    except (DocumentError, ReleaseError, VersionError, RedoclyError) as error:
        print(error)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
