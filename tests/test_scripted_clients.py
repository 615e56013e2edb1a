"""mailpartner.testing: what users put in the place of a client in their own tests."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from kit.internals import sender_of

from mailpartner import (
    APIConnectionError,
    APIError,
    APITimeoutError,
    AuthenticationError,
    MailPartner,
    NotFoundError,
    Outcome,
    RateLimitError,
    UnexpectedResponseError,
    Unsubscribe,
)
from mailpartner.generated.api.unsubscribes import list_unsubscribes
from mailpartner.testing import (
    AsyncScriptedMailPartner,
    ScriptedMailPartner,
    added,
    done,
    listed,
    lost,
    never_sent,
    raw,
    refused,
)

FORMATS = ["json", "xml"]


@pytest.mark.parametrize("format", FORMATS)
def test_a_scripted_success_is_a_deletion(format: str) -> None:
    """`done()` is answered in the format that the client asks for, and decoded like any answer."""
    with ScriptedMailPartner(done(), format=format) as mp:
        deletion = mp.unsubscribes.delete(300)
    assert (deletion.id, deletion.outcome, deletion.code, deletion.attempts) == (300, Outcome.DELETED, 200, 1)
    assert deletion.http.content_type == f"application/{format}"


@pytest.mark.parametrize("format", FORMATS)
def test_a_scripted_refusal_takes_the_vendors_text(format: str) -> None:
    """A refusal by name carries the number, the class and the French text that openapi.yaml gives the code."""
    mp = ScriptedMailPartner(refused("INVALID_API_KEY"), format=format)
    with pytest.raises(AuthenticationError) as caught:
        mp.unsubscribes.delete(300)
    assert (caught.value.code, caught.value.name) == (10, "INVALID_API_KEY")
    assert caught.value.message == "Clé API incorrecte"


@pytest.mark.parametrize("format", FORMATS)
def test_a_success_has_its_fields_in_their_places(format: str) -> None:
    """In XML, where fields have no names, one that was left out does not move those behind it."""
    entries = [{"id": 3, "email": "ann@example.com", "createdAt": "2020-01-02 03:04:05"}]
    with ScriptedMailPartner(done(data=entries), done(stopId=7, message="Bien"), format=format) as mp:
        (entry,) = mp.unsubscribes.list()
        assert (entry.id, entry.email, mp.unsubscribes.add("bob@example.com").id) == (3, "ann@example.com", 7)


@pytest.mark.parametrize("format", FORMATS)
def test_lists_and_additions_can_be_scripted(format: str) -> None:
    """`listed()` takes addresses or whole entries, `added()` the new id, in either format."""
    whole = Unsubscribe(30, "bob@example.com", "2020-01-02 03:04:05")
    with ScriptedMailPartner(listed(["ann@example.com", whole]), added(5), listed(), format=format) as mp:
        assert mp.unsubscribes.list() == (Unsubscribe(1, "ann@example.com"), whole)
        assert mp.unsubscribes.add("new@example.com").id == 5
        assert mp.unsubscribes.find("new@example.com") == ()


def test_unused_answers_fail_on_exit() -> None:
    """A test that sent fewer requests than it scripted fails when its client closes, sync and async."""
    with pytest.raises(AssertionError, match="1 more answers"), ScriptedMailPartner(done(), done()) as mp:
        mp.unsubscribes.delete(300)

    async def main() -> None:
        async with AsyncScriptedMailPartner(done()):
            pass

    with pytest.raises(AssertionError, match="1 more answers"):
        asyncio.run(main())


def test_an_error_in_a_test_is_not_hidden_by_unused_answers() -> None:
    """The first failure is the one that the test shows."""
    with pytest.raises(KeyError), ScriptedMailPartner(done()):
        raise KeyError


@pytest.mark.parametrize("answer", [refused(429, retry_after=7), raw(status=429, retry_after=7.0)])
def test_retry_after_may_be_a_number(answer: object) -> None:
    """Seconds are what one writes first."""
    with pytest.raises(RateLimitError) as caught:
        ScriptedMailPartner(answer, max_retries=0).unsubscribes.delete(300)  # type: ignore[arg-type]
    assert caught.value.retry_after == 7.0


@pytest.mark.parametrize("answer", [[done()], "ok", NotFoundError("x"), NotFoundError, {"success": True}, None])
def test_what_is_no_answer_is_refused_at_once(answer: object) -> None:
    """A script that cannot work says so where it is written, with what to write."""
    for script in (ScriptedMailPartner, AsyncScriptedMailPartner):
        with pytest.raises(TypeError, match=r"Write done\(\)"):
            script(answer)
    with pytest.raises(TypeError, match="Not an answer"):
        ScriptedMailPartner().then(answer)  # type: ignore[arg-type]


def test_a_list_that_lacks_something_leaves_no_doubt() -> None:
    """What is only read was not done, whatever its answer says."""
    answers = (raw('{"success": true}'), raw('{"success": true, "data": []}'))
    with ScriptedMailPartner(*answers, max_retries=0) as mp:
        for _ in answers:
            with pytest.raises(UnexpectedResponseError) as caught:
                mp.call(list_unsubscribes)
            assert not caught.value.maybe_applied
            assert "It was done" not in str(caught.value)


def test_a_pace_takes_nothing_of_the_time_of_a_call() -> None:
    """POST refused, then GET at its next turn, later than a call may last: what waits for its turn is not late."""
    script = [raw(status=405), done(), done()]
    with ScriptedMailPartner(*script, deadline=1) as mp:
        send, left = sender_of(mp).send, []

        def noted(request: Any, timeout: float, remaining: float) -> Any:
            left.append(remaining)
            return send(request, timeout, remaining)

        sender_of(mp).send = noted
        items = list(mp.unsubscribes.delete_many([1, 2], rate=30, concurrency=1))
    assert [item.outcome for item in items] == [Outcome.DELETED] * 2
    assert left == [1.0] * 3  # what an attempt may still take: a real connection would not begin with less than none
    assert [request.method for request in mp.requests] == ["POST", "GET", "GET"]


def test_a_retry_waits_for_its_turn_beyond_the_deadline() -> None:
    """The same for an attempt that failed and is repeated."""
    with ScriptedMailPartner(raw(status=502), done(), deadline=1) as mp:
        (item,) = mp.unsubscribes.delete_many([1], rate=30, concurrency=1)
    assert (item.outcome, mp.unused) == (Outcome.DELETED, 0)


def test_an_unlisted_code_can_be_scripted() -> None:
    """A code that openapi.yaml does not list is an APIError with that number and no name."""
    mp = ScriptedMailPartner(refused(77, "Code inconnu"))
    with pytest.raises(APIError) as caught:
        mp.unsubscribes.delete(300)
    assert (type(caught.value), caught.value.code, caught.value.name) == (APIError, 77, None)


def test_a_lost_answer_then_an_unknown_id_is_already_gone() -> None:
    """The retries and the doubt of a scripted client are the real ones, and its waits are recorded, not slept."""
    mp = ScriptedMailPartner(lost(), refused("UNKNOWN_ID"))
    assert mp.unsubscribes.delete(300).outcome is Outcome.ALREADY_GONE
    assert mp.waits == [0.5]
    assert mp.unused == 0


def test_no_connection_leaves_no_doubt() -> None:
    """`never_sent()` is a connection that was never made: nothing was done."""
    mp = ScriptedMailPartner(never_sent(), never_sent(), never_sent())
    with pytest.raises(APIConnectionError) as caught:
        mp.unsubscribes.delete(300)
    assert (caught.value.maybe_applied, caught.value.attempts) == (False, 3)


def test_a_timeout_is_an_api_timeout_error() -> None:
    """A timed-out answer is an APITimeoutError, which is a TimeoutError too."""
    mp = ScriptedMailPartner(lost(timed_out=True), max_retries=0)
    with pytest.raises(APITimeoutError) as caught:
        mp.unsubscribes.delete(300)
    assert isinstance(caught.value, TimeoutError)
    assert caught.value.maybe_applied


def test_any_answer_can_be_scripted() -> None:
    """`raw()` is an error page, a rate limit without an envelope, or whatever else a gateway sends."""
    mp = ScriptedMailPartner(raw("<html>", status=502), raw(status=429, retry_after="200"), max_retries=0)
    with pytest.raises(UnexpectedResponseError) as page:
        mp.unsubscribes.delete(300)
    with pytest.raises(RateLimitError) as limit:
        mp.unsubscribes.delete(300)
    assert (page.value.status_code, page.value.body, limit.value.retry_after) == (502, b"<html>", 200.0)


def test_the_requests_are_recorded_without_the_key() -> None:
    """Tests can look at method, path and parameters; the key is in none of them."""
    mp = ScriptedMailPartner(done(), done())
    mp.unsubscribes.delete(300)
    mp.with_options(format="xml", method="GET").unsubscribes.delete(301)
    first, second = mp.requests
    assert (first.method, first.path, first.parameters) == ("POST", "/v1/unsubscribe/delete", {"id": "300"})
    assert (second.method, second.parameters) == ("GET", {"id": "301", "_format": "xml"})


def test_a_script_that_runs_out_says_for_which_request() -> None:
    """A missing answer is a fault of the test, and says so with the request that found none."""
    with pytest.raises(AssertionError, match=r"request 1: POST /v1/unsubscribe/delete\?id=300"):
        ScriptedMailPartner().unsubscribes.delete(300)


def test_a_misspelt_code_names_those_there_are() -> None:
    """A name that openapi.yaml does not have is a fault of the test."""
    with pytest.raises(AssertionError, match="UNKNOWN_ID"):
        ScriptedMailPartner(refused("UNKNOWN")).unsubscribes.delete(300)


def test_an_address_in_place_of_an_id_is_told_where_it_goes() -> None:
    """An address is no id; the error names the method that takes one, and not the address."""
    with ScriptedMailPartner() as mp, pytest.raises(TypeError, match="delete_email") as raised:
        mp.unsubscribes.delete("ann@example.com")  # type: ignore[arg-type]
    assert "ann" not in str(raised.value)


@pytest.mark.parametrize("answer", [done, lambda request: None])
def test_what_is_no_answer_is_said(answer: object) -> None:
    """An answer that was not called, or makes none, is a fault of the test that is said in one line."""
    with pytest.raises(TypeError, match=r"Write done\(\)"):
        ScriptedMailPartner(answer).unsubscribes.delete(300)  # type: ignore[arg-type]


def test_answers_can_be_added_later() -> None:
    """`then()` adds to the end of the script."""
    mp = ScriptedMailPartner(done())
    mp.then(refused("UNKNOWN_ID"))
    mp.unsubscribes.delete(300)
    with pytest.raises(NotFoundError):
        mp.unsubscribes.delete(300)


def test_the_async_client_is_scripted_alike() -> None:
    """AsyncScriptedMailPartner takes the same script to the same outcome."""

    async def main() -> None:
        async with AsyncScriptedMailPartner(lost(), refused("UNKNOWN_ID")) as mp:
            deletion = await mp.unsubscribes.delete(300)
            assert (deletion.outcome, deletion.attempts) == (Outcome.ALREADY_GONE, 2)
            assert mp.waits == [0.5]

    asyncio.run(main())


def test_the_script_is_not_changed_by_a_key_or_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No word of an answer is taken for the key, and a base URL of the environment is ignored."""
    monkeypatch.setenv("MAILPARTNER_BASE_URL", "ftp://example.com")
    with ScriptedMailPartner(done(message="Testing mail removed")) as mp:
        assert mp.unsubscribes.delete(1).message == "Testing mail removed"


def test_only_the_client_that_owns_the_script_checks_that_it_is_used() -> None:
    """A client made by `with_options` may be closed before the rest of the script is used."""
    with ScriptedMailPartner(done(), done()) as mp:
        with mp.with_options(timeout=3) as other:
            other.unsubscribes.delete(1)
        mp.unsubscribes.delete(2)


def test_a_stop_iteration_of_a_transport_is_not_the_end_of_the_call(monkeypatch: pytest.MonkeyPatch) -> None:
    """A mock that has run out raises StopIteration: it leaves the call as it is."""
    import httpx

    def run_out(*_: object) -> httpx.Response:
        raise StopIteration

    monkeypatch.setattr(httpx.HTTPTransport, "handle_request", run_out)
    with MailPartner("sandbox-key", base_url="http://127.0.0.1:9") as mp, pytest.raises(StopIteration):
        mp.unsubscribes.delete(1)
