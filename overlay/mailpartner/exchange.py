"""One call: attempts, waiting, the deadline, and the change of method. The only place that sleeps.

The conversation with the server is a generator: it yields what is to be sent and how long to wait, and is told
what came back. `run` and `run_async` carry it out; there is nothing else in which sync and async differ.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Generator
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from mailpartner.clock import SYSTEM_CLOCK, Clock
from mailpartner.envelope import Envelope, Lost, Reply
from mailpartner.results import HttpInfo
from mailpartner.retrying import LONGEST_RETRY_AFTER, Quota, backoff, retry_after
from mailpartner.verdict import Verdict, judge
from mailpartner.wording import Context, error_for

if TYPE_CHECKING:
    from mailpartner.errors import MailPartnerError
    from mailpartner.options import Options
    from mailpartner.request import Request

log = logging.getLogger("mailpartner")


class Send(NamedTuple):
    """Send this now: each network step within `timeout` seconds, all of it within `remaining`."""

    request: Request
    timeout: float
    remaining: float


class Wait(NamedTuple):
    """Wait this many seconds."""

    seconds: float


class Done(NamedTuple):
    """A call that ended with an envelope which says that it was done."""

    envelope: Envelope
    attempts: int
    http: HttpInfo


class Failed(NamedTuple):
    """A call that ended otherwise: the error to raise, and how the last answer came, if one came."""

    error: MailPartnerError
    attempts: int
    http: HttpInfo | None


Answer = Reply | Lost
Settled = Done | Failed
Conversation = Generator[Send | Wait, Answer, Settled]


class Memory:
    """What a client learns and spends over its life; clients made by `with_options` share it."""

    def __init__(self, url: str, wipe: Callable[[bytes], bytes], wipe_text: Callable[[str], str]) -> None:
        self.url = url
        self.wipe = wipe
        self.wipe_text = wipe_text
        self.quota = Quota()
        self.clock: Clock = SYSTEM_CLOCK
        self.methods: dict[str, str] = {}
        self.closed = False

    def context(self) -> Context:
        """A fresh context for one call's errors."""
        return Context(self.url, self.wipe, self.wipe_text, self.clock.now)


def conversation(request: Request, options: Options, memory: Memory) -> Conversation:
    """All that one call sends and waits, until it is settled."""
    operation, clock = request.operation, memory.clock
    request = _with_first_method(request, options, memory)
    context = memory.context()
    context.advice = request.advice
    until = clock.monotonic() + options.deadline
    retries = 0
    while True:
        remaining = until - clock.monotonic()
        context.attempts += 1
        answer = yield Send(request, min(options.timeout, remaining), remaining)
        verdict = judge(answer, operation)
        context.doubt = context.doubt or verdict.maybe_applied
        if log.isEnabledFor(logging.DEBUG):
            _log(request, answer, verdict, context)
        if isinstance(answer, Reply) and verdict.envelope is not None and verdict.envelope.success:
            memory.quota.give_back()
            _remember_method(request, options, memory)
            return Done(_wiped(verdict.envelope, context), context.attempts, _http(request, answer, context))
        other = _other_method(request, verdict, options)
        if other is not None and clock.monotonic() < until:
            request = request._replace(method=other)
            continue
        if verdict.envelope is not None and not verdict.not_heard:
            _remember_method(request, options, memory)
        wait = _wait(verdict, answer, retries, request, options, memory)
        in_time = wait is not None and clock.monotonic() + wait < until
        if wait is None or not in_time or not _affordable(verdict, memory):
            return _failed(verdict, answer, request, context, too_late=wait is not None and not in_time)
        retries += 1
        yield Wait(wait)
        if clock.monotonic() >= until:  # the wait took longer than it should have: the machine slept
            return _failed(verdict, answer, request, context, too_late=True)


