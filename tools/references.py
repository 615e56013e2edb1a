"""The $refs of a parsed OpenAPI document, followed; and the methods that a path may have. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

METHODS = ("get", "post", "put", "patch", "delete")


def resolved(document: Mapping[str, Any], node: Mapping[str, Any]) -> dict[str, Any]:
    """What a node refers to, if it is a $ref, else the node. Raises KeyError for a reference to nothing."""
    while "$ref" in node:
        node = at(document, steps(node["$ref"]))
    return dict(node)


def at(document: Mapping[str, Any], place: tuple[str | int, ...]) -> Any:
    """What stands at a place of a document. Raises KeyError or IndexError."""
    node: Any = document
    for step in place:
        node = node[step]
    return node


def steps(pointer: str) -> tuple[str, ...]:
    """The place that a JSON pointer of the document names (RFC 6901)."""
    parts = pointer.removeprefix("#/").split("/")
    return tuple(part.replace("~1", "/").replace("~0", "~") for part in parts)
