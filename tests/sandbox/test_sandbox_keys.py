"""No key is kept or shown, and one that could be real is refused."""

import http.client
import json
import logging
import subprocess
import sys
from urllib.parse import urlsplit

import pytest
from kit.raw_client import ask, connect, delete, read_all

REAL = "4f2a9c1e7b3d5806"
OURS = "sandbox-1f9e"
REFUSED = "The sandbox refused a key that does not begin with sandbox-."
EVERYWHERE = [
    "/v1/unsubscribe/delete?apiKey={key}&id=5",
    "/v1/unsubscribe/delete?id=5&apiKey={key}&apiKey={key}",
    "/v1/unsubscribe/delete?apiKey={key}&id={key}",
    "/v1/unsubscribe/delete?apiKey={key}&{key}",
    "/v1/unsubscribe/delete?apiKey={key}&{key}=1",
    "/v1/unsubscribe/delete?apiKey={key}&_format=x{key}y",
    "/v1/unsubscribe/delete?%61pi%4bey={key}&id=5",
    "/v1/unsubscribe/delete/{key}?apiKey={key}",
    "/v1/unknown?apiKey={key}",
]
KEYLESS = [
    "/v1/unsubscribe/delete?id={key}",
    "/v1/unsubscribe/delete?apikey={key}&id=5",
    "/v1/unsubscribe/delete?{key}",
    "/v1/unsubscribe/delete?apiKey=&id={key}",
    "/v1/unsubscribe/delete?apiKey=300&id={key}",
    "/v1/unknown?token={key}",
]


@pytest.mark.parametrize("key", [REAL, OURS])
@pytest.mark.parametrize("target", EVERYWHERE)
@pytest.mark.parametrize("method", ["POST", "GET", "PUT"])
def test_a_key_is_not_in_the_request_log(sandbox, target, method, key):
    """Wherever a request carries the value of its key, it is hidden where requests are shown."""
    headers = (f"User-Agent: me/{key}", f"Authorization: Bearer {key}", f"X-Request-Id: {key}")
    ask(sandbox, target.format(key=key), method, *headers, body=f'{{"apiKey": "{key}", "id": "{key}"}}'.encode())
    ask(sandbox, target.format(key=key), method, *headers, body=f"apiKey={key}".encode())
    assert len(sandbox.requests()) == 2
    assert key not in ask(sandbox, "/sandbox/requests", "GET").body.decode()


@pytest.mark.parametrize("target", KEYLESS)
def test_a_key_in_a_wrong_place_is_not_in_the_request_log(sandbox, target):
    """Of a request without a sandbox key no value is shown, for it may be a real key in a wrong place."""
    ask(sandbox, target.format(key=REAL), body=f'{{"token": "{REAL}"}}'.encode())
    assert REAL not in json.dumps(sandbox.requests())


@pytest.mark.parametrize("post", ["405", "unheard"])
def test_a_key_that_is_not_heard_is_hidden_too(sandbox_with, post):
    """Also where the sandbox plays a server that does not read the query, the request log hides the key in it."""
    sandbox = sandbox_with(post=post)
    delete(sandbox, 5, key=REAL)
    delete(sandbox, 5, key=OURS)
    assert [seen["query"] for seen in sandbox.requests()] == ["apiKey=***&id=***", "apiKey=***&id=5"]


def test_a_key_with_an_escape_is_hidden(sandbox):
    """A key is hidden in the form it has on the wire, and in the other."""
    ask(sandbox, "/v1/unsubscribe/delete?apiKey=sandbox-a%2Bb&id=sandbox-a%2bb&_format=sandbox-a%2Bb")
    assert sandbox.requests()[0]["query"] == "apiKey=***&id=***&_format=***"


def test_no_fault_hits_or_echoes_a_key_that_could_be_real(sandbox):
    """A non-sandbox key is refused before any fault, so that even echo-key does not send it back."""
    sandbox.fault("echo-key", times=None)
    answer = delete(sandbox, 5, key=REAL)
    assert json.loads(answer.body)["code"] == 10
    assert REAL not in answer.data.decode()


def test_the_person_at_the_sandbox_is_told_why_a_key_was_refused(sandbox, caplog):
    """A key that could be real gets the vendor's code and text, and the log says what a sandbox wants instead."""
    answers = [json.loads(delete(sandbox, 5, key=key).body) for key in (REAL, "sandbox-wrong", OURS)]
    assert answers[0] == answers[1]
    assert answers[0]["code"] == 10
    assert [(record.levelname, record.getMessage()) for record in caplog.records] == [("WARNING", REFUSED)]


def test_no_key_is_logged(sandbox, caplog):
    """Even with all loggers of the process at their lowest level no record holds a key."""
    with caplog.at_level(1):
        for key in (REAL, OURS):
            delete(sandbox, 5, key=key)
        with connect(sandbox) as connection:
            connection.sendall(f"GET /?apiKey={REAL} HTTP/9\r\n\r\n".encode())
            assert read_all(connection).status == 400
    assert REAL not in caplog.text
    assert OURS not in caplog.text


def test_no_key_is_logged_by_a_sandbox_that_starts_under_a_lowest_level(sandbox_with, caplog):
    """uvicorn's wrapper that logs whole requests stays out, at whatever level the root logger is at the start."""
    with caplog.at_level(logging.NOTSET), caplog.at_level(1, "uvicorn.asgi"), caplog.at_level(1, "uvicorn.error"):
        delete(sandbox_with(), 5, key=OURS)
    assert OURS not in caplog.text


def test_no_key_is_printed_or_stored(tmp_path):
    """A whole process that saw keys, with every fault, printed and stored none, only that it refused one, and why."""
    state = tmp_path / "state.db"
    command = [sys.executable, "-m", "mailpartner.sandbox", "--port=0", f"--state={state}", "--entries=9"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        place = urlsplit(next(word for word in line.split() if "://" in word)).netloc

        def ask_http(method, target, body=None):
            connection = http.client.HTTPConnection(place, timeout=0.5)
            try:
                connection.request(method, target, body)
                return connection.getresponse().read(200_000)
            except (OSError, http.client.HTTPException):
                return b""
            finally:
                connection.close()

        for name in json.loads(ask_http("GET", "/sandbox/"))["faults"]:
            parameters = {"seconds": 0} if name in ("drip", "drip-headers", "latency") else {}
            seconds = {"seconds": 0.01} if name in ("silence-after", "stall-body") else parameters
            ask_http("POST", "/sandbox/faults", json.dumps({"fault": name, **seconds}))
            ask_http("GET", f"/v1/unsubscribe/delete?apiKey={OURS}&id=5")
        ask_http("GET", f"/v1/unsubscribe/delete?apiKey={REAL}&id=5")
        ask_http("GET", f"/?apiKey={REAL} HTTP/1.1 broken")
        shown = ask_http("GET", "/sandbox/requests").decode()
        process.terminate()
        out, err = process.communicate(timeout=10)
    assert process.returncode == 0
    assert len(json.loads(shown)) > 20
    stored = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    for key in (REAL, OURS):
        assert key not in line + out + err + shown
        assert key.encode() not in stored
    *lines, last = err.splitlines()
    assert (out, [line for line in err.splitlines() if REFUSED in line]) == ("", [lines[-1]])
    assert last.endswith("GET deleteUnsubscribeWithGet: HTTP 200, code 10, refused")
    assert len(lines) == len(json.loads(shown))
