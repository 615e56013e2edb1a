"""Many deletions: one item for each id, from any iterable, taken as slowly as they are dealt with."""

import asyncio
import gc
import itertools
import threading
import time

import pytest
from bulk_help import DELETED, DONE, GONE, KEY, PATIENCE, UNKNOWN, Counted, Server, bulk, states

from mailpartner import AsyncMailPartner, BulkSuccess, InvalidRequestError, JournalError, MailPartner, NotFoundError
from mailpartner._bulk.journal_row import SENT
from mailpartner._bulk.options import BulkOptions
from mailpartner._bulk.state import SLOW_INPUT, BulkState, Result
from mailpartner.resources._unsubscribes_in_bulk import DELETION


def test_each_id_gets_one_item(sandbox, kind):
    """Of every id comes exactly one item with its outcome, and the server has deleted them all."""
    told = bulk(kind, sandbox.url, range(1, 101))
    assert sorted(item.input for item in told.items) == list(range(1, 101))
    assert told.error is None
    assert {(item.outcome, item.error) for item in told.items} == {(DELETED, None)}
    assert sandbox.count() == 900


def test_an_item_is_an_outcome_or_an_error(sandbox, kind):
    """An id that the API refuses is an item with the error and no outcome, and the run goes on."""
    sandbox.fault("code", code="ID_REQUIRED")
    told = bulk(kind, sandbox.url, range(1, 31))
    refused = [item for item in told.items if item.error is not None]
    assert [(type(item.error), item.outcome) for item in refused] == [(InvalidRequestError, None)]
    assert len(told.items) == 30
    assert told.error is None


def test_an_unknown_id_is_already_gone_unless_told_otherwise(sandbox, kind):
    """An id that the API does not know is ALREADY_GONE, with missing_ok=False a NotFoundError."""
    assert bulk(kind, sandbox.url, [5000]).items == [BulkSuccess(5000, GONE)]
    (item,) = bulk(kind, sandbox.url, [5000], missing_ok=False).items
    assert isinstance(item.error, NotFoundError)


def test_a_duplicate_is_an_item_of_its_own(sandbox, kind):
    """An id that comes twice has two items: deleted, and already gone."""
    told = bulk(kind, sandbox.url, [7, 7, 8], concurrency=1)
    assert [(item.input, item.outcome) for item in told.items] == [(7, DELETED), (7, GONE), (8, DELETED)]


def test_no_ids_are_no_items(sandbox, kind, tmp_path):
    """An empty iterable ends at once, with and without a journal, and nothing is sent."""
    assert bulk(kind, sandbox.url, []) == ([], None)
    assert bulk(kind, sandbox.url, iter(()), journal=tmp_path / "journal") == ([], None)
    assert sandbox.requests() == []


def test_what_cannot_be_an_id_is_an_item(sandbox, kind, tmp_path):
    """Among good ids, what cannot be one comes back as an item with a TypeError or ValueError, and is not sent."""
    wrong = {"5": TypeError, b"5": TypeError, None: TypeError, 1.5: TypeError, 0: ValueError, 2**63: ValueError}
    expected = {1: DELETED, **wrong, 2: DELETED, -(2**70): ValueError}
    assert bulk(kind, sandbox.url, expected, journal=tmp_path / "journal").outcomes == expected
    assert len(sandbox.requests()) == 2
    assert bulk(kind, sandbox.url, expected, journal=tmp_path / "journal").outcomes == expected
    assert len(sandbox.requests()) == 2


def test_true_is_not_id_1(sandbox, kind, tmp_path):
    """True and 1.0 equal 1 in Python and are no ids: not when they are sent, nor where the journal has a 1."""
    told = bulk(kind, sandbox.url, [True, 1.0])
    assert [type(item.error) for item in told.items] == [TypeError, TypeError]
    bulk(kind, sandbox.url, [1], journal=tmp_path / "journal")
    for like_it in (True, 1.0):
        told = bulk(kind, sandbox.url, [like_it], journal=tmp_path / "journal")
        assert (told.items, type(told.error)) == ([], JournalError)
    assert len(sandbox.requests()) == 1


