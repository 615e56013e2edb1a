"""What one attempt came to: done, refused, unreadable or lost; and what may be done about it. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from mailpartner._core.decoding import decode_parts
from mailpartner._core.response import DecodeError, Envelope, NoResponse, RawResponse

if TYPE_CHECKING:
    from mailpartner_contract import Code, Operation

    from mailpartner._core.request import Request

_TRY_AGAIN = frozenset({408, 429})
_SERVER_SIDE = frozenset({"rate_limit", "server"})


class Classification(NamedTuple):
    """One attempt, judged.

    envelope: the readable answer, or None. kind: for a refusal the class of its code ("" where openapi.yaml does
    not list it), None for no refusal. unreadable: why an answer is not one of this API. lost: why there is none.
    maybe_applied: whether the server may have done it although it did not say so. again: whether a repeat may help.
    """

    envelope: Envelope | None = None
    kind: str | None = None
    code: Code | None = None
    unreadable: str | None = None
    lost: NoResponse | None = None
    maybe_applied: bool = False
    retryable: bool = False
    method_rejected: bool = False


def classify(answer: RawResponse | NoResponse, request: Request) -> Classification:
    """The verdict on what an attempt brought back.

    A readable envelope decides, whatever the HTTP status; without one 429 is a rate limit and all else is unreadable.
    """
    if isinstance(answer, NoResponse):
        return Classification(lost=answer, maybe_applied=answer.sent, retryable=True)
    parts = answer.take_chunks()
    try:
        if answer.invalid_reason is not None:
            raise DecodeError(answer.invalid_reason)
        envelope = decode_parts(parts, answer.content_type, request.operation, request.row)
    except DecodeError as fault:
        return _unreadable(answer, str(fault))
    return (
        Classification(envelope=envelope) if envelope.success else _refused(answer.status, envelope, request.operation)
    )


def _unreadable(answer: RawResponse, reason: str) -> Classification:
    status = answer.status
    if status == 429:
        return Classification(kind="rate_limit", unreadable=reason, retryable=True)
    final = status not in _TRY_AGAIN and (300 <= status < 500)
    # HTTP 405 is the one unreadable answer which says by itself that nothing was done (RFC 9110, 15.5.6).
    method_rejected = status == 405
    return Classification(
        unreadable=reason, maybe_applied=not method_rejected, retryable=not final, method_rejected=method_rejected
    )


def _refused(status: int, envelope: Envelope, operation: Operation) -> Classification:
    code = operation.codes.get(envelope.code) if envelope.code is not None else None
    if code is None:
        return _refused_for_unknown_reason(status, envelope)
    kind = code.kind
    # Every request has a key: that it is missing says that the server did not look where it was.
    key_not_seen = code.name == "API_KEY_REQUIRED"
    return Classification(envelope, kind, code, None, None, kind == "server", kind in _SERVER_SIDE, key_not_seen)


def _refused_for_unknown_reason(status: int, envelope: Envelope) -> Classification:
    """A code that openapi.yaml does not list: then the status is all there is to say whether a repeat may help."""
    kind = "rate_limit" if status == 429 else ""
    failing = status >= 500
    return Classification(
        envelope, kind, maybe_applied=failing, retryable=failing or status in _TRY_AGAIN, method_rejected=status == 405
    )
