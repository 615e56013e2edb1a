"""Each example of a document fits its schema, in JSON and in XML, and its two forms say the same.

Usage: python -m spec_checks.examples [generated/openapi/full.yaml]
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from .document import Document, DocumentError, Finding, Node, Place
from .xml_form import XmlError, as_data, difference, entries, expected, parsed

JSON, XML = "application/json", "application/xml"
URI = "openapi:"


class Examples:
    """The checks of a document's examples."""

    def __init__(self, document: Document) -> None:
        self._document = document
        # openapi.yaml keeps to what 3.0 and 3.1 have in common, and a schema of 3.1 is JSON Schema 2020-12.
        self._registry: Registry[Any] = Registry().with_resource(URI, DRAFT202012.create_resource(document.root))

    def findings(self) -> list[Finding]:
        """What is wrong, each thing once."""
        found = [finding for place, response in self._responses() for finding in self._of_response(place, response)]
        found += [
            finding for place, node in _holders((), self._document.root) for finding in self._of_holder(place, node)
        ]
        return list(dict.fromkeys(found))

    def _responses(self) -> Iterator[tuple[Place, Node]]:
        for place, operation in self._document.operations():
            for status, response in operation["responses"].items():
                yield (*place, "responses", status), self._document.resolved(response)

    def _of_response(self, place: Place, response: Node) -> Iterator[Finding]:
        contents = response.get("content", {})
        in_json, in_xml = (contents.get(form, {}) for form in (JSON, XML))
        for name, example in in_json.get("examples", {}).items():
            for message in self._misfits(self._value(example), in_json["schema"]):
                yield Finding(self._place(place, JSON, name, example), message)
        for name, example in in_xml.get("examples", {}).items():
            same = in_json.get("examples", {}).get(name)
            if fault := self._fault_of_xml(example, same, in_xml["schema"], in_json.get("schema", {})):
                yield Finding(self._place(place, XML, name, example), fault)

    def _fault_of_xml(self, example: Node, same: Node | None, schema: Node, schema_of_json: Node) -> str | None:
        try:
            root = parsed(self._value(example))
            if misfit := next(self._misfits(as_data(root, schema, self._document), schema), None):
                return misfit
            if same is None:
                return "no JSON example has the same name"
            value = self._value(same)
            told = difference(entries(root), expected(value, schema_of_json, self._document))
            return told or self._gap(value, schema_of_json)
        except XmlError as error:
            return str(error)

    def _gap(self, value: Node, schema: Node) -> str | None:
        """A success is read by position, so it must not leave out a property before its last one."""
        order = self._document.resolved(schema)["x-xml-order"]
        missing = [name for name in order[: len(value)] if name not in value]
        return (
            f"{missing[0]} is left out, so the entries after it are read as others"
            if value["success"] and missing
            else None
        )

    def _of_holder(self, place: Place, node: Node) -> Iterator[Finding]:
        """A schema, parameter or media type with an `example` of its own."""
        for message in self._misfits(node["example"], node.get("schema", node)):
            yield Finding((*place, "example"), message)

    def _misfits(self, value: Any, schema: Node) -> Iterator[str]:
        for error in Draft202012Validator(_absolute(schema), registry=self._registry).iter_errors(value):
            yield f"{'.'.join(map(str, error.path)) or 'it'} does not fit the schema: {error.message}"

    def _value(self, example: Node) -> Any:
        return self._document.resolved(example)["value"]

    def _place(self, place: Place, form: str, name: str, example: Node) -> Place:
        """Where the example stands itself, if it is a component."""
        if "$ref" in example:
            return (*str(example["$ref"]).removeprefix("#/").split("/"), "value")
        return (*place, "content", form, "examples", name)


def _absolute(node: Any) -> Any:
    """The node with each $ref made to be found from anywhere."""
    if isinstance(node, dict):
        return {key: f"{URI}{value}" if key == "$ref" else _absolute(value) for key, value in node.items()}
    return [_absolute(item) for item in node] if isinstance(node, list) else node


def _holders(place: Place, node: Any) -> Iterator[tuple[Place, Node]]:
    """Each schema, parameter or media type with an `example`, with its place."""
    if isinstance(node, dict):
        if "example" in node and ("type" in node or "schema" in node):
            yield place, node
        for name, below in node.items():
            if name not in ("example", "examples", "x-extensions"):
                yield from _holders((*place, name), below)
    elif isinstance(node, list):
        for index, below in enumerate(node):
            yield from _holders((*place, index), below)


def main(arguments: list[str]) -> int:
    """Print what is wrong, one line a finding."""
    try:
        document = Document(Path(arguments[0] if arguments else "generated/openapi/full.yaml"))
    except DocumentError as error:
        print(error)
        return 1
    findings = Examples(document).findings()
    for finding in findings:
        print(f"{document.where(finding.place)}: {finding.message}")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
