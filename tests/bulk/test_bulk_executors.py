"""A run spread over somebody's executor: threads, processes, machines; what is lost with a worker, and what is not."""

import asyncio
import concurrent.futures
import multiprocessing
import os
import pickle
import signal
import threading

import pytest
from bulk_help import DELETED, DONE, GONE, KEY, Counted, Server, bulk, states, unused_url

from mailpartner import APIConnectionError, AuthenticationError, BulkStoppedError, ConfigurationError, NotFoundError
from mailpartner._bulk import executors as chunks
from mailpartner._bulk.executors import Chunk, send_chunk
from mailpartner._bulk.journal_row import FAILED, PENDING
from mailpartner._core.options import Options
from mailpartner.contract import SERVER
from mailpartner.resources._unsubscribes_in_bulk import DELETION

pytestmark = pytest.mark.usefixtures("workers")


class Inline(concurrent.futures.Executor):
    """Does the work when it is handed in, as pickled and back; somebody's own executor."""

    def __init__(self):
        self.chunks = []

    def submit(self, fn, /, *args, **kwargs):
        fn, args = pickle.loads(pickle.dumps((fn, args)))
        self.chunks.append(args[0])
        future = concurrent.futures.Future()
        try:
            future.set_result(pickle.loads(pickle.dumps(fn(*args, **kwargs))))
        except Exception as error:
            future.set_exception(error)
        return future


@pytest.fixture(params=["threads", "spawn", "fork", "own"])
def executor(request):
    if request.param == "threads":
        made = concurrent.futures.ThreadPoolExecutor(3)
    elif request.param == "own":
        made = Inline()
    else:
        made = concurrent.futures.ProcessPoolExecutor(2, mp_context=multiprocessing.get_context(request.param))
    with made:
        yield made


@pytest.mark.filterwarnings("ignore:.*multi-threaded, use of fork.*:DeprecationWarning")
def test_any_executor_carries_a_run(sandbox, kind, executor, tmp_path):
    """Threads, processes and an executor of one's own: every id gets its item, the journal all outcomes."""
    ids = [*range(1, 251), 5000, "x"]
    told = bulk(kind, sandbox.url, ids, executor=executor, concurrency=3, journal=tmp_path / "journal")
    assert told.error is None
    assert told.outcomes == {**dict.fromkeys(range(1, 251), DELETED), 5000: GONE, "x": TypeError}
    assert len(told.items) == 252
    assert sandbox.count() == 750
    again = bulk(kind, sandbox.url, ids, executor=executor, journal=tmp_path / "journal")
    assert again.outcomes == told.outcomes
    assert len(sandbox.requests()) == 251


def test_what_travels_can_be_pickled():
    """A chunk and its report survive pickling, with the errors in it; neither holds the key."""
    chunk = Chunk(DELETION.describe, "http://127.0.0.1:9", Options(), (1, 2, 3), 0.5, 0.1)
    assert pickle.loads(pickle.dumps(chunk))[1:] == chunk[1:]
    report = send_chunk(Chunk(DELETION.describe, unused_url(), Options(max_retries=0), (1, 2)))
    again = pickle.loads(pickle.dumps(report))
    assert [type(result.error) for result in again.results] == [APIConnectionError] * 2
    assert KEY.encode() not in pickle.dumps(chunk) + pickle.dumps(report)


def test_the_options_travel(sandbox, kind):
    """format and method of the run are those of its workers' calls."""
    bulk(kind, sandbox.url, range(1, 9), executor=Inline(), format="xml", method="GET")
    assert {seen["method"] for seen in sandbox.requests()} == {"GET"}
    assert all("_format=xml" in seen["query"] for seen in sandbox.requests())


def test_chunks_hold_two_seconds_of_the_rate(sandbox):
    """The rate is split among the lanes, and a chunk lasts about two seconds; moments of all chunks are apart."""
    inline = Inline()
    bulk("sync", sandbox.url, range(1, 60), executor=inline, concurrency=4, rate=6000)
    assert [len(chunk.items) for chunk in inline.chunks] == [49, 10]
    assert inline.chunks[0].spacing == pytest.approx(4 * 60 / (6000 * 0.99))


def test_ids_are_taken_a_chunk_a_lane(sandbox, kind):
    """No more ids are taken than `concurrency` chunks hold, and none after a break."""
    ids = Counted()
    with concurrent.futures.ThreadPoolExecutor(2) as executor:
        told = bulk(kind, sandbox.url, ids, executor=executor, concurrency=2, most=10)
    assert len(told.items) == 10
    assert ids.taken <= 2 * chunks.UNLIMITED_CHUNK


def test_the_key_is_that_of_the_worker(sandbox, kind, monkeypatch):
    """A worker takes the key from its own environment, whatever the submitter's client has."""
    monkeypatch.setenv("MAILPARTNER_API_KEY", "sandbox-wrong")
    told = bulk(kind, sandbox.url, Counted(), executor=Inline(), concurrency=2, client={"api_key": KEY})
    assert isinstance(told.error, AuthenticationError)
    assert len(sandbox.requests()) <= 2


