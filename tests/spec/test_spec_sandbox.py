"""`python -m mailpartner.sandbox` serves each example of openapi.yaml on each operation that shows it, to the byte."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from contract_examples import document
from openapi import Node, operations, parameters

from mailpartner.sandbox import Entry, SandboxProcess

OPERATIONS = {operation["operationId"]: (method, path, operation) for method, path, operation in operations(document())}
KEY = "sandbox-key"
TYPES = {"json": "application/json", "xml": "application/xml; charset=utf-8"}


def shown(operation: Node, form: str) -> dict[str, Any]:
    """The examples of an operation's answer, by name."""
    content = operation["responses"]["200"]["content"][f"application/{form}"]
    return {name: example["value"] for name, example in content["examples"].items()}


CASES = [(name, example) for name, (_, _, operation) in OPERATIONS.items() for example in shown(operation, "json")]


@pytest.fixture(scope="module", params=TYPES)
def form(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def sandbox(form: str) -> Iterator[SandboxProcess]:
    """One for each format: it gives no id twice, and an example has the id that it has."""
    with SandboxProcess(entries=0) as running:
        yield running


def prepare(sandbox: SandboxProcess, name: str, answer: dict[str, Any]) -> None:
    """Let the next answer be this one, by what the sandbox holds, or by a fault: it gives ids and tokens itself."""
    if not answer["success"] or not (name == "getCredits" or "Unsubscribe" in name):
        sandbox.fault("code", code=answer["code"])
    elif "stopId" in answer:
        sandbox.load([Entry(answer["stopId"] - 1, "before@example.com", "2015-07-20 10:19:45")])
    elif "data" in answer:
        sandbox.load([Entry(row["id"], row["email"], row["createdAt"]) for row in answer["data"]])
    else:
        sandbox.load([Entry(300, "xxx@www.com", "2015-07-20 10:19:45")])


def ask(sandbox: SandboxProcess, name: str, form: str) -> tuple[bytes, str | None]:
    """Call an operation with what the document gives as examples of its arguments."""
    method, path, operation = OPERATIONS[name]
    query = {"_format": form}
    body = None
    if "requestBody" in operation:
        body = json.dumps({"apiKey": KEY, "email": "xxx@www.com"})
    else:
        query |= {"apiKey": KEY, "id": "300"}
    connection = http.client.HTTPConnection(urlsplit(sandbox.url).netloc, timeout=10)
    try:
        connection.request(method.upper(), f"{path}?{urlencode(query)}", body)
        response = connection.getresponse()
        return response.read(), response.headers["content-type"]
    finally:
        connection.close()


@pytest.mark.parametrize(("name", "example"), CASES)
def test_an_example_is_served_to_the_byte(sandbox: SandboxProcess, form: str, name: str, example: str) -> None:
    """XML comes as the text that stands in openapi.yaml, JSON as its data in compact UTF-8, in their order.

    An operation without the parameter _format answers in JSON, whatever is asked for.
    """
    _, path, operation = OPERATIONS[name]
    if "_format" not in {parameter["name"] for parameter in parameters(document(), path, operation)}:
        form = "json"
    prepare(sandbox, name, shown(operation, "json")[example])
    wanted = shown(operation, form)[example]
    if form == "json":
        wanted = json.dumps(wanted, ensure_ascii=False, separators=(",", ":"))
    assert ask(sandbox, name, form) == (wanted.encode(), TYPES[form])