@pytest.mark.parametrize("journal", [False, True])
@pytest.mark.parametrize("concurrency", [1, 3, 8])
def test_no_more_ids_are_taken_than_are_under_way(sandbox, kind, tmp_path, journal, concurrency):
    """At no time have more ids been taken than items given back and `concurrency`, also while the consumer is slow."""
    ids = Counted(1, 101)
    given = itertools.count(1)
    ahead = []

    def slowly(item):
        # What the run may take meanwhile it takes while somebody waits here.
        if item.input % 20 == 0:
            time.sleep(0.02)
        ahead.append(ids.taken - next(given) + 1)

    options = {"journal": tmp_path / "journal"} if journal else {}
    bulk(kind, sandbox.url, ids, concurrency=concurrency, each=slowly, **options)
    assert ids.taken == len(ahead) == 100
    assert max(ahead) <= concurrency


def test_an_iterator_that_waits_holds_up_no_more_than_one_group():
    """Once an id had to be waited for, each is sent as it comes, and not when there are enough to fill the run."""
    now = [0.0]

    def ids():
        for number in range(1, 100):
            now[0] += 0.0 if number < 3 or number > 5 else 1.0
            yield number

    state = BulkState(DELETION, ids(), BulkOptions(True, 8, None), clock=lambda: now[0])

    def batch():
        state.next_batch()
        jobs = list(state.unsent)
        state.unsent.clear()
        for job in jobs:
            job.result = Result()
        state.record_results(jobs)
        return [job.item for job in jobs]

    assert [batch() for _ in range(4)] == [[1, 2, 3], [4], [5], [6, 7, 8, 9, 10, 11, 12, 13]]


@pytest.mark.parametrize("journal", [False, True])
def test_ids_that_are_waited_for_are_under_way_together(kind, tmp_path, journal):
    """An iterator that is slow, but not as slow as the server, still has as many calls under way as it may."""
    arrived, all_here = itertools.count(1), threading.Event()
    together = []

    def answer(id, number):
        if next(arrived) == 4:
            all_here.set()
        together.append(all_here.wait(PATIENCE))
        return DONE

    def ids():
        for number in range(1, 5):
            time.sleep(2 * SLOW_INPUT)  # not for order: this is the slowness that the test is about
            yield number

    options = {"journal": tmp_path / "journal"} if journal else {}
    with Server(answer) as server:
        told = bulk(kind, server.url, ids(), concurrency=8, **options)
    assert (told.outcomes, together) == (dict.fromkeys(range(1, 5), DELETED), [True] * 4)


def test_recorded_ids_are_taken_no_faster(sandbox, kind, tmp_path):
    """On resuming, too, no more ids are taken than items have been given back and `concurrency`."""
    bulk(kind, sandbox.url, range(1, 101), journal=tmp_path / "journal")
    ids = Counted(1, 101)
    given = itertools.count()
    bulk(
        kind, sandbox.url, ids, concurrency=4, journal=tmp_path / "journal",
        each=lambda item: [] if ids.taken - next(given) <= 4 else pytest.fail("taken too early"),
    )  # fmt: skip
    assert ids.taken == 100


def test_nothing_happens_before_the_first_item_is_asked_for(sandbox, kind, tmp_path):
    """Making a run takes no id, opens no file and sends nothing."""
    ids = Counted()
    client = MailPartner if kind == "sync" else AsyncMailPartner
    mp = client(base_url=sandbox.url)
    run = mp.unsubscribes.delete_many(ids, journal=tmp_path / "journal")
    assert ids.taken == 0
    assert not (tmp_path / "journal").exists()
    assert sandbox.requests() == []
    run.close() if kind == "sync" else asyncio.run(run.aclose())


def test_an_endless_iterable_can_be_left(sandbox, kind):
    """From ids without end one takes what one wants; after the break no more are taken."""
    ids = Counted()
    told = bulk(kind, sandbox.url, ids, most=25)
    assert len(told.items) == 25
    assert 25 <= ids.taken <= 25 + 8
    assert len(sandbox.requests()) <= ids.taken


