"""What every answer of this API has in common, once it is read: the envelope."""

from __future__ import annotations

from mmap import mmap
from typing import Any, NamedTuple

import attrs

from mailpartner.results import ErrorDetail


class Envelope(NamedTuple):
    """A readable answer. `data` is the whole JSON object, its values checked against openapi.yaml on success."""

    success: bool
    code: int | None
    message: str | None
    errors: tuple[ErrorDetail, ...]
    data: dict[str, Any]


class DecodeError(Exception):
    """Why an answer is not one of this API, in a few words."""


KEPT_BODY_SIZE = 1 << 16
CHUNK_SIZE = 2 * KEPT_BODY_SIZE  # more than is kept: the key is wiped before a body is cut


Chunk = bytes | mmap  # of a body that came over the wire all but the last are pages of state of their own


def split_chunks(body: bytes | list[Chunk]) -> list[Chunk]:
    """A body in parts that can be let go one by one: none is longer than PART, none but the last is shorter."""
    if isinstance(body, list):
        return body
    if len(body) <= CHUNK_SIZE:
        return [body]
    return [body[start : start + CHUNK_SIZE] for start in range(0, len(body), CHUNK_SIZE)]


@attrs.define
class RawResponse:
    """An HTTP answer as it came over the wire. `flaw` says why `body` is not to be read, if it is not."""

    status: int
    content_type: str | None
    retry_after: str | None
    location: str | None
    _body: bytes | list[Chunk]
    invalid_reason: str | None = None
    too_large: bool = False

    @property
    def body(self) -> bytes:
        """The body in one piece."""
        if isinstance(self._body, list):
            self._body = b"".join(self._body)
        return self._body

    def take_chunks(self) -> list[Chunk]:
        """The body in parts, for who reads it to let go of: a long one is kept only as far as an error would show it,
        because state counts."""
        parts = split_chunks(self._body)
        self._body = bytes(parts[0])
        return parts


class NoResponse(NamedTuple):
    """No answer. `sent` is False only where it is certain that the request never left."""

    sent: bool
    timed_out: bool
    detail: str
