"""Errors made of verdicts: their class, their fields, and one line for the person who reads it.

The line says what happened, what was or may have been done at the server, and what to do next.
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from mailpartner import errors
from mailpartner._core.response import CHUNK_SIZE, KEPT_BODY_SIZE, NoResponse, RawResponse
from mailpartner._core.retry import retry_after
from mailpartner.results import ErrorDetail

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mailpartner._core.classify import Classification

_WORDS_KEPT = 300
_HALF_A_KEY = 1 << 12  # bytes, however it is escaped
_UNSEEN = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp", "Zs"})
"""Unicode categories that no line shows as they are: control, format and direction characters, foreign spaces."""

HINTS = {
    "authentication": "Check the API key.",
    "permission_denied": "Ask Mail Partner to open the account, the API or this IP address.",
    "invalid_request": "Correct the request.",
    "not_found": "Check the id.",
    "rate_limit": "Slow down.",
    "server": "Try again later.",
    "": "Its meaning is not known: ask Mail Partner.",
    "doubt": "Try again.",
    "unreachable": "Check the network and the base URL.",
    "unreadable": "Try again later; if it stays so, look at the error's body.",
}


class ErrorContext:
    """What the wording needs to know beside the verdict: where, how often, in what doubt, and how to hide the key."""

    __slots__ = ("attempts", "doubt", "hints", "note", "now", "redact", "redact_text", "url")

    def __init__(
        self, url: str, redact: Callable[[bytes], bytes], redact_text: Callable[[str], str], now: Callable[[], float]
    ) -> None:
        self.url = url
        self.redact = redact
        self.redact_text = redact_text
        self.now = now
        self.attempts = 0
        self.doubt = False
        self.note = ""
        self.hints: Mapping[str, str] = {}

    def next_step(self, kind: str, name: str | None = None) -> str:
        """What to do next, in the operation's words for this code or kind if it has any."""
        return self.hints.get(name or kind) or self.hints.get(kind) or HINTS[kind]


def error_for(
    verdict: Classification, answer: RawResponse | NoResponse, context: ErrorContext
) -> errors.MailPartnerError:
    """The exception for a verdict that is not `done`."""
    if isinstance(answer, NoResponse):
        return _no_answer(answer, context)
    if verdict.kind is not None:
        return _refusal(verdict, answer, context)
    return _unexpected(verdict, answer, context)


def _no_answer(lost: NoResponse, context: ErrorContext) -> errors.MailPartnerError:
    cls = errors.APITimeoutError if lost.timed_out else errors.APIConnectionError
    what = "No answer in time" if lost.timed_out else "No answer"
    next_step = context.next_step("doubt" if context.doubt else "unreachable")
    line = _line(f"{what} from {context.url} ({context.redact_text(lost.detail)})", next_step, context)
    return cls(line, maybe_applied=context.doubt, attempts=context.attempts)


def _refusal(verdict: Classification, answer: RawResponse, context: ErrorContext) -> errors.MailPartnerError:
    kind = verdict.kind or ""
    envelope = verdict.envelope
    code = envelope.code if envelope else None
    message = context.redact_text(envelope.message) if envelope and envelope.message else None
    details = tuple(_wiped_detail(item, context) for item in envelope.errors) if envelope else ()
    number = f"code {code}" if code is not None else f"HTTP {answer.status}" if envelope is None else "no code"
    named = " ".join(filter(None, (number, verdict.code.name if verdict.code else None)))
    words = message or "; ".join(filter(None, (detail.message for detail in details)))
    what = f"Mail Partner refused: {named}" + (f', "{words}"' if words else "")
    extra = {"retry_after": _wait_asked(answer, context)} if kind == "rate_limit" else {}
    return errors.KINDS.get(kind, errors.APIError)(
        _line(what, context.next_step(kind, verdict.code.name if verdict.code else None), context),
        code=code,
        name=verdict.code.name if verdict.code else None,
        message=message,
        errors=details,
        status_code=answer.status,
        body=_kept(answer, context),
        maybe_applied=context.doubt,
        attempts=context.attempts,
        **extra,
    )


def _unexpected(verdict: Classification, answer: RawResponse, context: ErrorContext) -> errors.MailPartnerError:
    cls = errors.ResponseTooLargeError if answer.too_large else errors.UnexpectedResponseError
    what = f"HTTP {answer.status} from {context.url} with an answer that cannot be read ({verdict.unreadable})"
    next_step = context.next_step("unreadable")
    if 300 <= answer.status < 400:
        next_step = f"Redirects are not followed: the key would go along. It points to {_target(answer, context)}."
    return cls(
        _line(what, next_step, context),
        status_code=answer.status,
        content_type=context.redact_text(answer.content_type) if answer.content_type else None,
        body=_kept(answer, context),
        retry_after=_wait_asked(answer, context),
        maybe_applied=context.doubt,
        attempts=context.attempts,
    )


def _line(what: str, next_step: str, context: ErrorContext) -> str:
    tried = f" after {context.attempts} attempts" if context.attempts > 1 else ""
    done = "It may have been done all the same" if context.doubt else "Nothing was done"
    return f"{sanitize_line(what)}{tried}{context.note}. {done}. {next_step}"


def sanitize_line(text: str) -> str:
    """`text` without line breaks, control and direction characters, at most 300 characters of it."""
    seen = (" " if unicodedata.category(character) in _UNSEEN else character for character in text[: 4 * _WORDS_KEPT])
    text = " ".join("".join(seen).split())
    return text if len(text) <= _WORDS_KEPT else text[: _WORDS_KEPT - 1] + "…"


def _wiped_detail(detail: ErrorDetail, context: ErrorContext) -> ErrorDetail:
    element, message = (text and context.redact_text(text) for text in (detail.element_id, detail.message))
    return ErrorDetail(element, message, detail.code)


def _kept(answer: RawResponse, context: ErrorContext) -> bytes:
    # Wiped before it is cut: a key across the cut would leave its first half. Where so much was wiped that the end of
    # what was read comes into view, half a key may stand there.
    wiped = context.redact(answer.body)
    whole = len(answer.body) < CHUNK_SIZE
    return wiped[:KEPT_BODY_SIZE] if whole else wiped[: min(KEPT_BODY_SIZE, max(0, len(wiped) - _HALF_A_KEY))]


def _wait_asked(answer: RawResponse, context: ErrorContext) -> float | None:
    return retry_after(answer.retry_after, context.now())


def _target(answer: RawResponse, context: ErrorContext) -> str:
    # Wiped before it is cut: the question mark may be the key's own.
    return sanitize_line(context.redact_text(answer.location or "").partition("?")[0]) or "nowhere"
