"""What a client did in a case, held against what the case says. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from .cases import Case

AGREES, DIFFERS, UNSUPPORTED, SILENT = "agrees", "differs", "unsupported", "silent"
DEMANDED = ("result", "error", "maybe_applied")
"""What every runner must report of an outcome; null and false may be left out."""

DEMANDED_OF_REFUSALS = (*DEMANDED, "code", "message")
"""The same of a refusal. What is not demanded counts where it is reported."""


class Comparison(NamedTuple):
    """How a client did in one case, and why it is so."""

    case: Case
    verdict: str
    why: str = ""


def compare(case: Case, said: Mapping[str, Any] | None, requests: Iterable[Case]) -> Comparison:
    """The comparison on what a client said and sent. said: None where it said nothing."""
    if said is None:
        return Comparison(case, SILENT, "the runner said nothing of this case")
    if said.get("unsupported"):
        return Comparison(case, UNSUPPORTED, str(said["unsupported"]))
    faults = [*_faults_of_requests(case["exchanges"], list(requests)), *_faults_of_outcome(case["outcome"], said)]
    return Comparison(case, DIFFERS if faults else AGREES, "; ".join(faults))


def _faults_of_requests(exchanges: list[Case], requests: list[Case]) -> list[str]:
    if len(requests) != len(exchanges):
        return [f"{len(requests)} requests, not {len(exchanges)}"]
    faults = []
    for number, (exchange, seen) in enumerate(zip(exchanges, requests, strict=True), 1):
        wanted = exchange["request"]
        faults += [
            f"request {number}: {part} is {_shown(seen[part])}, not {_shown(wanted[part])}"
            for part in ("method", "path", "query", "body")
            if seen[part] != wanted[part]
        ]
        faults += _faults_of_headers(number, wanted["headers"], seen["headers"])
    return faults


def _faults_of_headers(number: int, wanted: Mapping[str, str], seen: Mapping[str, str]) -> list[str]:
    """Headers by any case of their name; of a media type its parameters do not count."""
    found = {name.lower(): value.partition(";")[0].strip().lower() for name, value in seen.items()}
    return [
        f"request {number}: {name} is {_shown(found.get(name.lower()))}, not {_shown(value)}"
        for name, value in wanted.items()
        if found.get(name.lower()) != value.lower()
    ]


def _faults_of_outcome(wanted: Case, said: Mapping[str, Any]) -> list[str]:
    demanded = DEMANDED_OF_REFUSALS if wanted["result"] == "refused" else DEMANDED
    names = [*demanded, *(name for name in wanted if name not in (*demanded, "data") and name in said)]
    faults = [
        f"{name} is {_shown(said.get(name))}, not {_shown(wanted[name])}"
        for name in names
        if not _same(said.get(name) or None, wanted[name] or None)
    ]
    data = said.get("data")
    return faults + _faults_of_data(wanted["data"], data if isinstance(data, dict) else {})


def _faults_of_data(wanted: Case, said: Case) -> list[str]:
    return [
        f"{name} is {_shown(said.get(name))}, not {_shown(value)}"
        for name, value in wanted.items()
        if not _fits(said.get(name), value)
    ]


def _fits(said: Any, wanted: Any) -> bool:
    """Whether a value is the wanted one. Fields that the case does not name do not count; null is the same as none."""
    if isinstance(wanted, dict):
        return isinstance(said, dict) and all(_fits(said.get(name), value) for name, value in wanted.items())
    if isinstance(wanted, list):
        return isinstance(said, list) and len(said) == len(wanted) and all(map(_fits, said, wanted))
    return _same(said, wanted)


def _same(said: Any, wanted: Any) -> bool:
    """Whether two values are the same in JSON, where 1 is not true."""
    return said == wanted and isinstance(said, bool) is isinstance(wanted, bool)


def _shown(value: Any) -> str:
    """A value as the cases write it."""
    return json.dumps(value, ensure_ascii=False)
