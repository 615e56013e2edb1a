"""The XML answers: <entry> lists without names, put back under the names that openapi.yaml gives. Pure.

`<result><entry>true</entry><entry>200</entry></result>` is ``{"success": true, "code": 200}``. Text and CDATA are
the same; named children (`<success>true</success>`) are accepted in place of entries, at each level one or the
other. Document types, entities, processing instructions and deep nesting are refused before they cost anything:
stdlib's own readers accept them (Expat is called directly for that reason, and for its speed).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from xml.parsers import expat

from mailpartner._core.response import DecodeError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mailpartner_contract import Shape

    from mailpartner._core.rows import RowDecoder

MAX_DEPTH = 32
_ROW_DEPTH = 3  # the document, <result> and the list in it are still open when a row ends
_ENCODINGS = frozenset({"utf-8", "iso-8859-1", "us-ascii"})
_ENTRY = "entry"
_WORDS = ("message", "errors", "error")
_BOOLEANS = {"true": True, "false": False}
_WHOLE = re.compile(r"-?[0-9]{1,19}")
# Nearly every answer is this one, and need not cost what Expat costs; a test holds both to the same.
_DONE = re.compile(
    r"(?:<\?xml version=(['\"])1\.0\1 encoding=(['\"])(?:UTF|utf)-8\2\?>[ \t\r\n]*)?"
    r"<result>[ \t\r\n]*<entry>true</entry>[ \t\r\n]*<entry>(?P<code>[0-9]{1,9})</entry>[ \t\r\n]*</result>"
)
_BLANK = re.compile(r"[ \t\r\n]*")


class _Element:
    __slots__ = ("children", "made", "nil", "tag", "text")

    def __init__(self, tag: str, nil: bool = False) -> None:
        self.tag = tag
        self.nil = nil
        self.text: list[str] = []
        self.children: list[_Element] = []
        self.made: list[Any] = []

    def string(self) -> str:
        return "".join(self.text)


def data_from_xml(text: str, shape: Shape, rows: RowDecoder | None = None) -> dict[str, Any]:
    """The JSON object that an XML answer stands for. Raises Unreadable."""
    done = _DONE.fullmatch(text)
    if done:
        return {"success": True, "code": int(done["code"])}
    return data_from_parts((text.encode("utf-8"),), shape, rows)


def data_from_parts(parts: Iterable[bytes], shape: Shape, rows: RowDecoder | None = None) -> dict[str, Any]:
    """The same of an answer in UTF-8, cut anywhere: none of its parts is needed longer than until the next."""
    root = _parsed(parts, rows)
    if root.tag != "result":
        raise DecodeError("XML that is not a <result>, such as an error page")
    if not _BLANK.fullmatch(root.string()):
        raise DecodeError("XML with text where entries belong")
    return _positional(root.children, shape) if _is_positional(root) else _named(root.children, shape)


def _parsed(parts: Iterable[bytes], rows: RowDecoder | None) -> _Element:
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
            _make_row(element, open_elements[-1], rows)

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = lambda data: open_elements[-1].text.append(data)
    parser.XmlDeclHandler = _check_encoding
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = _refuse
    parser.ProcessingInstructionHandler = parser.SkippedEntityHandler = _refuse
    try:
        for part in parts:
            parser.Parse(part, False)
        parser.Parse(b"", True)
    except (expat.ExpatError, ValueError):
        raise DecodeError("neither JSON nor XML of this API") from None
    return top.children[0]


def _check_encoding(version: str, encoding: str | None, standalone: int) -> None:
    if encoding is not None and encoding.lower() not in _ENCODINGS:
        raise DecodeError("XML in an unsupported encoding")


def _refuse(*_: object) -> None:
    raise DecodeError("XML with a document type, an entity or a processing instruction")


def _is_positional(element: _Element) -> bool:
    """True for unnamed entries, False for named children. Raises Unreadable for a mixture."""
    entries = [child.tag == _ENTRY for child in element.children]
    if any(entries) != all(entries):
        raise DecodeError("XML that mixes entries with names and without")
    return bool(entries) and entries[0]


def _positional(entries: list[_Element], shape: Shape) -> dict[str, Any]:
    """Success and code come first, then on a success what the operation answers, last the words."""
    data = _by_position(entries[:2], shape.fields[:2])
    rest = entries[2:]
    if data["success"] is not False:
        facts = tuple(field for field in shape.fields[2:] if field[0] not in _WORDS)
        data |= _by_position(rest, facts)
        rest = rest[len(facts) :]
    for entry in rest:
        words = _words(entry)
        data.setdefault("message" if isinstance(words, str) else "errors", words or None)
    return data


def _named(children: list[_Element], shape: Shape) -> dict[str, Any]:
    shapes = dict(shape.fields)
    data: dict[str, Any] = {}
    for child in children:
        if child.tag in data:
            raise DecodeError("XML in which a name stands twice")
        if child.tag in _WORDS:
            data[child.tag] = _words(child) or None
        else:
            data[child.tag] = _value(child, shapes[child.tag]) if child.tag in shapes else _unknown(child)
    return data


def _words(element: _Element) -> str | list[Any]:
    """What is said beside the outcome: a text, or a list of faults. It is never what makes an answer unreadable."""
    return [_error(child) for child in element.children] if element.children else element.string().strip()


def _error(element: _Element) -> dict[str, Any] | str:
    """One error: text, named children, or by position its field and its text; with success and code before them
    where the server lists errors of that form."""
    if not element.children:
        return element.string().strip()
    if element.children[0].tag != _ENTRY:
        return {child.tag: child.string().strip() for child in element.children}
    texts = [child.string().strip() for child in element.children]
    names = ("success", "code", "message") if texts[0] in _BOOLEANS else ("elementId", "message", "code")
    return dict(zip(names, texts, strict=False))


def _by_position(entries: list[_Element], fields: tuple[tuple[str, Shape], ...]) -> dict[str, Any]:
    """Entries beyond the known fields are left out: a field that the vendor adds comes last."""
    return {name: _value(entry, shape) for (name, shape), entry in zip(fields, entries, strict=False)}


def _object(element: _Element, shape: Shape) -> dict[str, Any]:
    if not _BLANK.fullmatch(element.string()):
        raise DecodeError("XML with text where entries belong")
    if _is_positional(element):
        return _by_position(element.children, shape.fields)
    return _named(element.children, shape)


def _value(element: _Element, shape: Shape) -> Any:
    if element.nil:
        return None
    if shape.type == "object":
        return _object(element, shape)
    if shape.type == "array":
        return _list(element, shape)
    if element.children:
        raise DecodeError("XML with entries where a value belongs")
    return _scalar(element.string(), shape.type)


def _list(element: _Element, shape: Shape) -> list[Any]:
    if not _BLANK.fullmatch(element.string()) or shape.items is None:
        raise DecodeError("XML with text where a list belongs")
    if not element.children:
        return element.made
    items = shape.items
    return [*element.made, *(_value(child, items) for child in element.children)]


def _make_row(element: _Element, parent: _Element, rows: RowDecoder) -> None:
    """Put what a row becomes in the place of its element, if it is a row."""
    try:
        made = rows.made(_object(element, rows.shape))
    except DecodeError:
        return
    if not isinstance(made, dict):
        parent.children.pop()
        parent.made.append(made)
        # The blanks before it: in a list with a row in a line they are a quarter of what the rows need.
        if parent.text and _BLANK.fullmatch(parent.text[-1]):
            parent.text.pop()


def _is_success(root: _Element) -> bool:
    """Whether an answer began with success: on a failure a list of faults stands where rows would."""
    return root.children[0].string().strip() == "true"


def _scalar(text: str, kind: str) -> Any:
    stripped = text.strip()
    if kind == "boolean":
        return _BOOLEANS.get(stripped, stripped)
    if kind == "integer" and _WHOLE.fullmatch(stripped):
        return int(stripped)
    return stripped


def _unknown(element: _Element) -> Any:
    return [_unknown(child) for child in element.children] if element.children else element.string()
