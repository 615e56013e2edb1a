"""HTML made from templates that escape what they are filled with."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape


class Markup(str):
    """HTML, which is not escaped again."""

    __slots__ = ()


def fill(template: str, **values: object) -> Markup:
    """Return a template with `{name}` filled in, each value escaped that is not `Markup`."""
    return Markup(template.format_map({name: _escaped(value) for name, value in values.items()}))


def join(parts: Iterable[Markup]) -> Markup:
    """Return parts one after the other."""
    return Markup("".join(parts))


def _escaped(value: object) -> str:
    return value if isinstance(value, Markup) else escape(str(value))
