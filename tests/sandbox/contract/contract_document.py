"""What openapi.yaml promises of an answer beyond its JSON schema: codes, outcome, and XML by its order.

Read from the file by other code than the sandbox's own, so that the two cannot be wrong together.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from jsonschema import Draft202012Validator

FILE = Path(__file__).resolve().parents[3] / "openapi.yaml"
ROOT = yaml.safe_load(FILE.read_text(encoding="utf-8"))
KEY = "apiKey"
FORMAT = "_format"


def resolved(node: Any) -> Any:
    """The node with every $ref replaced by what it refers to."""
    if isinstance(node, list):
        return [resolved(item) for item in node]
    if not isinstance(node, dict):
        return node
    if "$ref" not in node:
        return {name: resolved(value) for name, value in node.items()}
    target = ROOT
    for step in node["$ref"].removeprefix("#/").split("/"):
        target = target[step]
    return resolved(target)


def operations() -> dict[tuple[str, str], dict[str, Any]]:
    """The operations by method and path."""
    return {
        (method.upper(), path): resolved(
            {**node, "parameters": [*item.get("parameters", []), *node.get("parameters", [])]}
        )
        for path, item in ROOT["paths"].items()
        for method, node in item.items()
        if method in ("get", "post")
    }


OPERATIONS = operations()


def kind_of(operation: dict[str, Any], code: int) -> str | None:
    """The kind of outcome of a code; None where the lists of the operation do not have it."""
    for name in operation["x-codes"]:
        listed = ROOT["components"]["schemas"][name]
        if code in listed["enum"]:
            return str(listed["x-enum-classes"][listed["enum"].index(code)])
    return None


def json_schema(operation: dict[str, Any]) -> dict[str, Any]:
    """The schema of the operation's JSON answer."""
    schema: dict[str, Any] = operation["responses"]["200"]["content"]["application/json"]["schema"]
    return schema


class Names(NamedTuple):
    """Whether the values of a list's rows, and of objects, stand under their names in XML."""

    rows: bool = False
    objects: bool = False


def read_xml(body: bytes, operation: dict[str, Any], names: Names) -> dict[str, Any]:
    """The answer that XML says, by the rules of x-xml-order. A ValueError where it does not keep to them."""
    root = ET.fromstring(body)
    if root.tag != "result":
        raise ValueError(f"the root element is <{root.tag}>, not <result>")
    if {child.tag for child in root} - {"entry"}:
        raise ValueError("an element under <result> is not called <entry>")
    value = _outcome(list(root), json_schema(operation), names)
    for fault in _validator(operation["operationId"]).iter_errors(value):
        raise ValueError(f"{fault.json_path}: {fault.message}")
    return value


@cache
def _validator(operation_id: str) -> Draft202012Validator:
    operation = next(known for known in OPERATIONS.values() if known["operationId"] == operation_id)
    return Draft202012Validator(json_schema(operation))


def _outcome(entries: list[ET.Element], schema: dict[str, Any], names: Names) -> dict[str, Any]:
    order, properties = list(schema["x-xml-order"]), schema["properties"]
    if order[:2] != ["success", "code"] or len(entries) < 2:
        raise ValueError("success and code do not come first")
    value = {name: _read(entry, properties[name], names) for name, entry in zip(order, entries[:2], strict=False)}
    left = order[2:] if value["success"] else ["message", "errors"]
    for entry in entries[2:]:
        while left and not _fits(entry, properties[left[0]]):
            left.pop(0)
        if not left:
            raise ValueError(f"no property is left for <entry>{entry.text}</entry>")
        name = left.pop(0)
        value[name] = _read(entry, properties[name], names)
    return value


def _fits(entry: ET.Element, schema: dict[str, Any]) -> bool:
    if schema["type"] in ("array", "object"):
        return len(entry) > 0 or not (entry.text or "").strip()
    return len(entry) == 0 and bool(entry.text)


def _read(entry: ET.Element, schema: dict[str, Any], names: Names) -> Any:
    if schema["type"] == "array":
        return [_object(child, schema["items"], names, named=names.rows) for child in entry]
    if schema["type"] == "object":
        return _object(entry, schema, names, named=names.objects)
    return _scalar(entry.text or "", schema["type"])


def _object(entry: ET.Element, schema: dict[str, Any], names: Names, *, named: bool) -> dict[str, Any]:
    order = schema["x-xml-order"]
    tags = [child.tag for child in entry]
    if tags != (order if named else ["entry"] * len(order)):
        raise ValueError(f"the elements of an object are {tags}")
    return {name: _read(child, schema["properties"][name], names) for name, child in zip(order, entry, strict=True)}


def _scalar(text: str, kind: str) -> Any:
    if kind == "boolean" and text in ("true", "false"):
        return text == "true"
    if kind == "integer" and re.fullmatch(r"-?\d+", text):
        return int(text)
    if kind == "number" and re.fullmatch(r"-?\d+(\.\d+)?(e-\d+)?", text):
        return float(text)
    if kind == "string":
        return text
    raise ValueError(f"{text!r} is no {kind}")
