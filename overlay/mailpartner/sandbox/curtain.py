"""What of a request may be shown: never a key; and without a key of the sandbox, the value of no argument.

A request with a foreign key, or none, may carry the real one in any place, by mistake: as the id, under another name.
"""

from __future__ import annotations

import json
from collections.abc import Set
from typing import Any
from urllib.parse import parse_qsl, unquote_plus

from .keys import HIDDEN, is_foreign
from .messages import Incoming

HARMLESS_HEADERS = {
    *("accept", "accept-encoding", "accept-language", "cache-control", "connection", "content-length", "content-type"),
    *("expect", "host", "idempotency-key", "origin", "transfer-encoding", "user-agent", "x-request-id"),
}


class Curtain:
    """Stands before one request. `key`: the name of the argument with the key; `declared`: those of the operation."""

    def __init__(self, incoming: Incoming, key: str, declared: Set[str]) -> None:
        self._incoming = incoming
        self._object = _json_object(incoming.body)
        carried = [*parse_qsl(incoming.query, keep_blank_values=True), *self._object.items()]
        self._keys = {str(value) for name, value in carried if name == key and value}
        trusted = bool(self._keys) and not any(map(is_foreign, self._keys))
        self._shown = declared if trusted else frozenset()

    def path(self) -> str:
        """The path."""
        return self._without_keys(self._incoming.path)

    def query(self) -> str:
        """The query as it came, encoded as it was and in its order."""
        pieces = self._incoming.query.split("&") if self._incoming.query else []
        return "&".join(map(self._piece, pieces))

    def headers(self) -> dict[str, str]:
        """The headers whose values are harmless."""
        return {name: self._without_keys(text) for name, text in self._incoming.headers if name in HARMLESS_HEADERS}

    def header_names(self) -> list[str]:
        """The names of all headers, in their order."""
        return [self._without_keys(name) for name, _ in self._incoming.headers]

    def body(self) -> dict[str, Any] | str | None:
        """None for no body; a JSON object; of anything else, only its size."""
        if self._object:
            return {self._without_keys(name): self._value(name, value) for name, value in self._object.items()}
        return f"{len(self._incoming.body)} bytes" if self._incoming.body else None

    def _piece(self, piece: str) -> str:
        name, equals, value = piece.partition("=")
        shown = self._value(unquote_plus(name), value)
        return f"{self._without_keys(name)}={shown}" if equals else HIDDEN

    def _value(self, name: str, value: Any) -> Any:
        text = unquote_plus(value) if isinstance(value, str) else json.dumps(value)
        hidden = name not in self._shown or self._without_keys(text) != text
        return HIDDEN if hidden else value

    def _without_keys(self, text: str) -> str:
        for key in self._keys:
            text = text.replace(key, HIDDEN)
        return text


def _json_object(body: bytes) -> dict[str, Any]:
    try:
        value = json.loads(body) if body else {}
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}
