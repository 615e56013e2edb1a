"""What the sandbox does with requests to list and to add."""

import json
import threading
from datetime import datetime
from xml.etree import ElementTree

import pytest
from kit.raw_client import ask, delete

from mailpartner.sandbox import Entry, Sandbox
from mailpartner.sandbox.answers import render
from mailpartner.sandbox.document import read_document

KEY = "sandbox-key"


def listing(sandbox, form="json", key=KEY, **options):
    return ask(sandbox, f"/v1/unsubscribe/list?apiKey={key}&_format={form}", "GET", **options)


def add(sandbox, email="new@example.com", query="", **body):
    fields = {"apiKey": KEY, "email": email, **body}
    sent = json.dumps({name: value for name, value in fields.items() if value is not None}).encode()
    return ask(sandbox, f"/v1/unsubscribe/add{query}", body=sent)


def code(raw):
    return json.loads(raw.body)["code"]


def test_the_list_is_in_the_order_of_the_ids(sandbox):
    """All entries are listed, lowest id first, with their count."""
    sandbox.load([Entry(300, "c@example.com", "2015-07-20 10:19:45"), Entry(19, "ä@example.com", "2016")])
    answer = json.loads(listing(sandbox).body)
    assert list(answer) == ["success", "code", "nbData", "data"]
    assert answer["nbData"] == 2
    assert answer["data"] == [
        {"id": 19, "email": "ä@example.com", "createdAt": "2016"},
        {"id": 300, "email": "c@example.com", "createdAt": "2015-07-20 10:19:45"},
    ]


def test_the_list_follows_every_change(sandbox):
    """An entry that was added or deleted is in the next list or not, although lists are kept as they were written."""
    for form in ("json", "xml", "json"):
        assert b"user5@" in listing(sandbox, form).body
    delete(sandbox, 5)
    assert b"user5@" not in listing(sandbox).body
    add(sandbox, "user5@example.com")
    assert b"user5@" in listing(sandbox).body
    sandbox.settings(nb_data="wrong")
    assert json.loads(listing(sandbox).body)["nbData"] == 21
    sandbox.reset()
    assert json.loads(listing(sandbox).body)["nbData"] == 20


def test_the_list_follows_another_sandbox_on_the_same_file(tmp_path):
    """What another process changes in the state file is in the next list."""
    with Sandbox(entries=3, state=tmp_path / "state.db") as one, Sandbox(state=tmp_path / "state.db") as other:
        assert b"user2@" in listing(one).body
        delete(other, 2)
        assert b"user2@" not in listing(one).body


def test_a_list_is_written_once(sandbox, monkeypatch):
    """While nothing changes, a list is not written again: a long one takes seconds."""
    calls = []
    monkeypatch.setattr("mailpartner.sandbox.app.render", lambda *given: calls.append(given) or render(*given))
    for form in ("json", "json", "xml", "xml", "json"):
        listing(sandbox, form)
    assert [given[2] for given in calls] == ["json", "xml"]


@pytest.mark.parametrize("cdata", [False, True])
def test_rows_may_have_names_in_xml(sandbox_with, cdata):
    """With xml_rows=named each row holds elements with the document's names, and all the rest stays positional."""
    root = ElementTree.fromstring(listing(sandbox_with(xml_rows="named", entries=2, cdata=cdata), "xml").body)
    assert [child.tag for child in root] == ["entry"] * 4
    assert [[(value.tag, value.text) for value in row] for row in root[3]] == [
        [("id", "1"), ("email", "user1@example.com"), ("createdAt", "2020-01-01 00:01:00")],
        [("id", "2"), ("email", "user2@example.com"), ("createdAt", "2020-01-01 00:02:00")],
    ]


@pytest.mark.parametrize(("nb_data", "count"), [("right", 20), ("wrong", 21), ("absent", None)])
def test_the_count_may_be_wrong(sandbox_with, nb_data, count):
    """With nb_data the count of the list is right, too high, or absent, in JSON and in XML."""
    sandbox = sandbox_with(nb_data=nb_data)
    assert json.loads(listing(sandbox).body).get("nbData") == count
    texts = [entry.text for entry in ElementTree.fromstring(listing(sandbox, "xml").body) if not len(entry)]
    assert texts == ["true", "200"] + ([] if count is None else [str(count)])


def test_markup_in_an_address_does_not_break_the_xml(sandbox):
    """Addresses with markup and with % come as they are in both formats, in CDATA too."""
    sandbox.load(["a&<b>%s]]>@example.com"])
    for cdata in (False, True):
        sandbox.settings(cdata=cdata)
        assert ElementTree.fromstring(listing(sandbox, "xml").body)[3][0][1].text == "a&<b>%s]]>@example.com"
    assert json.loads(listing(sandbox).body)["data"][0]["email"] == "a&<b>%s]]>@example.com"


def test_an_added_address_is_listed(sandbox_with):
    """An addition answers the new id, one that never was, and the entry has the date of now."""
    sandbox = sandbox_with(now=lambda: datetime(2026, 7, 20, 10, 19, 45))
    assert json.loads(add(sandbox).body) == {"success": True, "code": 200, "stopId": 21}
    assert sandbox.entries()[21] == Entry(21, "new@example.com", "2026-07-20 10:19:45")
    delete(sandbox, 21)
    assert json.loads(add(sandbox).body)["stopId"] == 22
    assert [seen["done"] for seen in sandbox.requests()] == ["added", "deleted", "added"]


