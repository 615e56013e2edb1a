"""The answers to every operation: done, refused by each listed code, unreadable, lost."""

from __future__ import annotations

import json

import pytest
from kit.proxy import closed_port
from kit.responses import envelope, response
from kit.server import Server, Step
from kit.steps import hang_up, partly, reset

from mailpartner import APIConnectionError, APIError, UnexpectedResponseError
from mailpartner.contract import Code, Operation
from mailpartner.errors import KINDS
from mailpartner.generated import models

from .conftest import Call
from .contract import ONCE, OPERATION_LIST, assert_told, label, refusals_of, successes_of, written

ATTEMPTS = 3
"""How many attempts a client makes if nothing speaks against it."""
UNLISTED = 7777

every_operation = pytest.mark.parametrize("operation", OPERATION_LIST + ONCE, ids=label)
SUCCESSES = [(operation, name) for operation in OPERATION_LIST for name in successes_of(operation)]
REFUSALS = [(operation, number) for operation in OPERATION_LIST + ONCE for number in refusals_of(operation)]
SETTLED = [case for case in REFUSALS if case[0].idempotent and case[0].codes[case[1]].effect == "settles"]
ESSENTIAL = [
    (operation, field) for operation in OPERATION_LIST + ONCE for field in sorted(operation.response.essential)
]
LOSSES: dict[str, Step] = {
    "closed": hang_up,
    "reset": reset,
    "half_an_answer": partly(b'HTTP/1.1 200 OK\r\nContent-Length: 30\r\n\r\n{"succ'),
    "garbage": response("<html>Bad Gateway</html>", 502, "text/html"),
}


def refusal(number: int, text: str | None = None, status: int = 200) -> bytes:
    return response(envelope("json", False, number, text), status)


@pytest.mark.parametrize("format", ["json", "xml"])
@pytest.mark.parametrize(("operation", "name"), SUCCESSES, ids=label)
def test_a_success(operation: Operation, name: str, format: str, server: Server, call: Call) -> None:
    """Each example that says it was done comes back as the generated model, with all its values, in either format."""
    example = successes_of(operation)[name]
    body = json.dumps(example.value) if format == "json" else example.xml
    server.then(response(body, content_type=f"application/{format}"))

    answer = call(operation, format=format)

    assert type(answer) is getattr(models, operation.model)
    assert json.loads(json.dumps(answer.to_dict(), default=written)) == example.value
    assert len(server.requests) == 1


OTHER_WORDS: dict[str, dict[str, object]] = {
    "a code as text": {"code": "200"},
    "errors that are none": {"errors": None, "error": None},
    "an empty list of errors": {"errors": []},
    "a text that is none": {"message": None},
    "a new field": {"new": {"a": [1, None]}},
}


@pytest.mark.parametrize("status", [200, 500])
@pytest.mark.parametrize("words", OTHER_WORDS)
@pytest.mark.parametrize("operation", OPERATION_LIST, ids=label)
def test_a_success_in_other_words(operation: Operation, words: str, status: int, server: Server, call: Call) -> None:
    """What a server may add or write otherwise leaves a success what it is, at any status."""
    example = next(iter(successes_of(operation).values())).value
    server.then(response(json.dumps({**example, **OTHER_WORDS[words]}), status))

    answer = call(operation)

    assert type(answer) is getattr(models, operation.model)
    told = json.loads(json.dumps(answer.to_dict(), default=written))
    assert {name: value for name, value in told.items() if name not in ("new", "message")} == {
        name: value for name, value in example.items() if name != "message"
    }
    assert len(server.requests) == 1


def test_every_operation_has_an_example_of_a_success() -> None:
    """openapi.yaml shows for each operation what comes back when it was done."""
    assert [operation.id for operation in OPERATION_LIST if not successes_of(operation)] == []