def test_what_the_ids_raise_comes_after_the_items(sandbox, kind, tmp_path):
    """If the iterable raises, all ids it gave before get their items first, and the journal has them."""

    def ids():
        yield from range(1, 14)
        raise OSError("the stick was pulled out")

    told = bulk(kind, sandbox.url, ids(), journal=tmp_path / "journal")
    assert isinstance(told.error, OSError)
    assert told.outcomes == dict.fromkeys(range(1, 14), DELETED)
    again = bulk(kind, sandbox.url, range(1, 21), journal=tmp_path / "journal")
    assert again.outcomes == dict.fromkeys(range(1, 21), DELETED)
    assert len(sandbox.requests()) == 20


@pytest.mark.parametrize(
    ("ids", "options", "error"),
    [
        ("123", {}, TypeError),
        (b"123", {}, TypeError),
        (123, {}, TypeError),
        (None, {}, TypeError),
        ([1], {"concurrency": 0}, ValueError),
        ([1], {"concurrency": 1001}, ValueError),
        ([1], {"concurrency": True}, TypeError),
        ([1], {"concurrency": 2.0}, TypeError),
        ([1], {"rate": 0}, ValueError),
        ([1], {"rate": -5}, ValueError),
        ([1], {"rate": float("inf")}, ValueError),
        ([1], {"rate": float("nan")}, ValueError),
        ([1], {"rate": True}, TypeError),
        ([1], {"rate": "2000"}, TypeError),
        ([1], {"executor": 4}, TypeError),
        ([1], {"format": "yaml"}, ValueError),
        ([1], {"timeout": 0}, ValueError),
        ([1], {"max_retries": "2"}, TypeError),
        ([1], {"retries": 2}, TypeError),
    ],
)
def test_wrong_arguments_are_refused_at_once(kind, ids, options, error):
    """What cannot be an argument is refused by the call itself, before the first item is asked for."""
    mp = (MailPartner if kind == "sync" else AsyncMailPartner)(base_url="http://127.0.0.1:9")
    with pytest.raises(error):
        mp.unsubscribes.delete_many(ids, **options)


def test_a_closed_client_is_refused_at_once(kind):
    """A client that was closed begins no run."""
    mp = (MailPartner if kind == "sync" else AsyncMailPartner)(base_url="http://127.0.0.1:9")
    mp.close() if kind == "sync" else asyncio.run(mp.close())
    with pytest.raises(RuntimeError, match="closed"):
        mp.unsubscribes.delete_many([1])


def test_the_options_of_a_call_reach_the_calls(sandbox, kind):
    """format, method and max_retries are those given to the run, in each of its calls."""
    sandbox.fault("close-before")
    told = bulk(kind, sandbox.url, range(1, 9), format="xml", method="GET", max_retries=0)
    assert [type(item.error).__name__ for item in told.items if item.error] == ["APIConnectionError"]
    assert {seen["method"] for seen in sandbox.requests()} == {"GET"}
    assert all("_format=xml" in seen["query"] for seen in sandbox.requests())
    assert len(sandbox.requests()) == 8


def test_a_client_closed_in_mid_run_ends_the_run(sandbox, kind):
    """If the client is closed while a run goes on, the run raises that it is closed: it does not hang."""

    async def run_async():
        async with AsyncMailPartner(base_url=sandbox.url) as mp:
            async for _ in mp.unsubscribes.delete_many(Counted(), rate=None):
                await mp.close()

    def run():
        with MailPartner(base_url=sandbox.url) as mp:
            for _ in mp.unsubscribes.delete_many(Counted(), rate=None):
                mp.close()

    with pytest.raises(RuntimeError, match="closed"):
        run() if kind == "sync" else asyncio.run(run_async())


class Gate:
    """Answers at once, but for the ids from `start` on, which wait until it is opened."""

    def __init__(self, start):
        self.start = start
        self.open = threading.Event()
        self.reached = threading.Semaphore(0)

    def __call__(self, id, number):
        if id >= self.start:
            self.reached.release()
            self.open.wait(PATIENCE)
        return DONE


