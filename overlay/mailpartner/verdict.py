"""What one attempt came to: done, refused, unreadable or lost; and what may be done about it. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from mailpartner.decoding import decode_parts
from mailpartner.envelope import Envelope, Lost, Reply, Unreadable

if TYPE_CHECKING:
    from mailpartner_contract import Code, Operation

    from mailpartner.request import Request

_TRY_AGAIN = frozenset({408, 429})
_SERVER_SIDE = frozenset({"rate_limit", "server"})


class Verdict(NamedTuple):
    """One attempt, judged.

    envelope: the readable answer, or None. kind: for a refusal the class of its code ("" where openapi.yaml does
    not list it), None for no refusal. unreadable: why an answer is not one of this API. lost: why there is none.
    maybe_applied: whether the server may have done it although it did not say so. again: whether a repeat may help.
    """

    envelope: Envelope | None = None
    kind: str | None = None
    code: Code | None = None
    unreadable: str | None = None
    lost: Lost | None = None
    maybe_applied: bool = False
    again: bool = False
    not_heard: bool = False


def judge(answer: Reply | Lost, request: Request) -> Verdict:
    """The verdict on what an attempt brought back.

    A readable envelope decides, whatever the HTTP status; without one 429 is a rate limit and all else is unreadable.
    """
    if isinstance(answer, Lost):
        return Verdict(lost=answer, maybe_applied=answer.sent, again=True)
    parts = answer.taken()
    try:
        if answer.flaw is not None:
            raise Unreadable(answer.flaw)
        envelope = decode_parts(parts, answer.content_type, request.operation, request.row)
    except Unreadable as fault:
        return _unreadable(answer, str(fault))
    return Verdict(envelope=envelope) if envelope.success else _refused(answer.status, envelope, request.operation)


def _unreadable(answer: Reply, reason: str) -> Verdict:
    status = answer.status
    if status == 429:
        return Verdict(kind="rate_limit", unreadable=reason, again=True)
    final = status not in _TRY_AGAIN and (300 <= status < 500)
    # HTTP 405 is the one unreadable answer which says by itself that nothing was done (RFC 9110, 15.5.6).
    not_heard = status == 405
    return Verdict(unreadable=reason, maybe_applied=not not_heard, again=not final, not_heard=not_heard)


def _refused(status: int, envelope: Envelope, operation: Operation) -> Verdict:
    code = operation.codes.get(envelope.code) if envelope.code is not None else None
    if code is None:
        return _refused_for_unknown_reason(status, envelope)
    kind = code.kind
    # Every request has a key: that it is missing says that the server did not look where it was.
    key_not_seen = code.name == "API_KEY_REQUIRED"
    return Verdict(envelope, kind, code, None, None, kind == "server", kind in _SERVER_SIDE, key_not_seen)


def _refused_for_unknown_reason(status: int, envelope: Envelope) -> Verdict:
    """A code that openapi.yaml does not list: then the status is all there is to say whether a repeat may help."""
    kind = "rate_limit" if status == 429 else ""
    failing = status >= 500
    return Verdict(
        envelope, kind, maybe_applied=failing, again=failing or status in _TRY_AGAIN, not_heard=status == 405
    )
