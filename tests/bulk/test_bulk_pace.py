"""The pace of a run: evenly spaced, never above the rate, one for all calls of a client, and quiet after a 429."""

import heapq
from itertools import pairwise
from random import Random

import pytest
from bulk_help import Counted, Departures, Server, VirtualClock, bulk
from hypothesis import given, settings
from hypothesis import strategies as st
from kit.internals import rate_limiter_of, set_clock

from mailpartner import BulkStoppedError, MailPartner, RateLimitError
from mailpartner._bulk.executors import SharedRate
from mailpartner._bulk.options import VENDOR_RATE
from mailpartner._core.rate_limiter import FixedSchedule, RateLimiter

MINUTE = 60.0


def most_in_a_minute(times):
    """The most that fall into any 60 seconds, counted as a server does that forgets what is a minute old."""
    times = sorted(times)
    first, most = 0, 0
    for last, time in enumerate(times):
        while times[first] <= time - MINUTE:
            first += 1
        most = max(most, last - first + 1)
    return most


def departures(kind, url, ids, clock, **options):
    notes = []
    told = bulk(kind, url, ids, clock=clock, prepare=lambda mp: notes.append(Departures(mp)), **options)
    assert told.error is None
    return notes[0].times


def test_the_default_is_the_vendors_limit():
    """The rate of a run is 2,000 a minute, as openapi.yaml says, unless another is given."""
    assert VENDOR_RATE == 2000
    with Server() as server, MailPartner(base_url=server.url) as mp:
        run = mp.unsubscribes.delete_many(Counted())
        next(run)
        assert list(rate_limiter_of(mp)._rates.values()) == [2000]
        run.close()


@pytest.mark.parametrize("rate", [30, 600, 2000])
def test_requests_leave_evenly_spaced(kind, clock, rate):
    """At 600 a minute a request leaves every tenth of a second, and a little later rather than earlier."""
    with Server() as server:
        times = departures(kind, server.url, range(1, 41), clock, rate=rate, concurrency=1)
    spaces = [later - earlier for earlier, later in pairwise(times)]
    assert min(spaces) >= MINUTE / rate
    assert max(spaces) <= MINUTE / rate * 1.02


def test_unpaced_waits_for_nothing(kind, clock):
    """With rate=None no request waits for another."""
    with Server() as server:
        times = departures(kind, server.url, range(1, 41), clock, rate=None, concurrency=4)
    assert set(times) == {VirtualClock().monotonic()}


def test_waiting_for_its_turn_is_no_part_of_a_calls_deadline(kind, clock):
    """At one request a minute a call with a deadline of 10 seconds is sent in its turn, with its 10 seconds."""
    with Server() as server:
        times = departures(kind, server.url, [1, 2, 3], clock, rate=1, concurrency=3, deadline=10, timeout=10)
    assert len(times) == 3


def test_one_pace_for_all_runs_and_calls_of_a_client(clock):
    """Two runs at a time, single calls between them and those of a with_options twin share one pace; after the last
    run single calls are free again."""
    with Server() as server, MailPartner(base_url=server.url) as mp:
        set_clock(mp, clock)
        notes = Departures(mp)
        twin = mp.with_options(format="xml")
        first = mp.unsubscribes.delete_many(range(1, 100), rate=60, concurrency=1)
        second = twin.unsubscribes.delete_many(range(101, 200), rate=30, concurrency=1)
        for _ in range(10):
            next(first)
            next(second)
            mp.unsubscribes.delete(300)
            twin.unsubscribes.delete(300)
        first.close()
        second.close()
        paced = notes.times[2:]  # the second run begins after the first request
        assert min(b - a for a, b in pairwise(paced)) >= 2.0
        before = clock.monotonic()
        mp.unsubscribes.delete(300)
        assert clock.monotonic() == before


def test_two_clients_have_two_paces(clock):
    """The pace belongs to a client: another one is not held up."""
    with Server() as server, MailPartner(base_url=server.url) as one, MailPartner(base_url=server.url) as other:
        set_clock(one, clock)
        set_clock(other, clock)
        run = one.unsubscribes.delete_many(range(1, 100), rate=1, concurrency=1)
        next(run)
        before = clock.monotonic()
        other.unsubscribes.delete(300)
        other.unsubscribes.delete(300)
        assert clock.monotonic() == before
        run.close()


@pytest.mark.parametrize("rate", [None, 2000])
def test_a_429_pauses_everybody(sandbox, kind, rate):
    """After a 429 with Retry-After: 1 nothing at all is sent for a second, by no call of the run; then all goes on."""
    sandbox.fault("rate-limit", retry_after="1")
    told = bulk(kind, sandbox.url, range(1, 41), rate=rate, concurrency=4)
    assert told.error is None
    assert len(told.outcomes) == 40
    refused, *rest = [seen["at"] for seen in sandbox.requests()]
    assert [at for at in rest if refused + 0.2 < at < refused + 0.999] == []
    assert len([at for at in rest if at >= refused + 0.999]) >= 30


@pytest.mark.parametrize("rate", [None, 2000])
def test_a_429_without_a_time_is_waited_out(sandbox, kind, clock, rate):
    """A 429 that does not say how long is repeated after the usual wait, and the run goes on."""
    sandbox.fault("rate-limit", times=2, retry_after=None)
    times = departures(kind, sandbox.url, range(1, 11), clock, rate=rate, concurrency=1)
    assert len(times) == 12
    assert times[1] - times[0] >= 0.4
    assert times[2] - times[1] >= 0.8


