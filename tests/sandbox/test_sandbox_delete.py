"""What the sandbox does with a request to delete."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from kit.raw_client import ask, connect, delete, read_one, request_bytes


def code(raw):
    return json.loads(raw.body)["code"]


@pytest.mark.parametrize("method", ["POST", "GET"])
def test_a_deleted_entry_is_gone(sandbox, method):
    """Deleting removes that entry and no other, and a second deletion does not know the id."""
    assert code(delete(sandbox, 5, method)) == 200
    assert sorted(sandbox.entries()) == [n for n in range(1, 21) if n != 5]
    assert code(delete(sandbox, 5, method)) == 4


@pytest.mark.parametrize("query", ["", "id=5", "apiKey=&id=5", "apikey=sandbox-key&id=5"])
def test_a_missing_key_comes_first(sandbox, query):
    """Without a key, or with an empty one, the answer is that the key is required, and nothing is done."""
    assert code(ask(sandbox, f"/v1/unsubscribe/delete?{query}")) == 1
    assert sandbox.count() == 20


@pytest.mark.parametrize("key", ["sandbox-wrong", "4f2a9c", "Sandbox-key", "sandbox", "%20sandbox-key"])
def test_a_wrong_key_is_refused(sandbox, key):
    """A key that does not begin with sandbox-, and sandbox-wrong, are answered as wrong keys."""
    assert code(delete(sandbox, 5, key=key)) == 10
    assert sandbox.count() == 20


@pytest.mark.parametrize("query", ["apiKey=sandbox-key", "apiKey=sandbox-key&id=", "apiKey=sandbox-key&ID=5"])
def test_a_missing_id_is_said(sandbox, query):
    """Without an id, or with an empty one, the answer is that the id is required."""
    assert code(ask(sandbox, f"/v1/unsubscribe/delete?{query}")) == 3


@pytest.mark.parametrize(
    "entry_id", ["0", "-1", "21", "5.0", "5e0", "05", "+5", "%205", "5x", "%D9%A5", "1_0", 2**63 - 1, 2**63, "9" * 5000]
)
def test_an_id_that_is_none_is_unknown(sandbox, entry_id):
    """What is no id within the document's limits, or no entry's, is an unknown id, and nothing is done."""
    assert code(delete(sandbox, entry_id)) == 4
    assert sandbox.count() == 20


def test_the_last_of_two_ids_counts(sandbox):
    """Of a parameter that comes twice the last counts, as in PHP, so that a smuggled one does its harm in tests."""
    assert code(delete(sandbox, "5&id=6")) == 200
    assert 5 in sandbox.entries()
    assert 6 not in sandbox.entries()


def test_an_answer_leaves_at_once(sandbox):
    """No answer on a kept connection waits for the client's acknowledgement of the one before (40 ms each), which makes
    it slower than new connections, not faster."""
    started = time.monotonic()
    for _ in range(50):
        delete(sandbox, 5)
    new = time.monotonic() - started
    with connect(sandbox) as connection:
        started = time.monotonic()
        for _ in range(50):
            connection.sendall(request_bytes("/v1/unsubscribe/delete?apiKey=sandbox-key&id=5", close=False))
            read_one(connection)
    assert time.monotonic() - started < 5 * new


@pytest.mark.parametrize("form", ["json", "yaml", "XML", ""])
def test_anything_but_xml_is_json(sandbox, form):
    """The answer is JSON unless xml is asked for, in exactly these letters."""
    assert json.loads(delete(sandbox, 5, form=form).body) == {"success": True, "code": 200}


@pytest.mark.parametrize("method", ["HEAD", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_other_methods_do_nothing(sandbox, method):
    """A method that the document does not have is HTTP 405 with those it has, and HEAD is no GET."""
    answer = delete(sandbox, 5, method)
    assert (answer.status, answer.headers["allow"]) == (405, "GET, POST")
    assert sandbox.count() == 20


@pytest.mark.parametrize(
    "path", ["/", "/v1/unsubscribe/delete/", "/v1/unsubscribe/Delete", "/v1/v1/unsubscribe/delete"]
)
def test_other_paths_are_not_there(sandbox, path):
    """A path that the document does not have is HTTP 404, an HTML page."""
    answer = ask(sandbox, f"{path}?apiKey=sandbox-key&id=5")
    assert (answer.status, answer.headers["content-type"]) == (404, "text/html; charset=utf-8")


@pytest.mark.parametrize("state", [None, "state.db"])
def test_of_two_at_once_one_deletes(sandbox_with, tmp_path, state):
    """Of two requests for the same id that come at once, exactly one is told that it deleted the entry."""
    sandbox = sandbox_with(state=state and tmp_path / state)
    together = Barrier(2)

    def one(entry_id):
        together.wait(5)
        return code(delete(sandbox, entry_id))

    with ThreadPoolExecutor(2) as threads:
        for entry_id in sandbox.entries():
            assert sorted(threads.map(one, [entry_id, entry_id])) == [4, 200]


def test_a_connection_is_kept_for_the_next_request(sandbox):
    """Several requests may use one connection; the sandbox counts its connections."""
    with connect(sandbox) as connection:
        for entry_id in (1, 2, 3):
            target = f"/v1/unsubscribe/delete?apiKey=sandbox-key&id={entry_id}"
            connection.sendall(request_bytes(target, close=entry_id == 3))
            assert code(read_one(connection)) == 200
    assert [seen["connection"] for seen in sandbox.requests()] == [1, 1, 1]
