"""unsubscribes.find and unsubscribes.add."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable

import httpx
import pytest
from contract_examples import own_examples
from kit.api_server import SANDBOX_KEY as KEY
from kit.callers import Caller, Callers
from kit.server import Server

from mailpartner import (
    AdditionOutcome,
    APIConnectionError,
    InvalidRequestError,
    Unsubscribe,
)
from mailpartner.errors import MailPartnerError
from mailpartner.sandbox import Entry, Sandbox

Served = Callable[..., Server]
ADDED = '{"success":true,"code":200,"stopId":300}'
LISTED = '{"success":false,"code":3,"message":"Le mail est déjà dans la liste"}'
DATE = "2015-07-20 10:19:45"
NO_ADDRESSES: list[tuple[object, type[Exception]]] = [
    ("", ValueError),
    ("a", ValueError),
    ("@", ValueError),
    ("a@", ValueError),
    ("@b.c", ValueError),
    (" a@b.c", ValueError),
    ("a@b.c\n", ValueError),
    ("a@b\x00.c", ValueError),
    ("a@\ud800.c", ValueError),
    (None, TypeError),
    (300, TypeError),
    (b"a@b.c", TypeError),
    (["a@b.c"], TypeError),
]


@pytest.fixture
def several(sandbox: Sandbox) -> Sandbox:
    """A sandbox whose list has one address in several spellings."""
    emails = ["Ann@Example.com", "ann@example.com", "Ann@EXAMPLE.COM", "Ann@example.org", "Ann@Example.com"]
    sandbox.load([Entry(number, email, DATE) for number, email in enumerate(emails, 1)])
    return sandbox


@pytest.mark.parametrize(
    ("email", "ids"),
    [
        ("Ann@example.com", [1, 3, 5]),
        ("Ann@eXaMpLe.CoM", [1, 3, 5]),
        ("ann@EXAMPLE.com", [2]),
        ("Ann@Example.org", [4]),
        ("ANN@example.com", []),
        ("Ann@example.co", []),
        ("nn@example.com", []),
    ],
)
def test_an_address_is_found_by_its_letters(several: Sandbox, caller: Caller, email: str, ids: list[int]) -> None:
    """The case of the domain does not count, that of the part before the @ does; all entries come in the order of
    the list, as the list spells them."""
    found = caller.unsubscribes.find(email)
    assert [entry.id for entry in found] == ids
    assert found == tuple(Unsubscribe(*several.entries()[number]) for number in ids)


def test_domains_that_differ_are_not_made_the_same(served: Served, connect: Callers) -> None:
    """Only the case is folded: ß and ss are different domains, and delete_email would delete somebody else's entry."""
    rows = '[{"id":1,"email":"ann@strasse.example"},{"id":2,"email":"ann@Straße.example"}]'
    caller = connect(served(f'{{"success":true,"code":200,"data":{rows}}}').url, "sync")
    assert [entry.id for entry in caller.unsubscribes.find("ann@straße.example")] == [2]


def test_what_the_list_holds_need_be_no_address(served: Served, connect: Callers) -> None:
    """An entry of the list that is no address is another one than any that is looked for."""
    rows = '[{"id":2,"email":"example.com"},{"id":3,"email":"a@b@example.com"}]'
    caller = connect(served(f'{{"success":true,"code":200,"data":{rows}}}').url, "sync")
    assert caller.unsubscribes.find("a@example.com") == ()
    assert [entry.id for entry in caller.unsubscribes.find("a@b@EXAMPLE.com")] == [3]


@pytest.mark.parametrize(("email", "error"), NO_ADDRESSES)
@pytest.mark.parametrize("name", ["find", "add", "delete_email"])
def test_what_is_no_address_is_refused_before_a_byte_is_sent(
    sandbox: Sandbox, connect: Callers, client_kind: str, name: str, email: object, error: type[Exception]
) -> None:
    """A TypeError or ValueError says so, and no connection is made."""
    with pytest.raises(error, match=r"^email must be .* Nothing was sent\.$"):
        getattr(connect(sandbox.url, client_kind).unsubscribes, name)(email)
    assert sandbox.requests() == []


