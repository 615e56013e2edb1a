"""Clients of every kind, called in one way; and what a test compares of what they give."""

from __future__ import annotations

import asyncio
import ssl
from contextlib import ExitStack
from typing import Any, NamedTuple

import httpx

from mailpartner import APIError, AsyncMailPartner, Deletion, ErrorDetail, HttpInfo, MailPartner, Outcome
from mailpartner.errors import MailPartnerError

KEY = "sandbox-planted-key"
OWN = ("sync", "async")
"""The kinds of client."""
BORROWED = ("sync-borrowed", "async-borrowed")
"""The same, sending through an httpx client of the caller's."""

ID = 300

Came = Deletion | MailPartnerError


class Caller:
    """One client of a kind. `delete` returns what the call gave, be it a result or an error of this package; any
    other exception passes."""

    def __init__(self, kind: str, port: int, **options: Any) -> None:
        self._stack = ExitStack()
        self._runner = self._stack.enter_context(asyncio.Runner()) if kind.startswith("async") else None
        given = {"max_retries": 0, "method": "POST", "base_url": f"http://127.0.0.1:{port}", **options}
        if kind.endswith("borrowed"):
            given["http_client"] = self._http_client()
        self._client = MailPartner(KEY, **given) if self._runner is None else AsyncMailPartner(KEY, **given)
        self._stack.callback(lambda: self._end(self._client.close()))

    def delete(self, id: int = ID, **options: Any) -> Came:
        """Delete an entry."""
        try:
            deletion: Deletion = self._end(self._client.unsubscribes.delete(id, **options))
        except MailPartnerError as error:
            return error
        return deletion

    def call(self, operation: Any, **arguments: Any) -> Any:
        """Carry a generated operation out."""
        try:
            return self._end(self._client.call(operation, **arguments))
        except MailPartnerError as error:
            return error

    def close(self) -> None:
        """Close the client and what was made for it."""
        self._stack.close()

    def _end(self, result: Any) -> Any:
        return self._runner.run(result) if self._runner is not None else result

    def _http_client(self) -> Any:
        # No certificates are needed on loopback, and loading them is most of what a client costs.
        options: dict[str, Any] = {"verify": ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), "trust_env": False}
        if self._runner is None:
            return self._stack.enter_context(httpx.Client(**options))
        client = httpx.AsyncClient(**options)
        self._stack.callback(lambda: self._end(client.aclose()))
        return client


class Refused(NamedTuple):
    """What the tests compare of an APIError."""

    cls: type[APIError]
    code: int | None
    name: str | None = None
    message: str | None = None
    errors: tuple[ErrorDetail, ...] = ()
    maybe_applied: bool = False


def deleted(code: int | None = 200, message: str | None = None) -> Deletion:
    """The deletion that a call in one attempt gives; how the answer came takes no part in comparisons."""
    return Deletion(ID, Outcome.DELETED, code, message, 1, HttpInfo("POST", 200, None))


def said(came: Came) -> Deletion | Refused | tuple[Any, ...]:
    """The parts of a result or an error that must be the same for answers that say the same."""
    if isinstance(came, Deletion):
        return came
    if isinstance(came, APIError):
        return Refused(type(came), came.code, came.name, came.message, came.errors, came.maybe_applied)
    return type(came), came.maybe_applied
