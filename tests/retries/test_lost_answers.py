"""A server that deletes and then loses the answer: what the caller is told, and what is true."""

from __future__ import annotations

from itertools import product

import pytest
from kit.api_server import LOSSES, ApiServer, lost, refused
from kit.callers import CLIENT_KINDS, CUSTOM_KINDS, Caller, Callers
from kit.tls import Certificates

from mailpartner import APIConnectionError, AuthenticationError, MailPartnerError, NotFoundError, Outcome

every_way = pytest.mark.parametrize("way", LOSSES)
each_format = pytest.mark.parametrize("format", ["json", "xml"])
sync_and_async = pytest.mark.parametrize("client_kind", ["sync", "asyncio"])
every_client = pytest.mark.parametrize(
    ("client_kind", "format"), [*product(CLIENT_KINDS, ["json", "xml"]), *product(CUSTOM_KINDS, ["json"])]
)


@every_way
@every_client
def test_unknown_id_after_a_lost_answer_is_already_gone(
    server: ApiServer, connect: Callers, client_kind: str, format: str, way: str
) -> None:
    """After a lost answer the deletion is repeated, and the repeat's 'unknown id' means that the entry is gone."""
    server.then(lost(way))
    mp = patient(connect(server.url, client_kind, format=format), way)

    deletion = mp.delete(300)

    assert (deletion.outcome, deletion.code, deletion.attempts) == (Outcome.ALREADY_GONE, 4, 2)
    assert deletion.message == "Le mail et invalide"
    assert [(request.query["id"], request.format) for request in server.requests] == [("300", format)] * 2
    assert server.entries == set()


def patient(mp: Caller, way: str) -> Caller:
    """The client, with patience for every answer but the one that never comes."""
    return mp.with_short_first_timeout() if way in ("silence", "body_stalled") else mp


@every_way
@each_format
def test_a_lost_answer_that_is_not_asked_for_again_leaves_a_doubt(
    server: ApiServer, connect: Callers, client_kind: str, format: str, way: str
) -> None:
    """Without retries the error says that it may have been done; and it has been."""
    server.then(lost(way))
    mp = patient(connect(server.url, client_kind, format=format, max_retries=0), way)

    with pytest.raises(MailPartnerError) as caught:
        mp.delete(300)

    assert (caught.value.maybe_applied, caught.value.attempts) == (True, 1)
    assert "It may have been done all the same" in str(caught.value)
    assert len(server.requests) == 1
    assert server.entries == set()


@every_way
@each_format
@sync_and_async
def test_an_answer_lost_before_the_deletion_is_made_good(
    server: ApiServer, connect: Callers, client_kind: str, format: str, way: str
) -> None:
    """Where the server had not done it yet, the repeat does, and says so."""
    server.then(lost(way, applied=False))
    mp = patient(connect(server.url, client_kind, format=format), way)

    deletion = mp.delete(300)

    assert (deletion.outcome, deletion.code, deletion.attempts) == (Outcome.DELETED, 200, 2)
    assert len(server.requests) == 2
    assert server.entries == set()


@every_way
@sync_and_async
def test_a_clean_refusal_does_not_end_the_doubt(
    server: ApiServer, connect: Callers, client_kind: str, way: str
) -> None:
    """A refusal of the repeat is raised as what it is, and still says that the first attempt may have done it."""
    server.then(lost(way), refused(10, "Clé API incorrecte"))
    mp = patient(connect(server.url, client_kind), way)

    with pytest.raises(AuthenticationError) as caught:
        mp.delete(300)

    assert (caught.value.maybe_applied, caught.value.attempts, caught.value.code) == (True, 2, 10)
    assert "It may have been done all the same" in str(caught.value)
    assert server.entries == set()


@every_way
@sync_and_async
def test_a_refused_connection_does_not_end_the_doubt(
    server: ApiServer, connect: Callers, client_kind: str, way: str
) -> None:
    """If the server is gone when the deletion is repeated, the error still says that it may have been done."""
    server.then(lost(way))
    mp = patient(connect(server.url, client_kind), way)
    mp.clock.on_wait = server.stop

    with pytest.raises(APIConnectionError) as caught:
        mp.delete(300)

    assert (caught.value.maybe_applied, caught.value.attempts) == (True, 3)
    assert "ConnectError" in str(caught.value)
    assert len(server.requests) == 1
    assert server.entries == set()


def test_an_answer_that_comes_too_late_is_not_taken_for_the_next(
    server: ApiServer, connect: Callers, client_kind: str
) -> None:
    """The late answer to the first attempt is never read as the answer to the second."""
    server.then(lost("silence"), refused(4, "the answer to the second attempt"))
    mp = connect(server.url, client_kind).with_short_first_timeout()

    assert mp.delete(300).message == "the answer to the second attempt"
    assert [request.connection for request in server.requests] == [1, 2]


def test_a_doubt_ends_with_its_call(server: ApiServer, connect: Callers, client_kind: str) -> None:
    """The next call knows nothing of the lost answer of the one before: an unknown id is an error again."""
    server.then(lost("reset"))
    mp = connect(server.url, client_kind)
    assert mp.delete(300).outcome is Outcome.ALREADY_GONE

    with pytest.raises(NotFoundError) as caught:
        mp.delete(300)

    assert (caught.value.maybe_applied, caught.value.attempts) == (False, 1)


@pytest.mark.parametrize("way", ["closed_early", "reset", "half_headers", "half_body", "gateway_502"])
def test_the_same_over_tls(connect: Callers, client_kind: str, way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """An encrypted connection that breaks leaves the same doubt, and the repeat ends it in the same way."""
    certificates = Certificates()
    certificates.trusted(monkeypatch)

    with ApiServer(lost(way), entries={300}, tls=certificates.server) as server:
        mp = connect(server.url, client_kind)
        deletion = mp.delete(300)
        mp.close()

    assert (deletion.outcome, deletion.attempts) == (Outcome.ALREADY_GONE, 2)
    assert len(server.requests) == 2


def test_missing_ok_accepts_an_unknown_id_at_once(server: ApiServer, connect: Callers, client_kind: str) -> None:
    """With missing_ok=True an id that the API does not know is already gone, at the first attempt."""
    deletion = connect(server.url, client_kind).delete(7, missing_ok=True)

    assert (deletion.outcome, deletion.code, deletion.attempts) == (Outcome.ALREADY_GONE, 4, 1)
    assert len(server.requests) == 1


def test_an_unknown_id_is_an_error_without_missing_ok(server: ApiServer, connect: Callers, client_kind: str) -> None:
    """On a clean first attempt an unknown id is NotFoundError, and nothing was done."""
    with pytest.raises(NotFoundError) as caught:
        connect(server.url, client_kind).delete(7)

    assert (caught.value.code, caught.value.maybe_applied, caught.value.attempts) == (4, False, 1)
    assert "Nothing was done" in str(caught.value)


def test_a_clean_refusal_leaves_no_doubt(connect: Callers, client_kind: str) -> None:
    """An attempt that was refused cleanly cannot have deleted the entry: the repeat's unknown id is an error."""
    with ApiServer(refused(429, "Trop de requêtes")) as server:
        mp = connect(server.url, client_kind)

        with pytest.raises(NotFoundError) as caught:
            mp.delete(300)

    assert (caught.value.maybe_applied, caught.value.attempts) == (False, 2)
