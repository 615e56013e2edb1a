"""The JSON-only profile of openapi.yaml, for code generators.

Left with XML in, a Go client made by openapi-generator reads an XML success as zero values, and hey-api's as
undefined, both without an error. With this profile no client can ask for XML, or say that it understands it.
"""

from __future__ import annotations

import json
from typing import Any

from full_document import full
from references import METHODS

XML = "application/xml"
FORMAT = "ResponseFormat"
ABOUT_XML = ("x-xml-order", "x-xml-of")
NOTE = "This is the JSON-only profile for code generators, derived from openapi.yaml by make generate."

Node = dict[str, Any]


def profile_text(spec: Node) -> str:
    """The profile of a parsed openapi.yaml, as JSON: every language reads that without a library."""
    return json.dumps(json_only(spec), indent=2, ensure_ascii=False) + "\n"


def json_only(spec: Node) -> Node:
    """Return `spec` with all examples and without XML: contents, schemas, extensions, the parameter that asks for it.

    The answers stand inlined in each operation: some generators read a $ref there as an answer without content.
    """
    profile = full(spec)
    components = profile["components"]
    components["schemas"] = {name: schema for name, schema in components["schemas"].items() if "x-xml-of" not in schema}
    components["parameters"].pop(FORMAT)
    for item in profile["paths"].values():
        operations = [operation for name, operation in item.items() if name in METHODS]
        for holder in (item, *operations):
            _drop_format(holder)
        for response in (response for operation in operations for response in operation["responses"].values()):
            response["content"].pop(XML, None)
    _drop_keys(profile, ABOUT_XML)
    profile["info"]["description"] = profile["info"]["description"].rstrip() + "\n" + NOTE + "\n"
    return profile


def _without_format(parameters: list[Node]) -> list[Node]:
    return [parameter for parameter in parameters if parameter.get("$ref") != f"#/components/parameters/{FORMAT}"]


def _drop_format(holder: Node) -> None:
    """Take the parameter off a path or an operation, and its list of parameters if that is empty then."""
    if "parameters" in holder:
        holder["parameters"] = _without_format(holder["parameters"])
        if not holder["parameters"]:
            del holder["parameters"]


def _drop_keys(node: Any, names: tuple[str, ...]) -> None:
    if isinstance(node, dict):
        for name in names:
            node.pop(name, None)
        for value in node.values():
            _drop_keys(value, names)
    elif isinstance(node, list):
        for item in node:
            _drop_keys(item, names)
