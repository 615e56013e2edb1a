"""Parse XML responses, whose <entry> elements have no names, only the order in openapi.yaml. Pure.

`<result><entry>true</entry><entry>200</entry></result>` is ``{"success": true, "code": 200}``. Text and CDATA are
equal. Named children (`<success>true</success>`) are accepted instead of entries, at each level either or. Document
types, entities, processing instructions and deep nesting are refused before they cost anything. The standard library's
readers accept them, so Expat is called directly, which is faster, too.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final
from xml.parsers import expat

from mailpartner._core.charset import reads_ascii
from mailpartner._core.response import DecodeError
from mailpartner._core.schema import fits

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mailpartner._core.rows import RowDecoder
    from mailpartner.contract import Schema

MAX_DEPTH = 32
_ROW_DEPTH = 3  # the document, <result> and the list are still open when a row ends
_ENTRY = "entry"
_TEXTS = ("message", "errors", "error")
_BOOLEANS = {"true": True, "false": False}
_INTEGER = re.compile(r"-?[0-9]{1,19}")
# Nearly every response is this one, which need not cost what Expat costs; a test holds both to the same result.
_DONE = re.compile(
    r"(?:<\?xml version=(['\"])1\.0\1 encoding=(['\"])(?:UTF|utf)-8\2\?>[ \t\r\n]*)?"
    r"<result>[ \t\r\n]*<entry>true</entry>[ \t\r\n]*<entry>(?P<code>[0-9]{1,9})</entry>[ \t\r\n]*</result>"
)
_BLANK = re.compile(r"[ \t\r\n]*")


class _Element:
    __slots__ = ("children", "nil", "rows", "tag", "text")

    def __init__(self, tag: str, nil: bool = False) -> None:
        self.tag = tag
        self.nil = nil
        self.text: list[str] = []
        self.children: list[_Element] = []
        self.rows: list[Any] = []

    def string(self) -> str:
        """Return the text directly in this element."""
        return "".join(self.text)

    def check_no_text(self) -> None:
        """Raise DecodeError if there is text between the children."""
        if not _BLANK.fullmatch(self.string()):
            raise DecodeError("XML with text where entries belong")


_MISFIT: Final = object()
"""Stands for a value that cannot be what the contract has at its place; `coerce_object` ignores or refuses it."""


def data_from_xml(text: str, schema: Schema, rows: RowDecoder | None = None) -> dict[str, Any]:
    """Return the JSON object that an XML response stands for.

    Raises DecodeError if it is not a response of this API.
    """
    done = _DONE.fullmatch(text)
    if done:
        return {"success": True, "code": int(done["code"])}
    return data_from_chunks((text.encode("utf-8"),), schema, rows)


def data_from_chunks(chunks: Iterable[bytes], schema: Schema, rows: RowDecoder | None = None) -> dict[str, Any]:
    """Do the same for UTF-8 in chunks, cut anywhere; none is needed after the next has been asked for."""
    root = _parse(chunks, rows)
    if root.tag != "result":
        raise DecodeError("XML that is not a <result>, such as an error page")
    root.check_no_text()
    return _positional(root.children, schema) if _is_positional(root) else _named(root.children, schema)


def _parse(chunks: Iterable[bytes], rows: RowDecoder | None) -> _Element:
    top = _Element("")
    open_elements = [top]
    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = True

    def start(tag: str, attributes: dict[str, str]) -> None:
        if len(open_elements) > MAX_DEPTH:
            raise DecodeError("XML nested too deeply")
        element = _Element(tag, attributes.get("xsi:nil") in ("true", "1") if attributes else False)
        open_elements[-1].children.append(element)
        open_elements.append(element)

    def end(tag: str) -> None:
        element = open_elements.pop()
        if rows is not None and len(open_elements) == _ROW_DEPTH and _is_success(open_elements[1]):
            _build_row(element, open_elements[-1], rows)

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = lambda data: open_elements[-1].text.append(data)
    parser.XmlDeclHandler = _check_encoding
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = _refuse
    parser.ProcessingInstructionHandler = parser.SkippedEntityHandler = _refuse
    try:
        for chunk in chunks:
            parser.Parse(chunk, False)
        parser.Parse(b"", True)
    except (expat.ExpatError, ValueError):
        raise DecodeError("neither JSON nor XML of this API") from None
    return top.children[0]


def _check_encoding(version: str, encoding: str | None, standalone: int) -> None:
    if encoding is not None and not reads_ascii(encoding.lower()):
        raise DecodeError("XML in an unsupported encoding")


def _refuse(*_: object) -> None:
    raise DecodeError("XML with a document type, an entity or a processing instruction")


def _is_positional(element: _Element) -> bool:
    """Whether the children are unnamed entries. Raises DecodeError for a mixture."""
    entries = [child.tag == _ENTRY for child in element.children]
    if any(entries) != all(entries):
        raise DecodeError("XML that mixes entries with and without names")
    return bool(entries) and entries[0]


def _positional(entries: list[_Element], schema: Schema) -> dict[str, Any]:
    """Read success and code, then on success the operation's fields, last the texts."""
    data = {name: _value(entry, inner) for (name, inner), entry in zip(schema.fields[:2], entries[:2], strict=False)}
    rest = entries[2:]
    if data["success"] is not False:
        fields = tuple(field for field in schema.fields[2:] if field[0] not in _TEXTS)
        data |= _by_position(rest, fields)
        rest = rest[len(fields) :]
    for entry in rest:
        text = _text(entry)
        data.setdefault("message" if isinstance(text, str) else "errors", text or None)
    return data


