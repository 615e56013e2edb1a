"""A client after it was closed, while it is being closed, in a second event loop and in a forked process."""

from __future__ import annotations

import asyncio
import gc
import os
import subprocess
import sys
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import trio
from kit.api_server import KEY, ApiServer, answered, lost
from kit.callers import CLIENT_KINDS, CUSTOM_KINDS, Callers
from kit.internals import before_closing_connections, before_keeping_a_connection, trust
from kit.server import PATIENCE
from kit.steps import held

from mailpartner import AsyncMailPartner, ConfigurationError, Outcome
from mailpartner._core import generated_client
from mailpartner.generated.api.unsubscribes import delete_unsubscribe

CLOSED = "This client is closed. Make a new one, or keep it open longer."


def closed(call: Callable[..., object], *arguments: Any, **options: Any) -> None:
    """The call says in plain words that the client is closed, and nothing else went wrong below."""
    with pytest.raises(RuntimeError) as caught:
        call(*arguments, **options)
    assert str(caught.value) == CLOSED
    assert caught.value.__cause__ is caught.value.__context__ is None


@pytest.mark.parametrize("client_kind", [*CLIENT_KINDS, *CUSTOM_KINDS])
@pytest.mark.parametrize("used", [False, True], ids=["unused", "used"])
def test_a_closed_client_says_so(server: ApiServer, connect: Callers, client_kind: str, used: bool) -> None:
    """After close every call raises RuntimeError in plain words, and nothing is sent."""
    mp = connect(server.url, client_kind)
    if used:
        mp.delete(300)
    seen = len(server.requests)

    mp.close()

    closed(mp.delete, 7)
    closed(mp.call, delete_unsubscribe, id=7)
    assert len(server.requests) == seen


def test_closing_twice_is_harmless(server: ApiServer, connect: Callers, client_kind: str) -> None:
    """A second close does nothing."""
    mp = connect(server.url, client_kind)
    mp.delete(300)
    mp.close()
    mp.close()
    closed(mp.delete)


def test_leaving_the_with_block_closes(server: ApiServer, connect: Callers, client_kind: str) -> None:
    """`with` and `async with` close the client at their end, and its connection with it."""
    mp = connect(server.url, client_kind)
    if client_kind == "sync":
        with mp.client as entered:
            entered.unsubscribes.delete(300)
    else:
        mp.run(in_async_with, mp.client)

    server.until(lambda: not server.open_connections)
    closed(mp.delete)


async def in_async_with(client: AsyncMailPartner) -> None:
    async with client as entered:
        await entered.unsubscribes.delete(300)


def test_close_closes_every_connection(server: ApiServer, connect: Callers, client_kind: str) -> None:
    """No connection stays open at the server after close."""
    server.entries |= {1, 2, 3}
    release = threading.Event()
    server.then(*[held(release, answered)] * 3)
    mp = connect(server.url, client_kind)
    calls = [mp.start(entry) for entry in (1, 2, 3)]
    server.until_requests(3)
    release.set()
    assert [call.result(PATIENCE).outcome for call in calls] == [Outcome.DELETED] * 3
    assert len(server.open_connections) == 3

    mp.close()
    server.until(lambda: not server.open_connections)


def test_closing_a_twin_closes_nothing(server: ApiServer, connect: Callers, client_kind: str) -> None:
    """A client made by with_options can be closed for itself: the first one and its connection stay."""
    server.entries |= {1, 2}
    mp = connect(server.url, client_kind)
    mp.delete(1)
    twin = mp.with_options(format="xml")

    twin.close()

    closed(twin.delete, 2)
    assert mp.delete(2).outcome is Outcome.DELETED
    assert [request.connection for request in server.requests] == [1, 1]


def test_twins_end_with_the_first(server: ApiServer, connect: Callers, client_kind: str) -> None:
    """Closing the first client ends those made from it: the connections are its."""
    mp = connect(server.url, client_kind)
    twin = mp.with_options(format="xml")

    mp.close()

    closed(twin.delete)
    assert server.requests == []


def test_a_call_under_way_ends_first(server: ApiServer, connect: Callers, client_kind: str) -> None:
    """A call that waits for its answer while the client is closed gets it, and then its connection is closed."""
    release = threading.Event()
    server.then(held(release, answered))
    mp = connect(server.url, client_kind)
    call = mp.start(300)
    server.until_requests(1)

    mp.close()
    closed(mp.delete, 7)
    release.set()

    assert call.result(PATIENCE).outcome is Outcome.DELETED
    server.until(lambda: not server.open_connections)


def test_a_call_between_two_attempts_ends_first(server: ApiServer, connect: Callers, client_kind: str) -> None:
    """A call whose answer was lost, and that waits to ask again while the client is closed, is not left in doubt."""
    server.then(lost("closed_early"))
    mp = connect(server.url, client_kind)
    mp.clock.on_wait = mp.client.close

    deletion = mp.delete(300)

    assert (deletion.outcome, deletion.attempts) == (Outcome.ALREADY_GONE, 2)
    server.until(lambda: not server.open_connections)
    closed(mp.delete, 300)


