"""Every conformance case, against the SDK on real sockets: what it sends, and what it makes of the answer."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from conformance.harness.cases import Case, document
from conformance.harness.compare import AGREES, compare
from conformance.harness.run import calls_of
from conformance.harness.server import CaseServer
from conformance.runners.python.runner import METHODS, options_of, outcome_of, outcome_of_error, report, start
from kit.clock import FakeClock
from kit.internals import set_clock

from mailpartner import AsyncMailPartner, MailPartner
from mailpartner.contract import OPERATIONS, Operation

CASES = document()["cases"]
CALLS = dict(zip((case["id"] for case in CASES), calls_of(CASES), strict=True))
OPERATION_IDS = [operation.id for operation in OPERATIONS.values()]
REFUSED = ("refused", "already_done")
OF_METHODS_ALONE = {
    "add-id-zero", "add-no-address", "list-short", "list-short-xml", "list-id-zero", "list-empty-email",
    "sequence-list-short-is-final",
    "shape-no-code",
}  # fmt: skip
"""What only a method checks of values of the right type. And `call` returns generated models, which need a code."""


def sync_client(*arguments: Any, **options: Any) -> MailPartner:
    mp = MailPartner(*arguments, **options)
    set_clock(mp, FakeClock())
    return mp


async def async_report(call: dict[str, Any], url: str) -> dict[str, Any]:
    async with AsyncMailPartner(call["key"], base_url=url, **options_of(call)) as mp:
        set_clock(mp, FakeClock())
        try:
            return outcome_of(await start(mp, call), call)
        except Exception as error:
            return outcome_of_error(error, call)


BY_CALL = [case for case in CASES if case["id"] not in OF_METHODS_ALONE and "look-up" not in case["requires"]]


@pytest.fixture(scope="module")
def server() -> Iterator[CaseServer]:
    with CaseServer(CASES) as server:
        yield server


def check(case: Case, said: dict[str, Any], server: CaseServer) -> None:
    """Fail if the case differs; another client may then have its turn at it."""
    comparison = compare(case, said, server.requests.pop(case["id"], []))
    assert (comparison.verdict, comparison.why) == (AGREES, "")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_the_sdk_agrees_with_every_case(server: CaseServer, case: Case) -> None:
    """The SDK sends what a case says and comes to the outcome that it says."""
    check(case, report(CALLS[case["id"]], server.url, sync_client), server)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_the_async_sdk_agrees_with_every_case(server: CaseServer, case: Case) -> None:
    """So does the async client."""
    check(case, asyncio.run(async_report(CALLS[case["id"]], server.url)), server)


@pytest.mark.parametrize("case", BY_CALL, ids=lambda case: case["id"])
def test_the_sdk_agrees_by_call(server: CaseServer, case: Case) -> None:
    """So does `call`, which takes any generated operation, without a line for the operation in the runner."""
    check(case, report(CALLS[case["id"]], server.url, sync_client, methods={}), server)


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=lambda operation: operation.id)
def test_each_code_of_each_operation_has_a_case(operation: Operation) -> None:
    """Each listed code that is no success is the outcome of a case of its operation."""
    cases = [case for case in CASES if case["call"]["operation"] == operation.id]
    refused = {case["outcome"]["code"] for case in cases if case["outcome"]["result"] in REFUSED}
    assert {number for number, code in operation.codes.items() if code.kind != "success"} <= refused


@pytest.mark.parametrize("operation", OPERATION_IDS)
def test_there_are_enough_cases_of_each_operation(operation: str) -> None:
    """Each operation of the contract has at least ten cases, in JSON, and in XML if it knows the format."""
    takes_format = next(known.takes_format for known in OPERATIONS.values() if known.id == operation)
    cases = [case for case in CASES if case["call"]["operation"] == operation]
    assert len(cases) >= 10
    assert ({"json", "xml"} if takes_format else {"json"}) <= {case["call"]["format"] for case in cases}


def test_the_runner_names_operations_that_there_are() -> None:
    """Each method that the runner calls is one of an operation of the contract."""
    assert METHODS.keys() <= set(OPERATION_IDS)