def _by_position(entries: list[_Element], fields: tuple[tuple[str, Schema], ...]) -> dict[str, Any]:
    """Read entries in the order of `fields`. Further entries are ignored: fields that the vendor adds come last.

    Nothing but its place says what an entry is. So where one cannot be what belongs there, it and all after it are
    unknown.
    """
    data: dict[str, Any] = {}
    for (name, schema), entry in zip(fields, entries, strict=False):
        data[name] = _fitting_value(entry, schema)
        if data[name] is _MISFIT:
            break
    return data


def _named(children: list[_Element], schema: Schema) -> dict[str, Any]:
    schemas = dict(schema.fields)
    data: dict[str, Any] = {}
    for child in children:
        if child.tag in data:
            raise DecodeError("XML with a duplicate name")
        if child.tag in _TEXTS:
            data[child.tag] = _text(child) or None
        elif child.tag in schemas:
            data[child.tag] = _fitting_value(child, schemas[child.tag])
        else:
            data[child.tag] = _unknown(child)
    return data


def _text(element: _Element) -> str | list[Any]:
    """Read the message or the list of errors, which never make a response unreadable."""
    return [_error(child) for child in element.children] if element.children else element.string().strip()


def _error(element: _Element) -> dict[str, Any] | str:
    """Read one error: a text, named children, or by position its field and its text.

    The entries begin with success and code where the server nests whole answers.
    """
    if not element.children:
        return element.string().strip()
    if element.children[0].tag != _ENTRY:
        return {child.tag: child.string().strip() for child in element.children}
    texts = [child.string().strip() for child in element.children]
    names = ("success", "code", "message") if texts[0] in _BOOLEANS else ("elementId", "message", "code")
    return dict(zip(names, texts, strict=False))


def _object(element: _Element, schema: Schema) -> dict[str, Any]:
    element.check_no_text()
    if _is_positional(element):
        return _by_position(element.children, schema.fields)
    return _named(element.children, schema)


def _fitting_value(element: _Element, schema: Schema) -> Any:
    """Read a value; _MISFIT where it cannot be of the type in the contract."""
    try:
        value = _value(element, schema)
    except DecodeError:
        return _MISFIT
    scalar = schema.type not in ("object", "array")
    if scalar and value == "" and schema.type != "string":
        return None
    return value if value is None or not scalar or fits(value, schema) else _MISFIT


def _value(element: _Element, schema: Schema) -> Any:
    if element.nil:
        return None
    if schema.type == "object":
        return _object(element, schema)
    if schema.type == "array":
        return _list(element, schema)
    if element.children:
        raise DecodeError("XML with entries where a value belongs")
    return _scalar(element.string(), schema.type)


def _list(element: _Element, schema: Schema) -> list[Any]:
    element.check_no_text()
    if not element.children:
        return element.rows
    items = schema.items
    if items is None:
        raise DecodeError("XML with a list where none belongs")
    return [*element.rows, *(_value(child, items) for child in element.children)]


def _build_row(element: _Element, parent: _Element, rows: RowDecoder) -> None:
    """Replace the element of a row by the row's result."""
    try:
        row = rows.decode(_object(element, rows.schema))
    except DecodeError:
        return
    if not isinstance(row, dict):
        parent.children.pop()
        parent.rows.append(row)
        # Drop the blanks before it, too: with one row in a line they are a quarter of what the rows need.
        if parent.text and _BLANK.fullmatch(parent.text[-1]):
            parent.text.pop()


def _is_success(root: _Element) -> bool:
    """Whether the response began with success: on a failure the errors stand where rows would."""
    return root.children[0].string().strip() == "true"


def _scalar(text: str, kind: str) -> Any:
    stripped = text.strip()
    if kind == "boolean":
        return _BOOLEANS.get(stripped, stripped)
    if kind == "integer" and _INTEGER.fullmatch(stripped):
        return int(stripped)
    return stripped


def _unknown(element: _Element) -> Any:
    return [_unknown(child) for child in element.children] if element.children else element.string()
