"""The way through a proxy before its tunnel stands: no byte of the request has left, so nothing is in doubt."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

import httpx
import pytest
from loopback import DONE, Certificates, Instant, Line, Proxy, Server, answer, hang_up, hold, partly, reset

from mailpartner import APIConnectionError, AsyncMailPartner, Deletion, MailPartner, MailPartnerError, NotFoundError

KEY = "sandbox-planted-key"
BASE = "https://api.mailpartner.fr"
UNKNOWN = answer('{"success": false, "code": 4}')
Client = TypeVar("Client", MailPartner, AsyncMailPartner)
TUNNEL = b"HTTP/1.1 200 Connected\r\n\r\n"


@pytest.fixture(scope="module")
def certificates() -> Certificates:
    """One authority for this file."""
    return Certificates()


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch, certificates: Certificates) -> None:
    """No proxy from outside; the SDK's own connections trust the tests' authority."""
    certificates.alone(monkeypatch)


def silent(line: Line) -> None:
    """Say nothing."""
    hold(line)


def patience_with(before: object) -> dict[str, float]:
    """How long to wait for a network step: for what never comes not as long as for what a busy machine may delay."""
    return {"timeout": 0.7 if before is silent else 5.0}


def in_the_handshake(line: Line) -> None:
    """Open the tunnel, and hang up upon the first bytes of TLS."""
    line.send(TUNNEL)
    line.receive()


BEFORE: dict[str, Callable[[Line], None]] = {
    "hung up": hang_up,
    "reset": reset,
    "silent": silent,
    "garbage": partly(b"not HTTP at all\r\n\r\n", hang_up),
    "half an answer": partly(TUNNEL[:9], hang_up),
    "busy": partly(answer("busy", 503), hang_up),
    "ended in the handshake": in_the_handshake,
}


def at_once(mp: Client) -> Client:
    """The same client, which waits for nothing before a retry."""
    mp._session.state.clock = Instant()
    return mp


def own(proxy: str, certificates: Certificates, ids: list[int], **options: Any) -> list[object]:
    with MailPartner(KEY, base_url=BASE, proxy=proxy, **options) as mp:
        return [outcome(at_once(mp), number) for number in ids]


def borrowed(proxy: str, certificates: Certificates, ids: list[int], **options: Any) -> list[object]:
    with httpx.Client(proxy=proxy, verify=certificates.client) as client:
        mp = MailPartner(KEY, base_url=BASE, http_client=client, **options)
        return [outcome(at_once(mp), number) for number in ids]


def outcome(mp: MailPartner, number: int) -> object:
    try:
        return mp.unsubscribes.delete(number)
    except MailPartnerError as error:
        return error


async def async_outcome(mp: AsyncMailPartner, number: int) -> object:
    try:
        return await mp.unsubscribes.delete(number)
    except MailPartnerError as error:
        return error


def own_async(proxy: str, certificates: Certificates, ids: list[int], **options: Any) -> list[object]:
    async def calls() -> list[object]:
        async with AsyncMailPartner(KEY, base_url=BASE, proxy=proxy, **options) as mp:
            return [await async_outcome(at_once(mp), number) for number in ids]

    return asyncio.run(calls())


def borrowed_async(proxy: str, certificates: Certificates, ids: list[int], **options: Any) -> list[object]:
    async def calls() -> list[object]:
        async with httpx.AsyncClient(proxy=proxy, verify=certificates.client) as client:
            mp = AsyncMailPartner(KEY, base_url=BASE, http_client=client, **options)
            return [await async_outcome(at_once(mp), number) for number in ids]

    return asyncio.run(calls())


every_way = pytest.mark.parametrize("way", [own, own_async, borrowed, borrowed_async])
before_the_tunnel = pytest.mark.parametrize("before", BEFORE.values(), ids=BEFORE)


@every_way
@before_the_tunnel
def test_an_unknown_id_is_not_taken_for_gone(way: Any, before: Any, certificates: Certificates) -> None:
    """The retry is the first request that the API gets: its "unknown id" is a plain refusal."""
    with Server(UNKNOWN, tls=certificates.server) as server, Proxy(server, before=[before]) as proxy:
        (came,) = way(proxy.url, certificates, [777], **patience_with(before))
    assert isinstance(came, NotFoundError)
    assert (came.attempts, came.maybe_applied, len(server.requests)) == (2, False, 1)


@every_way
@before_the_tunnel
def test_nothing_was_done(way: Any, before: Any, certificates: Certificates) -> None:
    """Without a retry the error says that nothing was done, and the next call goes through as if nothing had been."""
    with Server(DONE, tls=certificates.server) as server, Proxy(server, before=[before]) as proxy:
        failed, done = way(proxy.url, certificates, [300, 301], max_retries=0, **patience_with(before))
    assert isinstance(failed, APIConnectionError)
    assert (failed.maybe_applied, "Nothing was done" in str(failed)) == (False, True)
    assert isinstance(done, Deletion)
    assert len(server.requests) == 1


@every_way
def test_behind_the_tunnel_a_lost_answer_is_in_doubt(way: Any, certificates: Certificates) -> None:
    """Once the tunnel stands and the request has left, a lost answer is one, as without a proxy."""
    with Server(hang_up, UNKNOWN, tls=certificates.server) as server, Proxy(server) as proxy:
        (gone,) = way(proxy.url, certificates, [300])
    assert isinstance(gone, Deletion)
    assert (gone.outcome.name, gone.attempts) == ("ALREADY_GONE", 2)


@every_way
def test_a_certificate_that_is_not_trusted_is_named(
    way: Any, certificates: Certificates, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A company's proxy that opens TLS with an authority of its own: the error says so at each call, and not that
    no connection was free."""
    others = Certificates()
    with Server(DONE, tls=others.server) as server, Proxy(server) as proxy:
        for failed in way(proxy.url, certificates, [300, 301], max_retries=1):
            assert isinstance(failed, APIConnectionError)
            assert "CERTIFICATE_VERIFY_FAILED" in str(failed)
            assert not failed.maybe_applied
    assert server.requests == []
