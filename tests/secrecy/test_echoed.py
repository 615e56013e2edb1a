"""A server that repeats the key, as error pages and redirects do, does not bring it into anybody's sight."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from kit.leaks import AWKWARD, PLAIN, holds, leaks, leaks_of_frames, shown, spellings
from kit.logs import Log
from kit.responses import response
from kit.server import Server
from kit.steps import hang_up, partly

from mailpartner import Deletion, MailPartner, UnexpectedResponseError
from mailpartner._transport.credential import ApiKey
from mailpartner.generated.api.unsubscribes import delete_unsubscribe
from secrecy.ways import Way

CUT = 1 << 16
SHORT = "Qx7Zk9"


def refusal(message: bytes) -> bytes:
    return b'{"success": false, "code": 10, "message": "' + message + b'"}'


def with_detail(message: bytes) -> bytes:
    text = json.dumps(message.decode("latin-1")).encode()
    return b'{"success": false, "code": 9, "errors": [{"elementId": ' + text + b', "message": ' + text + b"}]}"


def in_header(name: str, status: int) -> Callable[[bytes], bytes]:
    """An answer that has the text in a header, without the characters that no header may have."""

    def made(text: bytes) -> bytes:
        value = text.replace(b"\x00", b"")
        if name == "Content-Type":
            return response(b"<html>", status, b"text/html; charset=utf-8; for=" + value)
        return response(b"", status, headers=[name.encode() + b": https://www.example.com/" + value])

    return made


PLACES: dict[str, Callable[[bytes], bytes]] = {
    "message": lambda text: response(refusal(json.dumps(text.decode("latin-1"))[1:-1].encode())),
    "message as it is": lambda text: response(refusal(text)),
    "XML message": lambda text: response(
        b"<result><entry>false</entry><entry>10</entry><entry>" + text + b"</entry></result>"
    ),
    "detail": lambda text: response(with_detail(text)),
    "page": lambda text: response(b"<html><p>GET /v1?apiKey=" + text + b"&id=300</p></html>", 500, "text/html"),
    "page across the cut": lambda text: response(b" " * (CUT - 1 - len(text) // 2) + text + b" " * 9, 500, "text/html"),
    "Content-Type": in_header("Content-Type", 500),
    "Location": in_header("Location", 302),
}


@pytest.mark.parametrize("place", PLACES)
def test_every_spelling(place: str, own: Way, key: str) -> None:
    """In whatever spelling the key comes back, in a message, a page or a header, no error shows it."""
    found = {}
    for name, text in spellings(key).items():
        with Server(PLACES[place](text)) as server:
            error = own.error(key, server.url)
        if places := leaks_of_frames(error, key):
            found[name] = places
    assert found == {}


@pytest.mark.parametrize("place", PLACES)
def test_a_short_key(place: str, own: Way, log: Log) -> None:
    """A key of few characters is hidden as any other."""
    with Server(PLACES[place](SHORT.encode())) as server:
        error = own.error(SHORT, server.url)

    assert leaks(error, SHORT) == []
    assert log.leaks(SHORT) == []


def test_a_short_key_in_garbage(own: Way, log: Log) -> None:
    """Also in bytes that are no HTTP."""
    with Server(partly(b"HTTP/1.1 200 OK\r\n" + SHORT.encode() + b"\r\n\r\n", hang_up)) as server:
        error = own.error(SHORT, server.url)

    assert leaks(error, SHORT) == []
    assert log.leaks(SHORT) == []


@pytest.mark.parametrize("place", PLACES)
def test_every_way(place: str, way: Way, key: str) -> None:
    """On each way, plain or as it stood in the URL, the key that comes back is shown nowhere."""
    for name in ("plain", "percent-encoded"):
        with Server(PLACES[place](spellings(key)[name])) as server:
            error = way.error(key, server.url)
        assert leaks(error, key) == []


@pytest.mark.parametrize("place", PLACES)
def test_nothing_is_logged(place: str, way: Way, log: Log) -> None:
    """What a server repeats stands in no log record, of httpcore as little as of the SDK."""
    with Server(PLACES[place](spellings(AWKWARD)["percent-encoded"])) as server:
        way.error(AWKWARD, server.url)

    assert {"mailpartner", "httpcore.http11"} <= log.loggers
    assert log.leaks(AWKWARD) == []


GARBAGE = {
    "no status line": lambda text: text + b"\r\n\r\n",
    "no header": lambda text: b"HTTP/1.1 200 OK\r\n" + text + b" no colon\r\n\r\n",
}


@pytest.mark.parametrize("kind", GARBAGE)
@pytest.mark.parametrize("spelling", ["plain", "percent-encoded", "UTF-16"])
def test_garbage(kind: str, spelling: str, way: Way) -> None:
    """A key in bytes that are no HTTP, which httpcore quotes in its exceptions, is shown nowhere."""
    with Server(partly(GARBAGE[kind](spellings(AWKWARD)[spelling]), hang_up)) as server:
        error = way.error(AWKWARD, server.url)

    assert leaks(error, AWKWARD) == []


@pytest.mark.parametrize("kind", GARBAGE)
def test_garbage_is_not_logged(kind: str, way: Way, log: Log) -> None:
    """Nor do httpcore's own records of such an answer show the key."""
    with Server(partly(GARBAGE[kind](AWKWARD.encode()), hang_up)) as server:
        way.error(AWKWARD, server.url)

    assert log.leaks(AWKWARD) == []


