"""Clients of every kind, called from tests in one way.

Kinds of clients: "sync"; "async", in asyncio in the test's own thread; "asyncio" and "trio", in an event loop in
another thread, so that a call can go on while the test does something else. Each also with "-custom": it sends through
an httpx client of the caller's.
"""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import ExitStack
from functools import partial
from typing import Any, Self

import httpx
import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal

from kit import internals
from kit.api_server import KEY
from kit.clock import FakeClock
from mailpartner import AsyncMailPartner, Deletion, MailPartner
from mailpartner._core.clock import Clock
from mailpartner.errors import MailPartnerError

CLIENT_KINDS = ("sync", "asyncio", "trio")
CUSTOM_KINDS = ("sync-custom", "asyncio-custom")

NO_CERTIFICATES = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Trusts nobody. Loading the machine's certificates takes longer than most tests."""

half_read_on_trio = pytest.mark.filterwarnings("ignore:Async generator 'http:ResourceWarning")
"""httpx and httpcore iterate over each other's generators and leave the inner ones to the collector: trio says so when
a response is left half read. The connection itself is closed, which is what is tested."""


class Caller:
    """A client, and how to call it from a test that is not async itself."""

    def __init__(self, client: Any, loop: BlockingPortal | asyncio.Runner | None) -> None:
        self.client = client
        self._loop = loop

    @property
    def is_async(self) -> bool:
        return self._loop is not None

    @property
    def clock(self) -> FakeClock:
        clock = internals.clock_of(self.client)
        assert isinstance(clock, FakeClock)
        return clock

    @property
    def account(self) -> Resource:
        return Resource(self, self.client.account)

    @property
    def messages(self) -> Resource:
        return Resource(self, self.client.messages)

    @property
    def subaccounts(self) -> Resource:
        return Resource(self, self.client.subaccounts)

    @property
    def unsubscribes(self) -> Resource:
        return Resource(self, self.client.unsubscribes)

    def run(self, function: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
        """Call a function that is sync or async, as the client is."""
        bound = partial(function, *arguments, **options)
        if isinstance(self._loop, asyncio.Runner):
            return self._loop.run(_awaited(bound))
        return bound() if self._loop is None else self._loop.call(bound)

    def outcome(self, act: Callable[[Any], Any]) -> Any:
        """Return what `act` returns, given the client, or the error that it ends with."""
        try:
            return self.run(act, self.client)
        except BaseException as error:
            return error

    def delete(self, id: int = 300, **options: Any) -> Deletion:
        deletion: Deletion = self.run(self.client.unsubscribes.delete, id, **options)
        return deletion

    def try_delete(self, id: int = 300, **options: Any) -> Deletion | MailPartnerError:
        """Return the result or the error of this package; any other exception passes."""
        try:
            return self.delete(id, **options)
        except MailPartnerError as error:
            return error

    def call(self, operation: Any, **arguments: Any) -> Any:
        return self.run(self.client.call, operation, **arguments)

    def start(self, id: int = 300, **options: Any) -> Future[Deletion]:
        """Start a deletion in the background: in a thread of its own, or as a task."""
        if isinstance(self._loop, BlockingPortal):
            return self._loop.start_task_soon(partial(self.client.unsubscribes.delete, id, **options))
        assert self._loop is None, "this loop does not go on while the test does something else"
        future: Future[Deletion] = Future()

        def work() -> None:
            try:
                future.set_result(self.delete(id, **options))
            except BaseException as error:
                future.set_exception(error)

        threading.Thread(target=work, daemon=True).start()
        return future

    def with_options(self, **options: Any) -> Caller:
        """Return a second client on the same connections."""
        return Caller(self.client.with_options(**options), self._loop)

    def with_short_first_timeout(self, seconds: float = 0.1) -> Self:
        """Give the first attempt so many seconds for an answer, and later ones the client's own timeout."""
        sender = internals.sender_of(self.client)
        send, timeouts = sender.send, iter([seconds])
        sender.send = lambda request, timeout, remaining: send(request, next(timeouts, timeout), remaining)
        return self

    def close(self) -> None:
        self.run(self.client.close)


class Resource:
    """The methods of one resource of a client, called as the client is."""

    def __init__(self, caller: Caller, resource: Any) -> None:
        self._caller = caller
        self._resource = resource

    def __getattr__(self, name: str) -> Callable[..., Any]:
        return partial(self._caller.run, getattr(self._resource, name))


class Callers:
    """Makes clients, and closes them and what was made for them: `connect(url, client_kind, **options)`."""

    def __init__(self, *, default_key: str = KEY, **defaults: Any) -> None:
        self._default_key = default_key
        self._defaults = defaults
        self._stack = ExitStack()
        self._loops: dict[str, BlockingPortal | asyncio.Runner] = {}

    def __call__(
        self, url: str, client_kind: str = "sync", *, key: str | None = "", clock: Clock | None = None, **options: Any
    ) -> Caller:
        """Make a client on a clock that waits for nothing. A custom client takes `verify` and `proxy`.

        `key`: None for the one in the environment, "" for the default.
        """
        key = self._default_key if key == "" else key
        backend, _, custom = client_kind.partition("-")
        options = {"base_url": url, **self._defaults, **options}
        verify = options.pop("verify", NO_CERTIFICATES)
        if custom:
            options["http_client"] = self.http_client(client_kind, verify=verify, proxy=options.pop("proxy", None))
        client: Any = (MailPartner if backend == "sync" else AsyncMailPartner)(key, **options)
        del key
        internals.set_clock(client, clock or FakeClock())
        caller = Caller(client, self._loop(backend))
        self._stack.callback(caller.close)
        return caller

    def http_client(self, client_kind: str, **options: Any) -> Any:
        """Make an httpx client for an SDK client of this kind."""
        loop = self._loop(client_kind.partition("-")[0])
        options = {"verify": NO_CERTIFICATES, "trust_env": False, **options}
        if loop is None:
            return self._stack.enter_context(httpx.Client(**options))
        client = httpx.AsyncClient(**options)
        self._stack.callback(Caller(client, loop).run, client.aclose)
        return client

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._stack.close()

    def _loop(self, backend: str) -> BlockingPortal | asyncio.Runner | None:
        if backend == "sync":
            return None
        if backend not in self._loops:
            loop: Any = asyncio.Runner() if backend == "async" else start_blocking_portal(backend)
            self._loops[backend] = self._stack.enter_context(loop)
        return self._loops[backend]


async def _awaited(function: Callable[[], Any]) -> Any:
    return await function()
