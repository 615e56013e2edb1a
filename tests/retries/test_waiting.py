"""How long a client waits before a retry: what the server asks for, else longer each time."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from email.utils import format_datetime, formatdate

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from kit.api_server import ApiServer, lost, page, refused
from kit.callers import Callers
from kit.clock import NOW

from mailpartner import Outcome, RateLimitError, UnexpectedResponseError
from mailpartner._core.retry import backoff, retry_after

A_DAY = 86_400

OBEYED = {
    "seconds": ("5", 5.0),
    "decimal": ("2.5", 2.5),
    "spaces_around": ("  7\t", 7.0),
    "leading_zeros": ("007", 7.0),
    "http_date": (formatdate(NOW + 42, usegmt=True), 42.0),
    "date_of_rfc_850": ("Friday, 15-Jan-27 08:00:42 GMT", 42.0),
    "date_of_asctime": ("Fri Jan 15 08:00:42 2027", 42.0),
    "the_most": ("120", 120.0),
    "http_date_the_most": (formatdate(NOW + 120, usegmt=True), 120.0),
}
IGNORED = {
    "zero": "0",
    "decimal_zero": "0.0",
    "in_the_past": formatdate(NOW - 3600, usegmt=True),
    "now": formatdate(NOW, usegmt=True),
    "nan": "NaN",
    "infinity": "Infinity",
    "exponent": "1e2",
    "negative": "-5",
    "plus": "+5",
    "underscore": "1_0",
    "hexadecimal": "0x10",
    "empty": "",
    "blank": "   ",
    "garbage": "soon",
    "two_numbers": "5, 10",
    "unit": "5s",
    "impossible_date": "Fri, 32 Jan 2027 08:00:42 GMT",
    "date_without_a_time": "Fri, 15 Jan 2027",
    "other_digits": "５",
}
TOO_LONG = {
    "a_little": ("121", 121.0),
    "a_little_as_decimal": ("120.5", 120.5),
    "a_little_as_date": (formatdate(NOW + 121, usegmt=True), 121.0),
    "ten_days": (str(10 * A_DAY), 10.0 * A_DAY),
    "ten_days_as_date": (formatdate(NOW + 10 * A_DAY, usegmt=True), 10.0 * A_DAY),
}

too_busy = pytest.mark.parametrize("status", [429, 503])


def asks(header: str) -> list[str]:
    return [f"Retry-After: {header}"]


@too_busy
@pytest.mark.parametrize("name", OBEYED)
def test_retry_after_is_obeyed(server: ApiServer, connect: Callers, status: int, name: str) -> None:
    """A Retry-After of at most 120 seconds, as a number or an HTTP date, is waited to the letter."""
    header, seconds = OBEYED[name]
    server.then(page(status, headers=asks(header)))
    mp = connect(server.url, deadline=600)

    assert mp.delete().attempts == 2
    assert mp.clock.waits == [pytest.approx(seconds, abs=0.001)]


@too_busy
@pytest.mark.parametrize("name", [name for name in IGNORED if IGNORED[name].isascii()])
def test_a_retry_after_that_says_nothing_is_ignored(
    server: ApiServer, connect: Callers, status: int, name: str
) -> None:
    """A Retry-After that is past, zero, empty or no such thing changes nothing about the usual wait."""
    server.then(page(status, headers=asks(IGNORED[name])))
    mp = connect(server.url)

    assert mp.delete().attempts == 2
    assert mp.clock.waits == [0.5]


@too_busy
@pytest.mark.parametrize("name", TOO_LONG)
def test_a_retry_after_that_is_too_long_raises_at_once(
    server: ApiServer, connect: Callers, status: int, name: str
) -> None:
    """More than 120 seconds are not waited: the error is raised at once and says what the server asked for."""
    header, seconds = TOO_LONG[name]
    server.then(page(status, headers=asks(header)))
    mp = connect(server.url, deadline=A_DAY)

    with pytest.raises((RateLimitError, UnexpectedResponseError)) as caught:
        mp.delete()

    assert type(caught.value) is (RateLimitError if status == 429 else UnexpectedResponseError)
    assert caught.value.retry_after == pytest.approx(seconds)
    assert (caught.value.attempts, mp.clock.waits) == (1, [])
    assert len(server.requests) == 1


def test_a_number_of_any_length_is_too_long(server: ApiServer, connect: Callers) -> None:
    """A number of seconds too large to be meant is still more than 120: no retry half a second later."""
    server.then(page(503, headers=asks("9" * 20)))
    mp = connect(server.url)

    with pytest.raises(UnexpectedResponseError):
        mp.delete()
    assert mp.clock.waits == []


def test_the_apis_own_refusal_carries_it_too(server: ApiServer, connect: Callers, client_kind: str) -> None:
    """Code 429 in a readable answer with a Retry-After waits as long, whatever the status."""
    server.then(refused(429, headers=asks("3")), refused(429, status=429, headers=asks("4")))
    mp = connect(server.url, client_kind)

    assert mp.delete().attempts == 3
    assert mp.clock.waits == [3.0, 4.0]


def test_the_last_error_says_what_was_asked(server: ApiServer, connect: Callers, client_kind: str) -> None:
    """When the retries are used up, RateLimitError.retry_after is what the last answer asked for."""
    server.always = refused(429, status=429, headers=asks("9"))

    with pytest.raises(RateLimitError) as caught:
        connect(server.url, client_kind).delete()

    assert (caught.value.retry_after, caught.value.attempts, caught.value.maybe_applied) == (9.0, 3, False)


def test_a_retry_after_on_a_clean_refusal_is_no_invitation(server: ApiServer, connect: Callers) -> None:
    """A refusal that a repeat cannot mend is not repeated because the server names a time."""
    server.then(refused(20, status=503, headers=asks("1")))
    mp = connect(server.url)

    with pytest.raises(Exception, match="20 ACCOUNT_DISABLED"):
        mp.delete()
    assert (len(server.requests), mp.clock.waits) == (1, [])


@pytest.fixture
def in_paris(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine whose local time is an hour ahead of GMT."""
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "Europe/Paris")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.parametrize("name", ["http_date", "date_of_rfc_850", "date_of_asctime"])
@pytest.mark.usefixtures("in_paris")
def test_dates_are_in_gmt_wherever_the_machine_is(name: str) -> None:
    """HTTP dates are in GMT in all three spellings, also the one that names no zone (RFC 9110, 5.6.7)."""
    header, seconds = OBEYED[name]
    assert retry_after(header, NOW) == seconds


