"""The conformance cases as the page shows them: grouped, each with the words that it can be found by."""

from __future__ import annotations

import base64
import json
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

Node = dict[str, Any]

LOST = {
    "close": "no answer: the connection is closed",
    "reset": "no answer: the connection is reset",
    "half": "half an answer, then the connection is closed",
}


def groups(document: Node, abouts: dict[str, str]) -> list[Node]:
    """The groups of the compiled cases in their order; `abouts` says in a sentence what each is about."""
    return [
        {"name": name, "about": abouts.get(name, ""), "cases": [_case(case) for case in cases]}
        for name, cases in groupby(document["cases"], key=lambda case: str(case["group"]))
    ]


def about(yaml_text: str) -> str:
    """What the first comment of a file of cases says."""
    first = yaml_text.partition("\n")[0]
    return first.lstrip("# ").strip() if first.startswith("#") else ""


def _case(case: Node) -> Node:
    call = case["call"]
    return {
        "id": case["id"],
        "title": case["title"],
        "source": case["source"],
        "requires": case["requires"],
        "operation": call["operation"],
        "call": _call(call),
        "exchanges": [
            {"request": _request(one["request"]), "answer": _answer(one["answer"])} for one in case["exchanges"]
        ],
        "result": case["outcome"]["result"],
        "outcome": _outcome(case["outcome"]),
        "rest": _rest(case["outcome"]),
    }


def _call(call: Node) -> str:
    given = [*call["arguments"].items(), ("format", call["format"])]
    usual = {"already_ok": False, "retries": 0, "method": "fixed"}
    given += [(name, call[name]) for name, value in usual.items() if call[name] != value]
    return f"{call['operation']}({', '.join(f'{name}={_json(value)}' for name, value in given)})"


def _request(request: Node) -> str:
    query = urlencode(request["query"], safe="{}")
    lines = [f"{request['method']} {request['path']}{query and '?' + query}"]
    lines += [f"{name}: {value}" for name, value in request["headers"].items()]
    if request["body"] is not None:
        lines += ["", _json(request["body"])]
    return "\n".join(lines)


def _answer(answer: Node) -> str:
    if "lost" in answer:
        return LOST.get(answer["lost"], str(answer["lost"]))
    lines = [f"HTTP {answer['status']}", *(f"{name}: {value}" for name, value in answer["headers"].items())]
    return "\n".join([*lines, "", _body(answer)]).rstrip()


def _body(answer: Node) -> str:
    if "base64" in answer:
        return f"{len(base64.b64decode(answer['base64']))} bytes, in base64:\n{answer['base64']}"
    return str(answer["body"]) or "(an empty body)"


def _outcome(outcome: Node) -> str:
    """The outcome in a line, as far as it is always judged."""
    parts = [str(outcome["result"]).replace("_", " ")]
    if outcome["code"] is not None:
        parts.append(f"code {outcome['code']}")
    if outcome["result"] == "refused":
        parts.append(outcome["error"] or "a code that is not listed")
    if outcome["maybe_applied"]:
        parts.append("may have been done")
    return ", ".join(parts)


def _rest(outcome: Node) -> str:
    return "\n".join(f"{name}: {_json(value)}" for name, value in outcome.items() if value not in (None, False, {}))


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
