"""Each XML example of full.yaml has the form of its schema, and says what the JSON example of its name says.

The linters hold the JSON examples to their schemas, in json-only.json: next to XML examples they cannot.

Usage: python -m spec_checks.examples [generated/openapi/full.yaml]
"""

from __future__ import annotations

import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

from documents import DocumentError, xml_text
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from openapi import JSON, XML, Node, operations, resolved

from .document import Document, Place, SpecError


def findings(spec: Node) -> Iterator[tuple[Place, str]]:
    """Yield the place of each wrong example, and a sentence that says what is wrong."""
    for method, path, operation in operations(spec):
        for status, response in operation["responses"].items():
            in_json, in_xml = (response["content"][form] for form in (JSON, XML))
            for name, example in in_xml["examples"].items():
                same = in_json["examples"].get(name)
                fault = _fault(example["value"], resolved(spec, in_xml["schema"]), same, in_json["schema"], spec)
                if fault:
                    yield ("paths", path, method, "responses", status, "content", XML, "examples", name), fault


def _fault(text: str, schema: Node, same: Node | None, schema_of_json: Node, spec: Node) -> str | None:
    if "<!DOCTYPE" in text:
        return "it has a DTD: no reader of this API accepts one"
    if same is None:
        return "no JSON example has the same name"
    try:
        root = ET.fromstring(text.encode())  # noqa: S314  (no DTD, our text)
        wanted = ET.fromstring(xml_text(same["value"], schema_of_json, spec).encode())  # noqa: S314
    except (ET.ParseError, DocumentError) as error:
        return f"not well-formed: {error}" if isinstance(error, ET.ParseError) else str(error)
    return _misfit(root, schema) or _difference(root, wanted) or _gap(same["value"], resolved(spec, schema_of_json))


def _misfit(root: ET.Element, schema: Node) -> str | None:
    """Say where XML has another form than its schema, whose `xml` objects name the elements."""
    if root.tag != schema["xml"]["name"]:
        return f"the root is <{root.tag}>; the schema's xml.name says <{schema['xml']['name']}>"
    entry = schema["properties"]["entry"]["items"]["xml"]["name"]
    if others := sorted({child.tag for child in root} - {entry}):
        return f"<{root.tag}> holds <{others[0]}>; the schema has <{entry}>"
    data = {"entry": ["".join(child.itertext()) for child in root]}
    error = next(Draft202012Validator(schema).iter_errors(data), None)
    return f"{'.'.join(map(str, error.path)) or 'it'} does not fit the schema: {error.message}" if error else None


def _difference(found: ET.Element, wanted: ET.Element, where: str = "") -> str | None:
    """Say where an element first differs from the one that says the same as the JSON example."""
    if found.tag != wanted.tag:
        return f"<{found.tag}> stands where <{wanted.tag}> belongs"
    if len(found) and any((text or "").strip() for text in (found.text, *(child.tail for child in found))):
        return f"<{found.tag}> holds text beside elements"
    if not len(found) and not len(wanted) and found.text != wanted.text:
        return f"entry {where} is {found.text or ''!r}, the JSON example has {wanted.text or ''!r}"
    for number, (one, other) in enumerate(zip(found, wanted, strict=False), 1):
        if told := _difference(one, other, f"{where}.{number}" if where else str(number)):
            return told
    if len(found) != len(wanted):
        return f"{f'entry {where}' if where else 'the root'} holds {len(found)} entries, the JSON example {len(wanted)}"
    return None


def _gap(value: Node, schema: Node) -> str | None:
    """Name what a success leaves out before its last property: it is read by position."""
    missing = [name for name in schema["x-xml-order"][: len(value)] if name not in value]
    if not value["success"] or not missing:
        return None
    return f"{missing[0]} is left out, so the entries after it are read as others"


def main(arguments: list[str]) -> int:
    """Print what is wrong, one line a finding."""
    try:
        document = Document(Path(arguments[0] if arguments else "generated/openapi/full.yaml"))
    except SpecError as error:
        print(error)
        return 1
    found = list(findings(document.root))
    for place, message in found:
        print(f"{document.where(place)}: {message}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
