"""Whether the sandbox obeys openapi.yaml, however it is set: `make test-sandbox`.

Some 50 runs of schemathesis with up to 800 calls each. The calls are the same each time.
"""

from __future__ import annotations

from dataclasses import fields, replace

import pytest
from contract_document import OPERATIONS
from contract_modes import AS_SET, GET_DELETE, POST_DELETE, RIGHT, Mode
from contract_run import play
from kit.raw_client import delete

from mailpartner.sandbox import Sandbox
from mailpartner.sandbox.settings import Settings

FORMATS = {"as it comes": False, "XML": True}
DELETE_CODES, CREDIT_CODES = {1, 3, 4, 200}, {1, 2, 3, 5, 7, 90, 200}
CODES = {
    "listUnsubscribes": {1, 200},
    "addUnsubscribe": {1, 2, 3, 9, 90, 200},
    POST_DELETE: DELETE_CODES,
    GET_DELETE: DELETE_CODES,
    "getCredits": {10, 200},
    "sendMessage": {1, 2, 15, 16, 18, 19, 22, 23, 24, 25, 45, 46, 47, 49, 90, 200},
    "getMessageStatus": {1, 3, 4},
    "cancelMessage": {1, 3, 4, 200},
    "listSubaccounts": {1, 200},
    "createSubaccount": {1, 4, 5, 90, 200},
    "addSubaccountCredit": CREDIT_CODES,
    "removeSubaccountCredit": CREDIT_CODES,
}


def expected_codes(mode: Mode) -> dict[str, set[int]]:
    """The codes that a run must have met, so that no answer passes unseen."""
    expected = {}
    for operation in mode.called:
        codes = CODES[operation]
        if mode.limited:
            codes = {200, 429}
        elif mode.key is None or operation in mode.unheard:
            codes = codes & {1} or {10}
        elif mode.key != RIGHT:
            codes = {10} | codes & {1}
        elif operation == "sendMessage" and mode.settings.get("recipients") == "top":
            codes = {1, 2, 22, 90}
        success = mode.settings.get("success_code", 200)
        expected[operation] = {success if code == 200 else code for code in codes}
    return expected


@pytest.mark.parametrize("xml", FORMATS.values(), ids=FORMATS.keys())
@pytest.mark.parametrize("mode", AS_SET.values(), ids=AS_SET.keys())
def test_the_sandbox_obeys_the_document(mode: Mode, xml: bool) -> None:
    """Every answer to generated calls, good and bad, is what openapi.yaml says, and what the settings say."""
    result = play(replace(mode, xml=xml))
    assert not result.problems, "\n".join(result.problems[:20])
    assert {
        operation: codes - result.codes.get(operation, set()) for operation, codes in expected_codes(mode).items()
    } == {operation: set() for operation in expected_codes(mode)}
    called = {f"{method} {path}" for (method, path), item in OPERATIONS.items() if item["operationId"] in mode.called}
    assert {label for label, calls in result.calls.items() if calls >= 20} == called


def test_every_setting_is_played() -> None:
    """Each setting of the sandbox is in some mode, and each of its words, so that a new one cannot be forgotten."""
    played = {(name, str(value)) for mode in AS_SET.values() for name, value in mode.settings.items()}
    for item in fields(Settings):
        words = item.metadata["form"].strip("{}").split(",")
        if item.name == "rate_window":  # says nothing without rate_limit
            continue
        wanted = {(item.name, word) for word in words if word.islower() or word.isdigit()} - {
            (item.name, str(item.default)),
            (item.name, "none"),
        }
        assert wanted <= played, wanted - played
        assert item.name in {name for name, _ in played}


@pytest.mark.parametrize(("setting", "method", "other"), [("post", "POST", "GET"), ("get", "GET", "POST")])
def test_a_refused_method_is_405(setting: str, method: str, other: str) -> None:
    """The operation that a mode leaves out of its run answers HTTP 405 and names the other form; nothing is done."""
    with Sandbox(entries=5, **{setting: "405"}) as sandbox:
        answer = delete(sandbox, 3, method)
        assert (answer.status, answer.headers["allow"]) == (405, other)
        assert sandbox.count() == 5


def test_the_calls_are_the_same_each_time() -> None:
    """Two runs send the same requests in the same order, so that a failure can be met again."""
    first, second = play(AS_SET["as it starts"]), play(AS_SET["as it starts"])
    assert len(first.sent) > 100
    assert first.sent == second.sent
