"""The way through a proxy before its tunnel stands: no byte of the request has left, so nothing is in doubt."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import pytest
from kit.callers import Callers
from kit.proxy import Proxy
from kit.responses import DONE, response
from kit.server import Exchange, Server
from kit.steps import hang_up, hold, partly, reset
from kit.tls import Certificates

from mailpartner import APIConnectionError, AsyncMailPartner, Deletion, MailPartner, NotFoundError

KEY = "account-planted-key"
BASE = "https://api.mailpartner.fr"
UNKNOWN = response('{"success": false, "code": 4}')
Client = TypeVar("Client", MailPartner, AsyncMailPartner)
TUNNEL = b"HTTP/1.1 200 Connected\r\n\r\n"


pytestmark = pytest.mark.usefixtures("bare_environment")


def silent(exchange: Exchange) -> None:
    """Say nothing."""
    hold(exchange)


def patience_with(before: object) -> dict[str, float]:
    """How long to wait for a network step: for what never comes not as long as for what a busy machine may delay."""
    return {"timeout": 0.7 if before is silent else 5.0}


def in_the_handshake(exchange: Exchange) -> None:
    """Open the tunnel, and hang up upon the first bytes of TLS."""
    exchange.send(TUNNEL)
    exchange.receive()


BEFORE: dict[str, Callable[[Exchange], None]] = {
    "hung up": hang_up,
    "reset": reset,
    "silent": silent,
    "garbage": partly(b"not HTTP at all\r\n\r\n", hang_up),
    "half an answer": partly(TUNNEL[:9], hang_up),
    "busy": partly(response("busy", 503), hang_up),
    "ended in the handshake": in_the_handshake,
}


def outcomes(client_kind: str, proxy: str, certificates: Certificates, ids: list[int], **options: Any) -> list[object]:
    """What deletions through a proxy return, or the errors that they raise."""
    with Callers(proxy=proxy, verify=certificates.client, **options) as connect:
        caller = connect(BASE, client_kind)
        return [caller.try_delete(number) for number in ids]


every_client = pytest.mark.parametrize("client_kind", ["sync", "async", "sync-custom", "async-custom"])
before_the_tunnel = pytest.mark.parametrize("before", BEFORE.values(), ids=BEFORE)


@every_client
@before_the_tunnel
def test_an_unknown_id_is_not_taken_for_gone(client_kind: str, before: Any, certificates: Certificates) -> None:
    """The retry is the first request that the API gets: its "unknown id" is a plain refusal."""
    with Server(UNKNOWN, tls=certificates.server) as server, Proxy(server, before=[before]) as proxy:
        (came,) = outcomes(client_kind, proxy.url, certificates, [777], **patience_with(before))
    assert isinstance(came, NotFoundError)
    assert (came.attempts, came.maybe_applied, len(server.requests)) == (2, False, 1)


@every_client
@before_the_tunnel
def test_nothing_was_done(client_kind: str, before: Any, certificates: Certificates) -> None:
    """Without a retry the error says that nothing was done, and the next call goes through as if nothing had been."""
    with Server(DONE, tls=certificates.server) as server, Proxy(server, before=[before]) as proxy:
        failed, done = outcomes(
            client_kind, proxy.url, certificates, [300, 301], max_retries=0, **patience_with(before)
        )
    assert isinstance(failed, APIConnectionError)
    assert (failed.maybe_applied, "Nothing was done" in str(failed)) == (False, True)
    assert isinstance(done, Deletion)
    assert len(server.requests) == 1


@every_client
def test_behind_the_tunnel_a_lost_answer_is_in_doubt(client_kind: str, certificates: Certificates) -> None:
    """Once the tunnel stands and the request has left, a lost answer is one, as without a proxy."""
    with Server(hang_up, UNKNOWN, tls=certificates.server) as server, Proxy(server) as proxy:
        (gone,) = outcomes(client_kind, proxy.url, certificates, [300])
    assert isinstance(gone, Deletion)
    assert (gone.outcome.name, gone.attempts) == ("ALREADY_GONE", 2)


@every_client
def test_a_certificate_that_is_not_trusted_is_named(
    client_kind: str, certificates: Certificates, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A company's proxy that opens TLS with an authority of its own: the error says so at each call, and not that
    no connection was free."""
    others = Certificates()
    with Server(DONE, tls=others.server) as server, Proxy(server) as proxy:
        for failed in outcomes(client_kind, proxy.url, certificates, [300, 301], max_retries=1):
            assert isinstance(failed, APIConnectionError)
            assert "CERTIFICATE_VERIFY_FAILED" in str(failed)
            assert not failed.maybe_applied
    assert server.requests == []
