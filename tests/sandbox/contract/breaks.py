"""That a sandbox which does not obey openapi.yaml is found out: each break, made on purpose, turns a run red."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from contract_modes import AS_SET, DELETES, RIGHT, UNSUBSCRIBES, Mode
from contract_run import play
from starlette.responses import Response

from mailpartner.sandbox import Sandbox
from mailpartner.sandbox.accounts import Accounts
from mailpartner.sandbox.exchange import Exchange

JSON, XML = Mode(only=UNSUBSCRIBES), Mode(xml=True, only=UNSUBSCRIBES)
Change = Callable[[Response], None]


def only(*operations: str) -> Mode:
    return Mode(only=operations)


def body(pattern: bytes, new: bytes, *, count: int = 0) -> Change:
    """A change of every body that the pattern is found in."""

    def change(response: Response) -> None:
        response.body = re.sub(pattern, new, response.body, count=count)
        response.headers["Content-Length"] = str(len(response.body))

    return change


def content_type(new: str) -> Change:
    return lambda response: response.headers.update({"Content-Type": new})


def status(new: int) -> Change:
    return lambda response: setattr(response, "status_code", new)


def without_retry_after(response: Response) -> None:
    if "Retry-After" in response.headers:
        del response.headers["Retry-After"]


@pytest.mark.parametrize(
    ("mode", "change", "check"),
    [
        pytest.param(JSON, body(rb'"code":\d+,?', b""), "response_schema_conformance", id="no code"),
        pytest.param(JSON, body(rb'"success":\w+,', b""), "response_schema_conformance", id="no success"),
        pytest.param(JSON, body(rb'"code":(\d+)', rb'"code":"\1"'), "response_schema_conformance", id="code as text"),
        pytest.param(JSON, body(rb'"id":\d+,', b""), "response_schema_conformance", id="a row without its id"),
        pytest.param(JSON, body(b'"code":4', b'"code":999'), "outcome_as_listed", id="a code of no list"),
        pytest.param(JSON, body(b'"success":false', b'"success":true'), "outcome_as_listed", id="every call a success"),
        pytest.param(JSON, body(b'"nbData":', b'"nbData":7'), "settings_as_set", id="a count that is wrong"),
        pytest.param(JSON, content_type("text/plain"), "content_type_conformance", id="JSON as text/plain"),
        pytest.param(JSON, content_type("application/xml"), "format_as_asked", id="JSON as XML"),
        pytest.param(JSON, body(rb"^.*$", b"{", count=1), "response_schema_conformance", id="half of the JSON"),
        pytest.param(XML, body(rb"(</?)result>", rb"\1field>"), "response_schema_conformance", id="another root"),
        pytest.param(XML, body(rb"(</?)entry>", rb"\1item>"), "response_schema_conformance", id="other elements"),
        pytest.param(XML, body(rb"<entry>\d+</entry>", b"", count=1), "xml_by_its_order", id="XML without a code"),
        pytest.param(
            XML, body(rb"<entry>\d+</entry>", b"<entry>OK</entry>", count=1), "xml_by_its_order", id="XML code as text"
        ),
        pytest.param(
            XML,
            body(rb"(<entry>\w+</entry>)\s*(<entry>\d+</entry>)", rb"\2\1", count=1),
            "xml_by_its_order",
            id="order",
        ),
        pytest.param(
            XML,
            body(rb"(<entry>\d+</entry>)\s*(<entry>[^<]*@[^<]*</entry>)", rb"\2\1"),
            "xml_by_its_order",
            id="order in a row",
        ),
        pytest.param(XML, content_type("text/html"), "content_type_conformance", id="XML as text/html"),
        pytest.param(XML, body(b"</result>", b""), "response_schema_conformance", id="half of the XML"),
        pytest.param(
            replace(AS_SET["XML with CDATA"], xml=True),
            body(rb"<!\[CDATA\[(.*?)\]\]>", rb"\1"),
            "xml_by_its_order",
            id="no CDATA",
        ),
        pytest.param(AS_SET["errors are 500"], status(200), "outcome_as_listed", id="errors as 200"),
        pytest.param(AS_SET["errors are 4xx"], status(500), "outcome_as_listed", id="all as 500"),
        pytest.param(
            AS_SET["too many requests are 429"],
            without_retry_after,
            "settings_as_set",
            id="no Retry-After",
        ),
        pytest.param(
            only("getCredits"),
            body(rb'"balance":"([^"]*)"', rb'"balance":\1'),
            "response_schema_conformance",
            id="number",
        ),
        pytest.param(
            only("sendMessage"), body(rb'"cost":([0-9.]+)', rb'"cost":"\1"'), "response_schema_conformance", id="cost"
        ),
        pytest.param(
            only("sendMessage"),
            body(rb'"messageId":"(\d+)"', rb'"messageId":\1'),
            "response_schema_conformance",
            id="id",
        ),
        pytest.param(
            only("sendMessage", "getMessageStatus"),
            body(rb'"date":"(\d+)"', rb'"date":"\1 s"'),
            "response_schema_conformance",
            id="date",
        ),
        pytest.param(only("cancelMessage"), body(b'"code":4', b'"code":2'), "outcome_as_listed", id="cancel"),
        pytest.param(only("listSubaccounts"), body(rb'"total":\d+', b'"total":7'), "settings_as_set", id="total"),
        pytest.param(
            replace(only("listSubaccounts"), xml=True),
            body(rb"(<entry>\d+</entry>)\s*(<entry>[^<]*@[^<]*</entry>)", rb"\2\1"),
            "xml_by_its_order",
            id="order in a sub-account",
        ),
        pytest.param(
            only("addSubaccountCredit"),
            body(b'"credit":', b'"success":"no","credit":'),
            "outcome_as_listed",
            id="credit",
        ),
        pytest.param(only("createSubaccount"), body(rb'"code":[4-8]', b'"code":55'), "outcome_as_listed", id="type"),
    ],
)
def test_a_broken_answer_is_found(monkeypatch: pytest.MonkeyPatch, mode: Mode, change: Change, check: str) -> None:
    """An answer that is changed on its way out turns the check red that is there for it."""
    send = Exchange.send

    async def changed(exchange: Exchange, response: Response) -> None:
        change(response)
        await send(exchange, response)

    monkeypatch.setattr(Exchange, "send", changed)
    assert check in play(mode, quick=True).names()


@pytest.mark.parametrize("path", ["/v1/unsubscribe/list", "/v1/unsubscribe/delete", "/v1/send"])
def test_a_removed_route_is_found(edited_spec: Callable[..., str], path: str) -> None:
    """A sandbox that does not have one of the document's paths is found out."""
    sandbox = Sandbox(entries=0, rate_limit=None, spec=edited_spec((f"  {path}:", f"  {path}-no-more:")))
    result = play(Mode(), quick=True, sandbox=sandbox)
    assert "content_type_conformance" in result.names()
    assert all(path in problem for problem in result.problems if problem.startswith("content_type_conformance"))


