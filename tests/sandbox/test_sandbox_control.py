"""The control under /sandbox/: over HTTP, and by the same names in Python."""

import json
import re
from datetime import timedelta

import pytest
from kit.raw_client import ask, connect, delete, read_one, request_bytes

from mailpartner.sandbox import Entry, Sandbox

ADDITION = b'{"apiKey": "sandbox-key", "email": "new@example.com"}'


def control(sandbox, method, target, value=None):
    body = b"" if value is None else json.dumps(value).encode()
    answer = ask(sandbox, f"/sandbox/{target}", method, body=body)
    return answer.status, json.loads(answer.body)


def test_entries_can_be_looked_at(sandbox):
    """GET /sandbox/entries shows the first entries and how many there are."""
    status, shown = control(sandbox, "GET", "entries?limit=2")
    assert (status, shown["count"]) == (200, 20)
    assert shown["entries"] == [entry._asdict() for entry in sandbox.entries(limit=2).values()]
    assert sandbox.entries()[2] == Entry(2, "user2@example.com", "2020-01-01 00:02:00")


def test_entries_can_be_loaded_and_reset(sandbox):
    """PUT /sandbox/entries replaces all, by a number or by these; DELETE puts those of the start back."""
    assert control(sandbox, "PUT", "entries", {"count": 3}) == (200, {"count": 3})
    written = {"entries": [{"id": 77, "email": "a@example.com", "created_at": "2015-07-20 10:19:45"}]}
    assert control(sandbox, "PUT", "entries", written) == (200, {"count": 1})
    assert sandbox.entries() == {77: Entry(77, "a@example.com", "2015-07-20 10:19:45")}
    assert control(sandbox, "DELETE", "entries") == (200, {"count": 20})
    sandbox.load([Entry(300, "b@example.com", "2015-07-20 10:19:45")])
    assert list(sandbox.entries()) == [300]


def test_ids_are_never_reused(sandbox):
    """An entry that is loaded without an id gets one that no entry had before."""
    sandbox.load([Entry(500, "a@example.com", "")])
    delete(sandbox, 500)
    sandbox.load(["b@example.com", "c@example.com"])
    assert list(sandbox.entries()) == [501, 502]


@pytest.mark.parametrize(
    "wrong",
    [
        None,
        [],
        {},
        {"count": -1},
        {"count": True},
        {"entries": [{"id": 1}]},
        {"entries": [{"id": 0, "email": "a@example.com"}]},
        {"entries": [{"id": 2**63, "email": "a@example.com"}]},
        {"entries": [{"id": 1, "email": "a@example.com", "name": "x"}]},
        {"entries": [{"id": 1, "email": "a@example.com"}, {"id": 1, "email": "b@example.com"}]},
        {"entries": [{"id": 1, "email": "\ud800"}]},
    ],
)
def test_entries_that_cannot_be_are_refused_whole(sandbox, wrong):
    """Entries that do not fit are HTTP 400 with a reason, and the list stays as it was."""
    status, answer = control(sandbox, "PUT", "entries", wrong)
    assert (status, list(answer)) == (400, ["error"])
    assert sandbox.count() == 20


def test_settings_over_http(sandbox):
    """GET shows the settings, PATCH changes those it names."""
    _, before = control(sandbox, "GET", "settings")
    assert control(sandbox, "PATCH", "settings", {"cdata": True}) == (200, {**before, "cdata": True})


def test_faults_over_http(sandbox):
    """POST queues a fault, GET shows those that wait with all their parameters, DELETE clears them."""
    shown = {"fault": "latency", "times": 2, "seconds": 0.5, "after": False}
    assert control(sandbox, "POST", "faults", {"fault": "latency", "times": 2, "seconds": 0.5}) == (200, shown)
    assert control(sandbox, "GET", "faults") == (200, [shown])
    assert control(sandbox, "DELETE", "faults") == (200, [])
    assert control(sandbox, "GET", "faults") == (200, [])


