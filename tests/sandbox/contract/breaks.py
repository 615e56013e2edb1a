"""That a sandbox which does not obey openapi.yaml is found out: each break, made on purpose, turns a run red."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from contract_modes import AS_SET, RIGHT, Mode
from contract_run import play

from mailpartner.sandbox import Sandbox, operations
from mailpartner.sandbox.exchange import Exchange
from mailpartner.sandbox.messages import Reply

JSON, XML = Mode(), Mode(xml=True)
Change = Callable[[Reply], Reply]


def body(pattern: bytes, new: bytes, *, count: int = 0) -> Change:
    """A change of every body that the pattern is found in."""
    return lambda reply: replace(reply, body=re.sub(pattern, new, reply.body, count=count))


def content_type(new: str) -> Change:
    return lambda reply: replace(reply, content_type=new)


def status(new: int) -> Change:
    return lambda reply: replace(reply, status=new)


@pytest.mark.parametrize(
    ("mode", "change", "check"),
    [
        pytest.param(JSON, body(rb'"code":\d+,?', b""), "response_schema_conformance", id="no code"),
        pytest.param(JSON, body(rb'"success":\w+,', b""), "response_schema_conformance", id="no success"),
        pytest.param(JSON, body(rb'"code":(\d+)', rb'"code":"\1"'), "response_schema_conformance", id="code as text"),
        pytest.param(JSON, body(rb'"id":\d+,', b""), "response_schema_conformance", id="a row without its id"),
        pytest.param(JSON, body(b'"code":4', b'"code":999'), "outcome_as_listed", id="a code of no list"),
        pytest.param(JSON, body(b'"success":false', b'"success":true'), "outcome_as_listed", id="every call a success"),
        pytest.param(JSON, body(b'"nbData":', b'"nbData":7'), "switches_as_set", id="a count that is wrong"),
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
            lambda reply: replace(reply, headers=()),
            "switches_as_set",
            id="no Retry-After",
        ),
    ],
)
def test_a_broken_answer_is_found(monkeypatch: pytest.MonkeyPatch, mode: Mode, change: Change, check: str) -> None:
    """An answer that is changed on its way out turns the check red that is there for it."""
    send = Exchange.send
    monkeypatch.setattr(Exchange, "send", lambda self, reply: send(self, change(reply)))
    assert check in play(mode, quick=True).names()


@pytest.mark.parametrize("path", ["/v1/unsubscribe/list", "/v1/unsubscribe/add", "/v1/unsubscribe/delete"])
def test_a_removed_route_is_found(edited_spec: Callable[..., str], path: str) -> None:
    """A sandbox that does not have one of the document's paths is found out."""
    sandbox = Sandbox(entries=0, rate_limit=None, spec=edited_spec((f"  {path}:", f"  {path}-no-more:")))
    result = play(JSON, quick=True, sandbox=sandbox)
    assert "content_type_conformance" in result.names()
    assert all(path in problem for problem in result.problems if problem.startswith("content_type_conformance"))


def test_a_missing_method_is_found(edited_spec: Callable[..., str]) -> None:
    """A sandbox that has the path and not its GET form is found out."""
    spec = edited_spec(
        ("    get:\n      operationId: deleteUnsubscribeWithGet", "    put:\n      operationId: deleteByPut")
    )
    names = play(JSON, sandbox=Sandbox(entries=0, rate_limit=None, spec=spec)).names()
    assert {"content_type_conformance", "unsupported_method"} <= names


def test_a_key_that_is_not_looked_at_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sandbox that takes any key, or none that there is, is found out."""
    monkeypatch.setattr(operations, "is_accepted", lambda key: True)
    assert "key_decides" in play(AS_SET["wrong key"], quick=True).names()
    monkeypatch.setattr(operations, "is_accepted", lambda key: key != RIGHT)
    assert "key_decides" in play(JSON, quick=True).names()


def test_a_switch_without_effect_is_found() -> None:
    """A sandbox that is not set as the mode says is found out."""
    for name in ("unknown id is a success", "no count", "XML rows have names", "errors are 520"):
        sandbox = Sandbox(entries=0, rate_limit=None)
        assert play(replace(AS_SET[name], xml=True), quick=True, sandbox=sandbox).problems
