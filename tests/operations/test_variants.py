"""What a server may write otherwise, by `call` and by the methods: all follows from the contract's schemas."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import pytest
from kit.api_server import LOSSES, lost
from kit.callers import Caller, Callers
from kit.responses import envelope, response
from kit.server import Server

from mailpartner import APIConnectionError, APIError, MailPartnerError, UnexpectedResponseError
from mailpartner.contract import Operation, Schema
from mailpartner.errors import KINDS

from .contract import OPERATION_LIST, arguments_of, assert_told, label, module_of, successes_of, written

ENVELOPE = ("success", "code", "message", "errors")
UNLISTED = 7777
STALLED = ("silence", "body_stalled")
"""The ways to lose an answer that only a timeout ends."""
METHODS: dict[str, Callable[[Any], Any]] = {
    "getCredits": lambda mp: mp.account.credits(),
    "sendMessage": lambda mp: mp.messages.send(subject="Hello", html="Hello", to="ann@example.com"),
    "getMessageStatus": lambda mp: mp.messages.status("300"),
    "cancelMessage": lambda mp: mp.messages.cancel("300"),
    "listSubaccounts": lambda mp: mp.subaccounts.list(),
    "createSubaccount": lambda mp: mp.subaccounts.create(type="simple"),
    "addSubaccountCredit": lambda mp: mp.subaccounts.add_credit("token1", amount=10),
    "removeSubaccountCredit": lambda mp: mp.subaccounts.remove_credit("token1", amount=10),
}
"""The operations whose method does one call and nothing else; tests/unsubscribes has those of the others."""

WAYS = [(operation, False) for operation in OPERATION_LIST]
WAYS += [(operation, True) for operation in OPERATION_LIST if operation.id in METHODS]
every_way = pytest.mark.parametrize(
    ("operation", "by_method"), WAYS, ids=[label(each) + "-method" * by_method for each, by_method in WAYS]
)
Path = tuple[str | int, ...]


class Variant(NamedTuple):
    """A success written otherwise. `meaning`: what it says, or None if it cannot be read."""

    name: str
    answer: dict[str, Any]
    meaning: dict[str, Any] | None


def variants_of(operation: Operation) -> Iterator[Variant]:
    """Yield the first example of a success in every way in which it is written otherwise."""
    example = next(iter(successes_of(operation).values())).value
    schema = operation.response
    yield Variant("numbers as text", numbers_as_text(example), example)
    sevens = texts_as_sevens(example, schema)
    yield Variant("texts as numbers", sevens, texts_as_sevens(example, schema, "7"))
    yield Variant("new fields at any depth", with_new_fields(example), example)
    for path, inner in places_of(example, schema):
        place = ".".join(map(str, path))
        less = without(example, schema, path)
        yield Variant(f"without {place}", replaced(example, path, ...), less)
        yield Variant(f"{place} is null", replaced(example, path, None), less)
        if inner.type == "array":
            yield Variant(f"{{}} for the list {place}", replaced(example, path, {}), replaced(example, path, []))
        else:
            yield Variant(f"[] for {place}", replaced(example, path, []), less)


def places_of(value: Any, schema: Schema, path: Path = ()) -> Iterator[tuple[Path, Schema]]:
    """Yield the path and the schema of each field that the value has, but those that every answer may have."""
    if schema.type == "array" and schema.items is not None and value:
        yield from places_of(value[0], schema.items, (*path, 0))
    for name, inner in schema.fields if schema.type == "object" else ():
        if name in value and (path or name not in ENVELOPE):
            yield (*path, name), inner
            yield from places_of(value[name], inner, (*path, name))


def replaced(value: Any, path: Path, new: Any) -> Any:
    """Return the value with another one at a path; with none there for an ellipsis."""
    first, *rest = path
    if isinstance(value, list):
        return [replaced(each, tuple(rest), new) if number == first else each for number, each in enumerate(value)]
    changed = {**value, first: replaced(value[first], tuple(rest), new) if rest else new}
    return {name: each for name, each in changed.items() if each is not ...}


def without(value: Any, schema: Schema, path: Path) -> Any:
    """Return the value without what does not fit if the field at a path does not; None for nothing."""
    if not path:
        return None
    first, *rest = path
    if schema.items is not None:
        item = without(value[first], schema.items, tuple(rest))
        return None if item is None else [item, *value[1:]]
    left = without(value[first], dict(schema.fields)[str(first)], tuple(rest))
    if left is None:
        return None if first in schema.essential else replaced(value, (first,), ...)
    return {**value, first: left}


def numbers_as_text(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: numbers_as_text(each) for name, each in value.items()}
    if isinstance(value, list):
        return [numbers_as_text(each) for each in value]
    return str(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else value


def texts_as_sevens(value: Any, schema: Schema, seven: object = 7) -> Any:
    """Return the value with 7 for each text that has no pattern."""
    if schema.items is not None:
        return [texts_as_sevens(each, schema.items, seven) for each in value]
    known = dict(schema.fields)
    if known:
        return {n: texts_as_sevens(each, known[n], seven) if n not in ENVELOPE else each for n, each in value.items()}
    return seven if schema.type == "string" and schema.pattern is None else value


def with_new_fields(value: Any) -> Any:
    if isinstance(value, list):
        return [with_new_fields(each) for each in value]
    if not isinstance(value, dict):
        return value
    return {**{name: with_new_fields(each) for name, each in value.items()}, "new": {"a": [1, None]}}


def without_new_fields(value: Any) -> Any:
    if isinstance(value, list):
        return [without_new_fields(each) for each in value]
    if not isinstance(value, dict):
        return value
    return {name: without_new_fields(each) for name, each in value.items() if name != "new"}


@pytest.fixture
def connect() -> Iterator[Callers]:
    with Callers() as connect:
        yield connect


def outcome(caller: Caller, operation: Operation, by_method: bool) -> Any:
    """Return what came back, or the error."""
    if by_method:
        return caller.outcome(METHODS[operation.id])
    return caller.outcome(lambda mp: mp.call(module_of(operation), **arguments_of(operation)))


@every_way
def test_a_success_written_otherwise(
    operation: Operation, by_method: bool, server: Server, client_kind: str, connect: Callers
) -> None:
    """Numbers as text, new, missing and misfitting fields leave a success what it is, but for what is essential."""
    caller = connect(server.url, client_kind, max_retries=0)
    for number, (name, answer, meaning) in enumerate(variants_of(operation), 1):
        server.then(response(json.dumps(answer), (200, 404, 503)[number % 3]))

        found = outcome(caller, operation, by_method)

        if meaning is None:
            assert type(found) is UnexpectedResponseError, name
            assert_told(found, not operation.safe, 1)
        else:
            assert not isinstance(found, Exception), f"{name}: {found}"
        if meaning is not None and not by_method:
            told = json.loads(json.dumps(found.to_dict(), default=written))
            assert without_new_fields(told) == meaning, name
        assert len(server.requests) == number, name


@every_way
def test_each_code_in_xml(
    operation: Operation, by_method: bool, server: Server, client_kind: str, connect: Callers
) -> None:
    """In XML each code, listed or not, raises the class of its kind and leaves the doubt that the contract says."""
    caller = connect(server.url, client_kind, max_retries=0, format="xml", method=operation.method)
    codes = {number: code for number, code in operation.codes.items() if code.kind != "success"}
    for number, code in [*codes.items(), (UNLISTED, None)]:
        server.then(response(envelope("xml", False, number, "Non"), content_type="application/xml"))

        error = outcome(caller, operation, by_method)

        if by_method and code is not None and code.effect == "settles":
            assert error.outcome.startswith("already_"), number
            continue
        assert type(error) is (KINDS[code.kind] if code else APIError), number
        assert (error.code, error.name, error.message) == (number, code and code.name, "Non")
        assert_told(error, code is not None and code.effect == "unknown" and not operation.safe, 1)


@pytest.mark.parametrize("way", LOSSES)
def test_every_way_of_losing_an_answer(way: str, client_kind: str) -> None:
    """It leaves a doubt unless the operation changes nothing; it is repeated only if the operation is idempotent."""

    timeout = 0.3 if way in STALLED else 10.0

    def told(case: tuple[Operation, bool]) -> Any:
        operation, by_method = case
        with Server(lost(LOSSES[way], applied=False)) as server, Callers() as connect:
            error = outcome(connect(server.url, client_kind, max_retries=1, timeout=timeout), operation, by_method)
            server.until_requests(getattr(error, "attempts", 0))  # a busy machine may read one after the timeout
            return error, len(server.requests)

    with ThreadPoolExecutor(len(WAYS) if way in STALLED else 4) as pool:  # most of it is waiting
        for (operation, by_method), (error, requests) in zip(WAYS, pool.map(told, WAYS), strict=True):
            name = f"{operation.id}, by method: {by_method}"
            assert isinstance(error, MailPartnerError), name
            assert isinstance(error, (APIConnectionError, UnexpectedResponseError)), name
            assert_told(error, not operation.safe, 2 if operation.idempotent else 1)
            assert requests == error.attempts, name
