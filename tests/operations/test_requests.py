"""The request of every operation, and the arguments that are refused before there is one."""

from __future__ import annotations

import json

import pytest
from kit.api_server import KEY
from kit.responses import DONE
from kit.server import Server

from mailpartner.contract import Operation

from .conftest import Call
from .contract import JSON_ONLY, OPERATION_LIST, Violation, example_of, label, violations_of

VIOLATIONS = [violation for operation in OPERATION_LIST for violation in violations_of(operation)]


@pytest.mark.parametrize("format", ["json", "xml"])
@pytest.mark.parametrize("operation", OPERATION_LIST + JSON_ONLY, ids=label)
def test_the_request(operation: Operation, format: str, server: Server, call: Call) -> None:
    """Method, path, query and body are those of the contract; the key goes once, where it belongs."""
    server.then(DONE)
    call(operation, format=format, max_retries=0)

    (request,) = server.requests
    example = example_of(operation)
    query = {name: str(value) for name, value in example.query.items()}
    key = {"apiKey": KEY}
    if operation.takes_format and format != "json":
        query["_format"] = format
    assert (request.method, request.path) == (operation.method, operation.path)
    assert request.query == {**query, **(key if operation.key_in == "query" else {})}
    assert request.raw.count(KEY.encode()) == 1
    if example.body is None:
        assert request.body == b""
    else:
        assert json.loads(request.body) == {**example.body, **(key if operation.key_in == "body" else {})}
        assert request.headers["content-type"] == "application/json"


@pytest.mark.parametrize("violation", VIOLATIONS, ids=[violation.label for violation in VIOLATIONS])
def test_an_argument_beyond_its_limits(violation: Violation, server: Server, call: Call) -> None:
    """A value that the contract does not allow is refused with the argument's name, and no connection is made."""
    error = call(violation.operation, {violation.name: violation.value})

    assert type(error) is violation.error
    assert violation.name in str(error)
    assert "Nothing was sent" in str(error)
    assert server.connections == 0