def test_an_address_is_listed_once(sandbox):
    """An address that is listed already is refused, and nothing is added."""
    assert [code(add(sandbox, "user5@example.com")), code(add(sandbox)), code(add(sandbox))] == [3, 200, 3]
    assert sandbox.count() == 21


@pytest.mark.parametrize(("letters", "codes"), [("kept", [200, 200, 3]), ("lowered", [200, 3, 3])])
def test_letters_may_be_lowered(sandbox_with, letters, codes):
    """With letters=lowered an address is stored in lower case and compared so; else as it is."""
    sandbox = sandbox_with(letters=letters)
    assert [code(add(sandbox, email)) for email in ("Ann@Example.com", "ann@example.com", "ann@example.com")] == codes
    assert ("Ann@Example.com" in {entry.email for entry in sandbox.entries().values()}) is (letters == "kept")


@pytest.mark.parametrize("email", [None, "", 0, [], False])
def test_a_missing_address_is_said(sandbox, email):
    """Without an address, or with an empty one, the answer is that it is required."""
    assert code(add(sandbox, email)) == 2


@pytest.mark.parametrize("email", ["a", "@", "a@", "@b", "a b@c", "a@b@c", " a@b", "a@b\n", "\ud800@b", 5, ["a@b"], {}])
def test_what_is_no_address_is_invalid(sandbox, email):
    """What is no address is refused as invalid, and nothing is added."""
    assert code(add(sandbox, email)) == (9 if email else 2)
    assert sandbox.count() == 20


@pytest.mark.parametrize(
    ("body", "number"),
    [
        ({"apiKey": None}, 1),
        ({"apiKey": ""}, 1),
        ({"apiKey": "sandbox-wrong"}, 10),
        ({"apiKey": "4f2a9c1e"}, 10),
        ({"apiKey": 5}, 10),
    ],
)
def test_the_key_of_an_addition_is_in_its_body(sandbox, body, number):
    """A missing, wrong or non-sandbox key in the body is refused, also where the query has a good one."""
    assert code(add(sandbox, query=f"?apiKey={KEY}", **body)) == number
    assert sandbox.count() == 20


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"\xff", b"email=a%40b", b"[" * 100_000])
@pytest.mark.parametrize("form", ["json", "xml"])
def test_a_body_that_is_no_json_object_is_malformed(sandbox, body, form):
    """A body that is no JSON object has its own code, in the format that the query asks for."""
    answer = ask(sandbox, f"/v1/unsubscribe/add?_format={form}", body=body).body
    assert (b"<entry>90</entry>" if form == "xml" else b'"code":90') in answer


def test_the_format_of_an_addition_may_be_asked_for_in_the_query_or_in_the_body(sandbox):
    """The format is heard in both places; where both have one, in the query."""
    assert add(sandbox, query="?_format=xml").body.startswith(b"<?xml")
    assert add(sandbox, _format="xml").body.startswith(b"<?xml")
    assert add(sandbox, query="?_format=json", _format="xml").body.startswith(b"{")


@pytest.mark.parametrize("key", [KEY, "4f2a9c1e7b3d5806"])
def test_the_key_in_a_body_is_hidden(sandbox, key):
    """The request log shows the body with the key hidden, and of a request with a non-sandbox key no value at all."""
    add(sandbox, f"{key}@example.com", apiKey=key)
    add(sandbox, apiKey=key)
    first, second = (seen["body"] for seen in sandbox.requests())
    assert first == {"apiKey": "***", "email": "***"}
    assert second == {"apiKey": "***", "email": "new@example.com" if key == KEY else "***"}
    assert key not in json.dumps(sandbox.requests())


@pytest.mark.parametrize(
    ("fault", "done"), [("reset-before", False), ("reset-after", True), ("half-body", True), ("html", False)]
)
def test_faults_hit_additions_and_lists(sandbox, fault, done):
    """A fault spoils an addition before or after it is done, and a list too; the next request is answered as usual."""
    sandbox.fault(fault, times=2)
    answers = [add(sandbox), listing(sandbox)]
    assert not any(answer.body.endswith(b"}") for answer in answers)
    assert [seen["fault"] for seen in sandbox.requests()] == [fault, fault]
    assert code(add(sandbox)) == (3 if done else 200)


def test_a_code_can_be_answered_for_each_operation(sandbox):
    """The fault code takes the number and text that a name has for the operation that it hits."""
    sandbox.fault("code", code="ALREADY_LISTED")
    assert json.loads(add(sandbox).body) == {"success": False, "code": 3, "message": "Le mail est déjà dans la liste"}
    sandbox.fault("code", code="API_ACCESS_DENIED")
    assert code(listing(sandbox)) == 40


def test_settings_and_statuses_hold_for_all_operations(sandbox_with):
    """error_status and the rate limit apply to lists and additions; post and get only where both do the same."""
    sandbox = sandbox_with(error_status="4xx", post="405", get="405", rate_limit=3)
    assert (add(sandbox).status, listing(sandbox).status) == (200, 200)
    assert add(sandbox, "a").status == 400
    assert (listing(sandbox).status, code(add(sandbox))) == (429, 429)


def test_of_many_at_once_one_adds(sandbox):
    """Of several additions of one address that come at once, exactly one adds it."""
    codes = []
    threads = [threading.Thread(target=lambda: codes.append(code(add(sandbox)))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert sorted(codes) == [3] * 7 + [200]


def test_the_handlers_cover_every_operation(sandbox):
    """No operation of the document is answered as one that the sandbox does not play."""
    for path, methods in read_document().operations.items():
        for method in methods:
            assert ask(sandbox, path, method).status == 200
