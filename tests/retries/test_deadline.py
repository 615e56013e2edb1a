"""A call ends at its deadline, whatever the server does, and its retries and waits count."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kit.api_server import ApiServer, answered, carry_out, lost, page
from kit.callers import CUSTOM_KINDS, Callers, half_read_on_trio
from kit.internals import replace_sender
from kit.server import Exchange, Step

from mailpartner import APITimeoutError, MailPartnerError, Outcome, UnexpectedResponseError
from mailpartner._core.response import NoResponse, RawResponse
from mailpartner._transport.deadline import Deadline

DEADLINE = 0.15
SOON = 0.7
"""Seconds that a machine may take for what should take none."""
LONG = 60.0
"""Seconds that no test waits for: what a step would take that had a timeout of its own."""
GIVE_UP = 10.0
"""Seconds after which a server stops dripping, for the sake of a client that would listen for ever."""


def dripping(start: bytes, drop: bytes, pause: float = 0.02) -> Step:
    """Send a drop now and then, so that no single read takes long, until the client hangs up."""

    def step(exchange: Exchange) -> None:
        carry_out(exchange)
        exchange.send(start)
        until = time.monotonic() + GIVE_UP
        while time.monotonic() < until:
            exchange.send(drop)
            exchange.server.stopping.wait(pause)
        exchange.hang_up()

    return step


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"

DRIPS = {
    "header_bytes": dripping(b"HTTP/1.1 200 OK\r\nX-Padding: ", b"x"),
    "header_lines": dripping(HEAD, b"X-Padding: x\r\n"),
    "interim_answers": dripping(b"", b"HTTP/1.1 102 Processing\r\n\r\n"),
    "body_bytes": dripping(HEAD + b"Content-Length: 100000\r\n\r\n", b" "),
    "body_until_closed": dripping(HEAD + b"Connection: close\r\n\r\n", b" "),
    "chunks": dripping(CHUNKED, b"1\r\n \r\n"),
    "chunk_size_line": dripping(CHUNKED + b"1;padding=", b"x"),
    "trailer": dripping(CHUNKED + b"0\r\n", b"X-Padding: x\r\n"),
}
FLOODS = {
    "interim_answers": dripping(b"", b"HTTP/1.1 102 Processing\r\nX-Padding: %b\r\n\r\n" % (b"x" * 4000) * 50, pause=0),
    "chunks": dripping(CHUNKED, b"1\r\n \r\n" * 1000, pause=0),
}


def ended_at(deadline: float, call: Callable[[], object]) -> APITimeoutError:
    """The timeout of a call that ends at its deadline, not before and soon after. A busy machine has three chances."""
    took = []
    for _ in range(3):
        start = time.monotonic()
        with pytest.raises(APITimeoutError) as caught:
            call()
        took.append(time.monotonic() - start)
        assert took[-1] >= deadline
        if took[-1] < deadline + SOON:
            return caught.value
    raise AssertionError(f"the deadline was {deadline} s, and the call took {took}")


@half_read_on_trio
@pytest.mark.parametrize("drip", DRIPS)
def test_a_slow_drip_ends_at_the_deadline(server: ApiServer, connect: Callers, client_kind: str, drip: str) -> None:
    """A server that drips its answer, so that no single read takes long, is left at the deadline and not before."""
    server.always = DRIPS[drip]
    mp = connect(server.url, client_kind, deadline=DEADLINE)

    error = ended_at(DEADLINE, mp.delete)

    assert (error.maybe_applied, error.attempts) == (True, 1)
    server.until(lambda: not server.entries)


@pytest.mark.parametrize("client_kind", CUSTOM_KINDS)
@pytest.mark.parametrize("drip", ["body_bytes", "chunks"])
def test_a_slow_body_through_a_custom_client(server: ApiServer, connect: Callers, client_kind: str, drip: str) -> None:
    """A body that drips ends at the deadline also where the connections belong to the caller's httpx client."""
    server.always = DRIPS[drip]
    mp = connect(server.url, client_kind, deadline=DEADLINE)

    error = ended_at(DEADLINE, mp.delete)

    assert (error.maybe_applied, error.attempts) == (True, 1)


@half_read_on_trio
@pytest.mark.parametrize("flood", FLOODS)
def test_a_flood_ends_at_the_deadline(server: ApiServer, connect: Callers, client_kind: str, flood: str) -> None:
    """A server that never stops sending, so that there is always something to read, is left at the deadline too."""
    server.always = FLOODS[flood]
    mp = connect(server.url, client_kind, deadline=DEADLINE)

    error = ended_at(DEADLINE, mp.delete)

    assert (error.maybe_applied, error.attempts) == (True, 1)


def test_a_late_step_has_what_is_left() -> None:
    """A step on the network ends with its timeout or with the deadline; none begins after it."""
    deadline = Deadline()
    assert deadline.step() == math.inf

    deadline.until, deadline.timeout = time.monotonic() + 5, 0.5
    assert 0.4 < deadline.step() <= 0.5
    deadline.timeout = 10
    assert 0 < deadline.step() <= 5
    assert 0 < deadline.left() <= 5

    deadline.until = time.monotonic() - 5
    with pytest.raises(TimeoutError):
        deadline.step()


@half_read_on_trio
def test_the_deadline_of_one_call(server: ApiServer, connect: Callers, client_kind: str) -> None:
    """A deadline given with a call holds for that call alone."""
    server.always = DRIPS["body_bytes"]
    mp = connect(server.url, client_kind)

    error = ended_at(0.1, lambda: mp.delete(300, deadline=0.1))

    assert (error.maybe_applied, error.attempts) == (True, 1)
    server.always = answered
    server.entries.add(7)
    assert mp.delete(7).outcome is Outcome.DELETED


