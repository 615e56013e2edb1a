"""Derive the documents of generated/openapi/ from openapi.yaml.

full.yaml: with an example of every answer, in JSON and in XML. openapi.yaml holds the examples of successes in JSON,
and in XML those that the vendor documents; the refusals follow from the code lists, the other XML from x-xml-order.

json-only.json: for code generators. Left with XML in, a Go client made by openapi-generator reads an XML success as
zero values, and hey-api's as undefined, both without an error. With this profile no client can ask for XML.

key-as-parameter.json: the same without security, for generators that ignore a key in the query (bash, swift6, elixir,
perl, orval, kubb, oazapfts): their clients could not send it at all.

Answers stand inlined in each operation: the refusals differ, and some generators read a $ref there as without content.
"""

from __future__ import annotations

import copy
import json
from typing import Any
from xml.sax.saxutils import escape

import yaml
from openapi import JSON, XML, Node, code_rows, operations, resolved

FULL_NOTE = "# Derived from openapi.yaml by `make generate`; do not edit. Every answer has an example, also in XML.\n"
JSON_NOTE = "This is the JSON-only profile for code generators, derived from openapi.yaml by make generate.\n"
KEY_NOTE = "The key is a parameter of each operation, for code generators that ignore security.\n"
FORMAT, KEY = ({"$ref": f"#/components/parameters/{name}"} for name in ("ResponseFormat", "ApiKeyInQuery"))


class DocumentError(Exception):
    """An example cannot be written as XML."""


def document_texts(spec: Node) -> dict[str, str]:
    """Return the derived documents of a parsed openapi.yaml: their text by file name."""
    text = yaml.dump(full(spec), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110)
    profiles = {"json-only.json": json_only(spec), "key-as-parameter.json": key_as_parameter(spec)}
    return {
        "full.yaml": FULL_NOTE + text,
        **{name: json.dumps(profile, indent=2, ensure_ascii=False) + "\n" for name, profile in profiles.items()},
    }


def full(spec: Node) -> Node:
    """Return `spec` with all examples."""
    document = copy.deepcopy(spec)
    for _, _, operation in operations(document):
        operation["responses"] = {
            status: _answer(spec, operation, response, with_successes=status == "200")
            for status, response in operation["responses"].items()
        }
    document["components"].pop("responses")
    document["components"].pop("examples")
    return document


def json_only(spec: Node) -> Node:
    """Return `spec` with all examples and without XML: contents, schemas, extensions, the parameter for it."""
    profile = full(spec)
    components = profile["components"]
    components["schemas"] = {name: schema for name, schema in components["schemas"].items() if "x-xml-of" not in schema}
    components["parameters"].pop(FORMAT["$ref"].rpartition("/")[2])
    for _, _, operation in operations(profile):
        for response in operation["responses"].values():
            response["content"].pop(XML, None)
    for holder in [*profile["paths"].values(), *(operation for _, _, operation in operations(profile))]:
        if left := [parameter for parameter in holder.get("parameters", ()) if parameter != FORMAT]:
            holder["parameters"] = left
        else:
            holder.pop("parameters", None)
    profile["info"]["description"] = f"{profile['info']['description'].rstrip()}\n{JSON_NOTE}"
    without_xml: Node = _without_keys(profile, ("x-xml-order", "x-xml-of"))
    return without_xml


def key_as_parameter(spec: Node) -> Node:
    """Return the JSON-only profile without security: a required query parameter stands for the scheme.

    An operation whose body has the key is as it was. The parameter is the first, so that the key comes first in a URL.
    """
    profile = json_only(spec)
    components = profile["components"]
    (scheme,) = components.pop("securitySchemes").values()
    secured = bool(profile.pop("security"))
    parameter = {"name": scheme["name"], "in": scheme["in"], "required": True, "description": scheme["description"]}
    parameter |= {"schema": {"type": "string", "minLength": 1}, "example": "YOUR_API_KEY"}
    components["parameters"] = {KEY["$ref"].rpartition("/")[2]: parameter, **components["parameters"]}
    for _, _, operation in operations(profile):
        if operation.pop("security", secured):
            operation["parameters"] = [dict(KEY), *operation.get("parameters", ())]
    profile["info"]["description"] += KEY_NOTE
    return profile


