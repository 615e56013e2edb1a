"""The runner of the Python SDK: what `mailpartner` makes of each case.

Reads its calls from CONFORMANCE_CALLS, calls CONFORMANCE_URL, prints a JSON object a line.
"""

from __future__ import annotations

import json
import os
import pkgutil
import re
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple, get_type_hints

from mailpartner import APIConnectionError, APIError, MailPartner, MailPartnerError
from mailpartner.contract import OPERATIONS
from mailpartner.errors import KINDS

Json = dict[str, Any]

CLASSES = {cls: kind for kind, cls in KINDS.items()}
CONTRACT = {operation.id: operation for operation in OPERATIONS.values()}


class Method(NamedTuple):
    """A method of the SDK, and what it calls differently than the contract does.

    Attributes:
        already_ok: The keyword for the call's `already_ok`.
        data: Fields of the answer, each with the attribute of the result that holds it; "" for the result itself.
    """

    resource: str
    name: str
    already_ok: str | None = None
    data: Mapping[str, str] = {}


METHODS = {
    "listUnsubscribes": Method("unsubscribes", "list", data={"data": ""}),
    "addUnsubscribe": Method("unsubscribes", "add", "exist_ok", {"stopId": "id"}),
    "deleteUnsubscribe": Method("unsubscribes", "delete", "missing_ok"),
}
"""The operations that have a method. Any other goes through `MailPartner.call`, without a line here."""


def options_of(call: Json) -> Json:
    """Return the options of the client that makes a call."""
    method = "auto" if call["method"] == "auto" else CONTRACT[call["operation"]].method
    return {"format": call["format"], "max_retries": call["retries"], "method": method}


def start(mp: Any, call: Json, methods: Mapping[str, Method] = METHODS) -> Any:
    """Make a call; with an async client, return what is to be awaited."""
    method = methods.get(call["operation"])
    if method is None:
        module, arguments = generic(call)
        return mp.call(module, **arguments)
    options = {method.already_ok: True} if method.already_ok and call["already_ok"] else {}
    return getattr(getattr(mp, method.resource), method.name)(**call["arguments"], **options)


def outcome_of(value: Any, call: Json, methods: Mapping[str, Method] = METHODS) -> Json:
    """Return what a call gave back, in the words of the cases."""
    method = methods.get(call["operation"])
    if method is None:
        data = json.loads(json.dumps(value.to_dict(), default=written))
        return {"result": "done", "code": data.get("code"), "message": data.get("message"), "data": data}
    already = getattr(value, "outcome", "").startswith("already_")
    texts = {name: getattr(value, name) for name in ("code", "message") if hasattr(value, name)}
    data = {name: plain(getattr(value, attribute) if attribute else value) for name, attribute in method.data.items()}
    return {"result": "already_done" if already else "done", **texts, "data": data}


def outcome_of_error(error: Exception, call: Json, methods: Mapping[str, Method] = METHODS) -> Json:
    """Return what a call raised, in the words of the cases."""
    if not isinstance(error, MailPartnerError):
        return {"result": "not_sent"}
    if not isinstance(error, APIError):
        result = "no_answer" if isinstance(error, APIConnectionError) else "unreadable"
        return {"result": result, "maybe_applied": error.maybe_applied}
    texts = {"code": error.code, "message": error.message}
    if call["operation"] not in methods and settles(call, error) and (call["already_ok"] or error.maybe_applied):
        return {"result": "already_done", **texts}  # what a method does by itself
    return {
        "result": "refused",
        "error": CLASSES.get(type(error)),
        "name": error.name,
        **texts,
        "errors": [plain(item) for item in error.errors],
        "maybe_applied": error.maybe_applied,
    }


def settles(call: Json, error: APIError) -> bool:
    """Whether the error's code says that what was asked for is so already."""
    code = CONTRACT[call["operation"]].codes.get(error.code) if error.code is not None else None
    return code is not None and code.effect == "settles"


def generic(call: Json) -> tuple[Any, Json]:
    """Return the generated module of an operation and its arguments, as `MailPartner.call` takes them."""
    module, arguments = module_of(call["operation"]), call["arguments"]
    body = get_type_hints(module.sync).get("body")
    if body is not None:
        return module, {"body": body.from_dict({"apiKey": "", **arguments})}
    return module, {snake_case(name): value for name, value in arguments.items()}


def snake_case(name: str) -> str:
    """Return how the generated client calls what openapi.yaml calls `name`."""
    return re.sub("(?=[A-Z])", "_", name).lower()


@cache
def module_of(operation: str) -> Any:
    """Return the generated module of an operation."""
    api = import_module("mailpartner.generated.api")
    name = snake_case(operation)
    modules = (module.name for module in pkgutil.walk_packages(api.__path__, f"{api.__name__}."))
    return import_module(next(found for found in modules if found.endswith(f".{name}")))


def plain(value: Any) -> Any:
    """Return a result of the SDK as JSON, its fields named as the contract names them."""
    if isinstance(value, (tuple, list)):
        return [plain(item) for item in value]
    if hasattr(value, "to_dict"):
        given = {name: item for name, item in value.to_dict().items() if item is not None}
        return {re.sub("_(.)", lambda found: found[1].upper(), name): item for name, item in given.items()}
    return value


def written(value: Any) -> Any:
    """Return for JSON what it has no word for: decimals, and secrets, which no case names."""
    return float(value) if isinstance(value, Decimal) else str(value)


def report(
    call: Json, url: str, client: Callable[..., MailPartner] = MailPartner, methods: Mapping[str, Method] = METHODS
) -> Json:
    """Carry a call out, and return what came of it."""
    with client(call["key"], base_url=url, **options_of(call)) as mp:
        try:
            said = outcome_of(start(mp, call, methods), call, methods)
        except Exception as error:
            said = outcome_of_error(error, call, methods)
    return {"case": call["case"], **said}


def main() -> None:
    """Carry out all calls, several at a time: those that retry wait in between."""
    calls = json.loads(Path(os.environ["CONFORMANCE_CALLS"]).read_text(encoding="utf-8"))
    import_module("mailpartner.generated.models")  # threads that began with different modules of it would deadlock
    with ThreadPoolExecutor(16) as pool:
        for said in pool.map(lambda call: report(call, os.environ["CONFORMANCE_URL"]), calls):
            print(json.dumps(said), flush=True)


if __name__ == "__main__":
    main()
