"""The sandbox in a thread of this process: for tests."""

from __future__ import annotations

import asyncio
import ssl
import threading
import time
from collections.abc import Callable, Coroutine, Iterable, Mapping
from concurrent.futures import Future
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from .app import application
from .control import Control, ControlError
from .handle import Handle
from .server import Server, listen, url_of
from .site import Site
from .vendor import Vendor

PATIENCE = 10.0  # seconds for anything that must never take long


class Sandbox(Handle):
    """A sandbox on a free loopback port, its server in a background thread.

    entries: how many made-up entries it starts with, ids from 1.
    state: an SQLite file that keeps the entries; created where there is none. None: in memory.
    spec: another openapi.yaml than the project's.
    site: a folder of static files to serve beside the API, its index.html at /. A ValueError where there is none.
    host, port: 127.0.0.1 or ::1; port 0 is a free one.
    certfile, keyfile, or ssl_context: serve https.
    faults: those that wait at the start, each `{"fault": NAME, "times": 1, ...}`.
    clock: the seconds that the rate limit and `at` count with.
    now: the date of what is added.
    switches: `unknown_id`, `error_status`, `post`, `get`, `rate_limit`, `rate_window`, `retry_after`, `cdata`,
    `xml_rows`, `nb_data`, `letters`; see `Settings`. rate_limit=None switches the vendor's limit off.
    """

    def __init__(
        self,
        *,
        entries: int = 1000,
        state: str | Path | None = None,
        spec: str | Path | None = None,
        site: str | Path | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
        certfile: str | Path | None = None,
        keyfile: str | Path | None = None,
        ssl_context: ssl.SSLContext | None = None,
        faults: Iterable[Mapping[str, Any]] = (),
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = datetime.now,
        **switches: str | float | bool | None,
    ) -> None:
        if certfile is not None:
            ssl_context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            ssl_context.load_cert_chain(certfile, keyfile)
        self._context = ssl_context
        self._place = host, port
        self._site = site
        self._make = partial(
            Vendor,
            entries=entries,
            state=state,
            spec=spec,
            faults=list(faults),
            clock=clock,
            now=now,
            switches=switches,
        )
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Start the thread; the sandbox listens when this returns."""
        if self._thread is not None:
            raise RuntimeError("this sandbox is running already")
        site = None if self._site is None else Site(self._site)
        listening = listen(*self._place)
        try:
            vendor = self._make()
        except BaseException:
            listening.close()
            raise
        self.url = url_of(listening, https=self._context is not None)
        self._control = Control(vendor)
        server = Server(application(vendor, self._control, site), listening, self._context)
        ready: Future[None] = Future()
        self._thread = threading.Thread(
            target=self._run, args=(server, vendor, ready), name="mailpartner-sandbox", daemon=True
        )
        self._thread.start()
        try:
            ready.result(PATIENCE)
        except BaseException:
            self._thread = None
            raise

    def close(self) -> None:
        """End it; connections that stall are broken off."""
        if self._thread is not None:
            self._loop.call_soon_threadsafe(self._end.set)
            self._thread.join(PATIENCE)
            self._thread = None

    def _run(self, server: Server, vendor: Vendor, ready: Future[None]) -> None:
        try:
            with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
                runner.run(self._serve(server, ready))
        except BaseException as error:
            if ready.done():
                raise
            ready.set_exception(error)
        finally:
            vendor.close()

    async def _serve(self, server: Server, ready: Future[None]) -> None:
        self._loop, self._end = asyncio.get_running_loop(), asyncio.Event()
        await server.start()
        ready.set_result(None)
        await self._end.wait()
        await server.stop()

    def _ask(self, method: str, target: str, body: Any = None) -> Any:
        if self._thread is None:
            raise RuntimeError("this sandbox is not running")
        name, _, query = target.partition("?")
        try:
            return self._in_loop(self._answer(method, name, dict(parse_qsl(query)), body))
        except ControlError as error:
            raise ValueError(str(error)) from None

    async def _answer(self, method: str, name: str, query: dict[str, str], body: Any) -> Any:
        return self._control.answer(method, name, query, body)

    def _in_loop(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(PATIENCE)
