"""XML as openapi.yaml describes it: the data by its schema's `xml` objects, and the entries that say a JSON value."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from typing import Any, NoReturn

from .document import Document, Node

Entry = str | list["Entry"]


class XmlError(Exception):
    """XML that cannot be read, or does not have the form that is described. One line."""


class _NoDoctype(ET.TreeBuilder):
    def doctype(self, name: str, _public: str | None, _system: str | None) -> NoReturn:
        raise XmlError(f"it has a DTD (<!DOCTYPE {name}>): no reader of this API accepts one")


def parsed(text: str) -> ET.Element:
    """The root element. Raises XmlError, also for a DTD."""
    try:
        return ET.fromstring(text.encode(), parser=ET.XMLParser(target=_NoDoctype()))  # noqa: S314  (no DTD, our text)
    except ET.ParseError as error:
        raise XmlError(f"it is not well-formed: {error}") from None


def as_data(root: ET.Element, schema: Node, document: Document) -> dict[str, Any]:
    """An object by the `xml` objects of its schema: the data that the schema can be held to. Raises XmlError."""
    schema = document.resolved(schema)
    wanted = schema.get("xml", {}).get("name")
    if root.tag != wanted:
        raise XmlError(f"the root is <{root.tag}>; the schema's xml.name says <{wanted}>")
    tags = {_tag(name, part, document): name for name, part in schema["properties"].items()}
    data: dict[str, Any] = {}
    for child in root:
        if child.tag not in tags:
            raise XmlError(f"<{root.tag}> holds <{child.tag}>; the schema has {', '.join(f'<{tag}>' for tag in tags)}")
        data.setdefault(tags[child.tag], []).append("".join(child.itertext()))
    return data


def entries(element: ET.Element, tag: str = "entry") -> Entry:
    """What an element holds: its text, or the same of each element in it. Raises XmlError for another tag."""
    if not len(element):
        return element.text or ""
    if any((between or "").strip() for between in [element.text, *(child.tail for child in element)]):
        raise XmlError(f"<{element.tag}> holds text beside elements")
    if others := sorted({child.tag for child in element} - {tag}):
        raise XmlError(f"<{others[0]}> stands where <{tag}> belongs")
    return [entries(child, tag) for child in element]


def expected(value: Any, schema: Node, document: Document) -> Entry:
    """The entries that say a JSON value: an object's properties by x-xml-order, a list's items one by one.

    Raises XmlError for an object that XML cannot say: with a property that x-xml-order lacks.
    """
    schema = document.resolved(schema)
    if isinstance(value, dict):
        order = schema.get("x-xml-order", [])
        if unknown := [name for name in value if name not in order]:
            raise XmlError(f"the JSON example has {unknown[0]}, which no x-xml-order has a place for")
        inner = [expected(value[name], schema["properties"][name], document) for name in order if name in value]
        return inner or ""
    if isinstance(value, list):
        return [expected(item, schema["items"], document) for item in value] or ""
    return value if isinstance(value, str) else json.dumps(value)


def difference(found: Entry, wanted: Entry, where: str = "") -> str | None:
    """The first place where two values differ, in a few words; None where they do not."""
    if isinstance(found, str) or isinstance(wanted, str):
        return (
            None if found == wanted else f"entry {where or 'of the root'} is {found!r}, the JSON example has {wanted!r}"
        )
    for number, (one, other) in enumerate(zip(found, wanted, strict=False), 1):
        if told := difference(one, other, f"{where}.{number}" if where else str(number)):
            return told
    if len(found) != len(wanted):
        return f"{f'entry {where}' if where else 'the root'} holds {len(found)} entries, the JSON example {len(wanted)}"
    return None


def _tag(name: str, part: Node, document: Document) -> str:
    """The element of a property: an array that is not wrapped stands as its items."""
    part = document.resolved(part)
    element = document.resolved(part["items"]) if part["type"] == "array" else part
    return str(element.get("xml", {}).get("name", name))
