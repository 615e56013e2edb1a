"""Modules, example arguments and example answers of the operations, read from the contract."""

from __future__ import annotations

import copy
import importlib
import inspect
import pkgutil
import re
from collections.abc import Callable
from decimal import Decimal
from functools import cache
from types import ModuleType
from typing import Any, Final, NamedTuple

import contract_examples

import mailpartner.generated.api
from mailpartner import MailPartnerError, Secret
from mailpartner.contract import OPERATIONS, Code, Limits, Operation

OPERATION_LIST: Final = list(OPERATIONS.values())
ONCE: Final = [each._replace(safe=False, idempotent=False) for each in OPERATION_LIST]
"""The same, if the contract said that they have an effect and must not be repeated in doubt."""
JSON_ONLY: Final = [each._replace(takes_format=False) for each in OPERATION_LIST]
"""The same, if they did not know `_format`."""
TEXTS: Final = ("", " ", "x", "\n", "é", "-1", "a b")
"""One of them matches no pattern that an argument may have."""


class Example(NamedTuple):
    """What an operation is called with. `body` is None for an operation without one."""

    query: dict[str, Any]
    body: dict[str, Any] | None


class Violation(NamedTuple):
    """A value of one argument that the contract does not allow."""

    operation: Operation
    name: str
    value: Any
    error: type[Exception]
    label: str


def label(case: object) -> str:
    """Return how a test is called whose parameter is `case`: an operation by its id and what is changed in it."""
    if not isinstance(case, Operation):
        return str(case)
    known = OPERATIONS[case.method, case.path]
    changed = (name for name in ("safe", "idempotent", "takes_format") if getattr(case, name) != getattr(known, name))
    return "-not_".join([case.id, *changed])


def module_of(operation: Operation) -> ModuleType:
    """Return the generated module of an operation."""
    return importlib.import_module(_modules()[_snake_case(operation.id)])