def test_a_deletion(way: Way, key: str) -> None:
    """The words and the Content-Type that come with a success are in the Deletion without the key."""
    body = json.dumps({"success": True, "code": 200, "message": f"done for apiKey={key}"})
    with Server(response(body, content_type=f"application/json; for={key}")) as server:
        deletion = way.outcome(key, server.url, lambda mp: mp.unsubscribes.delete(300))

    assert isinstance(deletion, Deletion)
    assert not holds(shown(deletion), key)
    assert not holds(shown(deletion.http), key)


def test_a_key_quoted_twice_makes_no_success_doubtful(way: Way) -> None:
    """A success that repeats the request's URL, quoted once more, is read before the key is hidden in it."""
    echo = quote(f"?apiKey={quote(AWKWARD, safe='')}", safe="")
    with Server(response(json.dumps({"success": True, "code": 200, "message": echo}))) as server:
        deletion = way.outcome(AWKWARD, server.url, lambda mp: mp.unsubscribes.delete(300))

    assert isinstance(deletion, Deletion)
    assert not holds(shown(deletion), AWKWARD)


def test_a_key_that_is_part_of_an_address_changes_no_row(way: Way) -> None:
    """A list has the addresses that the server sent, also where a short key is a part of one."""
    row = {"id": 1, "email": f"{SHORT}@example.com", "createdAt": "2020-01-01 00:01:00"}
    with Server(response(json.dumps({"success": True, "code": 200, "nbData": 1, "data": [row]}))) as server:
        [entry] = way.outcome(SHORT, server.url, lambda mp: mp.unsubscribes.list())

    assert entry.email == row["email"]


def test_half_a_key_at_the_end_of_a_compressed_body(way: Way) -> None:
    """What an error keeps of a body that was cut short does not end in a part of the key."""
    for text in (b" " * 9_000, b" " * (CUT + 9_000)):
        echo = text + PLAIN.encode()
        head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 200000\r\n\r\n"
        for size in range(len(text) + 4, len(echo)):
            with Server(partly(head + echo[:size], hang_up)) as server:
                error: Any = way.error(PLAIN, server.url)
            assert PLAIN[:4].encode() not in error.body


def test_already_gone(way: Way, key: str) -> None:
    """Nor does the Deletion of an entry that was gone show it."""
    body = json.dumps({"success": False, "code": 4, "message": f"apiKey={key}: introuvable"})
    with Server(response(body)) as server:
        deletion = way.outcome(key, server.url, lambda mp: mp.unsubscribes.delete(300, missing_ok=True))

    assert isinstance(deletion, Deletion)
    assert not holds(shown(deletion), key)


def test_the_model_of_a_call(way: Way, key: str) -> None:
    """The generated model that `call` returns has the server's words without the key."""
    body = json.dumps({"success": True, "code": 200, "message": f"done for {key}", "request": {"apiKey": [key]}})
    with Server(response(body)) as server:
        model = way.outcome(key, server.url, lambda mp: mp.call(delete_unsubscribe, id=300))

    assert model.success is True
    assert not holds(shown(model), key)


