"""What every answer of this API has in common, once it is read: the envelope."""

from __future__ import annotations

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


@attrs.define
class Reply:
    """An HTTP answer as it came over the wire. `flaw` says why `body` is not to be read, if it is not."""

    status: int
    content_type: str | None
    retry_after: str | None
    location: str | None
    body: bytes
    flaw: str | None = None
    too_large: bool = False

    def let_go(self) -> None:
        """Keep of a long body only what an error would show: its text has been taken, and memory counts."""
        if len(self.body) > 2 * BODY_KEPT:
            self.body = self.body[:BODY_KEPT]


class Lost(NamedTuple):
    """No answer. `sent` is False only where it is certain that the request never left."""

    sent: bool
    timed_out: bool
    detail: str
