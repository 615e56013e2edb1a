"""Two bad profiles, which prove that the cases notice: a client made from one must differ, or not compile."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from conformance.harness.cases import Case
from conformance.harness.run import PROFILE, RunnerError

from .language import WORK, Language

Profile = dict[str, Any]


@dataclass(frozen=True)
class Mutation:
    """A change of the profile, and the languages whose client it must not break."""

    name: str
    change: Callable[[Profile], None]
    unharmed: frozenset[str] = frozenset()


def closed_enum(profile: Profile) -> None:
    """`code` becomes one of the listed codes: a decoder that holds to it throws at the first new one."""
    profile["components"]["schemas"]["Outcome"]["properties"]["code"] = {
        "$ref": "#/components/schemas/DeleteUnsubscribeCode"
    }


def other_parameter(profile: Profile) -> None:
    """The parameter `id` has another name."""
    profile["components"]["parameters"]["UnsubscribeId"]["name"] = "number"


MUTATIONS = (
    Mutation("closed enum", closed_enum, unharmed=frozenset({"typescript"})),  # types are not there at run time
    Mutation("other parameter", other_parameter),
)


def written(mutation: Mutation, profile: Path = PROFILE, folder: Path = WORK) -> Path:
    """The changed profile, as a file."""
    document = copy.deepcopy(json.loads(profile.read_text(encoding="utf-8")))
    mutation.change(document)
    path = folder / f"{mutation.name.replace(' ', '-')}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def effect(language: Language, mutation: Mutation, cases: list[Case]) -> tuple[bool, str]:
    """Whether a client made from the changed profile does what it must, and what it does."""
    bad = replace(language, spec=written(mutation), work=WORK / mutation.name.replace(" ", "-"))
    harm = _harm(bad, cases)
    return (harm is None) == (language.name in mutation.unharmed), harm or "unharmed"


def _harm(bad: Language, cases: list[Case]) -> str | None:
    try:
        bad.build()
    except RunnerError:
        return "does not compile"
    differing = len(bad.report(cases).unexpected)
    return f"{differing} more cases differ" if differing else None
