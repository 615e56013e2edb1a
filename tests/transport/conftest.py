"""What the tests of the transport share: certificates, an environment without hints, and the kinds of client."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
import trio
from loopback import Certificates
from secrecy.conftest import Log

from mailpartner import AsyncMailPartner, MailPartner

KEY = "sandbox-Pl4nted/Key+&=1"


@pytest.fixture(scope="session")
def certificates() -> Certificates:
    """One authority for the whole run."""
    return Certificates()


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch, certificates: Certificates) -> None:
    """No key, no base URL and no proxy from outside; the SDK's own connections trust the tests' authority."""
    certificates.alone(monkeypatch)


half_read_on_trio = pytest.mark.filterwarnings("ignore:Async generator 'http:ResourceWarning")
"""httpx and httpcore leave the generators that they iterate over to the collector, and trio says so."""


class Caller:
    """A kind of client: sync, or async in one of two event loops; with connections of its own, or a caller's."""

    def __init__(self, name: str, certificates: Certificates) -> None:
        self.name = name
        self.borrows = name.endswith("borrowed")
        self._verify = certificates.client

    def outcomes(self, url: str, *acts: Callable[[Any], Any], proxy: str | None = None, **options: Any) -> list[Any]:
        """Return what each of the acts returns, or its error, one after the other on one client."""
        options = {"base_url": url, "max_retries": 0, **options}
        if self.name.startswith("sync"):
            own = httpx.Client(verify=self._verify, proxy=proxy) if self.borrows else None
            with MailPartner(KEY, http_client=own, proxy=None if own else proxy, **options) as mp:
                results = [_outcome(act, mp) for act in acts]
            if own is not None:
                own.close()
            return results

        async def run() -> list[Any]:
            own = httpx.AsyncClient(verify=self._verify, proxy=proxy) if self.borrows else None
            async with AsyncMailPartner(KEY, http_client=own, proxy=None if own else proxy, **options) as mp:
                results = [await _async_outcome(act, mp) for act in acts]
            if own is not None:
                await own.aclose()
            return results

        return trio.run(run) if self.name.startswith("trio") else asyncio.run(run())

    def outcome(self, url: str, act: Callable[[Any], Any] | None = None, **options: Any) -> Any:
        """Return what becomes of one call, by default a deletion."""
        return self.outcomes(url, act or delete, **options)[0]


def delete(mp: Any) -> Any:
    """Delete an entry."""
    return mp.unsubscribes.delete(300)


def _outcome(act: Callable[[Any], Any], mp: MailPartner) -> Any:
    try:
        return act(mp)
    except BaseException as error:
        return error


async def _async_outcome(act: Callable[[Any], Any], mp: AsyncMailPartner) -> Any:
    try:
        return await act(mp)
    except BaseException as error:
        return error


OWN = ["sync", "asyncio", "trio"]
BORROWED = ["sync-borrowed", "asyncio-borrowed"]


@pytest.fixture(params=OWN)
def own(request: pytest.FixtureRequest, certificates: Certificates) -> Caller:
    """Each kind of client with connections of its own."""
    return Caller(request.param, certificates)


@pytest.fixture(params=[*OWN, *BORROWED])
def caller(request: pytest.FixtureRequest, certificates: Certificates) -> Caller:
    """Each kind of client."""
    return Caller(request.param, certificates)


@pytest.fixture
def log() -> Iterator[Log]:
    """Everything that is logged during the test."""
    with contextlib.ExitStack() as stack:
        handler = Log()
        root = logging.getLogger()
        level = root.level
        root.addHandler(handler)
        root.setLevel(logging.DEBUG)
        stack.callback(root.removeHandler, handler)
        stack.callback(root.setLevel, level)
        yield handler
