"""The HTTP status: an envelope that can be read decides whatever it is; without one it says what kind of failure."""

from __future__ import annotations

import pytest
from kit.callers import Caller
from kit.responses import head
from kit.server import Server

from mailpartner import APIError, Deletion, RateLimitError, UnexpectedResponseError

from .answers import reply
from .outcomes import Refused, deleted, said

WITHOUT_A_BODY = (204, 304)
"""The statuses whose answers end with their head, whatever it says about a length (RFC 9112, 6.3)."""
STATUSES = [status for status in range(200, 600) if status not in WITHOUT_A_BODY]
SOME_STATUSES = [200, 202, 299, 300, 400, 401, 404, 405, 408, 429, 500, 503, 520, 522, 599]
NOTHING_WAS_DONE = (405, 429)
"""The statuses that say by themselves that the request was not acted on."""

DELETED = {"json": '{"success": true, "code": 200}', "xml": "<result><entry>true</entry><entry>200</entry></result>"}
WRONG_KEY = {
    "json": '{"success": false, "code": 10, "message": "Clé API incorrecte"}',
    "xml": "<result><entry>false</entry><entry>10</entry><entry>Clé API incorrecte</entry></result>",
}
PAGES = {
    "html_page": b"<!DOCTYPE html><html><head><title>Bad Gateway</title></head><body>nginx</body></html>",
    "xhtml_page": b"<html xmlns='http://www.w3.org/1999/xhtml'><body><p>Erreur</p></body></html>",
    "plain_text": b"upstream connect error or disconnect/reset before headers",
    "nothing": b"",
    "white_space": b" \r\n\t\n",
    "json_of_another_api": b'{"error": {"status": 500, "title": "Internal Server Error"}}',
    "cut_json": b'{"success": true, "code": 2',
    "cut_xml": b"<result><entry>true</entry><entry>200</entry>",
}


@pytest.mark.parametrize("format", ["json", "xml"])
def test_success_at_every_status(server: Server, caller: Caller, format: str) -> None:
    """An envelope that says it was done is a deletion at every status from 200 to 599, known to IANA or not."""
    statuses = STATUSES if format == "json" else SOME_STATUSES
    server.then(*(reply(DELETED[format], status) for status in statuses))
    came = {status: caller.try_delete() for status in statuses}
    assert {status: said(one) for status, one in came.items() if one != deleted(200)} == {}
    assert {one.http.status_code for one in came.values() if isinstance(one, Deletion)} == set(statuses)


@pytest.mark.parametrize("format", ["json", "xml"])
def test_a_refusal_at_every_status(server: Server, caller: Caller, format: str) -> None:
    """An envelope that refuses gives the same error at every status; only the error's status_code differs."""
    statuses = STATUSES if format == "xml" else SOME_STATUSES
    server.then(*(reply(WRONG_KEY[format], status) for status in statuses))
    came = {status: caller.try_delete() for status in statuses}
    first = said(came[200])
    assert isinstance(first, Refused)
    assert (first.code, first.message) == (10, "Clé API incorrecte")
    assert {status: said(one) for status, one in came.items() if said(one) != first} == {}
    assert [one.status_code for one in came.values() if isinstance(one, APIError)] == statuses


@pytest.mark.parametrize("page", PAGES)
def test_no_envelope_at_any_status(server: Server, caller: Caller, page: str) -> None:
    """Without an envelope 429 is a RateLimitError, and anything else an UnexpectedResponseError with its status, its
    Content-Type and its body."""
    body = PAGES[page]
    statuses = STATUSES if page == "html_page" else SOME_STATUSES
    server.then(*(reply(body, status, "text/html") for status in statuses))
    for status in statuses:
        came = caller.try_delete()
        assert type(came) is (RateLimitError if status == 429 else UnexpectedResponseError)
        assert (came.status_code, came.body) == (status, body)
        assert came.maybe_applied is (status not in NOTHING_WAS_DONE)
        assert str(status) in str(came)
        assert status == 429 or came.content_type == "text/html"


@pytest.mark.parametrize("status", [100, 103, 199])
def test_interim_answers_are_passed_over(server: Server, caller: Caller, status: int) -> None:
    """Answers below 200 are not the answer: the one that follows them is."""
    server.then(head(status) * 3 + reply(DELETED["json"]))
    assert caller.try_delete() == deleted(200)


@pytest.mark.parametrize("status", [600, 799, 999])
def test_statuses_beyond_http(server: Server, caller: Caller, status: int) -> None:
    """A status that HTTP does not have changes nothing of this."""
    server.then(reply(DELETED["json"], status), reply(b"?", status))
    assert caller.try_delete() == deleted(200)
    came = caller.try_delete()
    assert isinstance(came, UnexpectedResponseError)
    assert came.status_code == status


@pytest.mark.parametrize("status", WITHOUT_A_BODY)
def test_statuses_that_carry_no_body(server: Server, caller: Caller, status: int) -> None:
    """204 and 304 cannot carry an envelope: they are unreadable answers with their status, and in doubt."""
    server.then(head(status))
    came = caller.try_delete()
    assert isinstance(came, UnexpectedResponseError)
    assert (came.status_code, came.body, came.maybe_applied) == (status, b"", True)


@pytest.mark.parametrize("header", [b"7", b" 7 ", b"7.0"])
def test_a_rate_limit_says_how_long(server: Server, any_caller: Caller, header: bytes) -> None:
    """The wait that a rate limit asks for is in the error, whether its envelope can be read or not."""
    named = b"Retry-After: " + header
    server.then(reply(b"slow down", 429, "text/plain", named), reply('{"success":false,"code":429}', 200, None, named))
    for code in (None, 429):
        came = any_caller.try_delete()
        assert isinstance(came, RateLimitError)
        assert (came.code, came.retry_after, came.maybe_applied) == (code, 7.0, False)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_not_followed(server: Server, any_caller: Caller, status: int) -> None:
    """A redirect is an unreadable answer that names its target without the query; the key goes nowhere."""
    target = b"Location: http://127.0.0.1:%d/elsewhere?apiKey=x" % server.port
    server.then(reply(b"moved", status, "text/html", target), reply(DELETED["json"]))
    came = any_caller.try_delete()
    assert isinstance(came, UnexpectedResponseError)
    assert "/elsewhere." in str(came)
    assert "apiKey" not in str(came)
    assert len(server.requests) == 1