def test_a_missing_method_is_found(edited_spec: Callable[..., str]) -> None:
    """A sandbox that has the path and not its GET form is found out."""
    spec = edited_spec(
        ("    get:\n      operationId: deleteUnsubscribeWithGet", "    put:\n      operationId: deleteByPut")
    )
    names = play(Mode(only=DELETES), sandbox=Sandbox(entries=0, rate_limit=None, spec=spec)).names()
    assert {"content_type_conformance", "unsupported_method"} <= names


def test_a_key_that_is_not_looked_at_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sandbox that takes any key, or none that there is, is found out."""
    monkeypatch.setattr(Accounts, "account_of", lambda self, key: 0)
    assert "key_decides" in play(AS_SET["wrong key is 401"], quick=True).names()
    monkeypatch.setattr(Accounts, "account_of", lambda self, key: None if key == RIGHT else 0)
    assert "key_decides" in play(JSON, quick=True).names()


def test_a_setting_without_effect_is_found() -> None:
    """A sandbox that is not set as the mode says is found out."""
    for name in ("unknown id is a success", "no count", "XML rows have names", "errors are 520", "objects have names"):
        sandbox = Sandbox(entries=0, subaccounts=25, rate_limit=None)
        assert play(replace(AS_SET[name], xml=True), quick=True, sandbox=sandbox).problems
