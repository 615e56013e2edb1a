"""The raw response of one attempt, and the envelope that it decodes to."""

from __future__ import annotations

from collections.abc import Callable, Container
from mmap import mmap
from typing import Any, NamedTuple

import attrs

from mailpartner.results import ErrorDetail

KEPT_BODY_SIZE = 1 << 16
"""Bytes of a response body that an error keeps."""

CHUNK_SIZE = 2 * KEPT_BODY_SIZE
"""Bytes of one chunk of a long body. More than is kept, because the key is redacted before a body is cut."""

MAX_REDACTED_DEPTH = 32

Chunk = bytes | mmap
"""One part of a body. All but the last are memory-mapped pages, which are given back to the system one by one."""


class DecodeError(Exception):
    """The response is not one of this API. Internal: `classify` turns it into a classification."""


class Envelope(NamedTuple):
    """The decoded response, the same for JSON and XML.

    Attributes:
        success: Whether the server did what was asked.
        code: The API's code, or None.
        message: The server's text, or None.
        errors: The faults of single fields that the server lists.
        data: All fields of the response; on success coerced to the types in the contract.
        ignored: On success, the optional fields whose values did not fit the contract.
    """

    success: bool
    code: int | None
    message: str | None
    errors: tuple[ErrorDetail, ...]
    data: dict[str, Any]
    ignored: tuple[str, ...] = ()

    def redacted(self, redact: Callable[[str], str], known: Container[str]) -> Envelope:
        """Return the envelope of a success without the key, in case the server echoes it; `known` names stay."""
        data = {
            name if name in known else redact(name): _redacted_value(value, redact) for name, value in self.data.items()
        }
        return self._replace(message=data.get("message"), data=data)


def _redacted_value(value: Any, redact: Callable[[str], str], depth: int = 0) -> Any:
    """Return `value` without the key. Values nested deeper than any response of this API are dropped."""
    if isinstance(value, str):
        return redact(value)
    if not isinstance(value, (dict, list)):
        return value
    if depth > MAX_REDACTED_DEPTH:
        return None
    if isinstance(value, dict):
        return {redact(name): _redacted_value(inner, redact, depth + 1) for name, inner in value.items()}
    return [_redacted_value(inner, redact, depth + 1) for inner in value]


@attrs.define
class RawResponse:
    """An HTTP response as it was received.

    Attributes:
        invalid_reason: Why the body must not be decoded (compressed, too long), or None.
        too_large: Whether the body exceeds the operation's limit.
        cut: Whether not all of the body was received.
    """

    status: int
    content_type: str | None
    retry_after: str | None
    location: str | None
    _body: bytes | list[Chunk]
    invalid_reason: str | None = None
    too_large: bool = False
    cut: bool = False

    @property
    def body(self) -> bytes:
        """The body as one bytes object."""
        if isinstance(self._body, list):
            self._body = b"".join(self._body)
        return self._body

    def take_chunks(self) -> list[Chunk]:
        """Return the body as chunks and drop it from this object, to limit peak memory.

        The first chunk is kept, because an error shows it.
        """
        chunks: list[Chunk] = self._body if isinstance(self._body, list) else [self._body]
        self._body = bytes(chunks[0])
        return chunks


class NoResponse(NamedTuple):
    """No response was received.

    Attributes:
        sent: False only if no byte of the request left this machine, or not the last one of its body.
        timed_out: Whether a timeout or the deadline ended the attempt.
        detail: The reason, for people.
    """

    sent: bool
    timed_out: bool
    detail: str