def test_a_call_takes_a_connection_while_they_are_closed(
    server: ApiServer, connect: Callers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A call under way that takes up a free connection just as the client closes them disturbs nothing."""
    server.entries |= {1, 2, 3}
    release, closing = threading.Event(), threading.Event()
    server.then(*[held(release, answered)] * 3, lost("closed_early"))
    mp = connect(server.url)
    calls = [mp.start(entry) for entry in (1, 2, 3)]
    server.until_requests(3)
    release.set()
    assert [call.result(PATIENCE).attempts for call in calls] == [1, 1, 1]

    def close_slowly() -> None:
        if threading.current_thread() is threading.main_thread() and not closing.is_set():
            closing.set()
            server.until_requests(5)

    before_closing_connections(monkeypatch, close_slowly)
    mp.clock.on_wait = lambda: closing.wait(PATIENCE)
    call = mp.start(300)
    server.until_requests(4)

    mp.close()

    assert call.result(PATIENCE).outcome is Outcome.ALREADY_GONE
    server.until(lambda: not server.open_connections)


def test_a_client_is_closed_while_a_call_returns_its_connection(server: ApiServer, connect: Callers) -> None:
    """A client that another thread closes just as a call returns its connection leaves no connection open."""
    mp = connect(server.url)
    before_keeping_a_connection(mp.client, mp.client.close)

    assert mp.delete(300).outcome is Outcome.DELETED

    server.until(lambda: not server.open_connections)


left_to_the_collector = pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
"""What is open in a loop that has ended cannot be closed as it should be: Python says so when it is collected."""


@pytest.fixture
def wanderer(server: ApiServer) -> AsyncMailPartner:
    """An async client that belongs to no loop."""
    server.entries |= set(range(1, 10))
    return AsyncMailPartner(KEY, base_url=server.url)


def deletion_of(client: AsyncMailPartner, entry: int) -> Callable[[], Awaitable[int]]:
    """A deletion in a loop of its own; returns its attempts."""

    async def delete() -> int:
        return (await client.unsubscribes.delete(entry)).attempts

    return delete


def in_asyncio(function: Callable[[], Any]) -> Any:
    return asyncio.run(function())


@left_to_the_collector
@pytest.mark.parametrize(
    "runners",
    [(in_asyncio, in_asyncio), (in_asyncio, trio.run), (trio.run, in_asyncio), (trio.run, trio.run)],
    ids=["asyncio-asyncio", "asyncio-trio", "trio-asyncio", "trio-trio"],
)
def test_one_client_in_two_event_loops(
    server: ApiServer, wanderer: AsyncMailPartner, runners: tuple[Callable[..., Any], ...]
) -> None:
    """An async client used in a second event loop opens a connection of its own there, and needs no second attempt."""
    attempts = [run(deletion_of(wanderer, entry)) for entry, run in enumerate(runners, 1)]
    runners[-1](wanderer.close)
    gc.collect()

    assert attempts == [1, 1]
    assert [request.connection for request in server.requests] == [1, 2]
    server.until(lambda: not server.open_connections)


@left_to_the_collector
@pytest.mark.parametrize("run", [in_asyncio, trio.run], ids=["asyncio", "trio"])
def test_loops_that_have_ended_leave_no_connections(
    server: ApiServer, wanderer: AsyncMailPartner, run: Callable[..., Any]
) -> None:
    """A client that lives through many event loops does not gather the connections of those that have ended."""
    for entry in range(1, 9):
        run(deletion_of(wanderer, entry))
    gc.collect()

    try:
        server.until(lambda: len(server.open_connections) <= 2, patience=1)
    finally:
        run(wanderer.close)
        gc.collect()


@left_to_the_collector
def test_one_client_in_two_event_loops_at_once(server: ApiServer, wanderer: AsyncMailPartner) -> None:
    """Two threads with an event loop each can share an async client: each loop has connections of its own."""
    release = threading.Event()
    server.then(held(release, answered), held(release, answered))
    attempts: list[int] = []

    async def twice(entry: int) -> None:
        for each in (entry, entry + 1):
            attempts.append(await deletion_of(wanderer, each)())  # noqa: PERF401 - two threads share the list

    threads = [threading.Thread(target=lambda entry=entry: asyncio.run(twice(entry))) for entry in (1, 3)]
    for thread in threads:
        thread.start()
    server.until_requests(2)
    release.set()
    for thread in threads:
        thread.join(PATIENCE)

    asyncio.run(wanderer.close())
    gc.collect()

    assert attempts == [1, 1, 1, 1]
    assert server.connections == 2


def succeeds(program: str, *arguments: str, warnings: str = "error") -> None:
    """In a process of its own a program ends well, and says nothing."""
    done = subprocess.run(
        [sys.executable, "-W", warnings, "-c", program, *arguments],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


FORKED_UNDER_A_LOCK = """
import os, signal, threading
from mailpartner import MailPartner
from mailpartner._core.rate_limiter import RateLimiter

rate_limiter, held, release = RateLimiter(), threading.Event(), threading.Event()

def hold():
    with rate_limiter._lock.lock:
        held.set()
        release.wait(20)

threading.Thread(target=hold).start()
held.wait()
child = os.fork()
if child == 0:
    signal.alarm(10)  # kills it
    rate_limiter.pause(0.0, 1.0)
    os._exit(0)
status = os.waitpid(child, 0)[1]
release.set()
assert status == 0, status
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
def test_a_lock_that_the_parent_held_is_open_in_a_forked_child() -> None:
    """A child forked while another thread holds the lock of the rate limiter does not wait for that thread."""
    succeeds(FORKED_UNDER_A_LOCK, warnings="ignore")  # Python 3.12 warns of a fork beside threads


def test_the_generated_client_is_imported_by_one_thread_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """While one thread imports, another that wants something else of it waits."""
    inside, second_inside = threading.Event(), threading.Event()

    def imported(name: str) -> bool:
        if name.endswith("first"):
            inside.set()
            return second_inside.wait(0.3)
        second_inside.set()
        return True

    monkeypatch.setattr(generated_client, "import_module", imported)
    met: list[bool] = []
    first = threading.Thread(target=lambda: met.append(generated_client._module("first")))
    first.start()
    assert inside.wait(PATIENCE)
    second = threading.Thread(target=generated_client._module, args=("second",))
    second.start()
    first.join()
    second.join()
    assert (met, second_inside.is_set()) == ([False], True)


FIRST_CALLS = """
import sys, threading
from mailpartner import MailPartner, MailPartnerError

barrier, wrong = threading.Barrier(12), []
sys.setswitchinterval(1e-5)  # threads meet in the middle of an import

def first(number):
    mp = MailPartner("sandbox-key", base_url="http://127.0.0.1:9", max_retries=0)
    group = mp.unsubscribes
    call = [group.list, lambda: group.add("a@example.com"), lambda: group.delete(3)]
    barrier.wait()
    try:
        call[number % 3]()
    except MailPartnerError:
        pass
    except BaseException as error:
        wrong.append(error)

threads = [threading.Thread(target=first, args=(number,)) for number in range(12)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
sys.exit(repr(wrong) if wrong else 0)
"""


@pytest.mark.parametrize("round_", range(8))
def test_first_calls_of_several_threads_do_not_disturb_each_other(round_: int) -> None:
    """What is imported at the first call is imported by one thread at a time; it used to end in Python's deadlock error
    in four of ten rounds."""
    succeeds(FIRST_CALLS)


@pytest.mark.parametrize("client_kind", ["sync", "asyncio"])
@pytest.mark.parametrize(("name", "content"), [("SSL_CERT_FILE", None), ("SSL_CERT_FILE", b"no certificate")])
def test_certificates_that_cannot_be_loaded(
    connect: Callers,
    client_kind: str,
    name: str,
    content: bytes | None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """They are a ConfigurationError of the first call, which names the variables that may be wrong."""
    path = tmp_path / "authority.pem"
    if content is not None:
        path.write_bytes(content)
    monkeypatch.setenv(name, str(path))
    trust(monkeypatch, None)
    with pytest.raises(ConfigurationError, match="Check SSL_CERT_FILE, SSL_CERT_DIR and SSLKEYLOGFILE") as caught:
        connect("https://127.0.0.1:9", client_kind).delete()
    assert (caught.value.maybe_applied, "Nothing was sent" in str(caught.value)) == (False, True)


FORKING = """
import os, sys
from mailpartner import MailPartner

mp = MailPartner(sys.argv[1], base_url=sys.argv[2])
assert mp.unsubscribes.delete(1).attempts == 1
child = os.fork()
if child == 0:
    status = 1
    try:
        assert mp.unsubscribes.delete(2).attempts == 1
        if sys.argv[3] == "closes":
            mp.close()
        status = 0
    finally:
        os._exit(status)
assert os.waitpid(child, 0)[1] == 0, "the child failed"
assert mp.unsubscribes.delete(3).attempts == 1
mp.close()
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
@pytest.mark.parametrize("child", ["leaves", "closes"])
def test_a_forked_child_opens_connections_of_its_own(server: ApiServer, child: str) -> None:
    """In a forked child the client works over a new connection, closed or not, and the parent's stays good."""
    server.entries |= {1, 2, 3}

    succeeds(FORKING, KEY, server.url, child)

    assert [(request.query["id"], request.connection) for request in server.requests] == [("1", 1), ("2", 2), ("3", 1)]
    assert server.entries == {300}