@pytest.mark.parametrize("rate", [None, 2000])
def test_a_429_for_longer_than_two_minutes_stops_the_run(sandbox, kind, clock, rate):
    """Retry-After above 120 s stops the run, as one that can be resumed, after the items of what was under way."""
    sandbox.fault("rate-limit", retry_after="121")
    told = bulk(kind, sandbox.url, Counted(), clock=clock, rate=rate, concurrency=1)
    assert isinstance(told.error, BulkStoppedError)
    assert isinstance(told.error.error, RateLimitError)
    assert "Retry-After: 121" in str(told.error)
    assert len(sandbox.requests()) == len(told.items) == 1


def sent(rate_limiter, random, askers, count, late, stalls):
    """When each request leaves, of threads that ask a rate limiter for moments and use them up to `late` seconds late,
    on a clock that now and then jumps by one of `stalls`."""
    events = [(0.0, asker, None) for asker in range(askers)]
    times = []
    now = 0.0
    while len(times) < count:
        due, asker, moment = heapq.heappop(events)
        now = max(now, due) + (random.choice(stalls) if random.random() < 0.03 else 0.0)
        if moment is not None and rate_limiter.reached(moment):
            times.append(now)
            if random.random() < 0.01:
                rate_limiter.pause(now, random.choice([1.0, 45.0]))
        moment, _ = rate_limiter.reserve(now)
        heapq.heappush(events, (max(now, moment) + random.random() * late, asker, moment))
    return times


@settings(max_examples=150, deadline=None)
@given(
    seed=st.integers(),
    rate=st.integers(1, 150) | st.just(2000),
    askers=st.integers(1, 32),
    late=st.sampled_from([0.0, 0.01, 0.2]),
)
def test_no_minute_has_more_than_the_rate(seed, rate, askers, late):
    """However late threads wake, within a third of a second, and whenever a pause comes: no 60 seconds have more
    requests than the rate, with all that is made up for."""
    rate_limiter = RateLimiter()
    rate_limiter.begin("run", rate)
    times = sent(rate_limiter, Random(seed), askers, min(3 * rate + 10, 2500), late, [0.02, 0.1])
    assert most_in_a_minute(times) <= rate


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(), rate=st.integers(10, 150), askers=st.integers(1, 8))
def test_a_machine_that_sleeps_makes_nothing_up(seed, rate, askers):
    """After a long sleep what was not sent is lost, not made up for: beyond the rate go only those requests, one a call
    under way, that were waiting for their moment when the machine fell asleep."""
    rate_limiter = RateLimiter()
    rate_limiter.begin("run", rate)
    times = sent(rate_limiter, Random(seed), askers, 3 * rate + 10, 0.01, [90.0])
    assert most_in_a_minute(times) <= rate + askers


def test_small_delays_cost_nothing():
    """Who asks a little late each time still gets at least 98 % of the rate: the delay is made up for."""
    rate_limiter, now, sent = RateLimiter(), 0.0, 0
    rate_limiter.begin("run", 2000)
    while now < MINUTE:
        now += rate_limiter.reserve(now)[1] + 0.02
        sent += 1
    assert 1960 <= sent <= 2000


def test_a_pause_moves_all_moments_behind_it():
    """A moment reserved before a pause that covers it does not hold; new ones come one by one after the pause."""
    rate_limiter = RateLimiter()
    rate_limiter.begin("run", 60)
    before = [rate_limiter.reserve(0.0)[0] for _ in range(3)]
    rate_limiter.pause(0.0, 30.0)
    assert [rate_limiter.reached(moment) for moment in before] == [False, False, False]
    after = [rate_limiter.reserve(1.0)[0] for _ in range(3)]
    assert after[0] == 30.0
    assert min(b - a for a, b in pairwise(after)) >= 1.0


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(), rate=st.integers(20, 200), chunks=st.integers(1, 32))
def test_workers_together_keep_the_rate(seed, rate, chunks):
    """Workers that know nothing of each other, whose clocks have nothing in common, that get their chunks up to a
    quarter of a second late and stall: together they send no more than the rate in any 60 seconds."""
    random = Random(seed)
    now = [0.0]
    shared = SharedRate(chunks, rate, clock=lambda: now[0])
    ends = []  # when a chunk is back: with its moment and slots
    times = []
    while now[0] < 150:
        wait = shared.wait()
        if wait == 0.0:
            moment, delay = shared.take()
            end, slots = work(random, now[0], delay, shared, times)
            heapq.heappush(ends, (end, moment, slots))
        elif wait is not None and (not ends or now[0] + wait < ends[0][0]):
            now[0] += wait
        else:
            now[0], moment, slots = heapq.heappop(ends)
            shared.give_back(moment, slots)
    assert most_in_a_minute(times) <= rate


def work(random, handed_out, delay, shared, times):
    """Send a chunk as a worker does, on a clock of its own; when it is back, and how many slots it used."""
    epoch = random.choice([-5.0, 0.0, 1e6])
    now = handed_out + random.choice([0.01, 0.01, 0.2])
    schedule = FixedSchedule(now + epoch + delay, shared.spacing)
    for _ in range(shared.chunk_size):
        now += schedule.reserve(now + epoch)[1] + random.choice([0.0, 0.0, 0.05])
        times.append(now)
        if random.random() < 0.02:
            now += random.choice([0.2, 5.0])
    return now + random.choice([0.01, 0.01, 0.2]), schedule.slots
