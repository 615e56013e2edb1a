"""A client of another language on the sandbox: a list, an addition, deletions, a wrong key, one after the other."""

from __future__ import annotations

from functools import partial
from typing import Any

from conformance.harness.cases import Case

from .language import Language

KEY, WRONG_KEY = "sandbox-portability", "sandbox-wrong"
STEPS = "add, list, wrong key, delete, delete again"


def faults(language: Language, url: str) -> list[str]:
    """Return where the client came to another outcome than it should. Raises RunnerError."""

    def say(*calls: Case) -> list[Case]:
        """What it says of calls that may be carried out in any order; runs follow one another."""
        named = [{"case": f"call-{number}", **call} for number, call in enumerate(calls)]
        answers = language.answers(named, url)
        return [answers.get(call["case"], {}) for call in named]

    (added,) = say(_call("addUnsubscribe", email=f"{language.name}@example.com"))
    number = (added.get("data") or {}).get("stopId")
    if added.get("result") != "done" or not isinstance(number, int):
        return [f"add: {added}"]
    delete = partial(_call, "deleteUnsubscribe", id=number)
    full, wrong = say(_call("listUnsubscribes"), delete(key=WRONG_KEY))
    (deleted,) = say(delete())
    again, gone, left = say(delete(), delete(already_ok=True), _call("listUnsubscribes"))
    steps = {
        "wrong key": (_essence(wrong), ("refused", "authentication", 10)),
        "delete": (_essence(deleted), ("done", None, 200)),
        "delete again": (_essence(again), ("refused", "not_found", 4)),
        "delete again, already_ok": (_essence(gone), ("already_done", None, 4)),
        "what the deletion took from the list": (_ids(full) - _ids(left), {number}),
        "the rest of the list": (len(_ids(left)), 3),
    }
    empty = [f"{step}: {said}" for step, said in (("list", full), ("list at the end", left)) if not _ids(said)]
    return empty + [f"{step}: {found}, not {wanted}" for step, (found, wanted) in steps.items() if found != wanted]


def _call(operation: str, key: str = KEY, already_ok: bool = False, **arguments: Any) -> Case:
    call = {"key": key, "requires": [], "operation": operation, "arguments": arguments, "already_ok": already_ok}
    return {**call, "format": "json", "retries": 0, "method": "fixed"}


def _ids(said: Case) -> set[Any]:
    return {entry["id"] for entry in (said.get("data") or {}).get("data", [])}


def _essence(said: Case) -> tuple[Any, Any, Any]:
    return said.get("result"), said.get("error"), said.get("code")