def test_a_success_that_lacks_something(way: Way, key: str) -> None:
    """The error for a success without its code has no frame whose locals show what the server repeated."""
    with Server(response(json.dumps({"success": True, "message": f"done for {key}"}))) as server:
        error = way.error(key, server.url, lambda mp: mp.call(delete_unsubscribe, id=300))

    assert isinstance(error, UnexpectedResponseError)
    assert leaks(error, key) == []


def test_a_redirect_to_a_path_made_of_the_key(way: Way) -> None:
    """The key is hidden before the target of a redirect is cut at its question mark, which may be the key's own."""
    key = "account-Pl4nted-7f3a?9c2e"
    with Server(response(status=302, headers=[f"Location: https://www.example.com/{key}"])) as server:
        error = way.error(key, server.url)

    assert leaks(error, key) == []


@pytest.mark.parametrize("text", ["\\", "%25", "&amp;", "&#0", "\\u00", PLAIN[:-1]], ids=repr)
def test_hiding_grows_as_the_answer_does(text: str) -> None:
    """Hiding the key in 64 times as much of what is made to mislead it costs 64 times as much, not 64 times 64."""
    key = ApiKey(PLAIN)
    key.redact(b"")

    def work(size: int) -> float:
        data = (text * size)[:size].encode()
        started = time.thread_time()
        key.redact(data)
        return time.thread_time() - started

    small = max(min(work(1 << 14) for _ in range(3)), 1e-4)
    assert min(work(1 << 20) for _ in range(3)) / small < 8 * 64


MISLEADING = {
    "a number too long for Python": "&#" + "9" * 5000 + ";",
    "a hexadecimal number as long": "&#x" + "f" * 5000 + ";",
    "no character": "&#1114112;&#xD800;&#0;\\ud800%C3%28%ff%zz%",
    "no end": "&#",
    "a hundred layers": "%" + "25" * 100 + "41" + "&" + "amp;" * 100 + "\\" * 100,
}


@pytest.mark.parametrize("case", MISLEADING)
def test_answers_made_to_mislead_the_search(case: str, way: Way, log: Log) -> None:
    """Text that is no end of trouble to unescape breaks nothing: a success is one, and so is an error."""
    text = MISLEADING[case]
    done = response(json.dumps({"success": True, "code": 200, "message": text}))
    steps = [done, response(text, 500, "text/html"), response(status=302, headers=[f"Location: /{text}"])]
    with Server(*steps) as server:
        results = [way.outcome(PLAIN, server.url, lambda mp: mp.unsubscribes.delete(300)) for _ in steps]

    deletion, page, redirect = results
    assert isinstance(deletion, Deletion), deletion
    for error in (page, redirect):
        assert isinstance(error, UnexpectedResponseError), error
        assert leaks(error, PLAIN) == []
    assert redirect.status_code == 302
    assert log.leaks(PLAIN) == []


def test_only_the_key_is_hidden(own: Way, key: str) -> None:
    """Words beside the key, and words like it, come through."""
    with Server(response(refusal(f"Clé {key} inconnue, {key[:-1]} aussi".encode()))) as server:
        error: Any = own.error(key, server.url)

    assert error.message == f"Clé [key hidden] inconnue, {key[:-1]} aussi"


def test_a_key_that_a_header_echoes_twice_encoded_costs_no_answer() -> None:
    """A cookie with the request's URL is masked; the status line and the framing stay, so that the answer is read."""
    key = "a1b2/c3d4+e5=="
    echo = quote(f"/v1/unsubscribe/delete?apiKey={quote(key, safe='')}", safe="").encode()
    answer = response('{"success": true, "code": 200}', headers=[b"Set-Cookie: last=" + echo])
    with Server(answer) as server, MailPartner(key, base_url=server.url) as mp:
        deletion = mp.unsubscribes.delete(1)
    assert (deletion.outcome, deletion.attempts) == ("deleted", 1)


def test_a_name_that_holds_the_key_is_hidden() -> None:
    """PHP that takes a JSON body for a form puts all of it into a name: that is redacted, too."""
    body = json.dumps({"success": True, "code": 200, PLAIN: 1, "nested": {f"x{PLAIN}": 1}})
    with Server(response(body)) as server, MailPartner(PLAIN, base_url=server.url) as mp:
        answer = mp.call(delete_unsubscribe, id=300)
    assert PLAIN not in repr(answer)