def _without_keys(node: Any, names: tuple[str, ...]) -> Any:
    if isinstance(node, dict):
        return {key: _without_keys(value, names) for key, value in node.items() if key not in names}
    return [_without_keys(item, names) for item in node] if isinstance(node, list) else node


def _answer(spec: Node, operation: Node, response: Node, with_successes: bool) -> Node:
    """Return a response with its examples inlined."""
    answer: Node = copy.deepcopy(resolved(spec, response))
    in_json, in_xml = ({**answer["content"][form].get("examples", {})} for form in (JSON, XML))
    examples = {name: resolved(spec, node) for name, node in in_json.items()} if with_successes else {}
    examples |= {name: node for name, node in _refusals(spec, operation).items() if name not in examples}
    answer["content"][JSON]["examples"] = examples
    answer["content"][XML]["examples"] = {
        name: resolved(spec, in_xml[name]) if name in in_xml else _in_xml(node, answer["content"][JSON]["schema"], spec)
        for name, node in examples.items()
    }
    return answer


def _refusals(spec: Node, operation: Node) -> dict[str, Node]:
    """Return an example of each refusal, the operation's own codes first."""
    examples: dict[str, Node] = {}
    for component in operation["x-codes"]:
        for code, name, kind, text, meaning, _ in code_rows(spec["components"]["schemas"][component]):
            if kind != "success":
                value = {"success": False, "code": code} | ({"message": text} if text else {})
                title = "".join(word.capitalize() for word in name.split("_"))
                examples.setdefault(title, {"summary": f"{code}, {_phrase(meaning)}", "value": value})
    return examples


def _phrase(sentence: str) -> str:
    first, rest = sentence[0], sentence[1:].removesuffix(".")
    return (first.lower() if rest[:1].islower() or rest[:1] == " " else first) + rest


def _in_xml(example: Node, schema: Node, spec: Node) -> Node:
    derived = "; derived, not documented" if example["value"]["success"] else ""
    return {"summary": example["summary"] + derived, "value": xml_text(example["value"], schema, spec)}


def xml_text(value: Node, schema: Node, spec: Node) -> str:
    """Return the XML answer that says the same as a JSON answer, as the vendor's pages set it. Raises DocumentError."""
    lines = _lines("result", value, schema, spec, "")
    return "\n".join(["<?xml version='1.0' encoding='UTF-8'?>", *lines]) + "\n"


def _lines(tag: str, value: Any, schema: Node, spec: Node, indent: str) -> list[str]:
    """Return the lines of an element: an object's values by x-xml-order, the items of a list, or a text."""
    schema = resolved(spec, schema)
    if isinstance(value, dict):
        order = schema.get("x-xml-order", [])
        if unknown := [name for name in value if name not in order]:
            raise DocumentError(f"the JSON example has {unknown[0]}, which no x-xml-order has a place for")
        parts = [(value[name], schema["properties"][name]) for name in order if name in value]
    elif isinstance(value, list):
        parts = [(item, schema["items"]) for item in value]
    else:
        text = str(value).lower() if isinstance(value, bool) else escape(str(value))
        return [f"{indent}<{tag}>{text}</{tag}>"]
    inner = [line for part, about in parts for line in _lines("entry", part, about, spec, f"{indent}    ")]
    return [f"{indent}<{tag}>", *inner, f"{indent}</{tag}>"] if inner else [f"{indent}<{tag}/>"]


class _Dumper(yaml.SafeDumper):
    """Writes texts of several lines as blocks, and nothing as an alias."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _text)
