"""Build the exception for an attempt that was not successful: its class, its fields and its one line of text.

The line says what happened, what was or may have been done at the server, and what to do next.
"""

from __future__ import annotations

import unicodedata
from math import ceil
from typing import TYPE_CHECKING, Final

import attrs

from mailpartner import errors
from mailpartner._core.response import CHUNK_SIZE, KEPT_BODY_SIZE, NoResponse, RawResponse
from mailpartner._core.retry import retry_after
from mailpartner.errors import Hint
from mailpartner.results import ErrorDetail

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mailpartner._core.classify import Classification
    from mailpartner.contract import Operation

_LONGEST_LINE = 300
_HALF_A_KEY = 1 << 12  # bytes, in any encoding
_INVISIBLE = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp", "Zs"})
"""Unicode categories that a line does not show as they are: control, format and direction characters, odd spaces."""

HINTS: Final = {
    "authentication": Hint("check_key", "Check the API key."),
    "permission_denied": Hint("ask_for_access", "Ask Mail Partner to open the account, the API or this IP address."),
    "invalid_request": Hint("correct_request", "Correct the request."),
    "not_found": Hint("check_id", "Check the id."),
    "insufficient_credit": Hint("add_credit", "Add credit to the account."),
    "rate_limit": Hint("slow_down", "Slow down."),
    "server": Hint("try_later", "Try again later."),
    "": Hint("unknown_code", "Its meaning is not known: ask Mail Partner."),
    "doubt": Hint("try_again", "Try again."),
    "find_out": Hint("find_out", "Do not repeat it before you know whether it was done."),
    "unreachable": Hint("check_network", "Check the network and the base URL."),
    "slow": Hint("wait_longer", "Try again later, or with a longer timeout."),
    "unreadable": Hint("look_at_body", "Try again later; if it stays so, look at the error's body."),
}
"""Default hints, by error kind and by what else went wrong; those of an operation come first.

"find_out" stands for "doubt" where a repeat may do harm.
"""

_A_DAY: Final = 86_400.0
_SLOW_DOWN_FOR = "Slow down, and try again in {seconds} seconds."

SANDBOX_KEY: Final = Hint(
    "sandbox_key",
    "The base URL is on this machine, and a sandbox takes only keys that begin with sandbox-: check the key and the"
    " base URL.",
)
"""Hints for a server that may be a sandbox, and a key that is not for one."""

_REDIRECT = "Redirects are not followed: the key would go along. It points to {target}."


@attrs.define
class ErrorContext:
    """What error messages need to know besides the classification."""

    url: str
    redact: Callable[[bytes], bytes]
    redact_text: Callable[[str], str]
    now: Callable[[], float]
    hints: Mapping[str, Hint]
    operation: Operation
    attempts: int = 0
    in_doubt: bool = False
    note: str = ""

    def hint(self, kind: str, name: str | None = None) -> Hint:
        """Return the operation's hint for a code's name or an error kind, else the general one.

        Where a repeat in doubt may do harm, the doubt is what the hint is about, whatever the kind.
        """
        if self.in_doubt and not self.operation.idempotent:
            return self.hints.get("doubt") or HINTS["find_out"]
        return self.hints.get(name or kind) or self.hints.get(kind) or HINTS[kind]


def error_for(
    classified: Classification, response: RawResponse | NoResponse, context: ErrorContext
) -> errors.MailPartnerError:
    """Return the exception for an attempt that was not successful."""
    if isinstance(response, NoResponse):
        return _no_response(response, context)
    if classified.kind is not None:
        return _refusal(classified, response, context)
    return _unexpected(classified, response, context)


def _no_response(failure: NoResponse, context: ErrorContext) -> errors.MailPartnerError:
    cls = errors.APITimeoutError if failure.timed_out else errors.APIConnectionError
    what = "No answer in time" if failure.timed_out else "No answer"
    waited = failure.timed_out and failure.sent
    hint = context.hint("doubt" if context.in_doubt else "slow" if waited else "unreachable")
    line = _line(f"{what} from {context.url} ({context.redact_text(failure.detail)})", hint, context)
    return cls(line, hint=hint, maybe_applied=context.in_doubt, attempts=context.attempts)