def test_leaving_keeps_what_comes_of_the_calls_under_way(tmp_path):
    """A sync run that is left waits for its calls under way, and their outcomes are in the journal."""
    gate = Gate(2)
    with Server(gate) as server, MailPartner(base_url=server.url) as mp:
        for item in mp.unsubscribes.delete_many(Counted(), rate=None, concurrency=4, journal=tmp_path / "journal"):
            assert item.input == 1
            for _ in range(3):
                gate.reached.acquire(timeout=PATIENCE)
            threading.Timer(0.1, gate.open.set).start()
            break
    recorded = states(tmp_path / "journal")
    assert set(recorded) == set(server.ids)
    assert SENT not in recorded.values()


def test_leaving_an_async_run_ends_its_calls(tmp_path):
    """An async run that is left cancels its calls under way at once: they stay marked as sent, and no task is left."""
    gate = Gate(2)

    async def run(url):
        async with AsyncMailPartner(base_url=url) as mp:
            items = mp.unsubscribes.delete_many(Counted(), rate=None, concurrency=4, journal=tmp_path / "journal")
            async for item in items:
                assert item.input == 1
                for _ in range(3):
                    assert await asyncio.to_thread(gate.reached.acquire, timeout=PATIENCE)
                break
            await items.aclose()
            return len(asyncio.all_tasks())

    with Server(gate) as server:
        assert asyncio.run(run(server.url)) == 1
        gate.open.set()
    recorded = states(tmp_path / "journal")
    assert [number for number, state in recorded.items() if state == SENT] == [2, 3, 4]


def test_a_cancelled_async_run_leaves_nothing_behind(sandbox, tmp_path):
    """Cancelled at any moment, also while it writes, an async run ends its tasks and closes its journal whole."""

    async def run(delay):
        async with AsyncMailPartner(base_url=sandbox.url) as mp:

            async def consume():
                async for _ in mp.unsubscribes.delete_many(Counted(), rate=None, journal=tmp_path / f"journal{delay}"):
                    pass

            consumer = asyncio.create_task(consume())
            await asyncio.sleep(delay)
            consumer.cancel()
            with pytest.raises(asyncio.CancelledError):
                await consume() if consumer.done() else await consumer
            return len(asyncio.all_tasks())

    for step in range(12):
        assert asyncio.run(run(step / 200)) == 1
        states(tmp_path / f"journal{step / 200}")


def test_ctrl_c_in_the_consumer_ends_the_run(sandbox, kind, tmp_path):
    """KeyboardInterrupt in the caller's loop ends the run like a break; the journal can be used again at once."""

    def interrupted(item):
        if item.input == 20:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        bulk(kind, sandbox.url, Counted(), each=interrupted, journal=tmp_path / "journal")
    gc.collect()
    told = bulk(kind, sandbox.url, range(1, 101), journal=tmp_path / "journal")
    assert set(told.outcomes) == set(range(1, 101))
    assert {item.outcome for item in told.items} <= {DELETED, GONE}


def test_no_more_connections_than_calls(kind):
    """A run opens at most `concurrency` connections, and keeps them."""
    with Server() as server:
        bulk(kind, server.url, range(1, 301), concurrency=6)
    assert server.connections <= 6
    assert len(server.ids) == 300


def test_the_id_that_was_lost_on_the_way_is_already_gone(sandbox, kind, clock):
    """An answer that is lost after the deletion is repeated within the run, and told as already gone."""
    sandbox.fault("reset-after")
    told = bulk(kind, sandbox.url, [3], clock=clock, missing_ok=False)
    assert told.items == [BulkSuccess(3, GONE)]


def test_threads_are_as_many_as_there_is_work_for(sandbox):
    """A run of two ids starts two threads, however wide it may be."""
    names = set()
    with MailPartner(KEY, base_url=sandbox.url) as mp:
        for _ in mp.unsubscribes.delete_many([1, 2], rate=None, concurrency=50):
            names |= {thread.name for thread in threading.enumerate() if thread.name.startswith("mailpartner-")}
    assert len(names - {"mailpartner-sandbox"}) <= 2


def test_a_refusal_in_between_is_final(kind):
    """With missing_ok=False a server that knows none of the ids is no failing server: the run goes on to the end."""
    with Server(lambda entry, number: UNKNOWN) as server:
        told = bulk(kind, server.url, range(1, 51), missing_ok=False)
    assert told.error is None
    assert set(told.outcomes.values()) == {NotFoundError}
