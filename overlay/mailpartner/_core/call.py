"""One call: its attempts, waits, deadline and change of method, as a generator.

`CallFlow.run` yields what to send and how long to wait, and receives the responses; `run` and `run_async` carry it out.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Generator, Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple, cast

import attrs

from mailpartner._core.classify import Classification, classify
from mailpartner._core.clock import SYSTEM_CLOCK, Clock
from mailpartner._core.error_messages import ErrorContext, error_for
from mailpartner._core.rate_limiter import RateLimiter
from mailpartner._core.request import NO_HINTS, redact_secrets
from mailpartner._core.response import Envelope, NoResponse, RawResponse
from mailpartner._core.retry import LONGEST_RETRY_AFTER, RetryQuota, backoff, retry_after
from mailpartner.results import HttpInfo

if TYPE_CHECKING:
    from mailpartner._core.options import Options
    from mailpartner._core.request import Request
    from mailpartner.contract import Operation
    from mailpartner.errors import Hint, MailPartnerError

log = logging.getLogger("mailpartner")

TOO_LATE: Final = ", and the deadline leaves no time for another"


class SendRequest(NamedTuple):
    """Send this now: each network step within `timeout` seconds, the whole attempt within `remaining`."""

    request: Request
    timeout: float
    remaining: float


class Sleep(NamedTuple):
    """Wait this many seconds, or until the event `stop` is set."""

    seconds: float
    stop: Any


class Success(NamedTuple):
    """A call that ended with an envelope that says it was done."""

    operation: Operation
    envelope: Envelope
    attempts: int
    http: HttpInfo


class Failure(NamedTuple):
    """A call that ended otherwise.

    Attributes:
        error: The exception to raise.
        http: How the last response was received, if there is one.
        refused_as_done: Whether the code says that what was asked for is so already, as a repeat after an attempt that
            took effect would be told.
    """

    error: MailPartnerError
    attempts: int
    http: HttpInfo | None
    refused_as_done: bool = False

    @property
    def done_before(self) -> bool:
        """Whether an earlier attempt of this call, whose response was lost, took effect."""
        return self.refused_as_done and self.error.maybe_applied


Response = RawResponse | NoResponse
CallResult = Success | Failure
Steps = Generator[SendRequest | Sleep, Response, CallResult]


class CallAborted(Exception):  # noqa: N818 - internal: the run that aborts its calls catches it
    """A call was given up before its first attempt, because its bulk run is stopping."""


class CallControl:
    """Cancels a call of a bulk run, and reports whether the call has begun.

    Attributes:
        stop: A threading.Event or asyncio.Event, or None; when it is set, the call ends as soon as it waits.
    """

    __slots__ = ("_decision", "stop")

    def __init__(self) -> None:
        self.stop: Any = None
        # Made once, in one step, by the call or by the run: these may be in two threads.
        self._decision: dict[str, bool] = {}

    def begin(self) -> None:
        """Begin the first attempt. Raises CallAborted if the call was cancelled."""
        if not self._decision.setdefault("begun", True):
            raise CallAborted

    def cancel(self) -> bool:
        """Keep the call from beginning; return False if it has begun."""
        return not self._decision.setdefault("begun", False)

    @property
    def begun(self) -> bool:
        """True once the first attempt was started."""
        return self._decision.get("begun", False)


@attrs.define
class ClientState:
    """What a client learns and spends over its life; clients made by `with_options` share it.

    Attributes:
        hints: Hints that replace those of the operation.
    """

    url: str
    redact: Callable[[bytes], bytes]
    redact_text: Callable[[str], str]
    hints: Mapping[str, Hint] = NO_HINTS
    quota: RetryQuota = attrs.field(factory=RetryQuota)
    clock: Clock = SYSTEM_CLOCK
    rate_limiter: RateLimiter = attrs.field(factory=RateLimiter)
    methods: dict[str, str] = attrs.field(factory=dict)
    closed: bool = False

    def method_for(self, request: Request, options: Options) -> str:
        """Return the HTTP method to begin with: the one asked for, or the one that worked before."""
        alternate = request.operation.alternate_method
        if alternate is None:
            return request.method
        method = self.methods.get(request.path, request.method) if options.method == "auto" else options.method
        return method if method in (request.method, alternate) else request.method

    def remember_method(self, request: Request, options: Options) -> None:
        """Begin with this method from now on; the vendor's page names one and shows the other."""
        if request.operation.alternate_method is not None and options.method == "auto":
            self.methods[request.path] = request.method


