"""httpx's sync and its async client, as callers bring them, used in one way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kit.callers import Callers

KEY = "account-Pl4nted/Key+&=1"
IN_THE_URL = b"apiKey=account-Pl4nted%2FKey%2B%26%3D1"


class CustomClient:
    """A kind of httpx client, "sync" or "async"."""

    def __init__(self, client_kind: str) -> None:
        self.client_kind = client_kind

    @property
    def is_async(self) -> bool:
        return self.client_kind == "async"

    def hook(self, function: Callable[[Any], object]) -> Callable[[Any], Any]:
        """Return a hook for this kind of client."""

        async def asynchronously(message: Any) -> None:
            function(message)

        return asynchronously if self.is_async else function

    def run(
        self,
        url: str,
        act: Callable[[Any], Any] = lambda mp: mp.unsubscribes.delete(300),
        then: Callable[[Any], Any] | None = None,
        **options: Any,
    ) -> Any:
        """Call `act` with an SDK client on an httpx client with these options, and then `then` with the latter alone.

        Return the result of the last, or the error of the first if it is the last.
        """
        with Callers(max_retries=0) as connect:
            own = connect.http_client(self.client_kind, **options)
            caller = connect(url, self.client_kind, key=KEY, http_client=own)
            result = caller.outcome(act)
            caller.close()
            assert not own.is_closed
            return result if then is None else caller.run(then, own)