@cache
def _modules() -> dict[str, str]:
    package = mailpartner.generated.api
    found = [each.name for each in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")]
    return {name.rpartition(".")[2]: name for name in found}


def example_of(operation: Operation) -> Example:
    """Return what an operation requires, with the examples in openapi.yaml and without the key."""
    item = contract_examples.document()["paths"][operation.path]
    node = item[operation.method.lower()]
    parameters = [_resolved(each) for each in [*item.get("parameters", ()), *node.get("parameters", ())]]
    query = {
        each["name"]: each["example"] if "example" in each else _example(each["schema"], each["name"])
        for each in parameters
        if each.get("required")
    }
    if "requestBody" not in node:
        return Example(query, None)
    schema = _resolved(node["requestBody"])["content"]["application/json"]["schema"]
    body = _example(schema, "the body")
    return Example(query, {name: value for name, value in body.items() if name != "apiKey"})


def arguments_of(operation: Operation, changed: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return the keyword arguments for `client.call`, made of the example with some values changed."""
    changed = changed or {}
    example = example_of(operation)
    whole = _whole_body(operation)
    of_body = {path for path in changed if path.partition(".")[0].removesuffix("[]") in whole}
    query = {**example.query, **{path: value for path, value in changed.items() if path not in of_body}}
    arguments = {_snake_case(name): value for name, value in query.items()}
    if example.body is None:
        return arguments
    model = inspect.signature(module_of(operation)._get_kwargs).parameters["body"].annotation
    body = copy.deepcopy(example.body)
    for path in of_body:
        name = path.partition(".")[0].removesuffix("[]")
        body.setdefault(name, copy.deepcopy(whole[name]))
        _put(body, path, changed[path])
    return {**arguments, "body": model.from_dict({"apiKey": "not the client's", **body})}


def _whole_body(operation: Operation) -> dict[str, Any]:
    """Return an example of a JSON body with all that may be in it; nothing for an operation without one."""
    node = contract_examples.document()["paths"][operation.path][operation.method.lower()]
    content = _resolved(node.get("requestBody", {})).get("content", {})
    body: dict[str, Any] = _example(content["application/json"]["schema"], "the body", whole=True) if content else {}
    return body


def successes_of(operation: Operation) -> dict[str, contract_examples.Example]:
    """Return the examples of answers that say it was done, by name."""
    examples = contract_examples.examples(operation.id)
    return {name: example for name, example in examples.items() if example.value["success"]}


def refusals_of(operation: Operation) -> dict[int, Code]:
    """Return the listed codes that are no success."""
    return {number: code for number, code in operation.codes.items() if code.kind != "success"}


def violations_of(operation: Operation) -> list[Violation]:
    """Return a value beyond each limit of each argument, and values of other types."""
    example = example_of(operation)
    known = {**example.query, **_by_path(_whole_body(operation))}
    return [
        Violation(operation, name, value, error, f"{operation.id}-{name}-{label}")
        for name, limits in operation.limits.items()
        for label, value, error in _beyond(limits, known.get(name))
    ]


def written(value: Decimal | Secret) -> float | str:
    """Return for JSON what a model holds beyond it."""
    return value.reveal() if isinstance(value, Secret) else float(value)


def assert_told(error: MailPartnerError, maybe_applied: bool, attempts: int) -> None:
    """The error says, in fields and in words, whether the request may have taken effect, and its attempts."""
    assert (error.maybe_applied, error.attempts) == (maybe_applied, attempts)
    assert ("It may have been done all the same" in str(error)) is maybe_applied
    assert ("Nothing was done" in str(error)) is not maybe_applied
    assert str(error).isprintable()


def _beyond(limits: Limits, example: Any) -> list[tuple[str, Any, type[Exception]]]:
    """Return a label, a value and the error that it leads to, for each way to break the limits."""
    items = [*(example if isinstance(example, list) else ["x"])][:1]

    def many(count: int) -> Any:
        return {f"N{number}": "x" for number in range(count)} if isinstance(example, dict) else items * count

    breaches: dict[str, tuple[Any, Callable[[Any], Any]]] = {
        "below": (limits.minimum, lambda low: low - 1),
        "above": (limits.maximum, lambda high: high + 1),
        "short": (limits.min_length or None, lambda low: "x" * (low - 1)),
        "long": (limits.max_length, lambda high: "x" * (high + 1)),
        "pattern": (limits.pattern, lambda pattern: next(text for text in TEXTS if not re.search(pattern, text))),
        "few": (limits.min_items or None, lambda low: many(low - 1)),
        "many": (limits.max_items, lambda high: many(high + 1)),
    }
    of_a_number = limits.minimum is not None or limits.maximum is not None
    return [
        *((label, breach(limit), ValueError) for label, (limit, breach) in breaches.items() if limit is not None),
        *((type(value).__name__, value, TypeError) for value in ("1", True, 1.5, None) if of_a_number),
    ]


def _by_path(body: Any, prefix: str = "") -> dict[str, Any]:
    """Return the values in a body by their paths, as `a.b` or `a[].b`."""
    found: dict[str, Any] = {}
    for name, value in body.items():
        path = f"{prefix}{name}"
        found[path] = value
        inner, start = (value[0], f"{path}[]") if isinstance(value, list) and value else (value, path)
        found |= {start: inner} | (_by_path(inner, f"{start}.") if isinstance(inner, dict) else {})
    return found


def _put(body: Any, path: str, value: Any) -> None:
    """Change the value at a path of a body; of a list, that of its first item."""
    first, _, rest = path.partition(".")
    name: Any = first.removesuffix("[]")
    if name != first:
        body, name = body[name], 0
    if rest:
        _put(body[name], rest, value)
    else:
        body[name] = value


def _example(schema: dict[str, Any], name: str, whole: bool = False) -> Any:
    """Return an example of a value: of an object what it requires, or all of it."""
    schema = _resolved(schema)
    if "example" in schema:
        return schema["example"]
    if "properties" in schema:
        names = schema["properties"] if whole else schema.get("required", ())
        return {each: _example(schema["properties"][each], each, whole) for each in names}
    if "items" in schema:
        return [_example(schema["items"], name, whole)]
    raise AssertionError(f"{name} has no example in openapi.yaml")


def _resolved(node: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in node:
        target: Any = contract_examples.document()
        for part in node["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        node = target
    return node


def _snake_case(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
