"""unsubscribes.list: what the vendor documents, what it may send instead, and what is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from contract_examples import own_examples
from kit.api_server import SANDBOX_KEY as KEY
from kit.callers import Caller, Callers
from kit.server import Server

from mailpartner import AuthenticationError, InvalidRequestError, PermissionDeniedError, Unsubscribe
from mailpartner.contract import OPERATIONS
from mailpartner.errors import UnexpectedResponseError
from mailpartner.sandbox import Entry, Sandbox

Served = Callable[..., Server]
ROW = Unsubscribe(19, "xxx@www.com", "2015-07-20 10:19:45")
FIELDS = '"id":19,"email":"xxx@www.com"'
XML_ROW = "<entry>19</entry><entry>xxx@www.com</entry>"
NAMED_ROW = "<id>19</id><email>xxx@www.com</email>"


def json_list(rows: str, count: object = 1) -> str:
    """A JSON answer with these rows."""
    return f'{{"success":true,"code":200,"nbData":{json.dumps(count)},"data":{rows}}}'


def xml_list(rows: str, count: object = 1) -> str:
    """An XML answer with these rows."""
    head = f"<?xml version='1.0' encoding='UTF-8'?><result><entry>true</entry><entry>200</entry><entry>{count}</entry>"
    return f"{head}<entry>{rows}</entry></result>"


@pytest.mark.parametrize("suffix", ["", "Xml"])
def test_the_examples_of_the_contract(listed: Any, client_kind: str, suffix: str) -> None:
    """Each example of openapi.yaml is read as the list, the empty list or the error that it says."""
    texts = {
        name: example.xml if suffix else json.dumps(example.value)
        for name, example in own_examples("listUnsubscribes").items()
    }
    assert listed(texts["Listed"], client_kind) == (ROW,)
    assert listed(texts["ListedNone"], client_kind) == ()
    for name in ("ApiKeyRequired", "InvalidApiKey"):
        with pytest.raises(AuthenticationError) as caught:
            listed(texts[name], client_kind)
        assert caught.value.name in ("API_KEY_REQUIRED", "INVALID_API_KEY")
        assert not caught.value.maybe_applied


@pytest.mark.parametrize("rows", ["positional", "named"])
def test_the_list_of_the_sandbox(sandbox: Sandbox, caller: Caller, rows: str) -> None:
    """All entries in the order of the server, equal in JSON and in both forms of XML."""
    sandbox.settings(xml_rows=rows)
    entries = caller.unsubscribes.list()
    assert entries == tuple(Unsubscribe(*entry) for entry in sandbox.entries().values())
    assert isinstance(entries, tuple)
    assert [type(value) for value in (entries[0].id, entries[0].email, entries[0].created_at)] == [int, str, str]
    assert (sandbox.requests()[0]["method"], sandbox.requests()[0]["path"]) == ("GET", "/v1/unsubscribe/list")


def test_addresses_come_as_they_are(sandbox: Sandbox, caller: Caller) -> None:
    """Markup, quotes, accents and letters beyond the basic plane come through both formats, also in CDATA."""
    emails = ["a&<b>]]>@example.com", 'x"y\\@example.com', "é’ж😀@exämple.fr"]
    sandbox.load(emails)
    for cdata in (False, True):
        sandbox.settings(cdata=cdata)
        assert [entry.email for entry in caller.unsubscribes.list()] == emails


def test_an_empty_list(sandbox: Sandbox, caller: Caller) -> None:
    """No entries are an empty tuple."""
    sandbox.load([])
    assert caller.unsubscribes.list() == ()


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (f'{{{FIELDS},"createdAt":"2015-07-20 10:19:45"}}', ROW),
        (f"{{{FIELDS}}}", Unsubscribe(19, "xxx@www.com", None)),
        (f'{{{FIELDS},"createdAt":null}}', Unsubscribe(19, "xxx@www.com", None)),
        (f'{{{FIELDS},"createdAt":false}}', Unsubscribe(19, "xxx@www.com", None)),
        (f'{{{FIELDS},"createdAt":{{"date":"2015-07-20","timezone":"UTC"}}}}', Unsubscribe(19, "xxx@www.com", None)),
        ('{"id":"19","email":"xxx@www.com"}', Unsubscribe(19, "xxx@www.com", None)),
        (f'{{"reason":{{"id":1,"email":"b"}},{FIELDS},"tags":[1,{{}}],"success":null}}', None),
        (f'{{{FIELDS},"extra":{{"a":1}},"note":null}}', Unsubscribe(19, "xxx@www.com", None)),
    ],
)
def test_rows_of_json(listed: Any, client_kind: str, row: str, expected: Unsubscribe | None) -> None:
    """A number may come as text; createdAt that is absent, null or of another type is None; other properties are
    ignored; a row that looks like an answer is refused."""
    if expected is not None:
        assert listed(json_list(f"[{row}]"), client_kind) == (expected,)
    else:
        with pytest.raises(UnexpectedResponseError):
            listed(json_list(f"[{row}]"), client_kind)


@pytest.mark.parametrize(
    ("row", "created_at"),
    [
        (f"<entry>{XML_ROW}<entry>2015-07-20 10:19:45</entry></entry>", "2015-07-20 10:19:45"),
        (f"<entry>{NAMED_ROW}<createdAt>2015-07-20 10:19:45</createdAt></entry>", "2015-07-20 10:19:45"),
        ("<entry><email><![CDATA[xxx@www.com]]></email><id> 19 </id></entry>", None),
        (f"<entry>{XML_ROW}</entry>", None),
        (f'<entry>{XML_ROW}<entry xsi:nil="true"/></entry>', None),
        (f'<entry>{NAMED_ROW}<createdAt xsi:nil="true"/></entry>', None),
        (f"<entry>{XML_ROW}<entry>2015</entry><entry>new</entry><entry><entry>1</entry></entry></entry>", "2015"),
        (f"<entry>{XML_ROW}<entry><entry>2015-07-20</entry><entry>3</entry></entry><entry>new</entry></entry>", None),
        (f"<entry>{NAMED_ROW}<createdAt><date>2015-07-20</date></createdAt></entry>", None),
        (f"<entry>{NAMED_ROW}<reason><id>1</id></reason></entry>", None),
        (f"<row>{NAMED_ROW}</row>", None),
    ],
)
def test_rows_of_xml(listed: Any, client_kind: str, row: str, created_at: str | None) -> None:
    """Rows with and without names, with CDATA or nil, in any order of names, with values that are not known."""
    assert listed(xml_list(row), client_kind) == (Unsubscribe(19, "xxx@www.com", created_at),)


@pytest.mark.parametrize("words", ['"message":%s', '"message":[%s]', '"errors":[%s]', '"error":%s'])
def test_words_that_look_like_a_row(listed: Any, client_kind: str, words: str) -> None:
    """What a server says beside the outcome may have the fields of a row, and is words all the same: on a refusal and
    on a success."""
    words %= '{"id":7,"email":"xxx@www.com","message":"no such address"}'
    with pytest.raises(AuthenticationError, match="no such address"):
        listed(f'{{"success":false,"code":10,{words}}}', client_kind)
    done = json_list(f"[{{{FIELDS}}}]")
    assert listed(f"{done[:-1]},{words}}}", client_kind)[0].id == 19


def test_rows_of_both_forms_may_stand_side_by_side(listed: Any) -> None:
    """Each row is read for itself, and white space between elements does not count."""
    rows = f"\n <entry>\n {XML_ROW}\n </entry>\n <entry>\n {NAMED_ROW}\n </entry>\n"
    assert [entry.id for entry in listed(xml_list(rows, 2))] == [19, 19]


def test_xml_with_names_everywhere(listed: Any) -> None:
    """Names instead of entries are accepted at the top level, too."""
    body = (
        "<result><success>true</success><code>200</code><nbData>1</nbData>"
        f"<data><entry>{XML_ROW}</entry></data></result>"
    )
    assert listed(body) == (Unsubscribe(19, "xxx@www.com", None),)


@pytest.mark.parametrize(
    "rows",
    [
        '[{"id":19}]',
        '[{"email":"a@b"}]',
        '[{"id":19,"email":null}]',
        '[{"id":null,"email":"a@b"}]',
        '[{"id":true,"email":"a@b"}]',
        '[{"id":1.0,"email":"a@b"}]',
        '[{"id":"x","email":"a@b"}]',
        '[{"id":"","email":"a@b"}]',
        '[{"id":19,"email":["a@b"]}]',
        '[{"id":19,"email":true}]',
        '[{"id":1,"id":2,"email":"a@b"}]',
        "[19]",
        '["a@b"]',
        "[null]",
        '[[19,"a@b"]]',
        "[{}]",
        '{"id":19,"email":"a@b"}',
        '"none"',
        "19",
        "true",
        f"[{{{FIELDS}}},5]",
        "[" * 100_000 + "]" * 100_000,
        '[{"id":' + "[" * 200 + "]" * 200 + ',"email":"a@b"}]',
    ],
    ids=lambda rows: rows[:40],
)
def test_json_that_fits_no_list_is_refused(listed: Any, rows: str) -> None:
    """A row without id or address, of another type, or something else in the place of the list is an unreadable
    answer: nothing is guessed."""
    with pytest.raises(UnexpectedResponseError):
        listed(json_list(rows, None))


NO_ENTRIES = [
    (0, "a@b.c", "an entry with the id 0, which cannot be one"),
    (-1, "a@b.c", "an entry with the id -1, which cannot be one"),
    (1 << 63, "a@b.c", "an entry with the id 9223372036854775808, which cannot be one"),
    (19, "", "the entry 19 without an address"),
    (19, " ", "the entry 19 without an address"),
]


@pytest.mark.parametrize(("number", "email", "reason"), NO_ENTRIES)
@pytest.mark.parametrize("form", ["JSON", "JSON, the id as text", "XML", "XML with names", "XML with names everywhere"])
def test_a_list_with_what_cannot_be_an_entry_is_refused(
    listed: Any, client_kind: str, form: str, number: int, email: str, reason: str
) -> None:
    """An id that delete could not take, or an entry without an address, makes the whole list unreadable, and the error
    says which: a list that holds it is not to be trusted."""
    named = f"<entry>{NAMED_ROW}</entry><entry><id>{number}</id><email>{email}</email></entry>"
    body = {
        "JSON": json_list(f'[{{{FIELDS}}},{{"id":{number},"email":"{email}"}}]', 2),
        "JSON, the id as text": json_list(f'[{{{FIELDS}}},{{"id":"{number}","email":"{email}"}}]', 2),
        "XML": xml_list(f"<entry>{XML_ROW}</entry><entry><entry>{number}</entry><entry>{email}</entry></entry>", 2),
        "XML with names": xml_list(named, 2),
        "XML with names everywhere": f"<result><code>200</code><success>true</success><data>{named}</data></result>",
    }[form]
    with pytest.raises(UnexpectedResponseError) as caught:
        listed(body, client_kind)
    assert f"({reason})" in str(caught.value)


def test_the_ids_of_a_list_are_those_that_delete_takes(listed: Any) -> None:
    """The smallest and the largest id that the contract allows are read, in JSON and XML."""
    limits = OPERATIONS["POST", "/v1/unsubscribe/delete"].limits["id"]
    for number in (limits.minimum, limits.maximum):
        assert number is not None
        row = Unsubscribe(number, "a@b.c", None)
        assert listed(json_list(f'[{{"id":{number},"email":"a@b.c"}}]')) == (row,)
        assert listed(xml_list(f"<entry><entry>{number}</entry><entry>a@b.c</entry></entry>")) == (row,)


@pytest.mark.parametrize(
    "rows",
    [
        "<entry>19</entry>",
        "<entry/>",
        "none",
        "none<entry>" + XML_ROW + "</entry>",
        "<entry><entry>19</entry></entry>",
        "<entry><entry>xxx@www.com</entry><entry>19</entry></entry>",
        "<entry><entry>19</entry><entry><entry>xxx@www.com</entry></entry></entry>",
        "<entry><entry>19</entry><email>xxx@www.com</email></entry>",
        "<entry><email>xxx@www.com</email></entry>",
        "<entry><id>19</id><id>20</id><email>xxx@www.com</email></entry>",
        f"<entry>text{XML_ROW}</entry>",
        '<entry xsi:nil="true"/>',
        '<entry><entry xsi:nil="true"/><entry>xxx@www.com</entry></entry>',
        f"<entry>{XML_ROW}</entry><entry>20</entry>",
        "<entry>" * 40 + "</entry>" * 40,
    ],
    ids=lambda rows: rows[:60],
)
def test_xml_that_fits_no_list_is_refused(listed: Any, rows: str) -> None:
    """Rows that are neither positional nor named, or text in the place of the list, are an unreadable answer."""
    with pytest.raises(UnexpectedResponseError):
        listed(xml_list(rows))


@pytest.mark.parametrize(
    "body",
    [
        xml_list(f"<entry>{XML_ROW}</entry>").replace(
            "</result>", "<entry>OK</entry><entry><entry>x</entry></entry></result>"
        ),
        xml_list(f"<entry>{XML_ROW}</entry>").replace("</result>", "<entry><entry>x</entry></entry></result>"),
        f"<result><code>200</code><success>true</success><data><entry>{XML_ROW}</entry></data></result>",
        f"<result><success>true</success><user><name>x</name></user><data><entry>{XML_ROW}</entry></data></result>",
        f'{{"success":true,"code":200,"user":{{"id":"x1","email":"me@b.c"}},"data":[{{{FIELDS}}}]}}',
        f'{{"success":true,"code":200,"data":[{{{FIELDS},"by":{{"id":"x1","email":"me@b.c"}}}}]}}',
    ],
)
def test_what_stands_beside_the_rows_does_not_spoil_them(listed: Any, body: str) -> None:
    """Messages, errors and other objects around or in the rows of a success are no rows and leave them readable."""
    assert [entry.id for entry in listed(body)] == [19]


@pytest.mark.parametrize(
    ("rest", "count"),
    [
        ('"nbData":0,"data":[]', 0),
        ('"nbData":0,"data":null', None),
        ('"nbData":0', None),
        ('"nbData":0,"data":{}', 0),
        (f'"nbData":2,"data":{{"1":{{{FIELDS}}},"4":{{{FIELDS}}}}}', 2),
        (f'"data":{{"1":{{{FIELDS}}},"x":{{{FIELDS}}}}}', None),
        ('"data":[]', 0),
        (f'"data":[{{{FIELDS}}}]', 1),
        (f'"nbData":"1","data":[{{{FIELDS}}}]', 1),
        (f'"nbData":null,"data":[{{{FIELDS}}}]', 1),
        ('"nbData":5,"data":[]', None),
        (f'"nbData":5,"data":[{{{FIELDS}}},{{{FIELDS}}},{{{FIELDS}}}]', None),
        (f'"nbData":0,"data":[{{{FIELDS}}}]', None),
        (f'"nbData":"x","data":[{{{FIELDS}}}]', 1),
        ('"nbData":1,"data":null', None),
        ('"nbData":1', None),
        ('"data":null', None),
        ('"message":"OK"', None),
    ],
)
def test_the_list_must_be_whole(listed: Any, client_kind: str, rest: str, count: int | None) -> None:
    """A list is accepted if no count contradicts it, also as PHP's object with numbers; without one the answer is
    unreadable."""
    body = f'{{"success":true,"code":200,{rest}}}'
    if count is not None:
        assert len(listed(body, client_kind)) == count
        return
    with pytest.raises(UnexpectedResponseError) as caught:
        listed(body, client_kind)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(("nb_data", "formats"), [("absent", ["json"]), ("wrong", [])])
def test_a_count_that_is_absent_or_wrong(
    sandbox: Sandbox, caller: Caller, form: str, nb_data: str, formats: list[str]
) -> None:
    """Without a count the JSON list stands for itself; with another, and where XML lacks an entry, it is refused."""
    sandbox.settings(nb_data=nb_data)
    if sandbox.requests() == [] and form in formats:
        assert len(caller.unsubscribes.list()) == 3
        return
    with pytest.raises(UnexpectedResponseError):
        caller.unsubscribes.list()


@pytest.mark.parametrize(
    "errors",
    [
        "<entry><entry><entry>email</entry><entry>Le mail est requis</entry></entry></entry>",
        "<entry><entry><elementId>email</elementId><message>Le mail est requis</message></entry></entry>",
    ],
)
def test_errors_of_a_failure_are_no_rows(listed: Any, client_kind: str, errors: str) -> None:
    """On a failure the list in the XML is one of faults, which the error shows; it is never read as rows."""
    body = f"<result><entry>false</entry><entry>90</entry>{errors}</result>"
    with pytest.raises(InvalidRequestError) as caught:
        listed(body, client_kind)
    (detail,) = caught.value.errors
    assert (detail.element_id, detail.message, caught.value.name) == ("email", "Le mail est requis", "MALFORMED_JSON")


def test_rows_beside_a_failure_are_not_taken(listed: Any) -> None:
    """success false decides, whatever stands beside it."""
    body = f'{{"success":false,"code":40,"nbData":1,"data":[{{{FIELDS}}}]}}'
    with pytest.raises(PermissionDeniedError):
        listed(body)


def test_a_lost_list_is_asked_for_again(sandbox: Sandbox, caller: Caller) -> None:
    """Reading is harmless to repeat: a lost answer and half a body cost another attempt."""
    sandbox.fault("reset-after")
    sandbox.fault("half-body")
    assert len(caller.unsubscribes.list()) == 3
    assert [seen["fault"] for seen in sandbox.requests()] == ["reset-after", "half-body", None]


def test_the_generated_model_is_returned_by_call(sandbox: Sandbox, caller: Caller) -> None:
    """`call` gives the generated model of the list, with a model for each row."""
    from mailpartner.generated import models
    from mailpartner.generated.api.unsubscribes import list_unsubscribes

    sandbox.load([Entry(19, "xxx@www.com", "2015-07-20 10:19:45")])
    answer = caller.call(list_unsubscribes)
    assert isinstance(answer, models.UnsubscribeList)
    assert (answer.success, answer.code, answer.nb_data) == (True, 200, 1)
    assert answer.data == [models.Unsubscribe(19, "xxx@www.com", "2015-07-20 10:19:45")]


def test_options_that_are_none_are_named(sandbox: Sandbox, connect: Callers, client_kind: str) -> None:
    """An option that no call has is a TypeError that names those there are, before a byte is sent."""
    caller = connect(sandbox.url, client_kind)
    for name, given in (("list", ()), ("find", ("a@b.c",)), ("add", ("a@b.c",)), ("delete_email", ("a@b.c",))):
        with pytest.raises(TypeError, match="format, method, timeout, deadline, max_retries"):
            getattr(caller.unsubscribes, name)(*given, page=2)
    assert sandbox.requests() == []
    assert len(caller.unsubscribes.list(format="xml", timeout=5, deadline=9, max_retries=0, method="GET")) == 3
    assert sandbox.requests()[0]["query"] == "apiKey=***&_format=xml"


def test_the_key_is_in_the_query_of_a_list(served: Served, connect: Callers, client_kind: str) -> None:
    """The list is asked for with the key in the query, and with no body."""
    server = served(json_list("[]", 0))
    connect(server.url, client_kind).unsubscribes.list()
    assert server.requests[0].raw.startswith(f"GET /v1/unsubscribe/list?apiKey={KEY} HTTP/1.1\r\n".encode())
    assert server.requests[0].raw.count(KEY.encode()) == 1
    assert server.requests[0].raw.endswith(b"\r\n\r\n")
