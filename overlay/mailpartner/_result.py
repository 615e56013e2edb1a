"""The base of all results: frozen dataclasses that can be written as JSON."""

from __future__ import annotations

import dataclasses
import enum
from datetime import datetime
from decimal import Decimal
from typing import Any


class Result:
    """What all results share."""

    __slots__ = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as JSON primitives: decimals and times as text, tuples as lists."""
        return {field.name: _primitive(getattr(self, field.name)) for field in dataclasses.fields(self)}  # type: ignore[arg-type]


def _primitive(value: Any) -> Any:
    if isinstance(value, enum.StrEnum):
        return value.value
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, Result):
        return value.to_dict()
    if isinstance(value, (tuple, list)):
        return [_primitive(item) for item in value]
    if isinstance(value, Exception):
        return {"class": type(value).__name__, "text": str(value)}
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else repr(value)  # repr: the input of a bulk run may be anything
