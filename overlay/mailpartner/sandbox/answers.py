"""What the API answers, as bytes: the document's example of the code where it has one, else built from its schema."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from xml.sax.saxutils import escape

from .document import Code, Node, Operation

DECLARATION = "<?xml version='1.0' encoding='UTF-8'?>\n"
INDENT = "    "


@dataclass(frozen=True)
class Answer:
    """The outcome of an operation.

    code: what the API says.
    done: what happened, in one word for the list of requests: `deleted`, `refused`, `nothing`.
    data: the properties that this operation answers beside success and code.
    message: a text in place of the document's.
    """

    code: Code
    done: str
    data: Mapping[str, Any] = field(default_factory=dict)
    message: str | None = None


def written(operation: Operation, answer: Answer, form: str, *, cdata: bool) -> tuple[str, bytes]:
    """The Content-Type and the body of an answer in `form` ("json", "xml"); `cdata` puts XML text in CDATA."""
    media_type = operation.answers[form].media_type
    if form == "json":
        return media_type, as_json(envelope(operation, answer))
    example = None if cdata or _is_special(answer) else _xml_example(operation, answer.code.number)
    text = as_xml(envelope(operation, answer), operation.answers["json"].schema, cdata) if example is None else example
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
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def as_xml(value: Mapping[str, Any], schema: Node, cdata: bool = False) -> str:
    """The positional XML of an object: no names, only <entry>s in the order that the schema states."""
    entries = "".join(_entry(item, part, cdata, INDENT) for item, part in _in_order(value, schema))
    return f"{DECLARATION}<result>\n{entries}</result>\n"


def _entry(value: Any, schema: Node, cdata: bool, indent: str) -> str:
    if isinstance(value, Mapping):
        parts = list(_in_order(value, schema))
    elif isinstance(value, list):
        parts = [(item, schema.get("items", {})) for item in value]
    else:
        return f"{indent}<entry>{_text(value, cdata)}</entry>\n"
    inner = "".join(_entry(item, part, cdata, indent + INDENT) for item, part in parts)
    return f"{indent}<entry>\n{inner}{indent}</entry>\n" if inner else f"{indent}<entry/>\n"


def _in_order(value: Mapping[str, Any], schema: Node) -> list[tuple[Any, Node]]:
    properties = schema.get("properties", {})
    order = [name for name in schema.get("x-entry-order", properties) if name in value]
    order += [name for name in value if name not in order]
    return [(value[name], properties.get(name, {})) for name in order]


def _text(value: object, cdata: bool) -> str:
    if not isinstance(value, str):
        return json.dumps(value)
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
