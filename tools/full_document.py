"""Derive generated/openapi/full.yaml: openapi.yaml with an example of every answer, in JSON and in XML.

openapi.yaml holds the examples of successes in JSON, and in XML those that the vendor documents. The refusals follow
from the code lists, the other XML from the JSON examples and x-xml-order. The answers stand inlined in each operation,
because the refusals differ.
"""

from __future__ import annotations

import copy
from typing import Any
from xml.sax.saxutils import escape

import yaml
from references import METHODS, resolved

JSON, XML = "application/json", "application/xml"
NOTE = "Derived from openapi.yaml by `make generate`; do not edit. Every answer has an example, also in XML.\n"
DERIVED = "; derived, not documented"

Node = dict[str, Any]


def full_text(spec: Node) -> str:
    """Return the text of full.yaml for a parsed openapi.yaml."""
    return f"# {NOTE}" + yaml.dump(full(spec), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110)


def full(spec: Node) -> Node:
    """Return `spec` with all examples."""
    document = copy.deepcopy(spec)
    for item in document["paths"].values():
        for operation in (item[method] for method in METHODS if method in item):
            operation["responses"] = {
                status: _answer(spec, operation, response, with_successes=status == "200")
                for status, response in operation["responses"].items()
            }
    document["components"].pop("responses")
    document["components"].pop("examples")
    return document


def _answer(spec: Node, operation: Node, response: Node, with_successes: bool) -> Node:
    """Return a response with its examples inlined."""
    answer: Node = copy.deepcopy(resolved(spec, response))
    schema = resolved(spec, answer["content"][JSON]["schema"])
    in_json, in_xml = ({**answer["content"][form].get("examples", {})} for form in (JSON, XML))
    examples = {name: resolved(spec, node) for name, node in in_json.items()} if with_successes else {}
    examples |= {name: node for name, node in _refusals(spec, operation).items() if name not in examples}
    answer["content"][JSON]["examples"] = examples
    answer["content"][XML]["examples"] = {
        name: resolved(spec, in_xml[name]) if name in in_xml else _in_xml(node, schema, spec)
        for name, node in examples.items()
    }
    return answer


def _refusals(spec: Node, operation: Node) -> dict[str, Node]:
    """Return an example of each refusal, the operation's own codes first."""
    examples: dict[str, Node] = {}
    for component in operation["x-codes"]:
        listed = spec["components"]["schemas"][component]
        columns = ("enum", "x-enum-varnames", "x-enum-classes", "x-enum-texts", "x-enum-descriptions")
        for code, name, kind, text, meaning in zip(*(listed[column] for column in columns), strict=True):
            if kind != "success":
                value = {"success": False, "code": code} | ({"message": text} if text else {})
                examples.setdefault(_example_name(name), {"summary": f"{code}, {_phrase(meaning)}", "value": value})
    return examples


def _example_name(code_name: str) -> str:
    return "".join(word.capitalize() for word in code_name.split("_"))


def _phrase(sentence: str) -> str:
    first, rest = sentence[0], sentence[1:].removesuffix(".")
    return (first.lower() if rest[:1].islower() or rest[:1] == " " else first) + rest


def _in_xml(example: Node, schema: Node, spec: Node) -> Node:
    summary = example["summary"] + (DERIVED if example["value"]["success"] else "")
    return {"summary": summary, "value": xml_text(example["value"], schema, spec)}


def xml_text(value: Node, schema: Node, spec: Node) -> str:
    """Return the XML answer that says the same as a JSON answer, as the vendor's pages set it."""
    lines = ["<?xml version='1.0' encoding='UTF-8'?>", "<result>", *_entries(value, schema, spec, 1), "</result>"]
    return "\n".join(lines) + "\n"


def _entries(value: Node, schema: Node, spec: Node, depth: int) -> list[str]:
    """Return the lines of an object's values, in the order of x-xml-order."""
    present = [name for name in schema["x-xml-order"] if name in value]
    return [
        line
        for name in present
        for line in _entry(value[name], resolved(spec, schema["properties"][name]), spec, depth)
    ]


def _entry(value: Any, schema: Node, spec: Node, depth: int) -> list[str]:
    indent = "    " * depth
    if isinstance(value, dict):
        inner = _entries(value, schema, spec, depth + 1)
    elif isinstance(value, list):
        items = resolved(spec, schema["items"])
        inner = [line for item in value for line in _entry(item, items, spec, depth + 1)]
    else:
        text = str(value).lower() if isinstance(value, bool) else escape(str(value))
        return [f"{indent}<entry>{text}</entry>"]
    return [f"{indent}<entry>", *inner, f"{indent}</entry>"] if inner else [f"{indent}<entry/>"]


class _Dumper(yaml.SafeDumper):
    """Writes texts of several lines as blocks, and nothing as an alias."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _text)