def test_an_addition_gives_the_id(sandbox: Sandbox, caller: Caller) -> None:
    """The id of the new entry comes back, and it is the one that the list shows."""
    addition = caller.unsubscribes.add("new+é@example.com")
    assert (addition.id, type(addition.id)) == (4, int)
    assert (addition.email, addition.outcome, addition.code) == ("new+é@example.com", AdditionOutcome.ADDED, 200)
    assert [entry.id for entry in caller.unsubscribes.find("new+é@EXAMPLE.com")] == [4]
    assert sandbox.requests()[0]["method"] == "POST"


@pytest.mark.parametrize("suffix", ["", "Xml"])
def test_the_examples_of_the_contract(served: Served, connect: Callers, client_kind: str, suffix: str) -> None:
    """Each example of openapi.yaml is read as the id or the error that it says."""
    for name, example in own_examples("addUnsubscribe").items():
        caller = connect(served(example.xml if suffix else json.dumps(example.value)).url, client_kind)
        if name == "Added":
            assert caller.unsubscribes.add("xxx@www.com").id == 300
            continue
        with pytest.raises(MailPartnerError) as caught:
            caller.unsubscribes.add("xxx@www.com")
        assert (getattr(caught.value, "name", "") or "").replace("_", "") == name.upper()
        assert (caught.value.maybe_applied, caught.value.attempts) == (False, 1)


@pytest.mark.parametrize(
    ("body", "number"),
    [
        ('{"success":true,"code":200,"stopId":"300"}', 300),
        ('{"success":true,"code":7,"stopId":300,"extra":1}', 300),
        ("<result><entry>true</entry><entry>200</entry><entry><![CDATA[300]]></entry></result>", 300),
        ("<result><success>true</success><code>200</code><stopId>300</stopId></result>", 300),
        ('{"success":true,"code":200}', None),
        ('{"success":true,"code":200,"stopId":null}', None),
        ('{"success":true,"code":200,"stopId":"x"}', None),
        ('{"success":true,"code":200,"stopId":true}', None),
        ('{"success":true,"code":200,"stopId":[300]}', None),
        ("<result><entry>true</entry><entry>200</entry></result>", None),
        ("<result><entry>true</entry><entry>200</entry><entry/></result>", None),
    ],
)
def test_the_id_of_an_addition(
    served: Served, connect: Callers, client_kind: str, body: str, number: int | None
) -> None:
    """The id may come as text; an addition whose id is missing or cannot be one is done all the same."""
    addition = connect(served(body).url, client_kind, max_retries=0).unsubscribes.add("xxx@www.com")
    assert (addition.id, addition.outcome, addition.attempts) == (number, AdditionOutcome.ADDED, 1)


@pytest.mark.parametrize("number", [0, -300, 1 << 63])
def test_an_addition_whose_id_cannot_be_one(
    served: Served, connect: Callers, client_kind: str, form: str, number: int
) -> None:
    """An id that delete would refuse is not passed on."""
    body = {
        "json": f'{{"success":true,"code":200,"stopId":{number}}}',
        "xml": f"<result><entry>true</entry><entry>200</entry><entry>{number}</entry></result>",
    }[form]
    assert connect(served(body).url, client_kind, format=form).unsubscribes.add("xxx@www.com").id is None


