"""Each fault, as a client sees it on the wire, and what was done behind it."""

import gzip
import json
import socket
import struct
import time

import pytest
from kit.raw_client import ask, connect, delete, read_all, request_bytes

from mailpartner.sandbox.fault_kinds import KINDS
from mailpartner.sandbox.faults import read_fault

OK = b'{"success":true,"code":200}'
TARGET = "/v1/unsubscribe/delete?apiKey=sandbox-key&id=5"


def assert_done(sandbox, done, fault):
    """Whether entry 5 was deleted, what the request log says, and that the next request is answered as usual."""
    assert (5 not in sandbox.entries()) is done
    seen = sandbox.requests()[-1]
    assert (seen["fault"], seen["done"] == "deleted") == (fault, done)
    assert delete(sandbox, 6).body == OK


@pytest.mark.parametrize(
    ("name", "done", "end"),
    [
        ("close-before", False, "closed"),
        ("close-after", True, "closed"),
        ("reset-before", False, "reset"),
        ("reset-after", True, "reset"),
    ],
)
@pytest.mark.parametrize("method", ["POST", "GET"])
def test_a_connection_ends_without_a_byte(sandbox, name, done, end, method):
    """close-* ends the connection with FIN, reset-* with RST; -before nothing was done, -after the entry is gone."""
    sandbox.fault(name)
    assert delete(sandbox, 5, method) == (b"", end)
    assert_done(sandbox, done, name)


def test_silence_lasts_until_the_client_leaves(sandbox):
    """silence-after deletes, sends nothing and keeps the connection open."""
    sandbox.fault("silence-after")
    assert delete(sandbox, 5, patience=0.1) == (b"", "silent")
    assert_done(sandbox, True, "silence-after")


def test_silence_may_have_an_end(sandbox):
    """silence-after with seconds closes the connection after them."""
    sandbox.fault("silence-after", seconds=0.05)
    assert delete(sandbox, 5) == (b"", "closed")
    assert_done(sandbox, True, "silence-after")


def test_half_of_the_headers(sandbox):
    """half-headers stops within the headers and closes; the entry is gone."""
    sandbox.fault("half-headers")
    answer = delete(sandbox, 5)
    assert answer.data.startswith(b"HTTP/1.1 200 OK\r\n")
    assert b"\r\n\r\n" not in answer.data
    assert answer.end == "closed"
    assert_done(sandbox, True, "half-headers")


