"""In an outage a client stops retrying: it must not triple the load of a server that is down."""

from __future__ import annotations

from typing import Any

import pytest
from kit.api_server import ApiServer, page
from kit.callers import Caller, Callers
from kit.internals import replace_sender

from mailpartner import MailPartnerError, UnexpectedResponseError
from mailpartner._core.response import NoResponse, RawResponse

DONE = RawResponse(200, None, None, None, b'{"success":true,"code":200}')
DOWN = RawResponse(503, None, None, None, b"")
REFUSED = RawResponse(200, None, None, None, b'{"success":false,"code":4}')
SLOW = NoResponse(sent=True, timed_out=True, detail="ReadTimeout")
NOBODY = "http://127.0.0.1:9"


class Wireless:
    """A sender without a network, for thousands of calls: always the answer it is set to."""

    def __init__(self, answer: RawResponse | NoResponse) -> None:
        self.answer = answer
        self.requests = 0

    def send(self, *step: object) -> RawResponse | NoResponse:
        self.requests += 1
        return self.answer

    def close(self) -> None:
        pass


class AsyncWireless(Wireless):
    async def send(self, *step: object) -> RawResponse | NoResponse:  # type: ignore[override]
        return super().send(*step)

    async def close(self) -> None:  # type: ignore[override]
        pass


def wireless(mp: Caller, answer: RawResponse | NoResponse) -> Any:
    sender = (AsyncWireless if mp.is_async else Wireless)(answer)
    replace_sender(mp.client, sender)
    return sender


def failures(mp: Caller, calls: int) -> None:
    """So many calls, each of which must fail."""
    for entry in range(1, calls + 1):
        with pytest.raises(MailPartnerError):
            mp.delete(entry)


def requests_for(mp: Caller, sender: Wireless, calls: int) -> int:
    before = sender.requests
    failures(mp, calls)
    return sender.requests - before


def test_an_outage_costs_a_tenth_more_at_most(connect: Callers) -> None:
    """10,000 ids against a server that always answers 503 cost at most 1.1 requests an id, not three."""
    mp = connect(NOBODY)
    sender = wireless(mp, DOWN)

    assert 10_000 < requests_for(mp, sender, 10_000) <= 11_000
    assert len(mp.clock.waits) == sender.requests - 10_000


@pytest.mark.parametrize("client_kind", ["asyncio", "trio"])
def test_an_outage_for_an_async_client(connect: Callers, client_kind: str) -> None:
    """The same for an async client, all calls in one go."""
    mp = connect(NOBODY, client_kind)
    sender = wireless(mp, DOWN)

    async def all_of_them() -> None:
        for entry in range(1, 10_001):
            with pytest.raises(UnexpectedResponseError):
                await mp.client.unsubscribes.delete(entry)

    mp.run(all_of_them)
    assert 10_000 < sender.requests <= 11_000


def test_an_outage_on_the_wire(server: ApiServer, connect: Callers) -> None:
    """The same over a real connection, counted at the server: 1,000 ids, at most 1,100 requests."""
    server.always = page(503)
    mp = connect(server.url)

    failures(mp, 1_000)
    assert 1_000 < len(server.requests) <= 1_100


def test_a_timeout_costs_twice_as_much(connect: Callers) -> None:
    """Timeouts use up the quota in half as many retries: each has already cost the server more."""
    down, slow = connect(NOBODY), connect(NOBODY)

    assert requests_for(down, wireless(down, DOWN), 1_000) - 1_000 == 100
    assert requests_for(slow, wireless(slow, SLOW), 1_000) - 1_000 == 50


def test_without_quota_the_first_failure_is_final(connect: Callers, client_kind: str) -> None:
    """A client that has used up its quota still tries each call once, does not wait, and tells what happened."""
    mp = connect(NOBODY, client_kind)
    sender = wireless(mp, SLOW)
    failures(mp, 100)
    waits = len(mp.clock.waits)

    with pytest.raises(MailPartnerError) as caught:
        mp.delete(7)

    assert (caught.value.attempts, caught.value.maybe_applied) == (1, True)
    assert len(mp.clock.waits) == waits
    assert "deadline" not in str(caught.value)
    sender.answer = DONE
    assert mp.delete(7).attempts == 1


def test_successes_refill_it(connect: Callers, client_kind: str) -> None:
    """Five calls that succeed pay for one retry; four do not."""
    mp = connect(NOBODY, client_kind)
    sender = wireless(mp, DOWN)
    failures(mp, 100)
    assert requests_for(mp, sender, 1) == 1

    for successes, requests in ((4, 1), (1, 2), (0, 1), (10, 3), (0, 1)):
        sender.answer = DONE
        for _ in range(successes):
            mp.delete(1)
        sender.answer = DOWN
        assert requests_for(mp, sender, 1) == requests


def test_refusals_do_not_refill_it(connect: Callers) -> None:
    """A refusal is an answer, but no success: it pays for nothing."""
    mp = connect(NOBODY)
    sender = wireless(mp, DOWN)
    failures(mp, 100)

    sender.answer = REFUSED
    failures(mp, 100)
    sender.answer = DOWN
    assert requests_for(mp, sender, 1) == 1


def test_successes_do_not_hoard(connect: Callers) -> None:
    """However many calls have succeeded, an outage gets no more retries than one that comes at once."""
    mp = connect(NOBODY)
    sender = wireless(mp, DONE)
    for _ in range(3_000):
        mp.delete(1)

    sender.answer = DOWN
    assert requests_for(mp, sender, 1_000) == 1_100


def test_clients_on_the_same_connections_share_it(connect: Callers, client_kind: str) -> None:
    """What one client uses up, its twin from with_options does not have, and what the twin earns, it gets."""
    mp = connect(NOBODY, client_kind)
    sender = wireless(mp, DOWN)
    twin = mp.with_options(timeout=3)
    failures(twin, 100)

    assert requests_for(mp, sender, 1) == 1
    sender.answer = DONE
    for _ in range(5):
        twin.delete(1)
    sender.answer = DOWN
    assert requests_for(mp, sender, 1) == 2


def test_clients_of_their_own_do_not(connect: Callers) -> None:
    """A second client, even with the same key, has a quota of its own."""
    mp, other = connect(NOBODY), connect(NOBODY)
    wireless(mp, DOWN)
    failures(mp, 200)

    assert requests_for(other, wireless(other, DOWN), 1) == 3


def test_a_retry_that_is_not_made_costs_nothing(connect: Callers) -> None:
    """Where the deadline leaves no time for a retry, none is paid for: the next call has its two."""
    mp = connect(NOBODY)
    sender = wireless(mp, DOWN)
    for _ in range(200):
        with pytest.raises(MailPartnerError):
            mp.delete(1, deadline=0.2)
    assert sender.requests == 200

    assert requests_for(mp, sender, 1) == 3
