"""What each operation of the document does to the entries: one small handler for each, found by `operationId`."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from .answers import Answer
from .document import Operation
from .keys import is_accepted
from .settings import Settings
from .state import Entries


@dataclass(frozen=True)
class Call:
    """One call of an operation, its key already checked.

    arguments: what the request carries, by name: texts from a query, JSON values from a body.
    """

    operation: Operation
    arguments: Mapping[str, Any]
    entries: Entries
    settings: Settings

    def argument(self, handle: str) -> Any:
        """What the request carries for this parameter of the document; None for nothing or an empty text."""
        return self.arguments.get(self.operation.parameters[handle].name) or None

    def integer(self, handle: str) -> int | None:
        """The argument as a number within the document's limits; None where it is not one."""
        text, schema = str(self.argument(handle)), self.operation.parameters[handle].schema
        if not re.fullmatch(r"0|[1-9][0-9]{0,39}", text):
            return None
        return int(text) if schema["minimum"] <= int(text) <= schema["maximum"] else None

    def success(self, done: str, **data: Any) -> Answer:
        """The answer that it was done; `data` are the operation's own properties."""
        return Answer(self.operation.success, done, data)

    def refusal(self, name: str) -> Answer:
        """The answer with the code of this name."""
        return Answer(self.operation.code(name), "refused")


def delete_unsubscribe(call: Call) -> Answer:
    """Remove one entry by its id."""
    if call.argument("UnsubscribeId") is None:
        return call.refusal("ID_REQUIRED")
    entry_id = call.integer("UnsubscribeId")
    if entry_id is None:
        return call.refusal("UNKNOWN_ID")
    if call.entries.remove(entry_id):
        return call.success("deleted")
    return call.success("nothing") if call.settings.unknown_id == "success" else call.refusal("UNKNOWN_ID")


HANDLERS: dict[str, Callable[[Call], Answer]] = {"deleteUnsubscribe": delete_unsubscribe}


def perform(call: Call) -> Answer:
    """Check the key, then do what the operation does; done and committed when this returns."""
    key = call.arguments.get(call.operation.key)
    if not isinstance(key, str) or not key:
        return call.refusal("API_KEY_REQUIRED")
    if not is_accepted(key):
        return call.refusal("INVALID_API_KEY")
    return HANDLERS[call.operation.form_of](call)


def read_arguments(operation: Operation, query: str, body: bytes) -> dict[str, Any] | None:
    """The arguments of a request, from where the operation takes them; None for a body that is no JSON object.

    Of a name that comes twice the last counts, as in PHP.
    """
    if not operation.in_body:
        return dict(parse_qsl(query, keep_blank_values=True))
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None