def test_a_worker_without_a_key_stops_the_run(sandbox, kind, monkeypatch):
    """If a worker has no key, the run stops with the ConfigurationError that says so, and nothing was sent."""
    monkeypatch.delenv("MAILPARTNER_API_KEY")
    told = bulk(kind, sandbox.url, Counted(), executor=Inline(), concurrency=2, client={"api_key": KEY})
    assert isinstance(told.error, ConfigurationError)
    assert told.error.maybe_applied is False
    assert sandbox.requests() == []


def test_a_worker_with_a_sandbox_key_sends_nothing_to_the_vendor(monkeypatch):
    """A worker whose environment has a sandbox's key refuses to use it at Mail Partner."""
    monkeypatch.setenv("MAILPARTNER_API_KEY", KEY)
    no_items = Chunk(DELETION.describe, SERVER, Options(), ())  # were it not refused, nothing would leave either
    with pytest.raises(ConfigurationError, match=r"begins with sandbox-.* Nothing was sent\."):
        send_chunk(no_items)


def test_a_refused_key_stops_each_worker_at_once(sandbox, kind):
    """A worker whose key is refused sends no more of its chunk; the run stops with that error."""
    sandbox.fault("code", code="INVALID_API_KEY", times=None)
    with concurrent.futures.ThreadPoolExecutor(3) as executor:
        told = bulk(kind, sandbox.url, Counted(), executor=executor, concurrency=3)
    assert isinstance(told.error, AuthenticationError)
    assert len(told.items) == len(sandbox.requests()) <= 3


def test_a_worker_stops_after_twenty_failures_in_a_row(kind):
    """A worker sends no more of its chunk after 20 failures in a row, and the run stops as one that can be resumed."""
    told = bulk(kind, unused_url(), Counted(), executor=Inline(), concurrency=1, max_retries=0)
    assert isinstance(told.error, BulkStoppedError)
    assert len(told.items) == 20


def test_an_unknown_id_of_a_worker_is_in_doubt(sandbox, kind):
    """With missing_ok=False an unknown id is an error, in doubt: another worker may have deleted it and been lost."""
    (item,) = bulk(kind, sandbox.url, [5000], executor=Inline(), missing_ok=False).items
    assert isinstance(item.error, NotFoundError)
    assert item.error.maybe_applied is True


def test_what_the_ids_raise_comes_after_the_items(sandbox, kind):
    """If the iterable raises, the ids it gave before are dealt with first."""

    def ids():
        yield from range(1, 120)
        raise OSError("the stick was pulled out")

    told = bulk(kind, sandbox.url, ids(), executor=Inline())
    assert isinstance(told.error, OSError)
    assert told.outcomes == dict.fromkeys(range(1, 120), DELETED)


def test_an_executor_that_takes_nothing_stops_the_run(sandbox, kind):
    """An executor that was shut down stops the run as one that can be resumed; nothing was sent."""
    executor = concurrent.futures.ThreadPoolExecutor(1)
    executor.shutdown()
    told = bulk(kind, sandbox.url, [1, 2], executor=executor)
    assert isinstance(told.error, BulkStoppedError)
    assert isinstance(told.error.error, RuntimeError)
    assert sandbox.requests() == []


def test_chunks_that_were_not_begun_are_not_begun_after_a_break(kind):
    """After a break what lies with the executor and has not begun is not sent any more."""
    with Server() as server, concurrent.futures.ThreadPoolExecutor(1) as executor:
        bulk(kind, server.url, Counted(), executor=executor, concurrency=8, most=1)
    assert len(server.ids) <= 3 * chunks.UNLIMITED_CHUNK


@pytest.mark.parametrize("why", ["a worker without a key", "an executor that takes nothing"])
def test_what_never_left_is_not_taken_for_gone(kind, monkeypatch, tmp_path, why):
    """Ids of chunks that a worker or the executor refused are as if they had never been taken."""
    if why == "a worker without a key":
        monkeypatch.delenv("MAILPARTNER_API_KEY")
    with Server() as server, concurrent.futures.ThreadPoolExecutor(2) as executor:
        if why == "an executor that takes nothing":
            executor.shutdown()
        options = {"executor": executor, "journal": tmp_path / "journal", "client": {"api_key": KEY}}
        told = bulk(kind, server.url, range(1, 301), concurrency=2, **options)
        assert (type(told.error) in (ConfigurationError, BulkStoppedError), server.ids) == (True, [])
    assert set(states(tmp_path / "journal").values()) <= {PENDING, FAILED}


def test_what_was_not_begun_at_a_break_is_not_taken_for_gone(kind, tmp_path):
    """Ids of chunks that lay with the executor when the run was left are as if they had never been taken."""
    with Server() as server, concurrent.futures.ThreadPoolExecutor(1) as executor:
        options = {"executor": executor, "journal": tmp_path / "journal", "concurrency": 8}
        bulk(kind, server.url, Counted(), most=1, **options)
        sent = set(server.ids)
    recorded = states(tmp_path / "journal")
    assert {number for number, state in recorded.items() if state != PENDING} == sent


