"""What the API answers, as bytes: the document's example of the code if it has one, else built from its schema."""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from xml.sax.saxutils import escape

from .document import Code, Node, Operation
from .settings import Settings

DECLARATION = "<?xml version='1.0' encoding='UTF-8'?>\n"
INDENT = "    "


@dataclass(frozen=True)
class Table:
    """A list of objects with the same properties, `names`; `rows` returns their values when they are written."""

    names: Sequence[str]
    rows: Callable[[], Sequence[Sequence[Any]]]

    def objects(self) -> list[dict[str, Any]]:
        """Return the objects one by one."""
        return [dict(zip(self.names, row, strict=True)) for row in self.rows()]


AS_DOCUMENTED = Settings(rate_limit=None, rate_window=60)


@dataclass(frozen=True)
class Answer:
    """The outcome of an operation.

    Attributes:
        code: What the API says.
        done: What happened, in one word for the request log: "deleted", "sent", "rejected", "nothing", ...
        data: The properties that the operation answers besides success and code.
        message: A text in place of the document's.
        version: Of what the data were read from: the answer is the same while this is. None: unknown.
    """

    code: Code
    done: str
    data: Mapping[str, Any] = field(default_factory=dict)
    message: str | None = None
    version: Hashable = None


def render(operation: Operation, answer: Answer, form: str, settings: Settings = AS_DOCUMENTED) -> tuple[str, bytes]:
    """Return the Content-Type and the body of an answer in the format "json" or "xml"."""
    media_type, value = operation.answers[form].name, envelope(operation, answer)
    if answer.code.is_success and settings.success_code is not None:
        value["code"] = settings.success_code
    if form == "json":
        return media_type, to_json(value)
    text = operation.answers["xml"].examples.get(_example_name(operation, answer))
    if text is None or settings.cdata or value["code"] != answer.code.number:
        text = to_xml(value, operation.answers["json"].schema, settings)
    return f"{media_type}; charset=utf-8", str(text).encode()


def envelope(operation: Operation, answer: Answer) -> dict[str, Any]:
    """Return the properties of an answer by name, in the document's order."""
    if name := _example_name(operation, answer):
        return dict(operation.answers["json"].examples[name])
    text = answer.message if answer.message is not None else None if answer.code.is_success else answer.code.text
    value = {"success": answer.code.is_success, "code": answer.code.number, **answer.data}
    if text is not None:
        value["message"] = text
    return {name: value[name] for name in _order(value, operation.answers["json"].schema)}


def to_json(value: object) -> bytes:
    """Return compact JSON in UTF-8; a lone surrogate becomes an escape."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_for_json)
    return text.encode("utf-8", "backslashreplace")


def to_xml(value: Mapping[str, Any], schema: Node, settings: Settings = AS_DOCUMENTED) -> str:
    """Return the positional XML of an object: no names, only <entry>s in the order that the schema states."""
    return f"{DECLARATION}<result>\n{_properties(value, schema, settings, INDENT, named=False)}</result>\n"


def _for_json(value: object) -> object:
    if isinstance(value, Table):
        return value.objects()
    if isinstance(value, Decimal):  # an amount; the document calls for a number, and writes a whole one without a point
        return int(value) if value == value.to_integral_value() else float(value)
    raise TypeError(f"{type(value).__name__} is not JSON")


def _element(tag: str, value: Any, schema: Node, settings: Settings, indent: str, *, in_list: bool = False) -> str:
    deeper = indent + INDENT
    if isinstance(value, Table):
        inner = _rows(value, schema["items"], settings, deeper)
    elif isinstance(value, Mapping):
        named = (settings.xml_rows if in_list else settings.xml_objects) == "named"
        inner = _properties(value, schema, settings, deeper, named=named)
    elif isinstance(value, list):
        inner = "".join(
            _element("entry", item, schema.get("items", {}), settings, deeper, in_list=True) for item in value
        )
    else:
        return f"{indent}<{tag}>{_text(value, settings.cdata)}</{tag}>\n"
    return f"{indent}<{tag}>\n{inner}{indent}</{tag}>\n" if inner else f"{indent}<{tag}/>\n"


def _properties(value: Mapping[str, Any], schema: Node, settings: Settings, indent: str, *, named: bool) -> str:
    properties = schema.get("properties", {})
    return "".join(
        _element(name if named else "entry", value[name], properties.get(name, {}), settings, indent)
        for name in _order(value, schema)
    )


def _rows(table: Table, schema: Node, settings: Settings, indent: str) -> str:
    """Return the rows of a table, each through one pattern: they are many and all alike."""
    order = _order(table.names, schema)
    tags = order if settings.xml_rows == "named" else ["entry"] * len(order)
    lines = [f"{indent}<entry>", *(f"{indent}{INDENT}<{tag}>%s</{tag}>" for tag in tags), f"{indent}</entry>\n"]
    pattern, cdata = "\n".join(lines), settings.cdata
    columns = [table.names.index(name) for name in order]
    return "".join([pattern % tuple([_text(row[column], cdata) for column in columns]) for row in table.rows()])


def _order(names: Iterable[str], schema: Node) -> list[str]:
    given = list(names)
    first = [name for name in schema.get("x-xml-order", schema.get("properties", {})) if name in given]
    return first + [name for name in given if name not in first]


def _text(value: object, cdata: bool) -> str:
    if not isinstance(value, str):
        return str(value) if type(value) is int else json.dumps(value, default=_for_json)
    if cdata:
        return "<![CDATA[" + value.replace("]]>", "]]]]><![CDATA[>") + "]]>"
    return escape(value)


def _example_name(operation: Operation, answer: Answer) -> str:
    """Return the name of the document's examples of a code, "" if there is none that says all of the answer."""
    examples = operation.answers["json"].examples if not answer.data and answer.message is None else {}
    return next((name for name, value in examples.items() if value["code"] == answer.code.number), "")
