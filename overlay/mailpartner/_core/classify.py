"""Classify one attempt: done, refused, unreadable or without a response; and what may follow. Pure."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from mailpartner._core.decoding import decode
from mailpartner._core.response import DecodeError, Envelope, NoResponse, RawResponse

if TYPE_CHECKING:
    from mailpartner._core.request import Request
    from mailpartner.contract import Code, Operation

_TRANSIENT_STATUSES = frozenset({408, 429})


class Retry(Enum):
    """For which operations a repeat of the attempt may help and does no harm."""

    NEVER = 0
    IF_IDEMPOTENT = 1
    ALWAYS = 2


class Classification(NamedTuple):
    """One attempt, classified.

    Attributes:
        envelope: The readable response, or None.
        kind: For a refusal the error kind of its code ("" for a code that openapi.yaml does not list); else None.
        code: The listed code of a refusal.
        unreadable: Why the response is not one of this API, or None.
        maybe_applied: Whether the server may have done what was asked although it did not say so.
        retry: Whether to try again.
        method_rejected: Whether the server says that it did not process this HTTP method.
    """

    envelope: Envelope | None = None
    kind: str | None = None
    code: Code | None = None
    unreadable: str | None = None
    maybe_applied: bool = False
    retry: Retry = Retry.NEVER
    method_rejected: bool = False

    def may_retry(self, operation: Operation) -> bool:
        """Whether the attempt may be repeated for this operation."""
        return self.retry is Retry.ALWAYS or (self.retry is Retry.IF_IDEMPOTENT and operation.idempotent)


def classify(response: RawResponse | NoResponse, request: Request) -> Classification:
    """Classify what an attempt brought back.

    A readable envelope decides, whatever the HTTP status. Without one, 429 is a rate limit and all else is unreadable.
    """
    if isinstance(response, NoResponse):
        retry = Retry.IF_IDEMPOTENT if response.sent else Retry.ALWAYS
        return Classification(maybe_applied=response.sent, retry=retry)
    chunks = response.take_chunks()
    try:
        if response.invalid_reason is not None:
            raise DecodeError(response.invalid_reason)
        envelope = decode(chunks, response.content_type, request.operation, request.row)
    except DecodeError as error:
        return _unreadable(response.status, str(error))
    return Classification(envelope) if envelope.success else _refused(response.status, envelope, request.operation)


def _unreadable(status: int, reason: str) -> Classification:
    if status == 429:
        return Classification(kind="rate_limit", unreadable=reason, retry=Retry.IF_IDEMPOTENT)
    final = status not in _TRANSIENT_STATUSES and 300 <= status < 500
    # HTTP 405 is the one unreadable response that says by itself that nothing was done (RFC 9110, 15.5.6).
    return Classification(
        unreadable=reason,
        maybe_applied=status != 405,
        retry=Retry.NEVER if final else Retry.IF_IDEMPOTENT,
        method_rejected=status == 405,
    )


def _refused(status: int, envelope: Envelope, operation: Operation) -> Classification:
    code = operation.codes.get(envelope.code) if envelope.code is not None else None
    if code is None:
        return _refused_with_unlisted_code(status, envelope)
    unknown = code.effect == "unknown"
    retry = Retry.ALWAYS if code.effect == "not_applied_retry" else Retry.IF_IDEMPOTENT if unknown else Retry.NEVER
    # Every request has a key. So this code says that the server did not look for it where it was.
    key_not_seen = code.name == "API_KEY_REQUIRED"
    return Classification(envelope, code.kind, code, None, unknown, retry, key_not_seen)


def _refused_with_unlisted_code(status: int, envelope: Envelope) -> Classification:
    """Classify by the HTTP status: nothing else says whether a repeat may help."""
    failing = status >= 500
    return Classification(
        envelope,
        "rate_limit" if status == 429 else "",
        maybe_applied=failing,
        retry=Retry.IF_IDEMPOTENT if failing or status in _TRANSIENT_STATUSES else Retry.NEVER,
        method_rejected=status == 405,
    )
