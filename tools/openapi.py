"""Read a parsed OpenAPI document: its operations, and what its $refs refer to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

JSON, XML = "application/json", "application/xml"
METHODS = ("get", "post", "put", "patch", "delete")
CODE_COLUMNS = ("x-enum-varnames", "x-enum-classes", "x-enum-texts", "x-enum-descriptions", "x-enum-effects")

Node = dict[str, Any]


def operations(document: Mapping[str, Any]) -> Iterator[tuple[str, str, Node]]:
    """Yield method, path and node of each operation, in the order of the document."""
    for path, item in document["paths"].items():
        for method in item:
            if method in METHODS:
                yield method, path, item[method]


def resolved(document: Mapping[str, Any], node: Mapping[str, Any]) -> Node:
    """Return what a node refers to, if it is a $ref, else the node. Raises KeyError for a reference to nothing."""
    while "$ref" in node:
        target: Any = document
        for step in steps(node["$ref"]):
            target = target[step]
        node = target
    return dict(node)


def steps(pointer: str) -> tuple[str, ...]:
    """Return the place that a JSON pointer of the document names (RFC 6901)."""
    parts = pointer.removeprefix("#/").split("/")
    return tuple(part.replace("~1", "/").replace("~0", "~") for part in parts)


def parameters(document: Mapping[str, Any], path: str, operation: Node) -> list[Node]:
    """Return the parameters of an operation: those of its path, then its own."""
    listed = [*document["paths"][path].get("parameters", []), *operation.get("parameters", [])]
    return [resolved(document, parameter) for parameter in listed]


def body_schema(document: Mapping[str, Any], operation: Node) -> Node:
    """Return the schema of an operation's JSON body; empty where it has none."""
    content = resolved(document, operation.get("requestBody", {})).get("content", {})
    return resolved(document, content.get(JSON, {}).get("schema", {}))


def code_rows(schema: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """Return the rows of a code list: a code, then its columns. Raises ValueError for a column of another length."""
    for column in CODE_COLUMNS:
        if len(schema[column]) != len(schema["enum"]):
            raise ValueError(f"{column} has {len(schema[column])} rows, enum has {len(schema['enum'])}")
    return list(zip(schema["enum"], *(schema[column] for column in CODE_COLUMNS), strict=True))
