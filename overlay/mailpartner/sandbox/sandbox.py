"""A sandbox for a program: in a thread of it, or in a process of its own. Both are asked over HTTP."""

from __future__ import annotations

import asyncio
import os
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from datetime import datetime
from functools import partial
from pathlib import Path

from mailpartner._transport.credential import VARIABLE

from .app import application
from .base import SandboxBase, Setting
from .faults import Written
from .security import host_name
from .server import Server, listen, url_of
from .site import Site
from .state import State

START_WITHIN = 20.0  # seconds
END_WITHIN = 10.0  # seconds, of which the server itself uses two


class Sandbox(SandboxBase):
    """A sandbox on a free loopback port, its server in a background thread."""

    def __init__(
        self,
        *,
        entries: int = 1000,
        subaccounts: int = 0,
        state: str | Path | None = None,
        spec: str | Path | None = None,
        site: str | Path | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
        allow_hosts: str | Iterable[str] = (),
        certfile: str | Path | None = None,
        keyfile: str | Path | None = None,
        ssl_context: ssl.SSLContext | None = None,
        faults: Iterable[Written] = (),
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] | None = None,
        **settings: Setting,
    ) -> None:
        """Prepare a sandbox.

        Args:
            entries: How many made-up entries it starts with, ids from 1.
            subaccounts: How many made-up sub-accounts it starts with.
            state: An SQLite file that keeps the state; created if there is none. None: in memory.
            spec: Another openapi.yaml than the project's.
            site: A folder of static files to serve next to the API, its index.html at /.
            host: 127.0.0.1 or ::1; with `allow_hosts` any address of this machine.
            port: The port; 0 is a free one.
            allow_hosts: Names that other machines, as containers, call this one by.
            certfile: A certificate, to serve https.
            keyfile: Its key.
            ssl_context: In place of both.
            faults: Those that wait at the start, each `{"fault": NAME, "times": 1, ...}`, or as `--fault` takes it.
            clock: Returns the seconds that the rate limit and `at` count with.
            now: Returns the time of the machine; without a zone it is in the API's.
            **settings: See docs/sandbox.md. rate_limit=None switches the vendor's limit off.
        """
        if certfile is not None:
            ssl_context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            ssl_context.load_cert_chain(certfile, keyfile)
        self._context = ssl_context
        self._place = host, port
        self._allow_hosts = _names(allow_hosts)
        self._site = site
        self._make_state = partial(
            State,
            entries=entries,
            subaccounts=subaccounts,
            state=state,
            spec=spec,
            faults=faults,
            settings=settings,
            clock=clock,
            now=now,
        )
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Start the thread; the sandbox listens when this returns."""
        if self._thread is not None:
            raise RuntimeError("this sandbox is running already")
        site = None if self._site is None else Site(self._site)
        listening = listen(*self._place, anywhere=bool(self._allow_hosts))
        try:
            state = self._make_state()
        except BaseException:
            listening.close()
            raise
        self.url = url_of(listening, https=self._context is not None)
        server = Server(application(state, site, self._allow_hosts), listening, self._context)
        ready: Future[None] = Future()
        self._thread = threading.Thread(
            target=self._run, args=(server, state, ready), name="mailpartner-sandbox", daemon=True
        )
        self._thread.start()
        try:
            ready.result(START_WITHIN)
        except BaseException:
            self._thread = None
            raise
        self._is_running = True

    def close(self) -> None:
        """End it; connections that stall are broken off."""
        self._is_running = False
        if self._thread is not None:
            self._loop.call_soon_threadsafe(self._end.set)
            self._thread.join(END_WITHIN)
            self._thread = None

    def _run(self, server: Server, state: State, ready: Future[None]) -> None:
        try:
            with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
                runner.run(self._serve(server, ready))
        except BaseException as error:
            if ready.done():
                raise
            ready.set_exception(error)
        finally:
            state.close()

    async def _serve(self, server: Server, ready: Future[None]) -> None:
        self._loop, self._end = asyncio.get_running_loop(), asyncio.Event()
        await server.start()
        ready.set_result(None)
        await self._end.wait()
        await server.stop()


class SandboxProcess(SandboxBase):
    """`python -m mailpartner.sandbox` on a free loopback port. It ends with the block, and with this process."""

    def __init__(
        self,
        *,
        entries: int = 1000,
        subaccounts: int = 0,
        state: str | Path | None = None,
        spec: str | Path | None = None,
        site: str | Path | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
        allow_hosts: str | Iterable[str] = (),
        faults: Iterable[str] = (),
        **settings: Setting,
    ) -> None:
        """Prepare a sandbox. The arguments are those of `Sandbox`; faults are texts as `--fault` takes them."""
        start = {"entries": entries, "subaccounts": subaccounts, "state": state, "spec": spec, "site": site}
        places = {**start, "host": host, "port": port}
        options: dict[str, object] = {name: value for name, value in places.items() if value is not None}
        options |= {name: "none" if value is None else value for name, value in settings.items()}
        self._command = [sys.executable, "-m", "mailpartner.sandbox", "--end-with-stdin", "--quiet"]
        self._command += [_option(name, value) for name, value in options.items() if value is not False]
        self._command += [f"--fault={fault}" for fault in faults]
        self._command += [f"--allow-host={name}" for name in _names(allow_hosts)]
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Start the process; the sandbox listens when this returns."""
        if self._process is not None:
            raise RuntimeError("this sandbox is running already")
        self._process = subprocess.Popen(  # noqa: S603  (this Python, our own module)
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={name: value for name, value in os.environ.items() if name != VARIABLE},  # the account's key
        )
        too_late = threading.Timer(START_WITHIN, self._process.kill)
        too_late.start()
        try:
            line = self._process.stdout.readline() if self._process.stdout else ""
        finally:
            too_late.cancel()
            too_late.join()
        self.url = next((word for word in line.split() if word.startswith("http://")), "")
        if not self.url:
            self.close()
            raise RuntimeError("the sandbox did not start; what it says is on stderr")
        self._is_running = True

    def close(self) -> None:
        """End the process, if need be by force."""
        self._is_running = False
        process, self._process = self._process, None
        if process is not None:
            process.terminate()
            try:
                process.communicate(timeout=END_WITHIN)
            except subprocess.TimeoutExpired:
                process.kill()
                process.communicate()


def _names(hosts: str | Iterable[str]) -> list[str]:
    return [host_name(name) for name in ([hosts] if isinstance(hosts, str) else hosts)]


def _option(name: str, value: object) -> str:
    flag = "--" + name.replace("_", "-")
    return flag if value is True else f"{flag}={value}"
