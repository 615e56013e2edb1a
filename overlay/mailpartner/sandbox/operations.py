"""What each operation of the document does to the entries: one small handler for each, found by `operationId`."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

from .answers import Answer, Table
from .document import FORMAT, Operation
from .keys import is_accepted
from .settings import Settings
from .state import Entries

INT64 = 2**63 - 1  # the format of ids; the document names no maximum, which JavaScript could not hold


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
        return int(text) if schema["minimum"] <= int(text) <= schema.get("maximum", INT64) else None

    def address(self, handle: str) -> str | None:
        """The argument as an address, its letters as the switch wants them; None where it is none."""
        value = self.argument(handle)
        if not isinstance(value, str) or not value.isprintable() or not re.fullmatch(r"[^@\s]+@[^@\s]+", value):
            return None
        return value.lower() if self.settings.letters == "lowered" else value

    def success(self, done: str, version: Hashable = None, **data: Any) -> Answer:
        """The answer that it was done; `data` are the operation's own properties, `version` that of what they show."""
        return Answer(self.operation.success, done, data, version=version)

    def refusal(self, name: str) -> Answer:
        """The answer with the code of this name."""
        return Answer(self.operation.code(name), "refused")


def list_unsubscribes(call: Call) -> Answer:
    """Show all entries in the order of their ids, with their count."""
    count = {"right": 0, "wrong": 1}.get(call.settings.nb_data)
    data: dict[str, Any] = {} if count is None else {"nbData": call.entries.count() + count}
    data["data"] = Table(("id", "email", "createdAt"), call.entries.rows)
    return call.success("listed", call.entries.version(), **data)


def add_unsubscribe(call: Call) -> Answer:
    """Put an address on the list, unless it is there."""
    if call.argument("email") is None:
        return call.refusal("EMAIL_REQUIRED")
    email = call.address("email")
    if email is None:
        return call.refusal("INVALID_EMAIL")
    entry_id = call.entries.add(email)
    return call.refusal("ALREADY_LISTED") if entry_id is None else call.success("added", stopId=entry_id)


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


def show_example(call: Call) -> Answer:
    """Answer with the document's example of a success, whatever was asked: the sandbox keeps nothing of it yet."""
    return call.success("example")


HANDLERS: dict[str, Callable[[Call], Answer]] = {
    "listUnsubscribes": list_unsubscribes,
    "addUnsubscribe": add_unsubscribe,
    "deleteUnsubscribe": delete_unsubscribe,
    "getCredits": show_example,
    "sendMessage": show_example,
    "getMessageStatus": show_example,
    "cancelMessage": show_example,
    "listSubaccounts": show_example,
    "createSubaccount": show_example,
    "addSubaccountCredit": show_example,
    "removeSubaccountCredit": show_example,
}


def perform(call: Call) -> Answer:
    """Check the key, then do what the operation does; done and committed when this returns."""
    key = call.arguments.get(call.operation.key)
    if (not isinstance(key, str) or not key) and "API_KEY_REQUIRED" in call.operation.codes:
        return call.refusal("API_KEY_REQUIRED")
    if not is_accepted(key or ""):
        return call.refusal("INVALID_API_KEY")
    return HANDLERS[call.operation.form_of](call)


class Arguments(NamedTuple):
    """What a request carries, by name. `malformed`: its body should be a JSON object and is none."""

    given: dict[str, Any]
    malformed: bool = False


def read_arguments(operation: Operation, query: str, body: bytes) -> Arguments:
    """The arguments of a request, from where the operation takes them; the format from the query in any case.

    Of a name that comes twice the last counts, as in PHP.
    """
    in_query = dict(parse_qsl(query, keep_blank_values=True))
    if not operation.in_body:
        return Arguments(in_query)
    name = operation.parameters[FORMAT].name if FORMAT in operation.parameters else None
    asked = {} if name is None or name not in in_query else {name: in_query[name]}
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        value = None
    return Arguments({**value, **asked}) if isinstance(value, dict) else Arguments(asked, malformed=True)