class CallFlow:
    """One call under way."""

    __slots__ = ("clock", "context", "control", "options", "request", "retries", "state", "until")

    def __init__(self, request: Request, options: Options, state: ClientState, control: CallControl | None) -> None:
        self.clock = state.clock
        self.control = control or CallControl()
        hints = {**request.hints, **state.hints} if state.hints else request.hints
        redact, redact_text = redact_secrets(request, state.redact, state.redact_text)
        self.context = ErrorContext(state.url, redact, redact_text, self.clock.now, hints, request.operation)
        self.options = options
        method = state.method_for(request, options)
        self.request = request if method == request.method else request._replace(method=method)
        self.retries = 0
        self.state = state
        self.until = 0.0

    def run(self) -> Steps:
        """Make attempts until one settles the call, or no further one is allowed.

        If the call is stopped while it waits, its result is the error of the last attempt. Raises CallAborted if there
        was none.
        """
        yield from self._rate_limit()
        self.until = self.clock.monotonic() + self.options.deadline
        self.control.begin()
        while True:
            remaining = self.until - self.clock.monotonic()
            self.context.attempts += 1
            response = yield SendRequest(self.request, min(self.options.timeout, remaining), remaining)
            classified = self._classify(response)
            if isinstance(response, RawResponse) and classified.envelope is not None and classified.envelope.success:
                return self._success(classified.envelope, response)
            try:
                if self._change_method(classified):
                    yield from self._rate_limit()
                    continue
                wait = self._wait_before_retry(classified, response)
                if wait is None:
                    return self._failure(classified, response)
                self.retries += 1
                yield from self._pause(wait, classified)
            except CallAborted:
                return self._failure(classified, response)
            if self.clock.monotonic() >= self.until:  # it took longer than it should have: the machine slept
                self.context.note = TOO_LATE
                return self._failure(classified, response)

    def _classify(self, response: Response) -> Classification:
        classified = classify(response, self.request)
        if classified.maybe_applied and not self.request.operation.safe:
            self.context.in_doubt = True
        if log.isEnabledFor(logging.DEBUG):
            _log_attempt(self.request, response, classified, self.context)
        return classified

    def _rate_limit(self) -> Generator[Sleep, Response, None]:
        """Wait for the rate limiter; wait again if a 429 paused it meanwhile. This does not count to the deadline."""
        limiter, clock = self.state.rate_limiter, self.clock
        while limiter.active:
            moment, seconds = limiter.reserve(clock.monotonic())
            if seconds:
                yield from self._sleep(seconds)
            self.until += seconds
            if limiter.reached(moment):
                return

    def _pause(self, seconds: float, classified: Classification) -> Generator[Sleep, Response, None]:
        """Wait before the next attempt; after a rate limit all calls of the client wait."""
        if classified.kind == "rate_limit":
            self.state.rate_limiter.pause(self.clock.monotonic(), seconds)
        yield from self._sleep(seconds)
        yield from self._rate_limit()

    def _sleep(self, seconds: float) -> Generator[Sleep, Response, None]:
        stop = self.control.stop
        yield Sleep(seconds, stop)
        if stop is not None and stop.is_set():
            raise CallAborted

    def _change_method(self, classified: Classification) -> bool:
        """Change to the operation's other HTTP method, if this one was rejected and the caller leaves the choice."""
        alternate = self.request.operation.alternate_method
        if alternate is None or self.options.method != "auto" or self.request.method == alternate:
            return False
        if not classified.method_rejected or self.clock.monotonic() >= self.until:
            return False
        self.request = self.request._replace(method=alternate)
        return True

    def _wait_before_retry(self, classified: Classification, response: Response) -> float | None:
        """Return the seconds before the next attempt, None if there is to be none."""
        if classified.envelope is not None and not classified.method_rejected:
            self.state.remember_method(self.request, self.options)
        if not classified.may_retry(self.request.operation) or self.retries >= self.options.max_retries:
            return None
        wait = backoff(self.retries, self.clock.random())
        if isinstance(response, RawResponse):
            requested = retry_after(response.retry_after, self.clock.now())
            if requested is not None and requested > LONGEST_RETRY_AFTER:
                return None
            wait = wait if requested is None else requested
        if self.clock.monotonic() + wait >= self.until:
            self.context.note = TOO_LATE
            return None
        timed_out = isinstance(response, NoResponse) and response.timed_out
        return wait if self.state.quota.take(timed_out) else None

    def _success(self, envelope: Envelope, response: RawResponse) -> Success:
        self.state.quota.give_back()
        self.state.remember_method(self.request, self.options)
        known = {name for name, _ in self.request.operation.response.fields}
        envelope = envelope.redacted(self.context.redact_text, known)
        http = _http_info(self.request, response, self.context)
        return Success(self.request.operation, envelope, self.context.attempts, http)

    def _failure(self, classified: Classification, response: Response) -> Failure:
        http = None if isinstance(response, NoResponse) else _http_info(self.request, response, self.context)
        refused_as_done = classified.code is not None and classified.code.effect == "settles"
        error = error_for(classified, response, self.context)
        return Failure(error, self.context.attempts, http, refused_as_done)


