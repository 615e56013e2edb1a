"""The example answers in generated/openapi/full.yaml, for the tests of all parts."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

FULL = Path(__file__).resolve().parent.parent / "generated" / "openapi" / "full.yaml"


class Example(NamedTuple):
    """One answer in both formats."""

    value: dict[str, Any]
    xml: str


@cache
def document() -> dict[str, Any]:
    """Return full.yaml."""
    parsed: dict[str, Any] = yaml.safe_load(FULL.read_text(encoding="utf-8"))
    return parsed


@cache
def examples(operation_id: str) -> dict[str, Example]:
    """Return the examples of an operation's answers, by name."""
    nodes = [node for item in document()["paths"].values() for node in item.values() if isinstance(node, dict)]
    content = next(node for node in nodes if node.get("operationId") == operation_id)["responses"]["200"]["content"]
    in_json, in_xml = (content[f"application/{form}"]["examples"] for form in ("json", "xml"))
    return {name: Example(in_json[name]["value"], in_xml[name]["value"]) for name in in_json}


def own_examples(operation_id: str) -> dict[str, Example]:
    """Return those of the operation's own codes, without the codes of the account."""
    general = document()["components"]["schemas"]["AccountCode"]["enum"]
    return {name: each for name, each in examples(operation_id).items() if each.value["code"] not in general}
