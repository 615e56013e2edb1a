"""One call: attempts, waiting, the deadline, and the change of method. The only place that sleeps.

The conversation with the server is a generator: it yields what is to be sent and how long to wait, and is told
what came back. `run` and `run_async` carry it out; there is nothing else in which sync and async differ.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Awaitable, Callable, Generator
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from mailpartner.clock import SYSTEM_CLOCK, Clock
from mailpartner.envelope import Envelope, Lost, Reply
from mailpartner.fallback import other_method, remember_method, with_first_method
from mailpartner.pace import Pacer, Schedule
from mailpartner.results import HttpInfo
from mailpartner.retrying import LONGEST_RETRY_AFTER, Quota, backoff, retry_after
from mailpartner.verdict import Verdict, judge
from mailpartner.wording import Context, error_for

if TYPE_CHECKING:
    from mailpartner.errors import MailPartnerError
    from mailpartner.options import Options
    from mailpartner.request import Request

log = logging.getLogger("mailpartner")

DEEPEST = 32


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
        self.pacer: Pacer | Schedule = Pacer()
        self.methods: dict[str, str] = {}
        self.closed = False

    def context(self) -> Context:
        """A fresh context for one call's errors."""
        return Context(self.url, self.wipe, self.wipe_text, self.clock.now)


def conversation(request: Request, options: Options, memory: Memory) -> Conversation:
    """All that one call sends and waits, until it is settled."""
    clock = memory.clock
    request = with_first_method(request, options, memory)
    context = memory.context()
    context.advice = request.advice
    yield from _turn(memory)
    until = clock.monotonic() + options.deadline
    retries = 0
    while True:
        remaining = until - clock.monotonic()
        context.attempts += 1
        answer = yield Send(request, min(options.timeout, remaining), remaining)
        verdict = judge(answer, request)
        context.doubt = context.doubt or (verdict.maybe_applied and not request.only_reads)
        if log.isEnabledFor(logging.DEBUG):
            _log(request, answer, verdict, context)
        if isinstance(answer, Reply) and verdict.envelope is not None and verdict.envelope.success:
            memory.quota.give_back()
            remember_method(request, options, memory)
            return Done(_wiped(verdict.envelope, context), context.attempts, _http(request, answer, context))
        other = other_method(request, verdict, options)
        if other is not None and clock.monotonic() < until:
            request = request._replace(method=other)
            until += yield from _turn(memory)
            continue
        if verdict.envelope is not None and not verdict.not_heard:
            remember_method(request, options, memory)
        wait = _wait(verdict, answer, retries, request, options, memory)
        in_time = wait is not None and clock.monotonic() + wait < until
        if wait is None or not in_time or not _affordable(verdict, memory):
            return _failed(verdict, answer, request, context, too_late=wait is not None and not in_time)
        retries += 1
        until += yield from _rest(wait, verdict, memory)
        if clock.monotonic() >= until:  # the wait took longer than it should have: the machine slept
            return _failed(verdict, answer, request, context, too_late=True)


class Stopped(Exception):  # noqa: N818 - it never leaves the package
    """A call was given up while it waited, because its run is stopping. sent: whether a request may have left."""

    def __init__(self, sent: bool) -> None:
        super().__init__()
        self.sent = sent


def run(
    talk: Conversation,
    send: Callable[[Request, float, float], Answer],
    clock: Clock,
    stop: threading.Event | None = None,
) -> Settled:
    """Carry a conversation out. Raises Stopped if `stop` is set while it waits."""
    sent = False
    try:
        step = next(talk)
        while True:
            if isinstance(step, Send):
                sent = True
                step = talk.send(send(*step))
            else:
                clock.sleep(step.seconds, stop)
                if stop is not None and stop.is_set():
                    raise Stopped(sent)
                step = next(talk)
    except StopIteration as end:
        return cast(Settled, end.value)


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
    except StopIteration as end:
        return cast(Settled, end.value)


def _rest(seconds: float, verdict: Verdict, memory: Memory) -> Generator[Wait, Answer, float]:
    """Wait before the next attempt; where the server gets too many requests, everybody waits. Returns what of it was
    waiting for a turn."""
    if verdict.kind == "rate_limit":
        memory.pacer.pause(memory.clock.monotonic() + seconds)
    yield Wait(seconds)
    return (yield from _turn(memory))


def _turn(memory: Memory) -> Generator[Wait, Answer, float]:
    """Wait until the pace of the client lets a request go, and again if a pause was called meanwhile. Returns the
    seconds that it took, which are no part of a call's own time."""
    pacer, clock = memory.pacer, memory.clock
    waited = 0.0
    while pacer.active:
        moment = pacer.reserve(clock.monotonic())
        seconds = max(0.0, moment - clock.monotonic())
        if seconds:
            yield Wait(seconds)
        waited += seconds
        if not pacer.paused_at(moment):
            break
    return waited


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


def _wiped_value(value: Any, context: Context, depth: int = 0) -> Any:
    """`value` without the key. What is nested deeper than any answer of this API is left out."""
    if isinstance(value, str):
        return context.wipe_text(value)
    if not isinstance(value, (dict, list)):
        return value
    if depth > DEEPEST:
        return None
    if isinstance(value, dict):
        return {name: _wiped_value(inner, context, depth + 1) for name, inner in value.items()}
    return [_wiped_value(inner, context, depth + 1) for inner in value]


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