def test_a_retry_has_what_is_left(server: ApiServer, connect: Callers, client_kind: str) -> None:
    """The second attempt gets the rest of the deadline, not a timeout of its own."""
    server.then(lost("reset"), lost("silence"))
    mp = connect(server.url, client_kind, timeout=LONG, deadline=0.6)
    mp.clock.stopped = True

    start = time.monotonic()
    with pytest.raises(APITimeoutError) as caught:
        mp.delete()

    assert time.monotonic() - start < LONG / 2
    assert mp.clock.waits == [0.5]
    assert (caught.value.maybe_applied, caught.value.attempts) == (True, 2)


def test_a_change_of_method_has_what_is_left(server: ApiServer, connect: Callers, client_kind: str) -> None:
    """The GET that follows a refused POST shares the deadline of the call."""
    mp = connect(server.url, client_kind, timeout=LONG, deadline=LONG)
    mp.clock.stopped = True

    def slow_405(exchange: Exchange) -> None:
        mp.clock.skip(LONG - 0.2)
        page(405)(exchange)

    server.then(slow_405, lost("silence"))

    start = time.monotonic()
    with pytest.raises(APITimeoutError) as caught:
        mp.delete()

    assert time.monotonic() - start < LONG / 2
    assert (caught.value.maybe_applied, caught.value.attempts) == (True, 2)


def test_a_wait_beyond_the_deadline_is_not_started(server: ApiServer, connect: Callers, client_kind: str) -> None:
    """Where the next wait would end after the deadline, the call ends at once and says why."""
    server.always = page(503)
    mp = connect(server.url, client_kind, deadline=1.2, max_retries=5)
    mp.clock.stopped = True

    with pytest.raises(UnexpectedResponseError) as caught:
        mp.delete()

    assert mp.clock.waits == [0.5]
    assert (caught.value.attempts, len(server.requests), caught.value.status_code) == (2, 2, 503)
    assert "the deadline leaves no time for another" in str(caught.value)


def test_a_wait_that_the_server_asks_for_counts_too(server: ApiServer, connect: Callers, client_kind: str) -> None:
    """A Retry-After that ends after the deadline is not waited for, and the error says what was asked."""
    server.always = page(503, headers=["Retry-After: 100"])
    mp = connect(server.url, client_kind)

    with pytest.raises(UnexpectedResponseError) as caught:
        mp.delete()

    assert mp.clock.waits == []
    assert (caught.value.attempts, caught.value.retry_after) == (1, 100.0)


def test_a_wait_that_ends_too_late(server: ApiServer, connect: Callers, client_kind: str) -> None:
    """If a wait lasts beyond the deadline after all, as when a machine sleeps, nothing more is sent."""
    server.always = page(503)
    mp = connect(server.url, client_kind)
    mp.clock.on_wait = lambda: mp.clock.skip(3600)

    with pytest.raises(UnexpectedResponseError) as caught:
        mp.delete()

    assert (caught.value.attempts, caught.value.status_code, len(server.requests)) == (1, 503, 1)


def test_no_deadline_is_passed_by_a_change_of_method(connect: Callers) -> None:
    """If the deadline is over when POST is refused, no GET is sent after it."""
    mp = connect("http://127.0.0.1:9", deadline=30)
    replace_sender(mp.client, Recorder([RawResponse(405, None, None, None, b"")], lambda: mp.clock.skip(31)))

    with pytest.raises(MailPartnerError) as caught:
        mp.delete()

    assert (caught.value.attempts, caught.value.maybe_applied) == (1, False)


class Recorder:
    """A sender that keeps what each attempt was allowed, and repeats its last answer."""

    def __init__(self, answers: list[RawResponse | NoResponse], meanwhile: Callable[[], object]) -> None:
        self.allowed: list[tuple[float, float]] = []
        self._answers = answers
        self._meanwhile = meanwhile

    def send(self, request: object, timeout: float, remaining: float) -> RawResponse | NoResponse:
        self.allowed.append((timeout, remaining))
        self._meanwhile()
        return self._answers[min(len(self.allowed), len(self._answers)) - 1]

    def close(self) -> None:
        pass


@settings(deadline=None)
@given(
    deadline=st.floats(0.01, 600),
    timeout=st.floats(0.01, 600),
    took=st.floats(0, 20),
    late=st.floats(0, 20),
    asked=st.none() | st.integers(0, 120),
    retries=st.integers(0, 8),
)
def test_no_attempt_begins_after_the_deadline(
    deadline: float, timeout: float, took: float, late: float, asked: int | None, retries: int
) -> None:
    """Whatever the figures, every attempt begins before the deadline and is allowed no more than what is left."""
    callers = Callers()
    mp = callers("http://127.0.0.1:9", deadline=deadline, timeout=timeout, max_retries=retries)
    mp.clock.stopped = True
    mp.clock.on_wait = lambda: mp.clock.skip(late)
    begun: list[float] = []

    def meanwhile() -> None:
        begun.append(mp.clock.monotonic())
        mp.clock.skip(took)

    header = None if asked is None else str(asked)
    recorder = Recorder([RawResponse(503, None, header, None, b"")], meanwhile)
    replace_sender(mp.client, recorder)
    with pytest.raises(MailPartnerError):
        mp.delete()
    callers.close()

    assert len(begun) <= retries + 1
    for began, (step, remaining) in zip(begun, recorder.allowed, strict=True):
        assert began < deadline
        assert 0 < remaining <= deadline - began
        assert step == min(timeout, remaining)