def test_what_somebody_cancels_at_the_executor_was_not_sent(kind, tmp_path):
    """Chunks that the executor's owner cancels before they begin stop the run, and leave their ids as they were."""
    executor = concurrent.futures.ThreadPoolExecutor(1)

    def answer(id, number):
        if number == 1:
            executor.shutdown(wait=False, cancel_futures=True)
        return DONE

    with Server(answer) as server:
        options = {"executor": executor, "journal": tmp_path / "journal", "concurrency": 4}
        told = bulk(kind, server.url, range(1, 1001), **options)
        sent = set(server.ids)
    assert isinstance(told.error, BulkStoppedError)
    assert told.outcomes == dict.fromkeys(sent, DELETED)
    recorded = states(tmp_path / "journal")
    assert {number for number, state in recorded.items() if state != PENDING} == sent


@pytest.mark.filterwarnings("ignore:.*multi-threaded, use of fork.*:DeprecationWarning")
def test_a_killed_worker_loses_nothing(kind, tmp_path):
    """When a worker process is killed in mid-run, its ids are items in doubt and the run stops as one that can be
    resumed; with a new executor and the same journal every id gets its outcome."""
    ids = range(1, 401)
    victims = []
    seen, once = set(), threading.Lock()

    def answer(id, number):
        with once:
            if number == 150:
                os.kill(victims[0], signal.SIGKILL)
            known = id not in seen
            seen.add(id)
        return DONE if known else b'{"success":false,"code":4,"message":"Identifiant inconnu"}'

    context = multiprocessing.get_context("spawn")
    with Server(answer) as server:
        with concurrent.futures.ProcessPoolExecutor(2, mp_context=context) as executor:
            victims.extend({executor.submit(os.getpid).result() for _ in range(20)})
            told = bulk(kind, server.url, ids, executor=executor, concurrency=2, journal=tmp_path / "journal")
        assert isinstance(told.error, BulkStoppedError)
        doubtful = [item for item in told.items if item.error is not None]
        assert doubtful
        assert all(isinstance(item.error, APIConnectionError) and item.error.maybe_applied for item in doubtful)
        with concurrent.futures.ProcessPoolExecutor(2, mp_context=context) as executor:
            told = bulk(
                kind, server.url, ids, executor=executor, concurrency=2, journal=tmp_path / "journal", missing_ok=False
            )
    assert told.error is None
    assert sorted(told.outcomes) == sorted(seen) == list(ids)
    assert set(told.outcomes.values()) == {DELETED, GONE}


def test_an_async_run_on_an_executor_can_be_cancelled(sandbox, tmp_path):
    """Cancelled in mid-run, an async run on an executor waits for the chunk that was begun, and leaves no task."""
    from mailpartner import AsyncMailPartner

    async def run(executor):
        async with AsyncMailPartner(base_url=sandbox.url) as mp:

            async def consume():
                options = {"rate": None, "executor": executor, "journal": tmp_path / "journal"}
                async for _ in mp.unsubscribes.delete_many(Counted(), **options):
                    pass

            consumer = asyncio.create_task(consume())
            await asyncio.sleep(0.2)
            consumer.cancel()
            with pytest.raises(asyncio.CancelledError):
                await consumer
            return len(asyncio.all_tasks())

    with concurrent.futures.ThreadPoolExecutor(2) as executor:
        assert asyncio.run(run(executor)) == 1
    assert bulk("sync", sandbox.url, range(1, 2), journal=tmp_path / "journal").outcomes == {1: DELETED}


@pytest.fixture
def cluster(monkeypatch):
    distributed = pytest.importorskip("distributed", reason="the extra dask is not installed")
    import dask

    with (
        dask.config.set({"distributed.worker.memory.terminate": False, "distributed.admin.log-format": "%(message)s"}),
        distributed.LocalCluster(
            n_workers=4, threads_per_worker=1, dashboard_address=None, silence_logs=50, protocol="tcp"
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        yield client


@pytest.mark.filterwarnings("ignore")
def test_a_dask_cluster_that_loses_a_worker_finishes_the_run(cluster, tmp_path):
    """Four Dask workers, one of them killed in mid-run: Dask gives its chunk to another, every id gets its outcome,
    and nothing stays undone."""
    ids = range(1, 1201)
    seen, once = set(), threading.Lock()
    victim = next(iter(cluster.run(os.getpid).values()))

    def answer(id, number):
        with once:
            if number == 300:
                os.kill(victim, signal.SIGKILL)
            known = id not in seen
            seen.add(id)
        return DONE if known else b'{"success":false,"code":4,"message":"Identifiant inconnu"}'

    with Server(answer) as server, cluster.get_executor() as executor:
        told = bulk("sync", server.url, ids, executor=executor, concurrency=4, journal=tmp_path / "journal")
    assert told.error is None
    assert sorted(told.outcomes) == sorted(seen) == list(ids)
    assert len(told.items) == 1200
    assert set(told.outcomes.values()) <= {DELETED, GONE}