def test_each_wait_is_twice_the_one_before_up_to_eight_seconds(
    server: ApiServer, connect: Callers, client_kind: str
) -> None:
    """Without a Retry-After the waits are 0.5, 1, 2, 4 and 8 seconds, and 8 from then on."""
    server.always = page(503)
    mp = connect(server.url, client_kind, max_retries=7, deadline=600)

    with pytest.raises(UnexpectedResponseError):
        mp.delete()

    assert mp.clock.waits == [0.5, 1.0, 2.0, 4.0, 8.0, 8.0, 8.0]


def test_chance_takes_up_to_a_quarter(server: ApiServer, connect: Callers, client_kind: str) -> None:
    """The clock's chance shortens a wait, so that clients which failed together do not return together."""
    server.then(page(503), lost("reset"))
    mp = connect(server.url, client_kind)
    mp.clock.chance = 0.4

    assert mp.delete().outcome is Outcome.ALREADY_GONE
    assert mp.clock.waits == pytest.approx([0.45, 0.9])


def test_a_wait_that_was_asked_for_is_not_shortened(server: ApiServer, connect: Callers) -> None:
    """Chance takes nothing off a Retry-After: it is the least that the server accepts."""
    server.then(page(503, headers=asks("5")))
    mp = connect(server.url)
    mp.clock.chance = 0.999

    mp.delete()
    assert mp.clock.waits == [5.0]


@settings(deadline=None)
@given(retries=st.integers(0, 10**6), chance=st.floats(0, 1, exclude_max=True))
@example(retries=0, chance=0.0)
@example(retries=4, chance=0.0)
def test_the_usual_wait_has_bounds(retries: int, chance: float) -> None:
    """Every wait is 0.5 · 2ⁿ seconds, 8 at the most, less at most a quarter."""
    full = 0.5 * 2**retries if retries < 4 else 8.0
    wait = backoff(retries, chance)
    assert 0.75 * full <= wait <= full
    assert backoff(retries, 0.0) == full


number_like = st.from_regex(r"\s*[-+]?[0-9]{0,30}[.,]?[0-9]{0,30}([eE][0-9]{1,5})?\s*", fullmatch=True)
pieces = st.sampled_from(
    ("Fri,", "Jan", "15", "2027", "08:00:42", "24:60:60", "GMT", "EST", "Z", "-0000", "+9999", "-9999", ":", ",", "-")
)
date_like = st.lists(pieces | st.integers(-(10**12), 10**12).map(str)).map(" ".join)
dates = st.datetimes().map(format_datetime)


@settings(deadline=None)
@given(header=st.none() | st.text() | number_like | date_like | dates, now=st.floats(0, 4e9))
@example(header="Fri, 31 Dec 9999 23:59:59 -9959", now=0.0)
@example(header="Mon, 1 Jan 0001 00:00:00 +0000", now=0.0)
def test_any_header_is_a_positive_number_of_seconds_or_nothing(header: str | None, now: float) -> None:
    """Whatever stands in the header, the result is None or a positive finite number: nothing else can be waited."""
    seconds = retry_after(header, now)
    assert seconds is None or (math.isfinite(seconds) and seconds > 0)


@pytest.mark.parametrize("name", IGNORED)
def test_what_is_no_time_is_nothing(name: str) -> None:
    """What is not a number of seconds or a date in the future is None."""
    assert retry_after(IGNORED[name], NOW) is None