def test_requests_over_http(sandbox):
    """GET shows the requests to the API as the library does, DELETE forgets them, the control's own are not there."""
    delete(sandbox, 5)
    status, shown = control(sandbox, "GET", "requests")
    assert (status, shown) == (200, sandbox.requests())
    assert control(sandbox, "DELETE", "requests") == (200, [])
    assert sandbox.requests() == []


def test_a_request_is_shown_with_what_became_of_it(sandbox):
    """A request is kept with method, path, query, headers, and what was done, but for the key."""
    ask(sandbox, "/v1/unsubscribe/delete?apiKey=sandbox-key&id=5&x=1", "POST", "User-Agent: test/1", "Referer: r")
    (seen,) = sandbox.requests()
    assert seen["at"] >= 0
    assert {**seen, "at": 0} == {
        "number": 1,
        "at": 0,
        "connection": 1,
        "method": "POST",
        "path": "/v1/unsubscribe/delete",
        "query": "apiKey=***&id=5&x=***",
        "headers": {"host": "localhost", "content-length": "0", "user-agent": "test/1", "connection": "close"},
        "header_names": ["host", "content-length", "user-agent", "referer", "connection"],
        "body": None,
        "operation": "deleteUnsubscribe",
        "done": "deleted",
        "code": 200,
        "fault": None,
        "status": 200,
    }


def test_a_thousand_requests_are_kept(sandbox):
    """Of more than 1000 requests the last 1000 are shown, with their true numbers."""
    with connect(sandbox) as connection:
        for number in range(1, 1006):
            connection.sendall(request_bytes("/x", "GET", close=number == 1005))
            assert read_one(connection).status == 404
    requests = sandbox.requests()
    assert (len(requests), requests[0]["number"], requests[-1]["number"]) == (1000, 6, 1005)


def test_reset_puts_everything_back(sandbox_with):
    """Reset restores entries, settings and faults of the start, and forgets requests and rates."""
    start = {"fault": "status", "times": 1}
    sandbox = sandbox_with(faults=[start], unknown_id="success", rate_limit=3)
    delete(sandbox, 5), delete(sandbox, 5), delete(sandbox, 6)
    sandbox.settings(unknown_id="code", rate_limit=1)
    sandbox.fault("empty")
    assert control(sandbox, "POST", "reset") == (200, {"count": 20})
    assert (sandbox.count(), sandbox.requests()) == (20, [])
    assert sandbox.settings()["unknown_id"] == "success"
    assert [delete(sandbox, n).status for n in (5, 6, 7)] == [503, 200, 200]


def test_what_the_control_can_do_is_said(sandbox):
    """GET /sandbox/ lists the endpoints and each fault with its parameters and what it does."""
    status, index = control(sandbox, "GET", "")
    assert status == 200
    assert "POST /sandbox/reset" in index["endpoints"]
    assert index["faults"]["latency"]["parameters"] == {"seconds": 1.0, "after": False}
    assert all(fault["about"] for fault in index["faults"].values())


@pytest.mark.parametrize(
    ("method", "target", "body", "status"),
    [
        ("GET", "nothing", b"", 404),
        ("PUT", "reset", b"", 404),
        ("POST", "faults", b"{", 400),
        ("POST", "faults", b"\xff", 400),
        ("POST", "faults", b"[" * 100_000, 400),
        ("POST", "faults", b"[]", 400),
        ("POST", "faults", b'{"fault": []}', 400),
        ("POST", "faults", b'{"fault": "\\ud800"}', 400),
        ("PATCH", "settings", b'{"\\ud800": 1}', 400),
        ("GET", "entries?limit=-1", b"", 400),
        ("GET", "entries?limit=" + "9" * 5000, b"", 400),
    ],
)
def test_what_the_control_cannot_do_is_said(sandbox, method, target, body, status):
    """A question that the control has no answer to is HTTP 400 or 404 with a reason in JSON."""
    answer = ask(sandbox, f"/sandbox/{target}", method, body=body)
    assert answer.status == status
    assert json.loads(answer.body).keys() == {"error"}


