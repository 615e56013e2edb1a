"""The last requests that the sandbox received, without a key or another secret in them."""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Iterable, Mapping
from typing import Any, TypedDict
from urllib.parse import parse_qsl, unquote_plus

from starlette.requests import Request

from mailpartner._transport.credential import SANDBOX_PREFIX

from .document import Operation

KEPT = 1000
MAX_BODY = 65_536  # bytes of a body that is shown; of a longer one, only the size
REDACTED = "***"
WRONG_KEY = f"{SANDBOX_PREFIX}wrong"  # for trying what a wrong key does
GENERATED_SECRET = re.compile(rf"{SANDBOX_PREFIX}(?:sub|token)-[0-9a-f]+", re.IGNORECASE)
ESCAPE = re.compile(r"\\+u00|%(?:25)+", re.IGNORECASE)  # of JSON, or of a URL in a URL
MAX_ESCAPES = 5  # one in another
HARMLESS_HEADERS = {
    *("accept", "accept-encoding", "accept-language", "cache-control", "connection", "content-length", "content-type"),
    *("expect", "host", "idempotency-key", "origin", "transfer-encoding", "user-agent", "x-request-id"),
}


def is_sandbox_key(key: str) -> bool:
    """Return whether the key is a sandbox's. One that is not may be an account's, sent here by mistake."""
    return key.startswith(SANDBOX_PREFIX)


class LoggedRequest(TypedDict):
    """A request that the sandbox received, keys hidden.

    Attributes:
        number: Counts the requests from 1.
        at: Seconds since the sandbox started.
        connection: Counts the TCP connections from 1.
        method: The HTTP method.
        path: The path.
        query: As it came, values hidden that are not the document's.
        headers: The values of harmless headers.
        header_names: The names of all headers, in their order.
        body: None, the JSON object, or its size.
        operation: The operationId, if there is one.
        done: "deleted", "added", "listed", "read", "sent", "cancelled", "created", "moved", "refused" (by an answer of
            the API), or "nothing".
        code: The API's code, answered or lost.
        fault: The fault that hit it.
        status: The HTTP status that was sent, in whole or in part.
    """

    number: int
    at: float
    connection: int
    method: str
    path: str
    query: str
    headers: dict[str, str]
    header_names: list[str]
    body: dict[str, Any] | str | None
    operation: str | None
    done: str
    code: int | None
    fault: str | None
    status: int | None


class RequestLog:
    """The last 1000 requests."""

    def __init__(self) -> None:
        self._requests: deque[LoggedRequest] = deque(maxlen=KEPT)
        self._number = 0

    def add(self, request: Request, body: bytes, operation: Operation | None, key: str, at: float) -> LoggedRequest:
        """Note a request; who handles it fills in what becomes of it. `key`: the name of the argument with the key."""
        self._number += 1
        shown = _Redaction(request, body, operation, key)
        record = LoggedRequest(
            number=self._number,
            at=round(at, 6),
            connection=request.scope["state"]["connection"].number,
            method=request.method,
            path=shown.text(request.scope["path"]),
            query=shown.query(),
            headers=shown.headers(),
            header_names=[shown.text(name) for name in request.headers],
            body=shown.body(),
            operation=operation.id if operation else None,
            done="nothing",
            code=None,
            fault=None,
            status=None,
        )
        self._requests.append(record)
        return record

    def all(self) -> list[LoggedRequest]:
        """Return the requests, oldest first."""
        return [record.copy() for record in self._requests]

    def clear(self) -> None:
        """Forget the requests, and count from 1 again."""
        self._requests.clear()
        self._number = 0


class _Redaction:
    """What of a request may be shown: never a secret; without a sandbox key, the value of no argument.

    A request with another key, or none, may carry a real key anywhere by mistake: as the id, under another name, or as
    the name.
    """

    def __init__(self, request: Request, body: bytes, operation: Operation | None, key: str) -> None:
        self._request, self._body, self._object, self._key = request, body, _json_object(body), key
        parameters = operation.parameters.values() if operation else ()
        secret = {key, *(item.name for item in parameters if item.schema.get("format") == "password")}
        carried = [*parse_qsl(self._query, keep_blank_values=True), *self._object.items()]
        keys = _texts(value for name, value in carried if name == key)
        self._secrets = keys | _texts(value for name, value in carried if name in secret)
        is_trusted = bool(keys) and all(map(is_sandbox_key, keys))
        self._names = {key, *(item.name for item in parameters)}
        self._shown = self._names - secret if is_trusted else set()
        self._is_trusted = is_trusted

    @property
    def _query(self) -> str:
        return str(self._request.scope["query_string"].decode("latin-1"))

    def text(self, text: str) -> str:
        """Return a text without secrets, and nothing of one in which a secret is spelled with escapes."""
        for secret in self._secrets:
            text = text.replace(secret, REDACTED)
        text = plain = GENERATED_SECRET.sub(REDACTED, text)
        for _ in range(MAX_ESCAPES):
            before, plain = plain, unquote_plus(ESCAPE.sub("%", plain))
            if GENERATED_SECRET.search(plain) or any(secret in plain for secret in self._secrets):
                return REDACTED
            if plain == before:
                return text
        return REDACTED

    def query(self) -> str:
        """Return the query as it came, encoded as it was and in its order."""
        return "&".join(map(self._pair, self._query.split("&"))) if self._query else ""

    def headers(self) -> dict[str, str]:
        """Return the headers whose values are harmless."""
        return {name: self.text(text) for name, text in self._request.headers.items() if name in HARMLESS_HEADERS}

    def body(self) -> dict[str, Any] | str | None:
        """Return None for no body, a JSON object, or of anything else and of a long body only the size."""
        if self._object and len(self._body) <= MAX_BODY:
            return {self._name(name): self._value(name, value) for name, value in self._object.items()}
        return f"{len(self._body)} bytes" if self._body else None

    def _pair(self, pair: str) -> str:
        name, equals, value = pair.partition("=")
        shown = self._value(unquote_plus(name), value)
        return f"{self._name(name)}={shown}" if equals else REDACTED

    def _name(self, name: str) -> str:
        return self.text(name) if self._is_trusted or unquote_plus(name) in self._names else REDACTED

    def _value(self, name: str, value: Any) -> Any:
        text = unquote_plus(value) if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        is_hidden = name not in self._shown or self.text(text) != text or f'"{self._key}"' in text
        return REDACTED if is_hidden else value


def _texts(values: Iterable[Any]) -> set[str]:
    return {str(value) for value in values if value}


def _json_object(body: bytes) -> Mapping[str, Any]:
    try:
        value = json.loads(body) if body else {}
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}