def _refusal(classified: Classification, response: RawResponse, context: ErrorContext) -> errors.MailPartnerError:
    kind, envelope = classified.kind or "", classified.envelope
    name = classified.code.name if classified.code else None
    code = envelope.code if envelope else None
    message = context.redact_text(envelope.message) if envelope and envelope.message else None
    details = tuple(_redacted_detail(item, context) for item in envelope.errors) if envelope else ()
    number = f"code {code}" if code is not None else f"HTTP {response.status}" if envelope is None else "no code"
    text = message or "; ".join(filter(None, (detail.message for detail in details)))
    what = f"Mail Partner refused: {' '.join(filter(None, (number, name)))}" + (f', "{text}"' if text else "")
    extra, hint = {}, context.hint(kind, name)
    if kind == "rate_limit":
        extra["retry_after"] = seconds = retry_after(response.retry_after, context.now())
        if seconds and seconds <= _A_DAY and hint is HINTS[kind]:
            hint = Hint(hint.id, _SLOW_DOWN_FOR, {"seconds": str(ceil(seconds))})
    return errors.KINDS.get(kind, errors.APIError)(
        _line(what, hint, context),
        hint=hint,
        code=code,
        name=name,
        message=message,
        errors=details,
        status_code=response.status,
        body=_kept_body(response, context),
        maybe_applied=context.in_doubt,
        attempts=context.attempts,
        **extra,
    )


def _unexpected(classified: Classification, response: RawResponse, context: ErrorContext) -> errors.MailPartnerError:
    cls = errors.ResponseTooLargeError if response.too_large else errors.UnexpectedResponseError
    what = f"HTTP {response.status} from {context.url} with an answer that cannot be read ({classified.unreadable})"
    hint = context.hint("unreadable")
    if 300 <= response.status < 400:
        hint = Hint("redirect", _REDIRECT, {"target": _redirect_target(response, context)})
    return cls(
        _line(what, hint, context),
        hint=hint,
        status_code=response.status,
        content_type=context.redact_text(response.content_type) if response.content_type else None,
        body=_kept_body(response, context),
        retry_after=retry_after(response.retry_after, context.now()),
        maybe_applied=context.in_doubt,
        attempts=context.attempts,
    )


def _line(what: str, hint: Hint, context: ErrorContext) -> str:
    tried = f" after {context.attempts} attempts" if context.attempts > 1 else ""
    done = "It may have been done all the same" if context.in_doubt else "Nothing was done"
    return f"{sanitize_line(what)}{tried}{context.note}. {done}. {hint}"


def sanitize_line(text: str) -> str:
    """Return at most 300 characters of `text`, without line breaks, control and direction characters."""
    head = text[: 4 * _LONGEST_LINE]
    visible = (" " if unicodedata.category(character) in _INVISIBLE else character for character in head)
    text = " ".join("".join(visible).split())
    return text if len(text) <= _LONGEST_LINE else text[: _LONGEST_LINE - 1] + "…"


def _redacted_detail(detail: ErrorDetail, context: ErrorContext) -> ErrorDetail:
    element, message = (text and context.redact_text(text) for text in (detail.element_id, detail.message))
    return ErrorDetail(element, message, detail.code)


def _kept_body(response: RawResponse, context: ErrorContext) -> bytes:
    if context.operation.answers_secrets:
        return b""
    # Redacted before it is cut: a key across the cut would leave its first half. Where redaction shortened the body so
    # much that the end of what was read is kept, half a key may stand there.
    redacted = context.redact(response.body)
    is_whole = not response.cut and len(response.body) < CHUNK_SIZE
    return (
        redacted[:KEPT_BODY_SIZE] if is_whole else redacted[: min(KEPT_BODY_SIZE, max(0, len(redacted) - _HALF_A_KEY))]
    )


def _redirect_target(response: RawResponse, context: ErrorContext) -> str:
    # Redacted before it is cut: the question mark may be part of the key.
    return sanitize_line(context.redact_text(response.location or "").partition("?")[0]) or "nowhere"
