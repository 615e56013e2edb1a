"""An operation that is not idempotent is only repeated where nothing was sent, or where a code says so."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import pytest
from kit.api_server import LOSSES, ApiServer, lost, page, refused, succeeded
from kit.callers import Callers

import mailpartner.contract
from mailpartner import APIConnectionError, MailPartnerError, NotFoundError, RateLimitError
from mailpartner.generated.api.unsubscribes import delete_unsubscribe
from mailpartner.generated.models import Outcome as Model

PATH = "/v1/credit/move"
ONCE = ModuleType("once")
ONCE._get_kwargs = lambda **given: {"method": "post", "url": PATH, "params": given}  # type: ignore[attr-defined]


@pytest.fixture(autouse=True)
def an_operation_to_carry_out_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """openapi.yaml has none yet: one that is not idempotent, and otherwise like a deletion."""
    known = mailpartner.contract.OPERATIONS["POST", "/v1/unsubscribe/delete"]
    once = known._replace(id="moveCredit", idempotent=False, alternate_method=None)
    monkeypatch.setitem(mailpartner.contract.OPERATIONS, ("POST", PATH), once)


def failed(connect: Callers, url: str, client_kind: str = "sync", **options: Any) -> MailPartnerError:
    mp = connect(url, client_kind, **options)
    with pytest.raises(MailPartnerError) as caught:
        mp.call(ONCE, id=300)
    return caught.value


def test_it_is_carried_out(server: ApiServer, connect: Callers, client_kind: str) -> None:
    """Any generated operation can be called, and returns the generated model of its answer."""
    answer = connect(server.url, client_kind).call(ONCE, id=300)

    assert isinstance(answer, Model)
    assert (answer.success, answer.code) == (True, 200)
    assert [(request.method, request.path) for request in server.requests] == [("POST", PATH)]


@pytest.mark.parametrize("way", LOSSES)
def test_a_lost_answer_is_final(server: ApiServer, connect: Callers, client_kind: str, way: str) -> None:
    """Once the request was sent, a lost answer is raised as a doubt at once, whatever was lost."""
    server.then(lost(way))

    error = failed(connect, server.url, client_kind, timeout=0.1)

    assert (error.maybe_applied, error.attempts) == (True, 1)
    assert len(server.requests) == 1
    assert server.entries == set()


@pytest.mark.parametrize(
    "step",
    [page(408), page(429), page(503), refused(500), refused(77, status=429), refused(77, status=503)],
    ids=["page_408", "page_429", "page_503", "code_500", "unknown_code_at_429", "unknown_code_at_503"],
)
def test_an_answer_that_would_be_asked_for_again_is_final(server: ApiServer, connect: Callers, step: Any) -> None:
    """Answers after which an idempotent operation is repeated are final here: something was sent."""
    server.always = step

    assert failed(connect, server.url).attempts == 1
    assert len(server.requests) == 1


@pytest.mark.parametrize("status", [200, 429])
def test_too_many_requests_is_tried_again(server: ApiServer, connect: Callers, client_kind: str, status: int) -> None:
    """The contract says of code 429 that nothing was done: after the wait it is sent again, and carried out once."""
    server.then(refused(429, status=status, headers=["Retry-After: 30"]))
    mp = connect(server.url, client_kind)

    assert mp.call(ONCE, id=300).success is True
    assert (mp.clock.waits, len(server.requests), server.entries) == ([30.0], 2, set())


def test_too_many_requests_leaves_no_doubt(server: ApiServer, connect: Callers, client_kind: str) -> None:
    """If every attempt is refused, the error says that nothing was done and when to come back."""
    server.always = refused(429, status=429, headers=["Retry-After: 30"])

    error = failed(connect, server.url, client_kind, deadline=1000)

    assert isinstance(error, RateLimitError)
    assert (error.maybe_applied, error.attempts, error.retry_after) == (False, 3, 30.0)


def test_after_a_rate_limit_a_lost_answer_is_final(server: ApiServer, connect: Callers, client_kind: str) -> None:
    """The repeat after a 429 counts as any attempt: where its answer is lost, the doubt is raised at once."""
    server.then(refused(429), lost("reset"))

    error = failed(connect, server.url, client_kind)

    assert (error.maybe_applied, error.attempts, len(server.requests)) == (True, 2, 2)


def test_a_refused_connection_is_tried_again(connect: Callers, client_kind: str) -> None:
    """A connection that was never made has sent nothing: the attempt is repeated, and carries it out once."""
    with ApiServer(entries={300}, listening=False) as server:
        mp = connect(server.url, client_kind)
        mp.clock.on_wait = server.listen
        assert mp.call(ONCE, id=300).success is True

    assert (len(server.requests), len(mp.clock.waits)) == (1, 1)


def test_the_first_that_is_sent_is_the_last(connect: Callers, client_kind: str) -> None:
    """A refused connection, then a lost answer: two attempts of three, and a doubt."""
    with ApiServer(lost("closed_early"), entries={300}, listening=False) as server:
        mp = connect(server.url, client_kind)
        mp.clock.on_wait = server.listen
        with pytest.raises(APIConnectionError) as caught:
            mp.call(ONCE, id=300)

    assert (caught.value.maybe_applied, caught.value.attempts) == (True, 2)
    assert (len(server.requests), server.entries) == (1, set())


def test_refused_connections_use_up_the_retries(connect: Callers, client_kind: str) -> None:
    """Three refused connections are three attempts, and certainly nothing."""
    with ApiServer(listening=False) as nobody:
        error = failed(connect, nobody.url, client_kind)

    assert (error.maybe_applied, error.attempts) == (False, 3)


def test_a_reused_connection_that_breaks_may_have_carried_it(
    server: ApiServer, connect: Callers, client_kind: str
) -> None:
    """A connection kept from an earlier call that breaks under the request is a doubt, not a failure to connect."""
    mp = connect(server.url, client_kind)
    server.then(succeeded(), lost("reset"))
    mp.call(ONCE, id=300)

    with pytest.raises(APIConnectionError) as caught:
        mp.call(ONCE, id=300)

    assert (caught.value.maybe_applied, caught.value.attempts) == (True, 1)
    assert [request.connection for request in server.requests] == [1, 1]


def test_a_harmless_operation_is_repeated_the_same_way(server: ApiServer, connect: Callers, client_kind: str) -> None:
    """`call` repeats what is harmless as `delete` does, and its NotFoundError says that it may have been done."""
    server.then(lost("reset"))
    mp = connect(server.url, client_kind)

    with pytest.raises(NotFoundError) as caught:
        mp.call(delete_unsubscribe, id=300)

    assert (caught.value.maybe_applied, caught.value.attempts) == (True, 2)
    assert server.entries == set()