def test_a_field_that_does_not_fit_is_reported_in_the_log(
    served: Served, connect: Callers, client_kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    """The debug line of the attempt names the field that was ignored."""
    with caplog.at_level(logging.DEBUG, "mailpartner"):
        connect(served('{"success":true,"code":200,"stopId":"x"}').url, client_kind).unsubscribes.add("xxx@www.com")
    assert "done, but ignored: stopId" in caplog.text


def test_a_field_of_a_row_that_does_not_fit_is_reported_in_the_log(
    served: Served, connect: Callers, client_kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    """The debug line names the fields of rows that were ignored, once each."""
    row = '{"id":1,"email":"xxx@www.com","createdAt":[]}'
    with caplog.at_level(logging.DEBUG, "mailpartner"):
        connect(served(f'{{"success":true,"data":[{row},{row}]}}').url, client_kind).unsubscribes.list()
    assert "done, but ignored: data[].createdAt" in caplog.text


def test_an_address_that_may_exist(sandbox: Sandbox, caller: Caller) -> None:
    """With exist_ok an address that is listed already is an outcome, and the list is not asked for its id."""
    addition = caller.unsubscribes.add(email="user2@example.com", exist_ok=True)
    assert (addition.outcome, addition.id, addition.code) == (AdditionOutcome.ALREADY_LISTED, None, 3)
    assert [seen["operation"] for seen in sandbox.requests()] == ["addUnsubscribe"]


def test_an_address_that_is_listed_already(sandbox: Sandbox, caller: Caller) -> None:
    """On a clean first attempt it is an InvalidRequestError with that name, and the list is not asked for."""
    with pytest.raises(InvalidRequestError) as caught:
        caller.unsubscribes.add("user2@example.com")
    assert (caught.value.code, caught.value.name) == (3, "ALREADY_LISTED")
    assert (caught.value.maybe_applied, caught.value.attempts) == (False, 1)
    assert "find()" in str(caught.value)
    assert [seen["operation"] for seen in sandbox.requests()] == ["addUnsubscribe"]


@pytest.mark.parametrize("fault", ["reset-after", "close-after", "half-body", "bad-gateway-after", "garbage"])
def test_after_a_lost_answer_the_id_is_found(sandbox: Sandbox, caller: Caller, fault: str) -> None:
    """The repeated addition is told that the address is listed; the list then gives the id."""
    sandbox.fault(fault)
    addition = caller.unsubscribes.add("new@example.com")
    assert (addition.id, addition.outcome, addition.attempts) == (4, AdditionOutcome.ALREADY_LISTED, 2)
    assert [seen["operation"] for seen in sandbox.requests()] == ["addUnsubscribe"] * 2 + ["listUnsubscribes"]
    assert sandbox.count() == 4


def test_after_a_lost_request_it_is_added(sandbox: Sandbox, caller: Caller) -> None:
    """A request that never arrived is repeated, and its answer is the outcome."""
    sandbox.fault("reset-before")
    assert caller.unsubscribes.add("new@example.com").id == 4
    assert [seen["done"] for seen in sandbox.requests()] == ["nothing", "added"]


def test_after_a_lost_answer_without_retries(sandbox: Sandbox, caller: Caller) -> None:
    """With max_retries=0 the error says that it may have been done, and how to find out."""
    sandbox.fault("reset-after")
    with pytest.raises(APIConnectionError) as caught:
        caller.unsubscribes.add("new@example.com", max_retries=0)
    assert (caught.value.maybe_applied, caught.value.attempts) == (True, 1)
    assert "Add it once more" in str(caught.value)


def test_after_a_lost_answer_another_spelling_is_not_taken(sandbox: Sandbox, caller: Caller) -> None:
    """Where the list has the address under other letters, the error says that it may have been done."""
    sandbox.settings(letters="lowered")
    sandbox.fault("reset-after")
    with pytest.raises(InvalidRequestError) as caught:
        caller.unsubscribes.add("New@example.com")
    assert (caught.value.name, caught.value.maybe_applied, caught.value.attempts) == ("ALREADY_LISTED", True, 2)


def test_after_a_lost_answer_a_list_that_fails_leaves_the_doubt(sandbox: Sandbox, caller: Caller) -> None:
    """Where the list that should give the id is refused, the error says what is known: listed it is, and it may have
    been added by this call."""
    sandbox.fault("reset-after")
    sandbox.fault("latency", seconds=0)
    sandbox.fault("code", code="API_ACCESS_DENIED")
    with pytest.raises(InvalidRequestError) as caught:
        caller.unsubscribes.add("new@example.com")
    assert (caught.value.name, caught.value.maybe_applied) == ("ALREADY_LISTED", True)


def test_the_key_of_an_addition_is_in_the_body_only(
    served: Served, connect: Callers, client_kind: str, form: str
) -> None:
    """On the wire the key stands once, in the JSON body, beside the address; in no URL and no header."""
    server = served(ADDED)
    connect(server.url, client_kind, format=form).unsubscribes.add('é"\\@example.com')
    head, body = server.requests[0].head, server.requests[0].body
    assert json.loads(body) == {"apiKey": KEY, "email": 'é"\\@example.com'}
    assert server.requests[0].raw.count(KEY.encode()) == 1
    query = b"?_format=xml" if form == "xml" else b""
    assert head.startswith(b"POST /v1/unsubscribe/add%s HTTP/1.1\r\n" % query)
    assert b"content-type: application/json" in head.lower()


@pytest.mark.parametrize("key", ["sandbox-a&b=c+d%20", 'sandbox-"\\/{}'])
def test_a_key_of_any_letters_fits_the_body(served: Served, connect: Callers, client_kind: str, key: str) -> None:
    """A key with letters that mean something in JSON or in a URL arrives as it is."""
    server = served(ADDED)
    connect(server.url, client_kind, key=key).unsubscribes.add("a@example.com")
    assert json.loads(server.requests[0].body)["apiKey"] == key


def test_an_own_http_client_does_not_see_the_key(
    served: Served, connect: Callers, client_kind: str, form: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Through a caller's client the key is in the body on the wire; its hooks, its logs and the error see none."""
    server, seen = served(ADDED, LISTED), []

    def look(request: httpx.Request) -> None:
        seen.append(f"{request.url} {request.headers} {request.content!r} {request.extensions}")

    async def look_async(request: httpx.Request) -> None:
        look(request)

    hooks = {"request": [look if client_kind == "sync" else look_async]}
    client = connect.http_client(client_kind, event_hooks=hooks)
    caller = connect(server.url, client_kind, format=form, http_client=client)

    with caplog.at_level(logging.DEBUG):
        assert caller.unsubscribes.add("a@example.com").id == 300
        with pytest.raises(InvalidRequestError) as caught:
            caller.unsubscribes.add("a@example.com")
    assert KEY not in f"{caught.value!r} {caught.value.__dict__}"
    for request in server.requests:
        head, body = request.head, request.body
        assert json.loads(body) == {"apiKey": KEY, "email": "a@example.com"}
        assert KEY.encode() not in head
    assert len(seen) == 2
    assert KEY not in "".join(seen) + caplog.text


def test_a_key_that_is_echoed_is_hidden(sandbox: Sandbox, caller: Caller) -> None:
    """A server that repeats the body, key and all, does not get it into the error."""
    sandbox.fault("echo-key", where="message")
    with pytest.raises(MailPartnerError) as caught:
        caller.unsubscribes.add("a@example.com")
    assert "a@example.com" in str(caught.value)
    assert KEY not in f"{caught.value} {caught.value.__dict__}"


def test_the_generated_model_is_returned_by_call(sandbox: Sandbox, caller: Caller) -> None:
    """`call` puts the client's key in the place of the model's, and gives the generated model of the answer."""
    from mailpartner.generated import models
    from mailpartner.generated.api.unsubscribes import add_unsubscribe

    answer = caller.call(add_unsubscribe, body=models.UnsubscribeAddition(api_key="other", email="a@example.com"))
    assert isinstance(answer, models.Addition)
    assert (answer.success, answer.code, answer.stop_id) == (True, 200, 4)
    assert sandbox.entries()[4].email == "a@example.com"
