"""One call: attempts, waiting, the deadline, and the change of method. The only place that sleeps.

The request_flow with the server is a generator: it yields what is to be sent and how long to wait, and is told
what came back. `run` and `run_async` carry it out; there is nothing else in which sync and async differ.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Awaitable, Callable, Generator
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from mailpartner._core.classify import Classification, classify
from mailpartner._core.clock import SYSTEM_CLOCK, Clock
from mailpartner._core.error_messages import ErrorContext, error_for
from mailpartner._core.method import other_method, remember_method, with_first_method
from mailpartner._core.rate_limiter import FixedSchedule, RateLimiter
from mailpartner._core.response import Envelope, NoResponse, RawResponse
from mailpartner._core.retry import LONGEST_RETRY_AFTER, RetryQuota, backoff, retry_after
from mailpartner.results import HttpInfo

if TYPE_CHECKING:
    from mailpartner._core.options import Options
    from mailpartner._core.request import Request
    from mailpartner.errors import MailPartnerError

log = logging.getLogger("mailpartner")

DEEPEST = 32


class SendRequest(NamedTuple):
    """Send this now: each network step within `timeout` seconds, all of it within `remaining`."""

    request: Request
    timeout: float
    remaining: float


class Sleep(NamedTuple):
    """Wait this many seconds."""

    seconds: float


class Success(NamedTuple):
    """A call that ended with an envelope which says that it was done."""

    envelope: Envelope
    attempts: int
    http: HttpInfo


class Failure(NamedTuple):
    """A call that ended otherwise: the error to raise, and how the last answer came, if one came."""

    error: MailPartnerError
    attempts: int
    http: HttpInfo | None


Answer = RawResponse | NoResponse
CallResult = Success | Failure
RequestFlow = Generator[SendRequest | Sleep, Answer, CallResult]


class ClientState:
    """What a client learns and spends over its life; clients made by `with_options` share it."""

    def __init__(self, url: str, redact: Callable[[bytes], bytes], redact_text: Callable[[str], str]) -> None:
        self.url = url
        self.redact = redact
        self.redact_text = redact_text
        self.quota = RetryQuota()
        self.clock: Clock = SYSTEM_CLOCK
        self.rate_limiter: RateLimiter | FixedSchedule = RateLimiter()
        self.methods: dict[str, str] = {}
        self.closed = False

    def context(self) -> ErrorContext:
        """A fresh context for one call's errors."""
        return ErrorContext(self.url, self.redact, self.redact_text, self.clock.now)


def request_flow(request: Request, options: Options, state: ClientState) -> RequestFlow:
    """All that one call sends and waits, until it is settled."""
    clock = state.clock
    request = with_first_method(request, options, state)
    context = state.context()
    context.hints = request.hints
    yield from _turn(state)
    until = clock.monotonic() + options.deadline
    retries = 0
    while True:
        remaining = until - clock.monotonic()
        context.attempts += 1
        answer = yield SendRequest(request, min(options.timeout, remaining), remaining)
        verdict = classify(answer, request)
        context.doubt = context.doubt or (verdict.maybe_applied and not request.only_reads)
        if log.isEnabledFor(logging.DEBUG):
            _log(request, answer, verdict, context)
        if isinstance(answer, RawResponse) and verdict.envelope is not None and verdict.envelope.success:
            state.quota.give_back()
            remember_method(request, options, state)
            return Success(_wiped(verdict.envelope, context), context.attempts, _http(request, answer, context))
        other = other_method(request, verdict, options)
        if other is not None and clock.monotonic() < until:
            request = request._replace(method=other)
            until += yield from _turn(state)
            continue
        if verdict.envelope is not None and not verdict.method_rejected:
            remember_method(request, options, state)
        wait = _wait(verdict, answer, retries, request, options, state)
        in_time = wait is not None and clock.monotonic() + wait < until
        if wait is None or not in_time or not _affordable(verdict, state):
            return _failed(verdict, answer, request, context, too_late=wait is not None and not in_time)
        retries += 1
        until += yield from _rest(wait, verdict, state)
        if clock.monotonic() >= until:  # the wait took longer than it should have: the machine slept
            return _failed(verdict, answer, request, context, too_late=True)


class CallAborted(Exception):  # noqa: N818 - it never leaves the package
    """A call was given up while it waited, because its run is stopping. sent: whether a request may have left."""

    def __init__(self, sent: bool) -> None:
        super().__init__()
        self.sent = sent


