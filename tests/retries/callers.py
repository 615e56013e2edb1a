"""Clients of every kind, called from tests in one way; and a clock that waits for nobody."""

from __future__ import annotations

import inspect
import ssl
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import ExitStack
from functools import partial
from typing import Any, Self

import anyio
import httpx
import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal

from mailpartner import AsyncMailPartner, Deletion, MailPartner
from mailpartner._core.clock import Clock

from .server import KEY

FACES = ("sync", "asyncio", "trio")
"""The kinds of client: sync, and async in either event loop."""

BORROWED = ("sync-borrowed", "asyncio-borrowed")
"""The same, sending through an httpx client of the caller's."""

NOW = 1_800_000_000.0
"""The time of day of every test: Fri, 15 Jan 2027 08:00:00 GMT."""

half_read_on_trio = pytest.mark.filterwarnings("ignore:Async generator 'http:ResourceWarning")
"""httpx and httpcore iterate over each other's generators and leave the inner ones to the collector: trio says so when
an answer is left half read. The connection itself is closed, which is what is tested."""


class FakeClock(Clock):
    """Time goes on as it does, and a wait takes none: the clock moves on instead.

    waits: what was waited, in seconds. chance: what `random` gives. on_wait: called during each wait, and awaited if
    it wants that. stopped: whether time goes on by waiting alone.
    """

    def __init__(self) -> None:
        self.waits: list[float] = []
        self.chance = 0.0
        self.on_wait: Callable[[], object] = lambda: None
        self.stopped = False
        self._skipped = 0.0

    def monotonic(self) -> float:
        return self._skipped + (0.0 if self.stopped else time.monotonic())

    def now(self) -> float:
        return NOW

    def random(self) -> float:
        return self.chance

    def skip(self, seconds: float) -> None:
        """Let time pass, as when a machine sleeps."""
        self._skipped += seconds

    def sleep(self, seconds: float, stop: threading.Event | None = None) -> None:
        self.waits.append(seconds)
        self.skip(seconds)
        self.on_wait()

    async def async_sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.skip(seconds)
        done = self.on_wait()
        if inspect.isawaitable(done):
            await done
        await anyio.lowlevel.checkpoint()


class Caller:
    """A client, and how to call it from a test that is not async itself."""

    def __init__(self, client: Any, portal: BlockingPortal | None, clock: FakeClock) -> None:
        self.client = client
        self.clock = clock
        self._portal = portal

    def delete(self, id: int = 300, **options: Any) -> Deletion:
        deletion: Deletion = self.run(self.client.unsubscribes.delete, id, **options)
        return deletion

    def call(self, operation: Any, **arguments: Any) -> Any:
        return self.run(self.client.call, operation, **arguments)

    def twin(self, **options: Any) -> Caller:
        """A second client on the same connections."""
        return Caller(self.client.with_options(**options), self._portal, self.clock)

    def hasty(self, seconds: float = 0.1) -> Self:
        """Give the first attempt so many seconds for an answer, and later ones the client's own timeout."""
        sender = self.client._session.sender
        send, timeouts = sender.send, iter([seconds])
        sender.send = lambda request, timeout, remaining: send(request, next(timeouts, timeout), remaining)
        return self

    def close(self) -> None:
        self.run(self.client.close)

    def start(self, id: int = 300, **options: Any) -> Future[Deletion]:
        """A deletion in the background: in a thread of its own, or as a task."""
        if self._portal is not None:
            return self._portal.start_task_soon(partial(self.client.unsubscribes.delete, id, **options))
        future: Future[Deletion] = Future()

        def work() -> None:
            try:
                future.set_result(self.delete(id, **options))
            except BaseException as error:
                future.set_exception(error)

        threading.Thread(target=work, daemon=True).start()
        return future

    def run(self, function: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
        """Call what is sync or async, as the client is."""
        bound = partial(function, *arguments, **options)
        return bound() if self._portal is None else self._portal.call(bound)


class Callers:
    """Makes clients, and closes them after the test."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._portals: dict[str, BlockingPortal] = {}

    def __call__(self, url: str, face: str = "sync", **options: Any) -> Caller:
        backend, _, borrowed = face.partition("-")
        portal = None if backend == "sync" else self._portal(backend)
        clock = FakeClock()
        if borrowed:
            options["http_client"] = self._http_client(portal)
        client = (MailPartner if portal is None else AsyncMailPartner)(KEY, base_url=url, **options)
        client._session.state.clock = clock
        caller = Caller(client, portal, clock)
        self._stack.callback(caller.close)
        return caller

    def close(self) -> None:
        self._stack.close()

    def _portal(self, backend: str) -> BlockingPortal:
        if backend not in self._portals:
            self._portals[backend] = self._stack.enter_context(start_blocking_portal(backend))
        return self._portals[backend]

    def _http_client(self, portal: BlockingPortal | None) -> httpx.Client | httpx.AsyncClient:
        no_certificates = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # loading them takes longer than most tests
        if portal is None:
            return self._stack.enter_context(httpx.Client(trust_env=False, verify=no_certificates))
        client = httpx.AsyncClient(trust_env=False, verify=no_certificates)
        self._stack.callback(portal.call, client.aclose)
        return client
