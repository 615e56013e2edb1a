"""Values held to the shapes that openapi.yaml gives them. Pure.

Numbers come as text now and then on this API (code "9", message ids as 300 or "300"): both are accepted where no
doubt is left. The generated models check nothing, so this is where a wrong type is found.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from mailpartner._core.response import DecodeError

if TYPE_CHECKING:
    from mailpartner_contract import Shape as Schema

_WHOLE = re.compile(r"-?[0-9]{1,19}")
_NUMBER = re.compile(r"-?[0-9]{1,19}(?:\.[0-9]{1,19})?")


def whole_number(value: object) -> int | None:
    """`value` as an int if it is one, or text that can be nothing else; else None."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value if abs(value) < 10**19 else None
    if isinstance(value, str) and _WHOLE.fullmatch(value.strip()):
        return int(value)
    return None


def rows_of(shape: Schema) -> tuple[str, Schema] | None:
    """The name of an answer's list of rows and the shape of a row; None for an answer without one.

    The list of faults that every answer may have is none.
    """
    for name, inner in shape.fields:
        if name != "errors" and inner.type == "array" and inner.items is not None and inner.items.type == "object":
            return name, inner.items
    return None


def coerce(value: Any, shape: Schema, name: str = "answer") -> Any:
    """`value` with every part of the type that `shape` says.

    Properties that the shape does not know are kept; a null where the shape does not demand a value is left out.
    Raises Unreadable where a required property is missing or a type is another.
    """
    if shape.type == "object":
        return _conformed_object(value, shape, name)
    if shape.type == "array":
        if not isinstance(value, list) or shape.items is None:
            raise _mismatch(name, shape)
        items = shape.items
        return [coerce(item, items, name) for item in value]
    return _conformed_scalar(value, shape, name)


def _conformed_object(value: Any, shape: Schema, name: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _mismatch(name, shape)
    result = dict(value)
    for field, inner in shape.fields:
        if value.get(field) is not None:
            result[field] = coerce(value[field], inner, field)
        elif field in shape.required and field != "code":
            raise DecodeError(f"an answer without {field}")
        else:
            result.pop(field, None)
    return result


def _conformed_scalar(value: Any, shape: Schema, name: str) -> Any:
    if shape.type == "any":
        return value
    if shape.type == "boolean" and isinstance(value, bool):
        return value
    if shape.type == "string" and isinstance(value, (str, int)) and not isinstance(value, bool):
        return str(value)
    number = whole_number(value) if shape.type in ("integer", "number") else None
    if number is None and shape.type == "number":
        number = _decimal(value)
    if number is None:
        raise _mismatch(name, shape)
    return number


def _decimal(value: object) -> Any:
    if isinstance(value, float):
        return value
    return float(value) if isinstance(value, str) and _NUMBER.fullmatch(value.strip()) else None


def _mismatch(name: str, shape: Schema) -> DecodeError:
    return DecodeError(f"an answer whose {name} is not of type {shape.type}")
