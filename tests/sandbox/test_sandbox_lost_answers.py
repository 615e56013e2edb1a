"""Faults for every operation, above all answers that are lost after the work was done."""

import json
from datetime import UTC, datetime

import pytest
from api_client import KEY
from kit.raw_client import ask

from mailpartner import APIConnectionError, MailPartner
from mailpartner.sandbox import LoggedRequest
from mailpartner.sandbox.document import read_document

SCHEDULE = {"scheduledDeliveryDate": "31/01/2027", "time": "14", "minute": "00"}
MESSAGE = {"subject": "s", "htmlContent": "h", "params": {"to": [{"email": "ann@example.com"}]}, **SCHEDULE}
CALLS = {
    "listUnsubscribes": ("GET", "unsubscribe/list", {}, "listed"),
    "addUnsubscribe": ("POST", "unsubscribe/add", {"email": "new@example.com"}, "added"),
    "deleteUnsubscribe": ("POST", "unsubscribe/delete?id=5", {}, "deleted"),
    "deleteUnsubscribeWithGet": ("GET", "unsubscribe/delete?id=5", {}, "deleted"),
    "getCredits": ("GET", "me", {}, "read"),
    "sendMessage": ("POST", "send", MESSAGE, "sent"),
    "getMessageStatus": ("GET", "bulk-status?messageId=300", {}, "read"),
    "cancelMessage": ("GET", "message-cancel?messageId=300", {}, "cancelled"),
    "listSubaccounts": ("GET", "subaccount/list", {}, "listed"),
    "createSubaccount": ("POST", "subaccount/create", {"type": "simple", "parameters": {}}, "created"),
    "addSubaccountCredit": ("POST", "subaccount/credit/add", {"credit": "1", "tokenSubaccount": "TOKEN"}, "moved"),
    "removeSubaccountCredit": (
        "POST",
        "subaccount/credit/remove",
        {"credit": "1", "tokenSubaccount": "TOKEN"},
        "moved",
    ),
}
LOST = ["close-after", "reset-after", "half-headers", "half-body", "bad-gateway-after", "empty"]
NOT_DONE = ["close-before", "reset-before", "status", "rate-limit", "html", "redirect"]


@pytest.fixture
def prepare(sandbox_with):
    """Starts a sandbox in which each of the calls above is a success."""

    def start():
        sandbox = sandbox_with(subaccounts=1, now=lambda: datetime(2027, 1, 1, tzinfo=UTC))
        call(sandbox, "sendMessage")
        sandbox.clear_requests()
        return sandbox

    return start


@pytest.fixture
def prepared(prepare):
    return prepare()


def call(sandbox, operation):
    method, target, body, _ = CALLS[operation]
    if not body:
        return ask(sandbox, f"/v1/{target}{'&' if '?' in target else '?'}apiKey={KEY}", method)
    if "tokenSubaccount" in body:
        listed = ask(sandbox, f"/v1/subaccount/list?apiKey={KEY}", "GET").body
        body = {**body, "tokenSubaccount": json.loads(listed)["data"][0]["token"]}
    return ask(sandbox, f"/v1/{target}", method, body=json.dumps({"apiKey": KEY, **body}).encode())


def held(sandbox):
    """All that calls change, but for a random token."""
    cancelled = [mail.cancelled_at for mail in sandbox.mails()]
    return sandbox.entries(), cancelled, sandbox.credits(), sandbox.subaccounts()


def last(sandbox) -> LoggedRequest:
    return sandbox.requests()[-1]


def test_the_calls_cover_every_operation():
    """Each operation of the document is tried here."""
    operations = [item.id for methods in read_document().operations.values() for item in methods.values()]
    assert set(CALLS) == set(operations)


@pytest.mark.parametrize("operation", CALLS)
@pytest.mark.parametrize("fault", LOST)
def test_an_answer_is_lost_after_the_work(prepare, operation, fault):
    """Whatever becomes of the answer, exactly what the operation does was done, once, as the request log says."""
    prepared, twin = prepare(), prepare()
    assert json.loads(call(twin, operation).body)["success"] is True
    prepared.fault(fault, operation=operation.removesuffix("WithGet"))
    assert not call(prepared, operation).body.endswith(b"}")
    assert (last(prepared)["done"], last(prepared)["code"], last(prepared)["fault"]) == (
        CALLS[operation][3],
        200,
        fault,
    )
    assert held(prepared) == held(twin)


@pytest.mark.parametrize("operation", CALLS)
@pytest.mark.parametrize("fault", NOT_DONE)
def test_a_request_is_lost_before_the_work(prepared, operation, fault):
    """Where the fault comes first nothing is done, and the next call is answered as usual."""
    before = held(prepared)
    prepared.fault(fault, operation=operation.removesuffix("WithGet"))
    call(prepared, operation)
    assert last(prepared)["fault"] == fault
    assert held(prepared) == before
    assert json.loads(call(prepared, operation).body)["success"] is True


def test_a_fault_of_one_operation_hits_no_other(prepared):
    """A fault with an operation waits for it; those of all operations come in their order."""
    prepared.fault("status", operation="sendMessage", status=501)
    prepared.fault("status", status=502)
    assert [call(prepared, name).status for name in ("getCredits", "getCredits", "sendMessage")] == [502, 200, 501]
    with pytest.raises(ValueError, match=r"operation must be one of .*sendMessage"):
        prepared.fault("status", operation="send")


def test_a_lost_answer_to_send_is_not_sent_twice_by_the_sdk(prepared):
    """The SDK says that the mail may be out, and the sandbox has it exactly once."""
    prepared.clear_mails()
    prepared.fault("reset-after", operation="sendMessage", times=None)
    with MailPartner(KEY, base_url=prepared.url) as mp, pytest.raises(APIConnectionError) as caught:
        mp.messages.send(subject="s", html="h", to="ann@example.com")
    assert caught.value.maybe_applied
    assert [mail.subject for mail in prepared.mails()] == ["s"]
