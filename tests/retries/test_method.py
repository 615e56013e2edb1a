"""POST as the page's URL line says, or GET as its samples do: "auto" finds out, and does nothing twice in doing so."""

from __future__ import annotations

from typing import Any

import pytest
from kit.api_server import LOSSES, ApiServer, answered, lost, page, refused, succeeded
from kit.callers import CLIENT_KINDS, CUSTOM_KINDS, Callers
from kit.server import Exchange, Step

from mailpartner import (
    APIError,
    AuthenticationError,
    MailPartnerError,
    NotFoundError,
    Outcome,
    UnexpectedResponseError,
)
from mailpartner.generated.api.unsubscribes import delete_unsubscribe, delete_unsubscribe_with_get

NOT_HEARD: dict[str, Step] = {
    "page_405": page(405),
    "empty_405": page(405, b""),
    "unknown_code_at_405": refused(405, "Method Not Allowed", status=405),
    "code_1": refused(1, "La Clé API est requise"),
    "code_1_at_400": refused(1, status=400),
    "code_1_at_401": refused(1, status=401),
    "code_1_at_503": refused(1, status=503),
}
HEARD: dict[str, Step] = {
    "page_301": page(301),
    "page_400": page(400),
    "page_401": page(401),
    "page_403": page(403),
    "page_404": page(404),
    "page_406": page(406),
    "page_410": page(410),
    "page_429": page(429),
    "page_500": page(500),
    "page_501": page(501),
    "page_503": page(503),
    "garbage_200": page(200),
    "code_2": refused(2),
    "code_3": refused(3),
    "code_4": refused(4),
    "code_10": refused(10),
    "code_10_at_405": refused(10, status=405),
    "code_40": refused(40),
    "code_90": refused(90),
    "code_429": refused(429),
    "code_500": refused(500),
    "unknown_code": refused(77),
    "unknown_code_at_404": refused(77, status=404),
    **{f"lost_by_{way}": lost(way, applied=False) for way in LOSSES},
}

each_format = pytest.mark.parametrize("format", ["json", "xml"])
not_heard = pytest.mark.parametrize("answer", NOT_HEARD)


def get_alone(why: Step) -> Step:
    """A server that carries out GET and refuses POST."""

    def step(exchange: Exchange) -> None:
        (answered if exchange.request.method == "GET" else why)(exchange)

    return step


@not_heard
@each_format
@pytest.mark.parametrize("client_kind", [*CLIENT_KINDS, *CUSTOM_KINDS])
def test_auto_sends_get_where_post_is_not_heard(
    server: ApiServer, connect: Callers, client_kind: str, format: str, answer: str
) -> None:
    """Where the answer says that POST is not heard, the deletion is sent as GET at once: no wait, no retry spent."""
    server.always = get_alone(NOT_HEARD[answer])
    mp = connect(server.url, client_kind, format=format, max_retries=0)

    deletion = mp.delete(300)

    assert (deletion.outcome, deletion.attempts, deletion.http.method) == (Outcome.DELETED, 2, "GET")
    assert server.methods == ["POST", "GET"]
    assert server.requests[0].query == server.requests[1].query
    assert mp.clock.waits == []


@pytest.mark.parametrize("answer", HEARD)
def test_auto_does_not_change_on_any_other_answer(server: ApiServer, connect: Callers, answer: str) -> None:
    """Any other answer, or none, says nothing about the method: no GET follows it, in this call or the next."""
    server.always = HEARD[answer]
    mp = connect(server.url, timeout=0.1, max_retries=1)

    with pytest.raises(MailPartnerError) as caught:
        mp.delete(300)
    assert server.methods == ["POST"] * caught.value.attempts

    server.always = answered
    assert mp.delete(300).outcome is Outcome.DELETED
    assert set(server.methods) == {"POST"}


@not_heard
@pytest.mark.parametrize("method", ["POST", "GET"])
def test_a_method_that_was_chosen_is_never_changed(
    server: ApiServer, connect: Callers, client_kind: str, method: str, answer: str
) -> None:
    """With method="POST" or "GET" nothing else is ever sent, and the refusal is raised at once."""
    server.always = NOT_HEARD[answer]
    mp = connect(server.url, client_kind, method=method)

    for _ in range(2):
        with pytest.raises((AuthenticationError, UnexpectedResponseError, APIError)) as caught:
            mp.delete(300)
        assert (caught.value.maybe_applied, caught.value.attempts) == (False, 1)

    assert server.methods == [method] * 2


def test_the_method_that_was_heard_is_remembered(server: ApiServer, connect: Callers, client_kind: str) -> None:
    """After one change of method, GET is sent at once for the client's life."""
    server.always = get_alone(page(405))
    server.entries |= {1, 2, 3}
    mp = connect(server.url, client_kind)

    assert [mp.delete(entry).attempts for entry in (1, 2, 3)] == [2, 1, 1]
    assert server.methods == ["POST", "GET", "GET", "GET"]


@pytest.mark.parametrize("code", [4, 10])
def test_a_get_that_was_refused_is_remembered_too(server: ApiServer, connect: Callers, code: int) -> None:
    """That GET was heard is known from any answer of the API, a refusal too."""
    server.then(page(405), refused(code))
    mp = connect(server.url)

    with pytest.raises(APIError) as caught:
        mp.delete(300)
    assert (caught.value.attempts, caught.value.maybe_applied) == (2, False)

    assert mp.delete(300).attempts == 1
    assert server.methods == ["POST", "GET", "GET"]


