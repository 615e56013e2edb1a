"""Each setting: one thing that the vendor does not document, played one way or the other."""

import json

import pytest
from kit.raw_client import ask, delete

from mailpartner.sandbox import Sandbox

KEYLESS = "/v1/unsubscribe/delete?id=5"


def code(raw):
    return json.loads(raw.body)["code"]


def test_unknown_id_may_be_a_success(sandbox_with):
    """With unknown_id=success a second deletion is told the same as the first, and the request log knows better."""
    sandbox = sandbox_with(unknown_id="success")
    assert [code(delete(sandbox, 5)), code(delete(sandbox, 5))] == [200, 200]
    assert [seen["done"] for seen in sandbox.requests()] == ["deleted", "nothing"]


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("API_KEY_REQUIRED", 401),
        ("INVALID_API_KEY", 401),
        ("IP_NOT_ALLOWED", 403),
        ("ID_REQUIRED", 400),
        ("MALFORMED_JSON", 400),
        ("UNKNOWN_ID", 404),
        ("TOO_MANY_REQUESTS", 429),
        ("SERVER_ERROR", 500),
        ("OK", 200),
        ("77", 400),
    ],
)
def test_errors_may_have_the_status_of_their_kind(sandbox_with, name, status):
    """With error_status=4xx each kind of error has its HTTP status, the body stays, and a success has 200."""
    sandbox = sandbox_with(error_status="4xx")
    sandbox.fault("code", code=name)
    answer = delete(sandbox, 5)
    assert answer.status == status
    assert json.loads(answer.body)["success"] is (name == "OK")


def test_errors_may_have_one_status(sandbox_with):
    """With a number as error_status every error has that status, even one that no registry knows."""
    sandbox = sandbox_with(error_status=520)
    assert [ask(sandbox, KEYLESS).status, delete(sandbox, 99).status, delete(sandbox, 5).status] == [520, 520, 200]


def test_post_may_be_refused(sandbox_with):
    """With post=405 POST gets an HTML page with HTTP 405 and Allow: GET, nothing is done, and GET works."""
    sandbox = sandbox_with(post="405")
    answer = delete(sandbox, 5)
    assert (answer.status, answer.headers["allow"]) == (405, "GET")
    assert answer.headers["content-type"].startswith("text/html")
    assert 5 in sandbox.entries()
    assert code(delete(sandbox, 5, "GET")) == 200


def test_post_may_arrive_without_its_query(sandbox_with):
    """With post=unheard POST is told that the key is missing although it came, nothing is done, and GET works."""
    sandbox = sandbox_with(post="unheard")
    assert code(delete(sandbox, 5)) == 1
    assert 5 in sandbox.entries()
    assert code(delete(sandbox, 5, "GET")) == 200
    assert sandbox.requests()[0]["query"] == "apiKey=***&id=5"


def test_get_may_be_refused(sandbox_with):
    """With get=405 GET gets HTTP 405 and Allow: POST, and POST works."""
    sandbox = sandbox_with(get="405")
    answer = delete(sandbox, 5, "GET")
    assert (answer.status, answer.headers["allow"]) == (405, "POST")
    assert code(delete(sandbox, 5)) == 200


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_more_than_the_rate_limit_is_refused_for_a_minute(sandbox_with):
    """Beyond rate_limit requests in 60 seconds the rest is refused at HTTP 200, does nothing, until time passes."""
    clock = Clock()
    sandbox = sandbox_with(rate_limit=2, clock=clock)
    assert [code(delete(sandbox, n)) for n in (1, 2, 3)] == [200, 200, 429]
    assert (delete(sandbox, 3).status, 3 in sandbox.entries()) == (200, True)
    clock.now += 59.9
    assert code(delete(sandbox, 3)) == 429
    clock.now += 0.1
    assert code(delete(sandbox, 3)) == 200
    assert [seen["at"] for seen in sandbox.requests()] == [0.0, 0.0, 0.0, 0.0, 59.9, 60.0]