@pytest.mark.parametrize(
    ("method", "target", "body", "shown"),
    [
        ("PUT", "entries", b"count=3", {"count": 3}),
        ("POST", "faults", b"fault=latency&seconds=0&times=always&after=true", {"times": None, "after": True}),
        ("POST", "faults", b"fault=code&code=UNKNOWN_ID&message=a+b%3Dc", {"message": "a b=c", "times": 1}),
        ("PATCH", "settings", b"cdata=true&rate_limit=none&post=405", {"cdata": True, "rate_limit": None}),
        ("POST", "faults", b' {"fault": "code", "message": "a=b"}', {"message": "a=b"}),
    ],
)
def test_the_control_reads_what_curl_sends_for_d_name_value(sandbox, method, target, body, shown):
    """A body of name=value pairs, as `curl -d` and forms send it, says the same as JSON."""
    answer = ask(sandbox, f"/sandbox/{target}", method, body=body)
    assert (answer.status, json.loads(answer.body).items() >= shown.items()) == (200, True), answer.body


def test_the_last_requests_can_be_asked_for(sandbox):
    """GET /sandbox/requests?last=N shows the last N, and all where there are fewer."""
    for n in (5, 6, 7):
        delete(sandbox, n)
    for last, numbers in ((0, []), (2, [2, 3]), (9, [1, 2, 3])):
        status, shown = control(sandbox, "GET", f"requests?last={last}")
        assert (status, [seen["number"] for seen in shown]) == (200, numbers)


@pytest.mark.parametrize("target", ["/sandbox", "/sandbox/", "/sandbox/entries/?limit=1"])
def test_a_slash_more_or_less_makes_no_difference(sandbox, target):
    """The control is found with and without a slash at the end, and a HEAD gets the headers alone."""
    shown, head = ask(sandbox, target, "GET"), ask(sandbox, target, "HEAD")
    assert (shown.status, head.status, head.body) == (200, 200, b"")
    assert head.headers["content-length"] == str(len(shown.body))


@pytest.mark.parametrize(
    ("method", "target", "body", "words"),
    [
        ("POST", "settings", b"", "takes GET, PATCH, not POST: curl -X PATCH"),
        ("GET", "fault", b"", "there are /sandbox/, /sandbox/entries"),
        ("PUT", "entries", b"", 'takes (replace all entries: {"count": 3} or {"entries": ['),
        ("PUT", "entries", b"{count: 3}", "or -d count=3"),
        ("POST", "faults", b"times=3", 'takes (break requests to come: {"fault": "status", "times": 2})'),
        ("PATCH", "settings", b"[]", 'takes (change settings: {"post": "405"})'),
        ("GET", "requests?last=x", b"", "last must be a whole number"),
    ],
)
def test_an_error_of_the_control_says_what_to_send(sandbox, method, target, body, words):
    """What the control cannot do is answered with what it can, in the words that one types next."""
    answer = ask(sandbox, f"/sandbox/{target}", method, body=body)
    assert words in json.loads(answer.body)["error"]


def test_answers_of_the_control_are_laid_out_for_people(sandbox):
    """An answer that fits no line has a line for each thing; a very long one is a single line, and says the same."""
    few = ask(sandbox, "/sandbox/entries?limit=3", "GET")
    assert len(few.body.splitlines()) == 8
    sandbox.load(5000)
    many = ask(sandbox, "/sandbox/entries", "GET")
    assert len(many.body.splitlines()) == 1
    assert json.loads(many.body)["entries"][:3] == json.loads(few.body)["entries"]
    _, index = control(sandbox, "GET", "")
    assert index["settings"]["post"]["values"] == "{accept,405,unheard}"
    assert {name: item["now"] for name, item in index["settings"].items()} == sandbox.settings()


def test_a_reset_begins_with_the_first_ids_again(sandbox):
    """What is added after a reset gets the same id each time, even if an entry had the highest id that there is."""
    for _ in range(2):
        assert json.loads(ask(sandbox, "/v1/unsubscribe/add", body=ADDITION).body)["stopId"] == 21
        sandbox.load([Entry(2**63 - 1, "a@example.com", "")])
        sandbox.reset()


