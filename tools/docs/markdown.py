"""Write operations and codes of openapi.yaml, and the conformance cases, as Markdown, which the site's search finds."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import groupby
from typing import NamedTuple

from openapi import JSON, XML, Node, body_schema, operations, parameters, resolved
from openapi import code_rows as rows_of

from mailpartner.errors import KINDS

EFFECTS = {
    "applied": "Done.",
    "not_applied": "Nothing was done.",
    "not_applied_retry": "Nothing was done. Try again later.",
    "unknown": "It may have been done.",
    "settles": "Nothing was done now: it had been done before. After a lost answer, your first attempt did it.",
}


class CodeRow(NamedTuple):
    """One code of a list."""

    code: int
    name: str
    kind: str
    text: str | None
    meaning: str
    effect: str


def code_rows(spec: Node, name: str) -> list[CodeRow]:
    """Return the codes of a code list."""
    return [CodeRow(*row) for row in rows_of(spec["components"]["schemas"][name])]


def page_of(tag: str) -> str:
    """Return the name of the page with the operations of a tag."""
    return f"api/{tag.lower()}"


def page_of_codes(spec: Node, name: str) -> str:
    """Return the name of the page with a code list: that of its operations, or the index for one that all share."""
    pages = {page_of(node["tags"][0]) for _, _, node in operations(spec) if name in node["x-codes"]}
    return pages.pop() if len(pages) == 1 else "api/index"


def group(spec: Node, tag: str) -> str:
    """Return the operations of a tag, then their code lists."""
    found = [each for each in operations(spec) if each[2]["tags"][0] == tag]
    lists = dict.fromkeys(name for _, _, node in found for name in node["x-codes"])
    own = [name for name in lists if page_of_codes(spec, name) == page_of(tag)]
    return "\n\n".join([*(_operation(spec, *each) for each in found), *(code_list(spec, name) for name in own)])


def code_list(spec: Node, name: str) -> str:
    """Return a code list as a table under a heading."""
    users = [node["operationId"] for _, _, node in operations(spec) if name in node["x-codes"]]
    of = "any operation" if page_of_codes(spec, name) == "api/index" else ", ".join(f"`{user}`" for user in users)
    rows = [_code(row) for row in code_rows(spec, name)]
    head = "| Code | Meaning | Class | Effect of the request |\n| --- | --- | --- | --- |"
    about = spec["components"]["schemas"][name]["description"].strip()
    return f"({name.lower()})=\n## Codes of {of}\n\n{about}\n\n{{.codes}}\n" + "\n".join([head, *rows])


def _code(row: CodeRow) -> str:
    text = f'<br><span lang="fr">*{_indexed(row.text)}*</span>' if row.text else "<br>(The vendor gives no text.)"
    error = f"<br>{{py:exc}}`~mailpartner.{KINDS[row.kind].__name__}`" if row.kind in KINDS else ""
    meaning = f"{_indexed(row.name)}<br>{row.meaning}{text}"
    return f"| {_indexed(row.code)} | {meaning} | `{row.kind}`{error} | {EFFECTS[row.effect]} |"


def _indexed(word: object) -> str:
    """Return a word as an index entry, which the search shows before the pages that only hold the word."""
    return f"{{index}}`!{word}`"


def _operation(spec: Node, method: str, path: str, node: Node) -> str:
    tag = node["tags"][0]
    answer = resolved(spec, node["responses"]["200"])["content"]
    codes = " and ".join(
        f"[{', '.join(str(row.code) for row in code_rows(spec, name))}](#{name.lower()})" for name in node["x-codes"]
    )
    successes = [name for name, one in answer[JSON]["examples"].items() if one["value"]["success"]]
    parts = [
        f"({node['operationId'].lower()})=\n## {node['summary']}",
        f"`{method.upper()} {path}`, operation `{node['operationId']}`. "
        f'<a href="../viewer/index.html#tag/{tag.lower()}/{method.upper()}{path}">Try it on the sandbox</a>',
        node["description"].strip(),
        "Sending it twice does no harm." if node["x-idempotent"] else "Do not send it again in doubt.",
        f"Codes: {codes}.",
        "### Parameters",
        *_parameters(spec, path, node),
        "### Answer",
        *_fields(spec, answer[JSON]["schema"]),
        *(_example(answer, name) for name in successes),
    ]
    return "\n\n".join(parts)


def _parameters(spec: Node, path: str, node: Node) -> Iterator[str]:
    scheme = spec["components"]["securitySchemes"]["apiKey"]
    if node.get("security", spec["security"]):
        yield _field(scheme["name"], {**scheme, "type": "string"}, scheme["in"], required=True)
    for parameter in parameters(spec, path, node):
        about = {**parameter["schema"], **parameter}
        yield _field(parameter["name"], about, parameter["in"], required=parameter["required"])
    yield from _fields(spec, body_schema(spec, node), "body")


def _fields(spec: Node, schema: Node, place: str = "", prefix: str = "") -> Iterator[str]:
    """Yield the properties of an object, each followed by those of the objects in it."""
    schema = resolved(spec, schema)
    for name in schema.get("x-xml-order") or schema.get("properties", {}):
        about = resolved(spec, schema["properties"][name])
        yield _field(f"{prefix}{name}", about, place, required=name in schema.get("required", []))
        inner = about.get("items", about)
        yield from _fields(spec, inner, place, f"{prefix}{name}{'[]' if 'items' in about else ''}.")


def _field(name: str, about: Node, place: str, *, required: bool) -> str:
    values = " or ".join(f"`{value}`" for value in about.get("enum", []))
    limits = f" from {about['minimum']} to {about['maximum']}" if {"minimum", "maximum"} <= about.keys() else ""
    facts = [*([f"in the {place}"] if place else []), values or f"{about.get('type', 'object')}{limits}"]
    facts += ["required" if required else "optional"] if place else [] if required else ["not always there"]
    text = about.get("description", "").strip().replace("\n", "\n  ")
    return f"`{name}` ({', '.join(facts)})\n: {text or 'No description.'}"


def _example(answer: Node, name: str) -> str:
    example, xml = answer[JSON]["examples"][name], answer[XML]["examples"][name]
    text = json.dumps(example["value"], indent=2, ensure_ascii=False)
    in_json = f"{example['summary']}:\n\n```json\n{text}\n```"
    return f"{in_json}\n\n{xml['summary']}, in XML:\n\n```xml\n{xml['value'].strip()}\n```"


def case_tables(document: Node) -> str:
    """Return a section with a table for each group of cases."""
    return "\n\n".join(
        f"## {name.capitalize()}\n\n| Case | Outcome |\n| --- | --- |\n" + "\n".join(map(_case, cases))
        for name, cases in groupby(document["cases"], key=lambda case: str(case["group"]))
    )


def _case(case: Node) -> str:
    title = case["title"].replace("|", "\\|").replace("<", "&lt;")
    return f"| `{case['id']}`<br>{title} | {_outcome(case['outcome'])} |"


def _outcome(outcome: Node) -> str:
    parts = [str(outcome["result"]).replace("_", " ")]
    if outcome["code"] is not None:
        parts.append(f"code {outcome['code']}")
    if outcome["result"] == "refused":
        parts.append(outcome["error"] or "a code that is not listed")
    if outcome["maybe_applied"]:
        parts.append("may have been done")
    return ", ".join(parts)
