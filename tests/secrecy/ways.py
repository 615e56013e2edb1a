"""The four ways of making a call: sync and async, with connections of the SDK's own and through the caller's client.

No frame of these functions holds the key once a call is under way: what a traceback shows of them is not at issue.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kit.callers import Callers
from kit.tls import Certificates

from mailpartner._core.clock import SYSTEM_CLOCK


class Way:
    """One way. A custom client trusts `certificates`; the SDK's own connections are told by a fixture."""

    def __init__(self, client_kind: str, certificates: Certificates) -> None:
        self.is_async = client_kind.startswith("async")
        self.is_custom = client_kind.endswith("-custom")
        self._client_kind = client_kind
        self._verify = certificates.client

    def error(
        self, key: str, url: str, act: Callable[[Any], Any] = lambda mp: mp.unsubscribes.delete(300), **options: Any
    ) -> BaseException:
        """Return the error that `act` ends with."""
        error = self.outcome(key, url, act, **options)
        assert isinstance(error, BaseException), error
        return error

    def outcome(self, key: str, url: str, act: Callable[[Any], Any], **options: Any) -> Any:
        """Return what `act` returns, or the error that it ends with."""
        with Callers(max_retries=0, timeout=5.0, verify=self._verify) as connect:
            caller = connect(url, self._client_kind, key=key, clock=SYSTEM_CLOCK, **options)
            del key
            return caller.outcome(act)
