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


class Unreadable(Exception):  # noqa: N818 - it never leaves the package; it is a verdict, not an error of the caller
    """Why an answer is not one of this API, in a few words."""


BODY_KEPT = 1 << 16
PART = 2 * BODY_KEPT  # more than is kept: the key is wiped before a body is cut


Part = bytes | mmap  # of a body that came over the wire all but the last are pages of memory of their own


def in_parts(body: bytes | list[Part]) -> list[Part]:
    """A body in parts that can be let go one by one: none is longer than PART, none but the last is shorter."""
    if isinstance(body, list):
        return body
    if len(body) <= PART:
        return [body]
    return [body[start : start + PART] for start in range(0, len(body), PART)]


@attrs.define
class Reply:
    """An HTTP answer as it came over the wire. `flaw` says why `body` is not to be read, if it is not."""

    status: int
    content_type: str | None
    retry_after: str | None
    location: str | None
    _body: bytes | list[Part]
    flaw: str | None = None
    too_large: bool = False

    @property
    def body(self) -> bytes:
        """The body in one piece."""
        if isinstance(self._body, list):
            self._body = b"".join(self._body)
        return self._body

    def taken(self) -> list[Part]:
        """The body in parts, for who reads it to let go of: a long one is kept only as far as an error would show it,
        because memory counts."""
        parts = in_parts(self._body)
        self._body = bytes(parts[0])
        return parts


class Lost(NamedTuple):
    """No answer. `sent` is False only where it is certain that the request never left."""

    sent: bool
    timed_out: bool
    detail: str
