"""The base of all results, frozen dataclasses that can be written as JSON; and what many results hold."""

from __future__ import annotations

import dataclasses
import enum
from datetime import datetime
from decimal import Decimal
from typing import Any, NoReturn

from mailpartner._secret import Secret


class Result:
    """The base class of results."""

    __slots__ = ()

    def __init_subclass__(cls) -> None:
        """Refuse to change any attribute.

        The check of frozen dataclasses fails with a TypeError for names that are no fields, once the class is made anew
        with slots. Before Python 3.13 `BulkSuccess[int, DeletionOutcome](...)` met it: typing sets `__orig_class__`.
        """
        super().__init_subclass__()
        if "__setattr__" in vars(cls):
            cls.__setattr__ = cls.__delattr__ = _refuse_change  # type: ignore[method-assign, assignment]

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as JSON primitives: decimals and times as text, tuples as lists, secrets hidden."""
        return {field.name: _primitive(getattr(self, field.name)) for field in dataclasses.fields(self)}  # type: ignore[arg-type]


def _refuse_change(result: Result, name: str, *value: object) -> NoReturn:
    raise dataclasses.FrozenInstanceError(f"cannot change {name!r} of a {type(result).__name__}")


def _primitive(value: Any) -> Any:
    if isinstance(value, enum.StrEnum):
        return value.value
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, Secret):
        return str(value)  # asterisks
    if isinstance(value, Result):
        return value.to_dict()
    if isinstance(value, (tuple, list)):
        return [_primitive(item) for item in value]
    if isinstance(value, Exception):
        return {"class": type(value).__name__, "text": str(value)}
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else repr(value)  # repr: the input of a bulk run may be anything


@dataclasses.dataclass(frozen=True, slots=True)
class ErrorDetail(Result):
    """One fault of a request, as the server lists it."""

    element_id: str | None = None
    """The field as the server names it, e.g. ``children[message].data``."""

    message: str | None = None
    """The server's text."""

    code: int | None = None
    """A number of its own."""


@dataclasses.dataclass(frozen=True, slots=True)
class HttpInfo(Result):
    """Metadata of the last response of a call."""

    method: str
    """The HTTP method of the last request."""

    status_code: int
    """The HTTP status."""

    content_type: str | None
    """The Content-Type header, or None."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Confirmed(Result):
    """The base class of results with the confirmation of the server."""

    code: int | None
    """The API's code, None if it gave none."""

    message: str | None
    """The server's text, None if it gave none."""

    attempts: int
    """The number of requests of the call."""

    http: HttpInfo = dataclasses.field(compare=False)
    """Metadata of the response. Not compared, so that results from JSON and XML are equal."""