def test_half_of_the_body(sandbox):
    """half-body announces the whole length, sends half, and closes; the entry is gone."""
    sandbox.fault("half-body")
    answer = delete(sandbox, 5)
    assert (answer.headers["content-length"], answer.body) == (str(len(OK)), OK[: len(OK) // 2])
    assert answer.end == "closed"
    assert_done(sandbox, True, "half-body")


def test_a_body_that_stalls(sandbox):
    """stall-body sends half of the body and then nothing on an open connection; the entry is gone."""
    sandbox.fault("stall-body")
    answer = delete(sandbox, 5, patience=0.1)
    assert (answer.body, answer.end) == (OK[: len(OK) // 2], "silent")
    assert_done(sandbox, True, "stall-body")


@pytest.mark.parametrize(("name", "dripped"), [("drip", len(OK)), ("drip-headers", 100)])
def test_an_answer_in_drops(sandbox, name, dripped):
    """drip sends the body, drip-headers the whole answer, in single bytes with a pause after each."""
    sandbox.fault(name, seconds=0.002)
    with connect(sandbox) as connection:
        connection.sendall(request_bytes(TARGET))
        connection.settimeout(5)
        parts = iter(lambda: connection.recv(65536), b"")
        sizes, data = [], b""
        started = time.monotonic()
        for part in parts:
            sizes.append(len(part))
            data += part
        lasted = time.monotonic() - started
    assert data.endswith(OK)
    assert lasted >= dripped * 0.002
    assert sizes.count(1) >= dripped // 2  # a slow reader may find two drops at once
    assert_done(sandbox, True, name)


def test_dripping_ends_when_the_client_leaves(sandbox):
    """A client that leaves in the middle of a drip does not keep the sandbox busy."""
    sandbox.fault("drip-headers", seconds=3600)
    assert delete(sandbox, 5, patience=0.05).data == b"H"
    assert_done(sandbox, True, "drip-headers")


def test_latency_comes_before_the_work(sandbox):
    """latency waits and then does the work; a client that has left by then finds nothing done."""
    sandbox.fault("latency", seconds=0.05)
    started = time.monotonic()
    assert delete(sandbox, 5).body == OK
    assert time.monotonic() - started >= 0.05
    sandbox.fault("latency", seconds=3600)
    assert delete(sandbox, 7, patience=0.05) == (b"", "silent")
    sandbox.fault("latency", seconds=3600, after=True)
    assert delete(sandbox, 8, patience=0.05) == (b"", "silent")
    assert {5, 7, 8} - sandbox.entries().keys() == {5, 8}


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("status", [299, 404, 500, 503, 520, 599])
def test_any_status_before_or_after(sandbox, status, after):
    """status answers an HTML page with any status, before or after the deletion."""
    sandbox.fault("status", status=status, after=after)
    answer = delete(sandbox, 5)
    assert (answer.status, answer.headers["content-type"]) == (status, "text/html; charset=utf-8")
    assert "retry-after" not in answer.headers
    assert answer.body.startswith(b"<!DOCTYPE html>")
    assert_done(sandbox, after, "status")


def test_a_status_without_a_body(sandbox):
    """status 204 has no body, and the connection stays usable."""
    sandbox.fault("status", status=204)
    with connect(sandbox) as connection:
        connection.sendall(request_bytes(TARGET, close=False) + request_bytes(TARGET))
        connection.settimeout(5)
        assert read_all(connection).data.endswith(OK)


def test_a_status_with_retry_after(sandbox):
    """status has a Retry-After if one is given."""
    sandbox.fault("status", status=503, retry_after="7")
    assert delete(sandbox, 5).headers["retry-after"] == "7"


@pytest.mark.parametrize("retry_after", ["1", "0.5", "-3", "soon", "Wed, 21 Oct 2065 07:28:00 GMT"])
def test_a_rate_limit(sandbox, retry_after):
    """rate-limit is HTTP 429 with the API's own answer and the Retry-After to the letter; nothing is done."""
    sandbox.fault("rate-limit", retry_after=retry_after)
    answer = delete(sandbox, 5)
    assert (answer.status, answer.headers["retry-after"]) == (429, retry_after)
    assert json.loads(answer.body) == {"success": False, "code": 429, "message": "Trop de requêtes"}
    assert_done(sandbox, False, "rate-limit")


def test_a_rate_limit_without_retry_after(sandbox):
    """rate-limit with retry_after=None has no such header."""
    sandbox.fault("rate-limit", retry_after=None)
    answer = delete(sandbox, 5)
    assert (answer.status, "retry-after" in answer.headers) == (429, False)


@pytest.mark.parametrize(("name", "status", "done"), [("html", 200, False), ("bad-gateway-after", 502, True)])
def test_a_page_of_somebody_else(sandbox, name, status, done):
    """html is a page at HTTP 200 before anything is done, bad-gateway-after one at 502 when the entry is gone."""
    sandbox.fault(name)
    answer = delete(sandbox, 5)
    assert (answer.status, answer.headers["content-type"]) == (status, "text/html; charset=utf-8")
    assert_done(sandbox, done, name)


@pytest.mark.parametrize("after", [False, True])
def test_an_empty_answer(sandbox, after):
    """empty is HTTP 200 with no byte of a body, after the deletion or before."""
    sandbox.fault("empty", after=after)
    answer = delete(sandbox, 5)
    assert (answer.status, answer.headers["content-length"], answer.body) == (200, "0", b"")
    assert_done(sandbox, after, "empty")


def test_garbage(sandbox):
    """garbage is HTTP 200 with bytes that are neither UTF-8 nor JSON, the same each time."""
    sandbox.fault("garbage", times=2)
    first, second = delete(sandbox, 5), delete(sandbox, 5)
    assert (first.status, len(first.body), first.body) == (200, 256, second.body)
    with pytest.raises(ValueError, match="utf-8"):
        json.loads(first.body)
    assert 5 not in sandbox.entries()


def test_a_redirect(sandbox):
    """redirect sends the client elsewhere, with any 3xx, before anything is done."""
    sandbox.fault("redirect", location="http://127.0.0.1:1/x", status=307)
    answer = delete(sandbox, 5)
    assert (answer.status, answer.headers["location"]) == (307, "http://127.0.0.1:1/x")
    assert_done(sandbox, False, "redirect")


def test_a_huge_body_of_a_size(sandbox):
    """huge with bytes sends exactly so many, announced, beginning like an answer of the API."""
    sandbox.fault("huge", bytes=300_000)
    answer = delete(sandbox, 5)
    assert (answer.headers["content-length"], len(answer.body)) == ("300000", 300_000)
    assert answer.body.startswith(OK[:-1] + b',"message":"aaa')
    assert_done(sandbox, True, "huge")


def test_a_huge_body_without_end(sandbox):
    """huge without bytes goes on for as long as the client reads, and stops when it leaves."""
    sandbox.fault("huge")
    with connect(sandbox) as connection:
        connection.sendall(request_bytes(TARGET))
        connection.settimeout(5)
        got = 0
        while got < 5_000_000:
            got += len(connection.recv(65536))
    assert_done(sandbox, True, "huge")


def test_a_compressed_answer(sandbox):
    """gzip compresses the right answer although nobody asked for it."""
    sandbox.fault("gzip")
    answer = delete(sandbox, 5)
    assert answer.headers["content-encoding"] == "gzip"
    assert gzip.decompress(answer.body) == OK
    assert_done(sandbox, True, "gzip")


def test_the_key_echoed_in_a_page(sandbox):
    """echo-key repeats the query as it came and decoded, in an HTML page: what an SDK must hide."""
    sandbox.fault("echo-key", status=404)
    answer = delete(sandbox, 5, key="sandbox-a%2Bb")
    assert answer.status == 404
    assert b"apiKey=sandbox-a%2Bb" in answer.body
    assert b"apiKey=sandbox-a+b" in answer.body
    assert_done(sandbox, False, "echo-key")


def test_the_key_echoed_in_a_message(sandbox):
    """echo-key with where=message repeats the query in the message of a refusal, in JSON and in XML."""
    sandbox.fault("echo-key", times=2, where="message", status=403)
    raw = delete(sandbox, 5)
    answer = json.loads(raw.body)
    assert (raw.status, answer["success"], answer["code"]) == (403, False, 10)
    assert "apiKey=sandbox-key&id=5" in answer["message"]
    assert b"apiKey=sandbox-key&amp;id=5" in delete(sandbox, 5, form="xml").body
    assert 5 in sandbox.entries()


@pytest.mark.parametrize(
    ("written", "answer"),
    [
        ({"code": "ACCOUNT_DISABLED"}, {"success": False, "code": 20, "message": "Compte désactivé"}),
        ({"code": 77}, {"success": False, "code": 77}),
        ({"code": "77", "message": "Autre"}, {"success": False, "code": 77, "message": "Autre"}),
        ({"code": "OK"}, {"success": True, "code": 200}),
    ],
)
def test_any_code_of_the_api(sandbox, written, answer):
    """code answers as the API with any code, by name or number, listed or not, with its text or another."""
    sandbox.fault("code", **written)
    assert json.loads(delete(sandbox, 5).body) == answer
    assert_done(sandbox, False, "code")


def test_each_fault_is_tried_above():
    """No fault exists that this file does not name."""
    with open(__file__, encoding="utf-8") as file:
        text = file.read()
    assert [name for name in KINDS if f'"{name}"' not in text] == []


def test_faults_come_in_their_order_and_those_without_end_last(sandbox):
    """Counted faults hit first, in the order they were queued; one without end hits all others until cleared."""
    sandbox.fault("status", status=501, times=None)
    sandbox.fault("status", status=502, times=2)
    sandbox.fault("status", status=503)
    assert [delete(sandbox, 5).status for _ in range(5)] == [502, 502, 503, 501, 501]
    sandbox.clear_faults()
    assert delete(sandbox, 5).body == OK


def test_a_fault_hits_the_api_only(sandbox):
    """Requests that are turned away, and those of the control, use up no fault."""
    sandbox.fault("status")
    assert delete(sandbox, 5, "PUT").status == 405
    assert delete(sandbox, 5, key="foreign").status == 200
    assert ask(sandbox, "/sandbox/settings", "GET").status == 200
    assert delete(sandbox, 5).status == 503


@pytest.mark.parametrize(
    ("name", "parameters", "words"),
    [
        ("reset", {}, "no fault is called reset"),
        ("reset-after", {"seconds": 1}, "reset-after has no seconds"),
        ("latency", {"seconds": -1}, "seconds from 0"),
        ("latency", {"seconds": "nan"}, "seconds from 0"),
        ("status", {"status": 199}, "200 to 599"),
        ("status", {"after": "yes"}, "true or false"),
        ("status", {"times": -1}, "times"),
        ("rate-limit", {"retry_after": "a\nb"}, "ASCII"),
        ("huge", {"bytes": 1.5}, "whole number"),
        ("code", {"code": "NO_SUCH"}, "a number or one of"),
        ("echo-key", {"where": "header"}, "html, message"),
    ],
)
def test_a_fault_that_cannot_be_is_refused(sandbox, name, parameters, words):
    """A fault or parameter that does not exist is a ValueError that says which there are, and nothing is queued."""
    with pytest.raises(ValueError, match=words):
        sandbox.fault(name, **parameters)
    assert delete(sandbox, 5).body == OK


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("reset-after", {"fault": "reset-after", "times": 1}),
        ("reset-after:3", {"fault": "reset-after", "times": "3"}),
        ("latency:always,seconds=0.02", {"fault": "latency", "times": None, "seconds": "0.02"}),
    ],
)
def test_faults_on_the_command_line(text, written):
    """--fault takes a name, how often, and parameters."""
    assert {**read_fault(text), "times": str(read_fault(text)["times"])} == {**written, "times": str(written["times"])}


def test_a_client_may_break_off_itself(sandbox):
    """A client that resets its own connection, at any point of a fault, leaves a sandbox that goes on."""
    for name in ("silence-after", "stall-body", "huge", "drip"):
        sandbox.fault(name)
        with connect(sandbox) as connection:
            connection.sendall(request_bytes(TARGET))
            if name != "silence-after":
                connection.recv(10)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    assert delete(sandbox, 6).body == OK


@pytest.mark.parametrize(
    ("name", "status"),
    [("close-after", None), ("reset-after", None), ("silence-after", None), ("half-headers", 200), ("drip", 200)],
)
def test_the_status_in_the_list_is_one_that_was_sent(sandbox, name, status):
    """A request whose answer never left has no status in the list of requests, one that got a part of it has."""
    sandbox.fault(name, **({"seconds": 0} if name in ("silence-after", "drip") else {}))
    delete(sandbox, 5)
    (seen,) = sandbox.requests()
    assert (seen["done"], seen["code"], seen["status"]) == ("deleted", 200, status)