def run(talk: Conversation, send: Callable[[Request, float, float], Answer], clock: Clock) -> Settled:
    """Carry a conversation out."""
    try:
        step = next(talk)
        while True:
            if isinstance(step, Send):
                step = talk.send(send(*step))
            else:
                clock.sleep(step.seconds)
                step = next(talk)
    except StopIteration as stop:
        return cast(Settled, stop.value)


async def run_async(
    talk: Conversation, send: Callable[[Request, float, float], Awaitable[Answer]], clock: Clock
) -> Settled:
    """Carry a conversation out, awaiting."""
    try:
        step = next(talk)
        while True:
            if isinstance(step, Send):
                step = talk.send(await send(*step))
            else:
                await clock.async_sleep(step.seconds)
                step = next(talk)
    except StopIteration as stop:
        return cast(Settled, stop.value)


def _with_first_method(request: Request, options: Options, memory: Memory) -> Request:
    """The method asked for, or the one that was heard before; only operations that have two forms have a choice."""
    other = request.operation.other_method
    if other is None:
        return request
    method = memory.methods.get(request.path, request.method) if options.method == "auto" else options.method
    return request._replace(method=method) if method in (request.method, other) else request


def _other_method(request: Request, verdict: Verdict, options: Options) -> str | None:
    """The other form of the operation, where this one was not heard and that is the caller's leave."""
    other = request.operation.other_method
    heard = not verdict.not_heard or request.method == other
    return None if heard or options.method != "auto" else other


def _remember_method(request: Request, options: Options, memory: Memory) -> None:
    if request.operation.other_method is not None and options.method == "auto":
        memory.methods[request.path] = request.method


def _wait(
    verdict: Verdict, answer: Answer, retries: int, request: Request, options: Options, memory: Memory
) -> float | None:
    """Seconds before the next attempt, None if there is to be none."""
    never_sent = verdict.lost is not None and not verdict.lost.sent
    allowed = verdict.again and (request.operation.repeatable or never_sent)
    if not allowed or retries >= options.max_retries:
        return None
    asked = retry_after(answer.retry_after, memory.clock.now()) if isinstance(answer, Reply) else None
    if asked is not None and asked > LONGEST_RETRY_AFTER:
        return None
    return asked if asked is not None else backoff(retries, memory.clock.random())


def _affordable(verdict: Verdict, memory: Memory) -> bool:
    return memory.quota.take(verdict.lost is not None and verdict.lost.timed_out)


def _failed(verdict: Verdict, answer: Answer, request: Request, context: Context, too_late: bool) -> Settled:
    if too_late:
        context.note = ", and the deadline leaves no time for another"
    http = None if isinstance(answer, Lost) else _http(request, answer, context)
    return Failed(error_for(verdict, answer, context), context.attempts, http)


def _wiped(envelope: Envelope, context: Context) -> Envelope:
    """The envelope of a success without the key, should the server echo it."""
    data = {name: _wiped_value(value, context) for name, value in envelope.data.items()}
    return envelope._replace(message=data.get("message"), data=data)


def _wiped_value(value: Any, context: Context) -> Any:
    if isinstance(value, str):
        return context.wipe_text(value)
    if isinstance(value, dict):
        return {name: _wiped_value(inner, context) for name, inner in value.items()}
    return [_wiped_value(inner, context) for inner in value] if isinstance(value, list) else value


def _http(request: Request, answer: Reply, context: Context) -> HttpInfo:
    content_type = answer.content_type and context.wipe_text(answer.content_type)
    return HttpInfo(request.method, answer.status, content_type)


def _log(request: Request, answer: Answer, verdict: Verdict, context: Context) -> None:
    came = answer.detail if isinstance(answer, Lost) else f"HTTP {answer.status}"
    log.debug(
        "%s %s, attempt %d: %s, %s",
        context.url,
        request.describe(),
        context.attempts,
        context.wipe_text(came),
        verdict.unreadable or _said(verdict),
    )


def _said(verdict: Verdict) -> str:
    if verdict.envelope is None:
        return "no answer"
    if verdict.envelope.success:
        return "done"
    return f"refused, code {verdict.envelope.code}"
