"""What the API answers, as bytes: the document's example of the code where it has one, else built from its schema."""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from xml.sax.saxutils import escape

from .document import Code, Node, Operation

DECLARATION = "<?xml version='1.0' encoding='UTF-8'?>\n"
INDENT = "    "


@dataclass(frozen=True)
class Table:
    """A list of objects that all have the same properties, `names`; `rows` reads their values when they are written."""

    names: Sequence[str]
    rows: Callable[[], Sequence[Sequence[Any]]]

    def objects(self) -> list[dict[str, Any]]:
        """The objects one by one."""
        return [dict(zip(self.names, row, strict=True)) for row in self.rows()]


class Style(NamedTuple):
    """How XML is written. cdata: texts as CDATA. named: the values of a table's rows under their names."""

    cdata: bool = False
    named: bool = False


PLAIN = Style()


@dataclass(frozen=True)
class Answer:
    """The outcome of an operation.

    code: what the API says.
    done: what happened, in one word for the list of requests: `deleted`, `added`, `listed`, `refused`, `nothing`.
    data: the properties that this operation answers beside success and code.
    message: a text in place of the document's.
    version: of what the data were read from: while it is the same, so is the answer. None: not known.
    """

    code: Code
    done: str
    data: Mapping[str, Any] = field(default_factory=dict)
    message: str | None = None
    version: Hashable = None


def written(operation: Operation, answer: Answer, form: str, style: Style) -> tuple[str, bytes]:
    """The Content-Type and the body of an answer in `form` ("json", "xml")."""
    media_type = operation.answers[form].media_type
    if form == "json":
        return media_type, as_json(envelope(operation, answer))
    example = None if style.cdata or _is_special(answer) else _xml_example(operation, answer.code.number)
    text = as_xml(envelope(operation, answer), operation.answers["json"].schema, style) if example is None else example
    return f"{media_type}; charset=utf-8", text.encode()


def envelope(operation: Operation, answer: Answer) -> dict[str, Any]:
    """The properties of an answer, by name."""
    if not _is_special(answer):
        for example in operation.answers["json"].examples.values():
            if example["code"] == answer.code.number:
                return dict(example)
    head = {"success": answer.code.good, "code": answer.code.number}
    text = answer.message if answer.message is not None else None if answer.code.good else answer.code.text
    return {**head, **answer.data} if text is None else {**head, "message": text, **answer.data}


def as_json(value: object) -> bytes:
    """Compact JSON in UTF-8."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=Table.objects).encode()


def as_xml(value: Mapping[str, Any], schema: Node, style: Style = PLAIN) -> str:
    """The positional XML of an object: no names, only <entry>s in the order that the schema states."""
    return f"{DECLARATION}<result>\n{_entries(_in_order(value, schema), style, INDENT)}</result>\n"


def _entry(value: Any, schema: Node, style: Style, indent: str) -> str:
    if isinstance(value, Table):
        inner = _rows(value, schema["items"], style, indent + INDENT)
    elif isinstance(value, Mapping):
        inner = _entries(_in_order(value, schema), style, indent + INDENT)
    elif isinstance(value, list):
        inner = _entries([(item, schema.get("items", {})) for item in value], style, indent + INDENT)
    else:
        return f"{indent}<entry>{_text(value, style.cdata)}</entry>\n"
    return f"{indent}<entry>\n{inner}{indent}</entry>\n" if inner else f"{indent}<entry/>\n"


def _entries(parts: Sequence[tuple[Any, Node]], style: Style, indent: str) -> str:
    return "".join(_entry(item, part, style, indent) for item, part in parts)


def _rows(table: Table, schema: Node, style: Style, indent: str) -> str:
    """The rows of a table, each through one pattern: they are many and all alike."""
    order = _in_order({name: index for index, name in enumerate(table.names)}, schema)
    tags = [table.names[index] if style.named else "entry" for index, _ in order]
    lines = [f"{indent}<entry>", *(f"{indent}{INDENT}<{tag}>%s</{tag}>" for tag in tags), f"{indent}</entry>\n"]
    pattern, indices, cdata = "\n".join(lines), [index for index, _ in order], style.cdata
    return "".join([pattern % tuple([_text(row[index], cdata) for index in indices]) for row in table.rows()])


def _in_order(value: Mapping[str, Any], schema: Node) -> list[tuple[Any, Node]]:
    properties = schema.get("properties", {})
    order = [name for name in schema.get("x-xml-order", properties) if name in value]
    order += [name for name in value if name not in order]
    return [(value[name], properties.get(name, {})) for name in order]


def _text(value: object, cdata: bool) -> str:
    if not isinstance(value, str):
        return str(value) if type(value) is int else json.dumps(value)
    if cdata:
        return "<![CDATA[" + value.replace("]]>", "]]]]><![CDATA[>") + "]]>"
    return escape(value)


def _is_special(answer: Answer) -> bool:
    """Whether it says more than the document's example can."""
    return bool(answer.data) or answer.message is not None


def _xml_example(operation: Operation, number: int) -> str | None:
    """The XML example that stands under the same name as the JSON example of this code."""
    for name, example in operation.answers["json"].examples.items():
        if example["code"] == number and name in operation.answers["xml"].examples:
            return str(operation.answers["xml"].examples[name])
    return None