def test_the_vendors_limit_is_on_unless_it_is_set(sandbox_with, edited_spec):
    """Without a word the limit is x-rate-limit of openapi.yaml; rate_limit=None settings it off, rate_window scales."""
    spec = edited_spec(("  requests: 2000\n", "  requests: 3\n"), ("  seconds: 60\n", "  seconds: 7\n"))
    sandbox = sandbox_with(spec=spec, clock=Clock())
    assert (sandbox.settings()["rate_limit"], sandbox.settings()["rate_window"]) == (3, 7)
    assert [code(delete(sandbox, n)) for n in (1, 2, 3, 4)] == [200, 200, 200, 429]
    sandbox.settings(rate_limit=None)
    assert code(delete(sandbox, 4)) == 200
    assert code(delete(sandbox_with(spec=spec, rate_limit=None), 4)) == 200
    settings = sandbox_with().settings()
    assert [settings["rate_limit"], settings["rate_window"]] == [2000, 60]


@pytest.mark.parametrize("seconds", [0.5, 3])
def test_the_rate_window_slides_exactly(sandbox_with, seconds):
    """In any rate_window seconds exactly rate_limit requests pass: each makes room for one when it is that old."""
    clock = Clock()
    sandbox = sandbox_with(rate_limit=3, rate_window=seconds, clock=clock)
    passed = []
    for _ in range(40):
        if code(delete(sandbox, 1)) != 429:
            passed.append(clock.now)
        clock.now += seconds / 16
    assert passed == [clock.now - seconds / 16 * (40 - n) for n in (0, 1, 2, 16, 17, 18, 32, 33, 34)]


def test_the_rate_limit_may_have_retry_after(sandbox_with):
    """With retry_after what is over the limit gets HTTP 429 and exactly that header."""
    sandbox = sandbox_with(rate_limit=0, retry_after="Wed, 21 Oct 2065 07:28:00 GMT")
    answer = delete(sandbox, 1)
    assert (answer.status, answer.headers["retry-after"]) == (429, "Wed, 21 Oct 2065 07:28:00 GMT")
    assert code(answer) == 429


def test_the_rate_limit_follows_error_status(sandbox_with):
    """Without retry_after the status of a refusal is that of all errors, and it has no such header."""
    answer = delete(sandbox_with(rate_limit=0, error_status="4xx"), 1)
    assert (answer.status, "retry-after" in answer.headers) == (429, False)


def test_xml_text_may_come_as_cdata(sandbox_with):
    """With cdata the text of an XML answer stands in CDATA, and its true, false and numbers do not."""
    lines = delete(sandbox_with(cdata=True), 99, form="xml").body.decode().splitlines()
    assert lines[2:5] == [
        "    <entry>false</entry>",
        "    <entry>4</entry>",
        "    <entry><![CDATA[Le mail et invalide]]></entry>",
    ]


def test_settings_can_be_changed_while_it_runs(sandbox):
    """Settings change at once, only those that are named, and reset puts them back."""
    before = sandbox.settings()
    assert sandbox.settings(post="405", error_status=418) == {**before, "post": "405", "error_status": "418"}
    assert delete(sandbox, 5).status == 405
    sandbox.reset()
    assert sandbox.settings() == before


@pytest.mark.parametrize(
    "wrong",
    [
        {"post": "maybe"},
        {"get": "unheard"},
        {"error_status": 99},
        {"error_status": "5xx"},
        {"rate_limit": -1},
        {"rate_limit": True},
        {"rate_window": 0},
        {"rate_window": None},
        {"rate_window": "nan"},
        {"xml_rows": "mixed"},
        {"nb_data": True},
        {"letters": "raised"},
        {"retry_after": "1\r\nX: 1"},
        {"cdata": 1},
        {"unknown": 1},
    ],
)
def test_a_setting_that_cannot_be_is_refused(sandbox, wrong):
    """A value or name that a setting does not have is a ValueError that names it, and changes nothing."""
    before = sandbox.settings()
    with pytest.raises(ValueError, match=next(iter(wrong))):
        sandbox.settings(cdata=True, **wrong) if "cdata" not in wrong else sandbox.settings(**wrong)
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Sandbox(**wrong).start()
    assert sandbox.settings() == before
