"""Ctrl-C and cancellation, wherever they strike, leave nothing of the key in the traceback that people then read."""

from __future__ import annotations

import asyncio
import gc
import logging
import signal
import socket
import threading
from collections.abc import Callable
from typing import Any, ClassVar

import httpx
import pytest
import trio
from kit.leaks import chain, leaks
from kit.logs import Log
from kit.operations import LONG, add_operation
from kit.server import PATIENCE, Exchange, Listener, Server

from mailpartner import AsyncMailPartner
from secrecy.ways import Way

Act = Callable[[Any], Any]

HALF_AN_ANSWER = b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 30\r\n\r\n{"succ'


def delete(mp: Any) -> Any:
    return mp.unsubscribes.delete(300)


class Moments(logging.Handler):
    """A server that calls `strike` at a certain moment of a call, and is silent from then on.

    "reading": the client waits for the answer. "reading a body": it has read half of it. "writing": it is in the
    middle of a request that is too large for the buffers. httpcore's own log says when it is so far.
    """

    NAMES: ClassVar = {
        "reading": "receive_response_headers.started",
        "reading a body": "receive_response_body.started",
        "writing": "send_request_body.started",
    }

    def __init__(self, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__(logging.DEBUG)
        self.strike: Callable[[], object] = lambda: None
        self._sign = self.NAMES[name]
        self._reached, self._ended = threading.Event(), threading.Event()
        operation = add_operation(monkeypatch)
        self.act: Act = (lambda mp: mp.call(operation, email=LONG)) if name == "writing" else delete
        self.server = Server(self._send if name == "reading a body" else self._strike, receive_buffer=4096)
        monkeypatch.setattr(self._logger, "level", logging.DEBUG)

    _logger = logging.getLogger("httpcore.http11")

    def emit(self, record: logging.LogRecord) -> None:
        if record.getMessage().startswith(self._sign):
            self._reached.set()

    def __enter__(self) -> Moments:
        self._logger.addHandler(self)
        return self

    def __exit__(self, *_: object) -> None:
        self._logger.removeHandler(self)
        self._ended.set()
        self._reached.set()
        self.server.stop()

    def _send(self, exchange: Exchange) -> None:
        exchange.send(HALF_AN_ANSWER)
        self._strike(exchange)

    def _strike(self, exchange: Exchange) -> None:
        self._reached.wait(PATIENCE)
        if not self._ended.is_set():
            self.strike()
        self._ended.wait(PATIENCE)


@pytest.fixture(params=Moments.NAMES)
def moment(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Each of the moments."""
    with Moments(request.param, monkeypatch) as moments:
        yield moments


def ctrl_c() -> None:
    """What the terminal does, from the server's thread."""
    signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)


def test_ctrl_c(moment: Moments, way: Way, key: str, log: Log) -> None:
    """A real SIGINT while the call writes or reads ends it, and what is raised shows nothing."""
    moment.strike = ctrl_c

    try:
        error = way.error(key, moment.server.url, moment.act)
    except KeyboardInterrupt as late:  # asyncio cancels the task, and raises when that is over
        error = late

    assert isinstance(error, (KeyboardInterrupt, asyncio.CancelledError))
    assert leaks(error, key) == []
    assert log.leaks(key) == []


@pytest.mark.parametrize("is_custom", [False, True], ids=["own", "custom"])
def test_ctrl_c_that_leaves_asyncio(is_custom: bool, moment: Moments, key: str) -> None:
    """The KeyboardInterrupt that asyncio.run raises has no cause that shows the key."""
    moment.strike = ctrl_c

    making = maker(key, moment, is_custom)

    error = ended(lambda: asyncio.run(use(making, moment.act)))

    assert isinstance(error, KeyboardInterrupt)
    assert asyncio.CancelledError in map(type, chain(error))
    assert leaks(error, key) == []


def ended(call: Callable[[], object]) -> BaseException:
    """The error that `call` ends with."""
    try:
        call()
    except BaseException as error:
        return error
    raise AssertionError("it was not interrupted")


def maker(key: str, moment: Moments, is_custom: bool) -> Callable[[httpx.AsyncClient], AsyncMailPartner]:
    """How to make the client, by a function whose frame is gone when it is used."""
    return lambda own: AsyncMailPartner(key, base_url=moment.server.url, http_client=own if is_custom else None)


async def use(make: Callable[[httpx.AsyncClient], AsyncMailPartner], act: Act) -> Any:
    """What `act` does with a client that is closed afterwards."""
    async with httpx.AsyncClient() as own, make(own) as client:
        return await act(client)


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # httpcore leaves a socket unclosed here
def test_ctrl_c_during_the_tls_hello(way: Way, key: str) -> None:
    """A SIGINT before there is a connection ends the call, and shows nothing."""

    def hello(connection: socket.socket, number: int) -> None:
        connection.recv(65536)
        ctrl_c()
        while connection.recv(65536):
            pass

    with Listener(hello) as server:
        try:
            error = way.error(key, server.url.replace("http:", "https:"))
        except KeyboardInterrupt as late:
            error = late

    assert isinstance(error, (KeyboardInterrupt, asyncio.CancelledError))
    assert leaks(error, key) == []
    del error
    gc.collect()  # so that what httpcore left open is reported here, where it is expected


@pytest.mark.parametrize("is_custom", [False, True], ids=["own", "custom"])
@pytest.mark.parametrize("how", ["cancel", "time limit", "task group"])
def test_cancelled_in_asyncio(how: str, is_custom: bool, moment: Moments, key: str, log: Log) -> None:
    """A task that is cancelled, runs out of time or has a sibling that fails raises nothing that shows the key."""

    async def act(client: AsyncMailPartner) -> None:
        loop, struck = asyncio.get_running_loop(), asyncio.Event()
        moment.strike = lambda: loop.call_soon_threadsafe(struck.set)
        task = asyncio.ensure_future(moment.act(client))
        if how == "time limit":
            await asyncio.wait_for(task, 0.1)
        elif how == "cancel":
            await struck.wait()
            task.cancel()
            await task
        else:
            async with asyncio.TaskGroup() as group:
                group.create_task(awaited(task))
                await struck.wait()
                raise RuntimeError("a sibling fails")

    making = maker(key, moment, is_custom)

    error = ended(lambda: asyncio.run(use(making, act), debug=True))

    assert isinstance(error, (asyncio.CancelledError, TimeoutError, ExceptionGroup))
    assert leaks(error, key) == []
    assert log.leaks(key) == []


async def awaited(task: asyncio.Future[Any]) -> None:
    await task


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # httpx leaves a generator behind here
@pytest.mark.parametrize("is_custom", [False, True], ids=["own", "custom"])
def test_cancelled_in_trio(is_custom: bool, moment: Moments, key: str) -> None:
    """Nor does a call that trio cancels."""
    caught: list[BaseException] = []

    async def act(client: AsyncMailPartner) -> None:
        with trio.CancelScope() as scope:
            token = trio.lowlevel.current_trio_token()
            moment.strike = lambda: token.run_sync_soon(scope.cancel)
            try:
                await moment.act(client)
            except BaseException as error:
                caught.append(error)
                raise

    trio.run(use, maker(key, moment, is_custom), act)

    assert [type(error) for error in caught] == [trio.Cancelled]
    assert leaks(caught[0], key) == []
