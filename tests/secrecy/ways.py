"""The four ways of making a call: sync and async, with connections of the SDK's own and through the caller's client.

No frame of these functions holds the key once a call is under way: what a traceback shows of them is not at issue.
"""

from __future__ import annotations

import asyncio
import contextlib
import types
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import httpx
import pytest
from loopback import Certificates

import mailpartner.contract
from mailpartner import AsyncMailPartner, MailPartner

ADD = ("POST", "/v1/test/add")


class _Long(str):
    """Text whose repr is short, to spare the search."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "LONG"


LONG = _Long("a" * 6_000_000)
"""More than the buffers of a connection take."""


class Way:
    """One way. `certificates` are what a borrowed client trusts; the SDK's own are told by a fixture."""

    def __init__(self, name: str, certificates: Certificates) -> None:
        self.is_async = name.endswith("async")
        self.borrows = name.startswith("borrowed")
        self._verify = certificates.client

    def error(
        self, key: str, url: str, act: Callable[[Any], Any] = lambda mp: mp.unsubscribes.delete(300), **options: Any
    ) -> BaseException:
        """The error that `act` ends with."""
        error = self.outcome(key, url, act, **options)
        assert isinstance(error, BaseException), error
        return error

    def outcome(self, key: str, url: str, act: Callable[[Any], Any], **options: Any) -> Any:
        """What `act` returns, or the error that it ends with."""
        options = {"base_url": url, "max_retries": 0, "timeout": 5.0, **options}
        proxy = options.pop("proxy", None)
        if not self.borrows:
            kind = AsyncMailPartner if self.is_async else MailPartner
            client = kind(key, proxy=proxy, **options)
            del key
            return asyncio.run(_outcome_async(client, None, act)) if self.is_async else _outcome(client, None, act)
        if self.is_async:
            return asyncio.run(self._borrowed_async(_holding(key), options, proxy, act))
        own = httpx.Client(verify=self._verify, proxy=proxy)
        client = MailPartner(key, http_client=own, **options)
        del key
        return _outcome(client, own, act)

    async def _borrowed_async(self, key: Iterator[str], options: dict[str, Any], proxy: Any, act: Any) -> Any:
        own = httpx.AsyncClient(verify=self._verify, proxy=proxy)
        return await _outcome_async(AsyncMailPartner(next(key), http_client=own, **options), own, act)


def _holding(key: str) -> Iterator[str]:
    yield key


def _outcome(client: MailPartner, own: httpx.Client | None, act: Callable[[Any], Any]) -> Any:
    with contextlib.ExitStack() as stack:
        if own is not None:
            stack.enter_context(own)
        stack.enter_context(client)
        try:
            return act(client)
        except BaseException as error:
            return error


async def _outcome_async(
    client: AsyncMailPartner, own: httpx.AsyncClient | None, act: Callable[[Any], Coroutine[Any, Any, Any]]
) -> Any:
    async with contextlib.AsyncExitStack() as stack:
        if own is not None:
            await stack.enter_async_context(own)
        await stack.enter_async_context(client)
        try:
            return await act(client)
        except BaseException as error:
            return error


def add_operation(monkeypatch: pytest.MonkeyPatch) -> types.SimpleNamespace:
    """An operation whose key is in its JSON body, as the vendor's `unsubscribe/add` has it."""
    delete = mailpartner.contract.OPERATIONS["POST", "/v1/unsubscribe/delete"]
    operation = delete._replace(id="addTest", key_in="body", alternate_method=None, limits={})
    monkeypatch.setitem(mailpartner.contract.OPERATIONS, ADD, operation)

    def get_kwargs(email: Any) -> dict[str, Any]:
        return {"method": "post", "url": ADD[1], "json": {"apiKey": "", "email": email}}

    return types.SimpleNamespace(_get_kwargs=get_kwargs)
