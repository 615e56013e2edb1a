"""A client that is used in the same way whether it is sync or async, and waits for nothing between attempts."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Any

from mailpartner import AsyncMailPartner, MailPartner
from mailpartner._core.clock import Clock

KEY = "sandbox-lists-key"


class Hurry(Clock):
    """The true clock, but for the waits."""

    def sleep(self, seconds: float, stop: threading.Event | None = None) -> None:
        """Do not wait."""

    async def async_sleep(self, seconds: float) -> None:
        """Do not wait."""


class Caller:
    """Makes a client for each call: `caller.add("a@example.com")` calls unsubscribes.add, sync or async."""

    def __init__(self, kind: str, url: str, **options: Any) -> None:
        self.kind = kind
        self._options = {"api_key": KEY, "base_url": url, **options}

    def __getattr__(self, name: str) -> Callable[..., Any]:
        return lambda *given, **options: self.run(lambda mp: getattr(mp.unsubscribes, name)(*given, **options))

    def call(self, operation: Any, **arguments: Any) -> Any:
        """Call a generated operation."""
        return self.run(lambda mp: mp.call(operation, **arguments))

    def run(self, act: Callable[[Any], Any]) -> Any:
        """Do something with a client, and close it."""
        return self._sync(act) if self.kind == "sync" else asyncio.run(self._async(act))

    def _sync(self, act: Callable[[Any], Any]) -> Any:
        with MailPartner(**self._options) as mp:
            mp._session.state.clock = Hurry()
            return act(mp)

    async def _async(self, act: Callable[[Any], Any]) -> Any:
        async with AsyncMailPartner(**self._options) as mp:
            mp._session.state.clock = Hurry()
            return await act(mp)