def test_one_address_is_not_loaded_letter_by_letter(sandbox):
    """A text in place of a list of addresses is refused, and the list stays as it was."""
    with pytest.raises(TypeError, match=r"load\(\['ann@example.com'\]\)"):
        sandbox.load("ann@example.com")
    assert sandbox.count() == 20


@pytest.mark.parametrize(
    ("method", "target", "body"),
    [
        ("GET", "entries?limit=9999999999999999999", b""),
        ("PATCH", "settings", b'{"cdata": []}'),
        ("POST", "faults", b'{"fault": "html", "after": {}}'),
        ("PUT", "entries", b"count=1" + b"&count=1" * 200),
    ],
)
def test_impossible_values_are_refused_with_a_reason(sandbox, method, target, body):
    """A number that is too large, a value of another type, and too many pairs are HTTP 400."""
    answer = ask(sandbox, f"/sandbox/{target}", method, body=body)
    assert (answer.status, list(json.loads(answer.body))) == (400, ["error"])


@pytest.mark.parametrize(
    ("use", "words"),
    [
        (lambda sandbox: sandbox.set_balance(-1), "balance must be an amount from 0 and below 1000000000000"),
        (lambda sandbox: sandbox.set_balance("much"), "balance must be an amount from 0 and below 1000000000000"),
        (lambda sandbox: sandbox.advance(-1), "advance must be seconds from 0 to 100000000000"),
        (lambda sandbox: sandbox.advance(timedelta(seconds=5)), "advance must be seconds from 0 to 100000000000"),
        (lambda sandbox: sandbox.set_clock("noon"), "at must be a time, as 2027-01-31T12:00:00"),
        (lambda sandbox: sandbox.set_clock(None), "at must be a time, as 2027-01-31T12:00:00"),
        (lambda sandbox: sandbox.load(-1), "count must be a whole number from 0"),
        (lambda sandbox: sandbox.load([3]), "an entry is "),
        (lambda sandbox: sandbox.load_subaccounts(-1), "count must be a whole number from 0"),
        (lambda sandbox: sandbox.entries(-1), "limit must be a whole number from 0"),
        (lambda sandbox: sandbox.fault("status", times=-1), "times must be a whole number from 0"),
    ],
)
def test_a_wrong_argument_is_named_in_one_line(sandbox, use, words):
    """A method with an argument that cannot be raises a ValueError that names it and what it may be."""
    with pytest.raises(ValueError, match=re.escape(words)) as caught:
        use(sandbox)
    assert "\n" not in str(caught.value)
    assert (sandbox.count(), sandbox.subaccounts()) == (20, [])


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"entries": -1}, "entries must be a whole number from 0"),
        ({"entries": "x"}, "entries must be a whole number from 0"),
        ({"entries": 5_000_001}, "entries must be at most 5000000"),
        ({"subaccounts": -1}, "subaccounts must be a whole number from 0"),
        ({"faults": [3]}, "a fault is written NAME[:TIMES][,PARAMETER=VALUE...]"),
        ({"faults": ["resett"]}, "no fault is called resett"),
        ({"faults": [{"fault": "status", "status": 9}]}, "status: status must be an HTTP status"),
    ],
)
def test_a_wrong_option_is_named_in_one_line(options, words):
    """A sandbox with an option that cannot be does not start, and says which one and what it may be."""
    with pytest.raises(ValueError, match=re.escape(words)):
        Sandbox(**options).start()


def test_a_clock_may_be_set_by_a_text(sandbox):
    """A time as text, with or without a zone, is as good as a datetime."""
    sandbox.set_clock("2027-01-31T12:00:00")
    assert sandbox.now().isoformat() == "2027-01-31T11:00:00+00:00"


@pytest.mark.parametrize("faults", ["reset-after", ["reset-after"], [{"fault": "reset-after"}]])
def test_faults_of_the_start_may_be_texts(sandbox_with, faults):
    """A fault at the start is written as the command line takes it, or as a mapping."""
    sandbox = sandbox_with(faults=faults)
    assert delete(sandbox, 5).end == "reset"
    assert delete(sandbox, 6).status == 200
