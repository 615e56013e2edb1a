"""Changes between two contracts in the parts that Redocly does not rate: the x- keys, XML, names of schemas."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from .changes import Change, Level
from .document import Document, Node, Place

NAMES, TEXTS, DESCRIPTIONS = "x-enum-varnames", "x-enum-texts", "x-enum-descriptions"
COLUMNS = {
    NAMES: Level.BREAKING,
    TEXTS: Level.BREAKING,
    "x-enum-classes": Level.BREAKING,
    "x-enum-effects": Level.BREAKING,
    DESCRIPTIONS: Level.WORDING,
}
ANNOTATIONS = ("xml", "x-decimal")
SCHEMAS: Place = ("components", "schemas")


def changes_of_extensions(old: Document, new: Document) -> Iterator[Change]:
    """Each change that clients may notice and Redocly does not."""
    yield from _schemas(old, new)
    yield from _operations(old, new)
    yield from _rate_limit(old.root["x-rate-limit"], new.root["x-rate-limit"])
    yield from _value((), "x-sending", old.root, new.root)


def _schemas(old: Document, new: Document) -> Iterator[Change]:
    for name in new.schemas.keys() - old.schemas.keys():
        yield Change(Level.ADDITION, (*SCHEMAS, name), "new")
    for name, before in old.schemas.items():
        place, after = (*SCHEMAS, name), new.schemas.get(name)
        if after is None:
            yield Change(Level.BREAKING, place, "gone or renamed: generated code names its model by it")
            continue
        yield from _codes(place, before, after)
        yield from _list(place, "x-xml-order", before, after)
        yield from _value(place, "x-xml-of", before, after)
        yield from _essential(place, before, after)
        yield from _annotations(place, before, after)


def _codes(place: Place, before: Node, after: Node) -> Iterator[Change]:
    if NAMES not in before or NAMES not in after:
        yield from _value(place, NAMES, before, after)
        return
    old, new = _rows(before), _rows(after)
    numbers = {row[NAMES]: code for code, row in new.items()}
    for code, row in old.items():
        if code not in new:
            now = f"is {numbers[row[NAMES]]} now" if row[NAMES] in numbers else "is gone"
            yield Change(Level.BREAKING, (*place, "enum"), f"code {code} ({row[NAMES]}) {now}")
    for code in old.keys() & new.keys():
        for column, level in COLUMNS.items():
            one, other = old[code][column], new[code][column]
            if one != other and one is not None:
                row_place = (*place, column, after["enum"].index(code))
                yield Change(level, row_place, f"{column} of code {code} was {one!r} and is {other!r}")
    for code in new.keys() - old.keys():
        yield Change(Level.ADDITION, (*place, "enum"), f"code {code} ({new[code][NAMES]}) is new")


def _rows(schema: Node) -> dict[int, dict[str, Any]]:
    """A code list by its codes."""
    unknown = [None] * len(schema["enum"])
    columns = zip(*(schema.get(column, unknown) for column in COLUMNS), strict=True)
    return {code: dict(zip(COLUMNS, values, strict=True)) for code, values in zip(schema["enum"], columns, strict=True)}


def _list(place: Place, key: str, before: Node, after: Node) -> Iterator[Change]:
    """A list that is read by position: what is added at its end moves nothing."""
    old, new = before.get(key, []), after.get(key, [])
    if old != new:
        level = Level.ADDITION if new[: len(old)] == old else Level.BREAKING
        yield Change(level, (*place, key), f"{key} was [{', '.join(old)}] and is [{', '.join(new)}]")


def _value(place: Place, key: str, before: Node, after: Node) -> Iterator[Change]:
    old, new = before.get(key), after.get(key)
    if old != new:
        level = Level.ADDITION if old is None else Level.BREAKING
        yield Change(level, (*place, key), f"{key} was {old!r} and is {new!r}")


def _annotations(place: Place, before: Any, after: Any) -> Iterator[Change]:
    """`xml` and x-decimal anywhere in a schema, in what both contracts have."""
    if isinstance(before, dict) and isinstance(after, dict):
        for key in ANNOTATIONS:
            yield from _value(place, key, before, after)
        for name in sorted(before.keys() & after.keys() - {*ANNOTATIONS, "example"}):
            yield from _annotations((*place, name), before[name], after[name])


def _operations(old: Document, new: Document) -> Iterator[Change]:
    """Operations that are in both; Redocly sees one that is gone or new."""
    after = dict(new.operations())
    for place, operation in old.operations():
        if place in after:
            yield from _list(place, "x-codes", operation, after[place])
            yield from _value(place, "x-alias-of", operation, after[place])
            for key in ("x-safe", "x-idempotent"):
                yield from _promise(place, key, operation, after[place])


def _promise(place: Place, key: str, before: Node, after: Node) -> Iterator[Change]:
    """What clients may rely on: to give it is an addition, to take it back breaks them."""
    old, new = (bool(operation.get(key, False)) for operation in (before, after))
    if old != new:
        told = f"{key} is {str(new).lower()} now"
        yield Change(Level.ADDITION if new else Level.BREAKING, (*place, key), told)


def _essential(place: Place, before: Node, after: Node) -> Iterator[Change]:
    """Clients may rely on an essential property being there."""
    old, new = (set(schema.get("x-essential", ())) for schema in (before, after))
    if old - new:
        yield Change(Level.BREAKING, (*place, "x-essential"), f"no longer essential: {', '.join(sorted(old - new))}")
    if new - old:
        yield Change(Level.ADDITION, (*place, "x-essential"), f"essential now: {', '.join(sorted(new - old))}")


def _rate_limit(before: Node, after: Node) -> Iterator[Change]:
    if before != after:
        old, new = (Fraction(limit["requests"], limit["seconds"]) for limit in (before, after))
        one, other = (f"{limit['requests']} in {limit['seconds']} s" for limit in (before, after))
        level = Level.BREAKING if new < old else Level.ADDITION
        yield Change(level, ("x-rate-limit",), f"it was {one} and is {other}")
