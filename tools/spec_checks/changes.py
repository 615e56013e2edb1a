"""What changed between two contracts, and how much it means to clients: tools/spec/README.md explains the rule.

Redocly rates what OpenAPI has a word for. The rest is rated here: the x- keys, XML, names of schemas.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from enum import IntEnum
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

from openapi import CODE_COLUMNS, Node, steps

from .document import Document, Place, SpecError

ROOT = Path(__file__).resolve().parents[2]
REDOCLY = [str(ROOT / "tools" / "node"), str(ROOT / ".work/node/node_modules/@redocly/cli/bin/cli.js"), "diff"]
OPTIONS = ["--config", str(ROOT / "tools" / "spec" / "redocly.lint.yaml"), "--format", "json", "--fail-on", "none"]
NAMES, DESCRIPTIONS = "x-enum-varnames", "x-enum-descriptions"


class Level(IntEnum):
    """How much a change means to clients; the part of a version that it raises from 1.0 on."""

    NONE = 0
    WORDING = 1  # patch
    ADDITION = 2  # minor
    BREAKING = 3  # major


LEVELS = {"patch": Level.WORDING, "minor": Level.ADDITION, "major": Level.BREAKING}


class Change(NamedTuple):
    """A change: how much it means, where in the newer contract, and what it is."""

    level: Level
    place: Place
    what: str


def changes(old: Document, new: Document) -> list[Change]:
    """Return all changes, those that mean most first. Raises SpecError."""
    if old.root == new.root:
        return []
    found = [*changes_by_redocly(old, new), *changes_of_extensions(old.root, new.root)]
    if not found and _but_version(old) != _but_version(new):
        found = [Change(Level.WORDING, (), "something that no rule has a word for")]
    return sorted(dict.fromkeys(found), key=lambda change: (-change.level, new.line(change.place)))


def _but_version(document: Document) -> Node:
    return {**document.root, "info": {**document.root["info"], "version": None}}


def changes_by_redocly(old: Document, new: Document) -> Iterator[Change]:
    """Yield each change of what OpenAPI has a word for. Raises SpecError."""
    with tempfile.TemporaryDirectory() as folder:
        files = [str(Path(folder, name)) for name in ("old.json", "new.json")]
        for file, document in zip(files, (old, new), strict=True):
            # As JSON: Redocly compares a YAML alias only at the first of its places.
            Path(file).write_text(json.dumps(document.root), encoding="utf-8")
        done = subprocess.run([*REDOCLY, *files, *OPTIONS], capture_output=True, text=True, check=False, cwd=ROOT)
    if done.returncode != 0 or not done.stdout.startswith("{"):
        raise SpecError(f"redocly diff gave no report, and ended with {done.returncode}:\n{done.stderr or done.stdout}")
    for change in json.loads(done.stdout)["changes"]:
        if (change["path"], change.get("property")) != ("#/info", "version"):
            told = "; ".join(verdict["message"] for verdict in change["verdicts"])
            place = steps((change.get("revision") or change["base"])["pointer"])
            what = told or " ".join(filter(None, (change.get("property"), change["kind"])))
            yield Change(LEVELS[change["impact"]], place, what)


def changes_of_extensions(old: Node, new: Node) -> Iterator[Change]:
    """Yield each change that clients may notice and Redocly does not."""
    before, after = (document["components"]["schemas"] for document in (old, new))
    for name in after.keys() - before.keys():
        yield Change(Level.ADDITION, ("components", "schemas", name), "new")
    for name in before.keys() - after.keys():
        told = "gone or renamed: generated code names its model by it"
        yield Change(Level.BREAKING, ("components", "schemas", name), told)
    yield from _within((), old, new)


def _within(place: Place, old: Node, new: Node) -> Iterator[Change]:
    """Yield the changes of rated keys anywhere in what both contracts have."""
    for key in sorted(RATED.keys() & (old.keys() | new.keys())):
        before, after = old.get(key), new.get(key)
        if before != after and (level := RATED[key](before, after)):
            yield Change(level, (*place, key), f"{key} was {_shown(before)} and is {_shown(after)}")
    if NAMES in old and NAMES in new:
        yield from _codes(place, old, new)
    elif NAMES in old or NAMES in new:
        told = f"{NAMES} was {_shown(old.get(NAMES))} and is {_shown(new.get(NAMES))}"
        yield Change(_value(old.get(NAMES), new.get(NAMES)), (*place, NAMES), told)
    for name in sorted(old.keys() & new.keys() - RATED.keys() - {"example", "examples", "x-extensions"}, key=str):
        if isinstance(old[name], dict) and isinstance(new[name], dict):
            yield from _within((*place, name), old[name], new[name])


def _shown(value: Any) -> str:
    return f"[{', '.join(map(str, value))}]" if isinstance(value, list) else repr(value)


def _value(old: Any, _new: Any) -> Level:
    return Level.ADDITION if old is None else Level.BREAKING


def _list(old: list[str] | None, new: list[str] | None) -> Level:
    """A list is read by position: what is added at its end moves nothing."""
    return Level.ADDITION if (new or [])[: len(old or [])] == (old or []) else Level.BREAKING


def _promise(old: bool | None, new: bool | None) -> Level:
    """What clients may rely on: to give it is an addition, to take it back breaks them."""
    return Level.NONE if bool(old) is bool(new) else Level.ADDITION if new else Level.BREAKING


def _essential(old: list[str] | None, new: list[str] | None) -> Level:
    before, after = set(old or ()), set(new or ())
    return Level.BREAKING if before - after else Level.ADDITION if after - before else Level.NONE


def _rate(old: Node, new: Node) -> Level:
    before, after = (Fraction(limit["requests"], limit["seconds"]) for limit in (old, new))
    return Level.BREAKING if after < before else Level.ADDITION


RATED: dict[str, Callable[[Any, Any], Level]] = {
    **dict.fromkeys(("xml", "x-decimal", "x-xml-of", "x-alias-of", "x-sending"), _value),
    **dict.fromkeys(("x-xml-order", "x-codes"), _list),
    **dict.fromkeys(("x-safe", "x-idempotent"), _promise),
    "x-essential": _essential,
    "x-rate-limit": _rate,
}


def _codes(place: Place, old: Node, new: Node) -> Iterator[Change]:
    before, after = _rows(old), _rows(new)
    numbers = {row[0]: code for code, row in after.items()}
    for code in before.keys() - after.keys():
        name = before[code][0]
        now = f"is {numbers[name]} now" if name in numbers else "is gone"
        yield Change(Level.BREAKING, (*place, "enum"), f"code {code} ({name}) {now}")
    for code in after.keys() - before.keys():
        yield Change(Level.ADDITION, (*place, "enum"), f"code {code} ({after[code][0]}) is new")
    for code in before.keys() & after.keys():
        for column, one, other in zip(CODE_COLUMNS, before[code], after[code], strict=True):
            if one != other and one is not None:
                level = Level.WORDING if column == DESCRIPTIONS else Level.BREAKING
                told = f"{column} of code {code} was {one!r} and is {other!r}"
                yield Change(level, (*place, column, new["enum"].index(code)), told)


def _rows(schema: Node) -> dict[Any, tuple[Any, ...]]:
    """Return the columns of each code, None for one that the list lacks: those of other enums have names alone."""
    unknown = [None] * len(schema["enum"])
    columns = (schema.get(column, unknown) for column in CODE_COLUMNS)
    return dict(zip(schema["enum"], zip(*columns, strict=True), strict=True))