def run(
    talk: RequestFlow,
    send: Callable[[Request, float, float], Answer],
    clock: Clock,
    stop: threading.Event | None = None,
) -> CallResult:
    """Carry a request_flow out. Raises Stopped if `stop` is set while it waits."""
    sent = False
    try:
        step = next(talk)
        while True:
            if isinstance(step, SendRequest):
                sent = True
                step = talk.send(send(*step))
            else:
                clock.sleep(step.seconds, stop)
                if stop is not None and stop.is_set():
                    raise CallAborted(sent)
                step = next(talk)
    except StopIteration as end:
        return cast(CallResult, end.value)


async def run_async(
    talk: RequestFlow, send: Callable[[Request, float, float], Awaitable[Answer]], clock: Clock
) -> CallResult:
    """Carry a request_flow out, awaiting."""
    try:
        step = next(talk)
        while True:
            if isinstance(step, SendRequest):
                step = talk.send(await send(*step))
            else:
                await clock.async_sleep(step.seconds)
                step = next(talk)
    except StopIteration as end:
        return cast(CallResult, end.value)


def _rest(seconds: float, verdict: Classification, state: ClientState) -> Generator[Sleep, Answer, float]:
    """Wait before the next attempt; where the server gets too many requests, everybody waits. Returns what of it was
    waiting for a turn."""
    if verdict.kind == "rate_limit":
        state.rate_limiter.pause(state.clock.monotonic() + seconds)
    yield Sleep(seconds)
    return (yield from _turn(state))


def _turn(state: ClientState) -> Generator[Sleep, Answer, float]:
    """Wait until the pace of the client lets a request go, and again if a pause was called meanwhile. Returns the
    seconds that it took, which are no part of a call's own time."""
    rate_limiter, clock = state.rate_limiter, state.clock
    waited = 0.0
    while rate_limiter.active:
        moment = rate_limiter.reserve(clock.monotonic())
        seconds = max(0.0, moment - clock.monotonic())
        if seconds:
            yield Sleep(seconds)
        waited += seconds
        if not rate_limiter.paused_at(moment):
            break
    return waited


def _wait(
    verdict: Classification, answer: Answer, retries: int, request: Request, options: Options, state: ClientState
) -> float | None:
    """Seconds before the next attempt, None if there is to be none."""
    never_sent = verdict.lost is not None and not verdict.lost.sent
    allowed = verdict.retryable and (request.operation.repeatable or never_sent)
    if not allowed or retries >= options.max_retries:
        return None
    asked = retry_after(answer.retry_after, state.clock.now()) if isinstance(answer, RawResponse) else None
    if asked is not None and asked > LONGEST_RETRY_AFTER:
        return None
    return asked if asked is not None else backoff(retries, state.clock.random())


def _affordable(verdict: Classification, state: ClientState) -> bool:
    return state.quota.take(verdict.lost is not None and verdict.lost.timed_out)


def _failed(
    verdict: Classification, answer: Answer, request: Request, context: ErrorContext, too_late: bool
) -> CallResult:
    if too_late:
        context.note = ", and the deadline leaves no time for another"
    http = None if isinstance(answer, NoResponse) else _http(request, answer, context)
    return Failure(error_for(verdict, answer, context), context.attempts, http)


def _wiped(envelope: Envelope, context: ErrorContext) -> Envelope:
    """The envelope of a success without the key, should the server echo it."""
    data = {name: _wiped_value(value, context) for name, value in envelope.data.items()}
    return envelope._replace(message=data.get("message"), data=data)


def _wiped_value(value: Any, context: ErrorContext, depth: int = 0) -> Any:
    """`value` without the key. What is nested deeper than any answer of this API is left out."""
    if isinstance(value, str):
        return context.redact_text(value)
    if not isinstance(value, (dict, list)):
        return value
    if depth > DEEPEST:
        return None
    if isinstance(value, dict):
        return {name: _wiped_value(inner, context, depth + 1) for name, inner in value.items()}
    return [_wiped_value(inner, context, depth + 1) for inner in value]


def _http(request: Request, answer: RawResponse, context: ErrorContext) -> HttpInfo:
    content_type = answer.content_type and context.redact_text(answer.content_type)
    return HttpInfo(request.method, answer.status, content_type)


def _log(request: Request, answer: Answer, verdict: Classification, context: ErrorContext) -> None:
    came = answer.detail if isinstance(answer, NoResponse) else f"HTTP {answer.status}"
    log.debug(
        "%s %s, attempt %d: %s, %s",
        context.url,
        request.describe(),
        context.attempts,
        context.redact_text(came),
        verdict.unreadable or _said(verdict),
    )


def _said(verdict: Classification) -> str:
    if verdict.envelope is None:
        return "no answer"
    if verdict.envelope.success:
        return "done"
    return f"refused, code {verdict.envelope.code}"
