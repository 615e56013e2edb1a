"""A client of another language on the sandbox: a list, an addition, deletions, a wrong key, one after the other."""

from __future__ import annotations

from functools import partial
from typing import Any

from conformance.referee.cases import Case

from .language import Language

KEY, WRONG_KEY = "sandbox-portability", "sandbox-wrong"
STEPS = "add, list, wrong key, delete, delete again"


def faults(language: Language, url: str) -> list[str]:
    """Where the client came to another outcome than it should. Raises ClientError."""
    visit = _Visit(language, url)
    (added,) = visit.say(_call("addUnsubscribe", email=f"{language.name}@example.com"))
    number = (added.get("data") or {}).get("stopId")
    if added.get("result") != "done" or not isinstance(number, int):
        return [f"add: {added}"]
    delete = partial(_call, "deleteUnsubscribe", id=number)
    full, wrong = visit.say(_call("listUnsubscribes"), delete(key=WRONG_KEY))
    (deleted,) = visit.say(delete())
    again, gone, left = visit.say(delete(), delete(already_ok=True), _call("listUnsubscribes"))
    visit.faults += [f"{step}: {said}" for step, said in (("list", full), ("list at the end", left)) if not _ids(said)]
    visit.expect("wrong key", ("refused", "authentication", 10), _essence(wrong))
    visit.expect("delete", ("done", None, 200), _essence(deleted))
    visit.expect("delete again", ("refused", "not_found", 4), _essence(again))
    visit.expect("delete again, already_ok", ("already_done", None, 4), _essence(gone))
    visit.expect("what the deletion took from the list", {number}, _ids(full) - _ids(left))
    visit.expect("the rest of the list", 3, len(_ids(left)))
    return visit.faults


def _call(operation: str, key: str = KEY, already_ok: bool = False, **arguments: Any) -> Case:
    call = {"key": key, "requires": [], "operation": operation, "arguments": arguments, "already_ok": already_ok}
    return {**call, "format": "json", "retries": 0, "method": "fixed"}


def _ids(said: Case) -> set[Any]:
    return {entry["id"] for entry in (said.get("data") or {}).get("data", [])}


def _essence(said: Case) -> tuple[Any, Any, Any]:
    return said.get("result"), said.get("error"), said.get("code")


class _Visit:
    """What one client says. Calls of one run may be carried out in any order; runs follow one another."""

    def __init__(self, language: Language, url: str) -> None:
        self._language = language
        self._url = url
        self.faults: list[str] = []

    def say(self, *calls: Case) -> list[Case]:
        named = [{"case": f"call-{number}", **call} for number, call in enumerate(calls)]
        answers = self._language.answers(named, self._url)
        return [answers.get(call["case"], {}) for call in named]

    def expect(self, step: str, wanted: Any, found: Any) -> None:
        if wanted != found:
            self.faults.append(f"{step}: {found}, not {wanted}")