def run(steps: Steps, send: Callable[[Request, float, float], Response], clock: Clock) -> CallResult:
    """Carry out the steps of a call in this thread."""
    step = _advance(steps, None)
    while isinstance(step, (SendRequest, Sleep)):
        response = None
        if isinstance(step, SendRequest):
            response = send(*step)
        else:
            clock.sleep(*step)
        step = _advance(steps, response)
    return step


async def run_async(
    steps: Steps, send: Callable[[Request, float, float], Awaitable[Response]], clock: Clock
) -> CallResult:
    """Carry out the steps of a call in this task."""
    step = _advance(steps, None)
    while isinstance(step, (SendRequest, Sleep)):
        response = None
        if isinstance(step, SendRequest):
            response = await send(*step)
        else:
            await clock.async_sleep(*step)
        step = _advance(steps, response)
    return step


def _advance(steps: Steps, received: Any) -> SendRequest | Sleep | CallResult:
    """Return the next step, or the result. A StopIteration of anything else than `steps` is not the end of them."""
    try:
        return steps.send(received)
    except StopIteration as end:
        return cast(CallResult, end.value)


def _http_info(request: Request, response: RawResponse, context: ErrorContext) -> HttpInfo:
    content_type = response.content_type and context.redact_text(response.content_type)
    return HttpInfo(request.method, response.status, content_type)


def _log_attempt(request: Request, response: Response, classified: Classification, context: ErrorContext) -> None:
    received = response.detail if isinstance(response, NoResponse) else f"HTTP {response.status}"
    log.debug(
        "%s %s, attempt %d: %s, %s",
        context.url,
        request.describe(),
        context.attempts,
        context.redact_text(received),
        classified.unreadable or _describe_outcome(classified),
    )


def _describe_outcome(classified: Classification) -> str:
    envelope = classified.envelope
    if envelope is None:
        return "no answer"
    if not envelope.success:
        return f"refused, code {envelope.code}"
    return f"done, but ignored: {', '.join(envelope.ignored)}" if envelope.ignored else "done"
