"""Coerce decoded values to the types in openapi.yaml.

The API sends numbers as text now and then (code "9", message ids as 300 or "300"), and PHP encodes a list with gaps as
an object: these are accepted where they are unambiguous. The generated models check no types, so this is the only place
where a wrong type is found.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from mailpartner._core.response import DecodeError
from mailpartner._secret import Secret

if TYPE_CHECKING:
    from mailpartner.contract import Schema

_INTEGER = re.compile(r"-?[0-9]{1,19}")
_NUMBER = re.compile(r"-?[0-9]{1,19}(?:\.[0-9]{1,19})?")
_ENVELOPE = frozenset({"success", "code"})


class ParsedFloat(float):
    """A float that keeps the text it was parsed from, so that a decimal loses no digits."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text


def parse_integer(value: object) -> int | None:
    """Return an int, or text that can only be one, as an int; None for anything else."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value if abs(value) < 10**19 else None
    if isinstance(value, str) and _INTEGER.fullmatch(value.strip()):
        return int(value)
    return None


def as_list(value: object) -> list[Any] | None:
    """Return a list, or what PHP makes of one with gaps or without rows, as a list; None for anything else."""
    if isinstance(value, list):
        return value
    if isinstance(value, dict) and all(name.isascii() and name.isdigit() for name in value):
        return list(value.values())
    return None


def rows_of(schema: Schema) -> tuple[str, Schema] | None:
    """Return the name and the row schema of a response's list of rows; None if it has no such list.

    The list of field errors that every response may have does not count.
    """
    for name, inner in schema.fields:
        if name != "errors" and inner.type == "array" and inner.items is not None and inner.items.type == "object":
            return name, inner.items
    return None


def coerce_object(value: object, schema: Schema, name: str) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Coerce the fields of an object that came with success.

    Unknown fields are kept. A null is the same as an absent field. An optional field whose value does not fit is
    dropped: what was done must not become doubtful because of it.

    Returns:
        The coerced fields, and the names of those that were dropped.

    Raises DecodeError if `value` is not an object, or an essential field is missing or does not fit.
    """
    if not isinstance(value, dict):
        raise _mismatch(name, schema)
    result, ignored = dict(value), []
    for field, inner in schema.fields:
        if field in _ENVELOPE:
            continue  # decoded before
        if value.get(field) is not None:
            try:
                result[field] = _coerce(value[field], inner, field)
                continue
            except DecodeError:
                if field in schema.essential:
                    raise
                ignored.append(field)
        elif field in schema.essential:
            raise DecodeError(f"a response without {field}")
        result.pop(field, None)
    return result, tuple(ignored)


def fits(value: object, schema: Schema) -> bool:
    """Whether a value can be coerced; for XML, where a position is the only name that a value has."""
    try:
        _coerce(value, schema, "value")
    except DecodeError:
        return False
    return True


def _coerce(value: object, schema: Schema, name: str) -> Any:
    if schema.type == "object":
        return coerce_object(value, schema, name)[0]
    if schema.type != "array":
        return _coerce_scalar(value, schema, name)
    items, values = schema.items, as_list(value)
    if values is None or items is None:
        raise _mismatch(name, schema)
    return [_coerce(item, items, name) for item in values]


def _coerce_scalar(value: object, schema: Schema, name: str) -> Any:
    kind = schema.type
    if kind == "any" or (kind == "boolean" and isinstance(value, bool)):
        return value
    result: Any = None
    if kind == "string":
        result = _text(value, schema)
    elif kind == "number":
        result = _number(value, schema.decimal)
    elif kind == "integer":
        result = parse_integer(value)
    if result is None:
        raise _mismatch(name, schema)
    return result


def _text(value: object, schema: Schema) -> str | Secret | None:
    """Return a text, or a number as one; a secret as such."""
    if isinstance(value, bool) or not isinstance(value, (str, int, ParsedFloat)):
        return None
    text = value.text if isinstance(value, ParsedFloat) else str(value)
    if schema.pattern is not None and not re.fullmatch(schema.pattern, text):
        return None
    return Secret(text) if schema.secret else text


def _number(value: object, decimal: bool) -> Decimal | float | int | None:
    """Return a number; as a Decimal of all its digits where the contract says so."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    if isinstance(value, str) and not _NUMBER.fullmatch(value.strip()):
        return None
    if decimal:
        return Decimal(value.text if isinstance(value, ParsedFloat) else str(value).strip())
    whole = parse_integer(value)
    return whole if whole is not None else float(value)


def _mismatch(name: str, schema: Schema) -> DecodeError:
    return DecodeError(f"a response whose {name} is not of type {schema.type}")