@pytest.mark.parametrize(("operation", "number"), REFUSALS, ids=label)
def test_a_listed_code(operation: Operation, number: int, server: Server, call: Call) -> None:
    """Each code raises the class of its kind, with its name and message; it is repeated and in doubt as it says."""
    code = operation.codes[number]
    server.then(refusal(number, code.text))  # again and again

    error = call(operation, max_retries=ATTEMPTS - 1)

    assert type(error) is KINDS[code.kind]
    assert (error.code, error.name, error.message, error.status_code) == (number, code.name, code.text, 200)
    assert f"{number} {code.name}" in str(error)
    assert_told(error, code.effect == "unknown" and not operation.safe, attempts_after(code, operation))
    assert len(server.requests) == error.attempts


def attempts_after(code: Code, operation: Operation) -> int:
    """Return how many attempts a code leads to that every attempt is answered with."""
    if code.effect == "not_applied_retry" or (code.effect == "unknown" and operation.idempotent):
        return ATTEMPTS
    # Although every request has the key: the server did not look at this method's.
    return 2 if code.name == "API_KEY_REQUIRED" and operation.alternate_method else 1


@pytest.mark.parametrize("status", [200, 404, 429, 503])
@every_operation
def test_an_unlisted_code(operation: Operation, status: int, server: Server, call: Call) -> None:
    """A code that the contract does not list is an APIError without a name; a 5xx status leaves a doubt."""
    server.then(refusal(UNLISTED, "Nouveau", status))

    error = call(operation, max_retries=ATTEMPTS - 1)

    assert isinstance(error, APIError)
    assert type(error) is (KINDS["rate_limit"] if status == 429 else APIError)
    assert (error.code, error.name, error.message, error.status_code) == (UNLISTED, None, "Nouveau", status)
    attempts = ATTEMPTS if status in (429, 503) and operation.idempotent else 1
    assert_told(error, status == 503 and not operation.safe, attempts)
    assert len(server.requests) == attempts


@pytest.mark.parametrize("loss", LOSSES)
@every_operation
def test_a_lost_answer(operation: Operation, loss: str, server: Server, call: Call) -> None:
    """It leaves a doubt unless the operation changes nothing; it is repeated only if the operation is idempotent."""
    server.then(LOSSES[loss])

    error = call(operation, max_retries=ATTEMPTS - 1)

    assert isinstance(error, UnexpectedResponseError if loss == "garbage" else APIConnectionError)
    assert_told(error, not operation.safe, ATTEMPTS if operation.idempotent else 1)
    assert len(server.requests) == error.attempts


@every_operation
def test_a_repeat_that_succeeds(operation: Operation, server: Server, call: Call) -> None:
    """If an idempotent operation is done at the second attempt, its model comes back; no other is sent again."""
    example = next(iter(successes_of(operation).values()))
    server.then(hang_up, response(json.dumps(example.value)))

    answer = call(operation)

    assert type(answer) is (getattr(models, operation.model) if operation.idempotent else APIConnectionError)
    assert len(server.requests) == (2 if operation.idempotent else 1)


@pytest.mark.parametrize(("operation", "number"), SETTLED, ids=label)
def test_a_code_that_settles_a_lost_answer(operation: Operation, number: int, server: Server, call: Call) -> None:
    """`call` raises the code as what it is, in doubt; the methods of a resource may read it as done."""
    server.then(hang_up, refusal(number))

    error = call(operation)

    assert (type(error), error.code) == (KINDS[operation.codes[number].kind], number)
    assert_told(error, not operation.safe, 2)


@every_operation
def test_a_connection_that_is_refused(operation: Operation, call: Call) -> None:
    """What never left is sent again for every operation, and nothing was done."""
    error = call(operation, url=f"http://127.0.0.1:{closed_port()}", max_retries=ATTEMPTS - 1)

    assert type(error) is APIConnectionError
    assert_told(error, False, ATTEMPTS)


@pytest.mark.parametrize(("operation", "field"), ESSENTIAL, ids=label)
def test_a_success_without_what_is_essential(operation: Operation, field: str, server: Server, call: Call) -> None:
    """Without a field that the contract marks essential a success is unreadable, and treated as a lost answer."""
    value = next(iter(successes_of(operation).values())).value
    server.then(response(json.dumps({name: each for name, each in value.items() if name != field})))

    error = call(operation, max_retries=ATTEMPTS - 1)

    assert type(error) is UnexpectedResponseError
    assert_told(error, not operation.safe, ATTEMPTS if operation.idempotent else 1)