def test_clients_on_the_same_connections_know_it_too(server: ApiServer, connect: Callers, client_kind: str) -> None:
    """What one client found out, its twins from with_options know, those made before it too."""
    server.always = get_alone(page(405))
    server.entries |= {1, 2, 3}
    mp = connect(server.url, client_kind)
    before = mp.with_options(timeout=5)

    assert mp.with_options(format="xml").delete(1).attempts == 2
    assert [mp.delete(2).attempts, before.delete(3).attempts] == [1, 1]


def test_clients_of_their_own_find_out_for_themselves(server: ApiServer, connect: Callers, client_kind: str) -> None:
    """A second client begins with POST again."""
    server.always = get_alone(page(405))
    server.entries |= {1, 2}

    assert [connect(server.url, client_kind).delete(entry).attempts for entry in (1, 2)] == [2, 2]


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_twin_with_a_method_of_its_own_changes_nothing_here(server: ApiServer, connect: Callers, method: str) -> None:
    """with_options changes nothing in the first client: what a twin was told to send is not what this one sends."""
    server.entries |= {1, 2}
    mp = connect(server.url)
    if method == "POST":
        server.then(page(405), succeeded())
        mp.delete(9)
    alone = "POST" if method == "GET" else "GET"

    mp.with_options(method=method).delete(1)
    mp.delete(2)

    assert server.methods[-2:] == [method, alone]


def test_the_first_client_still_tells_its_twins_method(server: ApiServer, connect: Callers) -> None:
    """A twin that was told POST sends POST, whatever the first client has found out."""
    server.then(page(405), succeeded(), page(405))
    mp = connect(server.url)
    mp.delete(300)

    with pytest.raises(UnexpectedResponseError):
        mp.with_options(method="POST").delete(300)
    assert server.methods == ["POST", "GET", "POST"]


@pytest.mark.parametrize(
    ("second", "error", "code"),
    [
        (page(405), UnexpectedResponseError, None),
        (refused(1, "La Clé API est requise"), AuthenticationError, 1),
    ],
    ids=["page_405", "code_1"],
)
@not_heard
def test_both_refused(
    server: ApiServer,
    connect: Callers,
    client_kind: str,
    answer: str,
    second: Step,
    error: type[Any],
    code: int | None,
) -> None:
    """If GET is not heard either, its refusal is raised, nothing was done, and the next call begins with POST."""
    server.then(NOT_HEARD[answer], second)
    mp = connect(server.url, client_kind)

    with pytest.raises(error) as caught:
        mp.delete(300)

    assert (caught.value.maybe_applied, caught.value.attempts) == (False, 2)
    assert getattr(caught.value, "code", None) == code
    assert mp.delete(300).attempts == 1
    assert server.methods == ["POST", "GET", "POST"]


def test_a_remembered_get_that_is_refused_is_not_changed_back(server: ApiServer, connect: Callers) -> None:
    """ "auto" changes from POST to GET only: a GET refused with 405 is an error."""
    server.then(page(405), succeeded(), page(405))
    mp = connect(server.url)
    mp.delete(300)

    with pytest.raises(UnexpectedResponseError) as caught:
        mp.delete(300)
    assert (caught.value.status_code, caught.value.maybe_applied) == (405, False)
    assert server.methods == ["POST", "GET", "GET"]


@not_heard
def test_a_change_of_method_leaves_no_doubt(server: ApiServer, connect: Callers, client_kind: str, answer: str) -> None:
    """The POST that was not heard did nothing: an unknown id at the GET is an error, and certainly nothing was done."""
    server.then(NOT_HEARD[answer])

    with pytest.raises(NotFoundError) as caught:
        connect(server.url, client_kind).delete(7)

    assert (caught.value.maybe_applied, caught.value.attempts) == (False, 2)


@not_heard
def test_a_doubt_outlives_a_change_of_method(server: ApiServer, connect: Callers, answer: str) -> None:
    """A POST whose answer was lost, then one that is not heard, then an unknown id at GET: already gone."""
    server.then(lost("closed_early"), NOT_HEARD[answer])

    deletion = connect(server.url).delete(300)

    assert (deletion.outcome, deletion.attempts) == (Outcome.ALREADY_GONE, 3)
    assert server.methods == ["POST", "POST", "GET"]


def test_a_get_whose_answer_is_lost(server: ApiServer, connect: Callers, client_kind: str) -> None:
    """The GET that follows is retried as a GET, and its lost answer is the doubt."""
    server.then(page(405), lost("reset"))

    deletion = connect(server.url, client_kind, max_retries=1).delete(300)

    assert (deletion.outcome, deletion.attempts) == (Outcome.ALREADY_GONE, 3)
    assert server.methods == ["POST", "GET", "GET"]


def test_a_get_whose_answer_is_lost_is_not_remembered(server: ApiServer, connect: Callers, client_kind: str) -> None:
    """A GET that nobody answered was not heard for certain: without retries the next call begins with POST."""
    server.then(page(405), lost("closed_early", applied=False))
    mp = connect(server.url, client_kind, max_retries=0)

    with pytest.raises(MailPartnerError) as caught:
        mp.delete(300)

    assert (caught.value.maybe_applied, caught.value.attempts) == (True, 2)
    assert mp.delete(300).attempts == 1
    assert server.methods == ["POST", "GET", "POST"]


def test_called_by_its_module_the_operation_changes_too(server: ApiServer, connect: Callers, client_kind: str) -> None:
    """`call` with the POST operation changes to GET as `delete` does; the GET operation is sent as GET, for itself."""
    server.entries |= {1, 2}
    mp = connect(server.url, client_kind)

    mp.call(delete_unsubscribe_with_get, id=1)
    server.then(page(405))
    mp.call(delete_unsubscribe, id=2)

    assert server.methods == ["GET", "POST", "GET"]
