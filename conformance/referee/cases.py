"""conformance/*.yaml, read and spread out: one plain case for each format and each status. Pure but for the reading.

What a file leaves out is filled in here, so that cases.json, which runners of every language read, leaves out nothing.
conformance/README.md explains both forms, conformance/schema.json holds them to it.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).resolve().parent.parent
CONTRACT = FOLDER.parent / "generated" / "openapi" / "full.yaml"
"""openapi.yaml with an example of every answer."""

VERSION = 2
KEY = "{key}"
"""Stands for the key of a case wherever a request holds it."""

URL = "{url}"
"""Stands for the address of the server in the headers of an answer."""

TYPES = {"json": "application/json", "xml": "application/xml"}

Case = dict[str, Any]


class CaseError(Exception):
    """A case that cannot be spread out. One line."""


def document(folder: Path = FOLDER, contract: Path = CONTRACT) -> dict[str, Any]:
    """All cases as cases.json has them. Raises CaseError."""
    spec = _yaml(contract)
    cases = [case for path in sorted(folder.glob("*.yaml")) for case in _cases_of(path, spec)]
    names = [case["id"] for case in cases]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise CaseError(f"case ids that stand twice: {', '.join(twice)}")
    return {"version": VERSION, "contract": spec["info"]["version"], "cases": cases}


def as_json(cases: dict[str, Any]) -> str:
    """The text of cases.json: a case a line, so that a change shows as one."""
    lines = ",\n".join(json.dumps(case, ensure_ascii=False) for case in cases["cases"])
    head = json.dumps({name: value for name, value in cases.items() if name != "cases"})
    text = f'{head[:-1]}, "cases": [\n{lines}\n]}}\n'
    return text.replace("\ufeff", "\\ufeff")  # an editor shows none


def key_of(case: Case) -> str:
    """The key that a client sends in this case; it tells the server which case it is."""
    return f"sandbox-{case['id']}"


def _yaml(path: Path) -> Case:
    try:
        value = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise CaseError(f"{path.name}: {' '.join(str(error).split())}") from None
    if not isinstance(value, dict):
        raise CaseError(f"{path.name} is no mapping of names to values")
    return value


def _cases_of(path: Path, spec: dict[str, Any]) -> Iterator[Case]:
    file = _yaml(path)
    if file["version"] != VERSION:
        raise CaseError(f"{path.name} has version {file['version']}, this reads version {VERSION}")
    for written in file["cases"]:
        try:
            yield from _spread({"group": path.stem, **written}, file.get("given", {}), spec)
        except (KeyError, TypeError, ValueError) as error:
            raise CaseError(f"{path.name}: {written.get('id')}: {type(error).__name__}: {error}") from None


def _spread(written: Case, given: Case, spec: dict[str, Any]) -> Iterator[Case]:
    """A case in each format that it is written for, at each status."""
    formats = written.get("formats", [written.get("call", {}).get("format", "json")])
    statuses = written.get("statuses", [None])
    for form in formats:
        for status in statuses:
            suffix = ("-xml" if form == "xml" and len(formats) > 1 else "") + (f"-at-{status}" if status else "")
            yield _plain(written, given, spec, form, status, suffix)


def _plain(written: Case, given: Case, spec: dict[str, Any], form: str, status: int | None, suffix: str) -> Case:
    call = {
        "already_ok": False,
        "retries": 0,
        "method": "fixed",
        **copy.deepcopy(given.get("call", {})),
        **written.get("call", {}),
    }
    call["format"] = form
    exchanges = []
    for exchange in written.get("exchanges", [written] if "answer" in written else []):
        request = _request(given, exchange, form)
        operation = spec["paths"].get(request.get("path"), {}).get(str(request.get("method")).lower(), {})
        exchanges.append({"request": request, "answer": _answer(exchange["answer"], form, status, operation)})
    return {
        "id": written["id"] + suffix,
        "group": written["group"],
        "title": written["title"],
        "source": written.get("source", given.get("source", "not documented")),
        "requires": _requires(call, exchanges),
        "call": call,
        "exchanges": exchanges,
        "outcome": _outcome(written["outcome"]),
    }


def _request(given: Case, exchange: Case, form: str) -> Case:
    request = {"headers": {}, "body": None, **copy.deepcopy(given.get("request", {})), **exchange.get("request", {})}
    request["query"] = {**request["query"], **({"_format": "xml"} if form == "xml" else {})}
    return request


def _answer(written: Case, form: str, status: int | None, operation: Case) -> Case:
    if "lost" in written:
        return {"lost": written["lost"]}
    headers = written.get("headers", {"Content-Type": TYPES[form]})
    answer = {"status": status or written.get("status", 200), "headers": headers}
    if "base64" in written:
        return {**answer, "base64": written["base64"]}
    return {**answer, "body": _body(written, form, operation)}


def _body(written: Case, form: str, operation: Case) -> str:
    if "example" in written:
        value = operation["responses"]["200"]["content"][TYPES[form]]["examples"][written["example"]]["value"]
        return str(value) if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    body: str | dict[str, str] = written["body"]
    return body[form] if isinstance(body, dict) else body


def _requires(call: Case, exchanges: list[Case]) -> list[str]:
    """What a client must support beside one JSON call: one that does not says so, and is not judged."""
    required = {
        "xml": call["format"] == "xml",
        "look-up": len({exchange["request"].get("path") for exchange in exchanges}) > 1,
        "retry": call["retries"] > 0,
        "fallback": call["method"] == "auto",
        "check": not exchanges,
    }
    return [name for name, needed in required.items() if needed]


def _outcome(written: Case) -> Case:
    base: Case = {"error": None, "code": None, "name": None, "message": None, "maybe_applied": False, "data": {}}
    return {"result": written["result"], **base, **written}
