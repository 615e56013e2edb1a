"""httpx's sync and its async client, as callers bring them, seen alike."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import httpx

from mailpartner import AsyncMailPartner, MailPartner

KEY = "sandbox-Pl4nted/Key+&=1"
IN_THE_URL = b"apiKey=sandbox-Pl4nted%2FKey%2B%26%3D1"


class Kind:
    """httpx's sync or its async client, seen alike."""

    def __init__(self, is_async: bool) -> None:
        self.is_async = is_async

    def hook(self, function: Callable[[Any], object]) -> Callable[[Any], Any]:
        """A hook for this kind of client."""

        async def asynchronously(message: Any) -> None:
            function(message)

        return asynchronously if self.is_async else function

    def transport(self, handle: Callable[[httpx.Request], httpx.Response]) -> httpx.MockTransport:
        return httpx.MockTransport(handle)

    def run(
        self,
        url: str,
        act: Callable[[Any], Any] = lambda mp: mp.unsubscribes.delete(300),
        beside: Callable[[Any], Any] | None = None,
        **options: Any,
    ) -> Any:
        """What `act` makes of an SDK client on a client with these options, or its error; then do `beside` with the
        caller's client alone."""
        sdk = {"base_url": url, "max_retries": 0}
        if self.is_async:
            return asyncio.run(self._run_async(sdk, act, beside, options))
        with httpx.Client(**options) as own:
            result = outcome(lambda: with_key(MailPartner, own, sdk), act)
            assert not own.is_closed
            return result if beside is None else beside(own)

    async def _run_async(self, sdk: dict[str, Any], act: Any, beside: Any, options: dict[str, Any]) -> Any:
        async with httpx.AsyncClient(**options) as own:
            mp = with_key(AsyncMailPartner, own, sdk)
            try:
                result = await act(mp)
            except Exception as error:
                result = error
            await mp.close()
            assert not own.is_closed
            return result if beside is None else await beside(own)


def with_key(client: Any, own: Any, options: dict[str, Any]) -> Any:
    return client(KEY, http_client=own, **options)


def outcome(make: Callable[[], MailPartner], act: Callable[[Any], Any]) -> Any:
    with make() as mp:
        try:
            return act(mp)
        except Exception as error:
            return error
