"""The runner of the Python SDK: what `mailpartner` makes of each case.

Reads its calls from CONFORMANCE_CALLS, calls CONFORMANCE_URL, prints a JSON object a line.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from mailpartner import Addition, APIConnectionError, APIError, Deletion, MailPartner, MailPartnerError, Unsubscribe
from mailpartner.errors import KINDS

CLASSES = {cls: kind for kind, cls in KINDS.items()}


def options_of(call: dict[str, Any]) -> dict[str, Any]:
    """What the client of a call is made with."""
    method = {"auto": "auto", "fixed": "GET" if call["operation"].endswith("WithGet") else "POST"}[call["method"]]
    return {"format": call["format"], "max_retries": call["retries"], "method": method}


def arguments_of(call: dict[str, Any]) -> tuple[str, list[Any], dict[str, Any]]:
    """The SDK's method for a call, and its arguments."""
    if call["operation"].startswith("delete"):
        return "delete", [call["arguments"]["id"]], {"missing_ok": call["missing_ok"]}
    return ("add", [call["arguments"]["email"]], {}) if call["operation"] == "addUnsubscribe" else ("list", [], {})


def said_of(value: Any) -> dict[str, Any]:
    """What a call gave back, in the words of the cases."""
    if isinstance(value, Deletion):
        return {"result": value.outcome.value, "code": value.code, "message": value.message}
    if isinstance(value, Addition):
        return {"result": value.outcome.value, "code": value.code, "id": value.id}
    return {"result": "listed", "code": 200, "entries": [_entry(entry) for entry in value]}


def said_of_error(error: Exception) -> dict[str, Any]:
    """What a call raised, in the words of the cases."""
    if not isinstance(error, MailPartnerError):
        return {"result": "not_sent"}
    said: dict[str, Any] = {"maybe_applied": error.maybe_applied}
    if isinstance(error, APIError):
        details = [_detail(item.element_id, item.message, item.code) for item in error.errors]
        kind = CLASSES.get(type(error))
        return said | {"result": "refused", "error": kind, "code": error.code, "name": error.name} | {
            "message": error.message,
            "errors": details,
        }  # fmt: skip
    return said | {"result": "no_answer" if isinstance(error, APIConnectionError) else "unreadable"}


def _entry(entry: Unsubscribe) -> dict[str, Any]:
    return {"id": entry.id, "email": entry.email, "createdAt": entry.created_at}


def _detail(element: str | None, message: str | None, code: int | None) -> dict[str, Any]:
    given = {"elementId": element, "message": message, "code": code}
    return {name: value for name, value in given.items() if value is not None}


def report(call: dict[str, Any], url: str, client: Callable[..., MailPartner] = MailPartner) -> dict[str, Any]:
    """Carry a call out; what came of it."""
    method, positional, named = arguments_of(call)
    with client(call["key"], base_url=url, **options_of(call)) as mp:
        try:
            said = said_of(getattr(mp.unsubscribes, method)(*positional, **named))
        except Exception as error:
            said = said_of_error(error)
    return {"case": call["case"], **said}


def main() -> None:
    """All calls, several at a time: those that retry wait in between."""
    calls = json.loads(Path(os.environ["CONFORMANCE_CALLS"]).read_text(encoding="utf-8"))
    with ThreadPoolExecutor(16) as crew:
        for said in crew.map(lambda call: report(call, os.environ["CONFORMANCE_URL"]), calls):
            print(json.dumps(said), flush=True)


if __name__ == "__main__":
    main()
