"""What changed between two contracts, how much it means to clients, and the info.version that it asks for.

The rule is explained in tools/spec/README.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import IntEnum
from typing import NamedTuple

from .document import Place


class Level(IntEnum):
    """How much a change means to clients; the part of a version that it raises from 1.0 on."""

    NONE = 0
    WORDING = 1  # patch
    ADDITION = 2  # minor
    BREAKING = 3  # major


MEANING = {
    Level.NONE: "no change",
    Level.WORDING: "another wording",
    Level.ADDITION: "an addition",
    Level.BREAKING: "a breaking change",
}


class Change(NamedTuple):
    """A change: how much it means, where in the newer contract, and what it is."""

    level: Level
    place: Place
    what: str


class VersionError(Exception):
    """An info.version that is no version, or not the one that the changes ask for. One line."""


def level_of(changes: Iterable[Change]) -> Level:
    """The highest level of some changes."""
    return max((change.level for change in changes), default=Level.NONE)


def least_version(released: str, level: Level) -> str:
    """The lowest version that may follow `released` after changes of a level. Raises VersionError."""
    major, minor, patch = _parts(released)
    if level is Level.NONE:
        return released
    if major == 0:  # nothing is promised yet: what breaks raises the minor, all else the patch
        level = Level(level - 1) if level > Level.WORDING else level
    match level:
        case Level.BREAKING:
            return f"{major + 1}.0.0"
        case Level.ADDITION:
            return f"{major}.{minor + 1}.0"
        case _:
            return f"{major}.{minor}.{patch + 1}"


def check_version(released: str, present: str, level: Level) -> None:
    """Raise VersionError unless `present` may follow `released` after changes of a level."""
    least = least_version(released, level)
    if _parts(present) < _parts(least):
        raise VersionError(
            f"info.version is {present}; {MEANING[level]} since {released} asks for {least} at least: "
            "set it in openapi.yaml, then `make generate`"
        )


def _parts(version: str) -> tuple[int, int, int]:
    if not re.fullmatch(r"(0|[1-9]\d*)(\.(0|[1-9]\d*)){2}", version):
        raise VersionError(f"info.version {version!r} is not three numbers such as 1.2.3")
    major, minor, patch = map(int, version.split("."))
    return major, minor, patch
