"""Every conformance case, against the SDK on real sockets: what it sends, and what it makes of the answer."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from conformance.referee.__main__ import calls_of
from conformance.referee.cases import Case, document
from conformance.referee.judge import AGREES, judge
from conformance.referee.server import CaseServer
from conformance.runners.python.runner import arguments_of, options_of, report, said_of, said_of_error
from loopback import Instant

from mailpartner import AsyncMailPartner, MailPartner

CASES = document()["cases"]
CALLS = dict(zip((case["id"] for case in CASES), calls_of(CASES), strict=True))


def sync_client(*arguments: Any, **options: Any) -> MailPartner:
    mp = MailPartner(*arguments, **options)
    mp._session.state.clock = Instant()
    return mp


async def async_report(call: dict[str, Any], url: str) -> dict[str, Any]:
    method, positional, named = arguments_of(call)
    async with AsyncMailPartner(call["key"], base_url=url, **options_of(call)) as mp:
        mp._session.state.clock = Instant()
        try:
            return said_of(await getattr(mp.unsubscribes, method)(*positional, **named))
        except Exception as error:
            return said_of_error(error)


@pytest.fixture(scope="module", params=["sync", "async"])
def server(request: pytest.FixtureRequest) -> Iterator[tuple[str, CaseServer]]:
    with CaseServer(CASES) as server:
        yield request.param, server


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_the_sdk_agrees_with_every_case(server: tuple[str, CaseServer], case: Case) -> None:
    """Sync and async, the SDK sends what a case says and comes to the outcome that it says."""
    kind, playing = server
    call = CALLS[case["id"]]
    said = report(call, playing.url, sync_client) if kind == "sync" else asyncio.run(async_report(call, playing.url))
    judgement = judge(case, said, playing.requests[case["id"]])
    assert (judgement.verdict, judgement.why) == (AGREES, "")


def test_there_are_enough_cases_of_each_operation_and_format() -> None:
    """At least 120 cases, at least ten for each operation, with every documented answer in JSON and in XML."""
    by_operation = {name: [c for c in CASES if c["call"]["operation"] == name] for name in OPERATIONS}
    assert len(CASES) >= 120
    assert all(len(cases) >= 10 for cases in list(by_operation.values())[:3])
    assert all({"json", "xml"} <= {case["call"]["format"] for case in cases} for cases in by_operation.values())


OPERATIONS = ("listUnsubscribes", "addUnsubscribe", "deleteUnsubscribe", "deleteUnsubscribeWithGet")
