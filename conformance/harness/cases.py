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
    files = {path.stem: _file(path) for path in sorted(folder.glob("*.yaml"))}
    cases = [case for name in files for case in _cases_of(name, files, spec)]
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


def _file(path: Path) -> Case:
    file = _yaml(path)
    if file["version"] != VERSION:
        raise CaseError(f"{path.name} has version {file['version']}, this reads version {VERSION}")
    return file


def _cases_of(name: str, files: dict[str, Case], spec: dict[str, Any]) -> Iterator[Case]:
    own = files[name].get("given", {})
    for written in files[name]["cases"]:
        try:
            for other in written.get("of", [None]):
                case = {"group": name, **written, **({"id": f"{other}-{written['id']}"} if other else {})}
                given = {**files[other]["given"], **own} if other else own
                yield from _spread(case, given, spec)
        except (KeyError, TypeError, ValueError) as error:
            raise CaseError(f"{name}.yaml: {written.get('id')}: {type(error).__name__}: {error}") from None


def _spread(written: Case, given: Case, spec: dict[str, Any]) -> Iterator[Case]:
    """A case of each code, in each format that it is written for, at each status."""
    formats = written.get("formats", [written.get("call", {}).get("format", "json")])
    statuses = written.get("statuses", [None])
    for each in _of_each_code(written, given, spec) if "codes" in written else [written]:
        for form in formats:
            for status in statuses:
                suffix = ("-xml" if form == "xml" and len(formats) > 1 else "") + (f"-at-{status}" if status else "")
                yield _plain(each, given, spec, form, status, suffix)


def _of_each_code(written: Case, given: Case, spec: dict[str, Any]) -> Iterator[Case]:
    """A refusal with each code: its class is written down, its name and message are the document's."""
    operation = _operation(_request(given, written, "json"), spec)
    names: dict[int, str] = {}
    for each in operation["x-codes"]:
        codes = spec["components"]["schemas"][each]
        names = dict(zip(codes["enum"], codes["x-enum-varnames"], strict=True)) | names
    for error, numbers in written["codes"].items():
        for code in numbers:
            outcome = {"error": error, "code": code, "name": names[code], **written["outcome"]}
            yield {**written, "id": f"{written['id']}-{code}", "answer": {"example": code}, "outcome": outcome}


def _plain(written: Case, given: Case, spec: dict[str, Any], form: str, status: int | None, suffix: str) -> Case:
    call = {
        "already_ok": False,
        "retries": 0,
        "method": "fixed",
        **copy.deepcopy(given.get("call", {})),
        **written.get("call", {}),
    }
    call["format"] = form
    exchanges, message = [], None
    for exchange in written.get("exchanges", [written] if "answer" in written else []):
        request = _request(given, exchange, form)
        operation = _operation(request, spec)
        exchanges.append({"request": request, "answer": _answer(exchange["answer"], form, status, operation)})
        message = (
            _example(exchange["answer"], "json", operation).get("message") if "example" in exchange["answer"] else None
        )
    return {
        "id": written["id"] + suffix,
        "group": written["group"],
        "title": written["title"],
        "source": written.get("source", given.get("source", "not documented")),
        "requires": _requires(call, exchanges),
        "call": call,
        "exchanges": exchanges,
        "outcome": _outcome(written["outcome"], message),
    }


def _request(given: Case, exchange: Case, form: str) -> Case:
    request = {"headers": {}, "body": None, **copy.deepcopy(given.get("request", {})), **exchange.get("request", {})}
    request["query"] = {**request["query"], **({"_format": "xml"} if form == "xml" else {})}
    return request


def _operation(request: Case, spec: dict[str, Any]) -> Case:
    found: Case = spec["paths"].get(request.get("path"), {}).get(str(request.get("method")).lower(), {})
    return found


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
        value = _example(written, form, operation)
        return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    body: str | dict[str, str] = written["body"]
    return body[form] if isinstance(body, dict) else body


def _example(written: Case, form: str, operation: Case) -> Any:
    """An example of the answer, by its name or the first with a code; in JSON with other fields if they are written."""
    wanted, content = written["example"], operation["responses"]["200"]["content"]
    in_json = content[TYPES["json"]]["examples"]
    name = next((name for name, each in in_json.items() if wanted in (name, each["value"]["code"])), wanted)
    value = content[TYPES[form]]["examples"][name]["value"]
    return value if isinstance(value, str) else {**value, **written.get("with", {})}


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


def _outcome(written: Case, message: str | None) -> Case:
    """The outcome, with the message of the answer if it is a success or refusal for which none is written down."""
    base: Case = {"error": None, "code": None, "name": None, "message": None, "maybe_applied": False, "data": {}}
    if "code" in written:
        base["message"] = message
    return {"result": written["result"], **base, **written}
