"""Clients whose answers you script, for the tests of code that uses this package.

Nothing is sent and nothing sleeps; the decoding, the errors, the retries and the doubt are the real ones.

    from mailpartner.testing import ScriptedMailPartner, done, lost, refused

    with ScriptedMailPartner(lost(), refused("UNKNOWN_ID")) as mp:
        deletion = mp.unsubscribes.delete(300)  # ALREADY_GONE: the first answer was lost, the second says gone
        assert [request.method for request in mp.requests] == ["POST", "POST"]
"""

from __future__ import annotations

import json
import threading
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import parse_qsl
from xml.sax.saxutils import escape

from mailpartner._core.clock import Clock
from mailpartner._core.response import NoResponse, RawResponse
from mailpartner.client import AsyncMailPartner, MailPartner

if TYPE_CHECKING:
    from mailpartner_contract import Operation, Shape

    from mailpartner._core.request import Request

__all__ = [
    "AsyncScriptedMailPartner",
    "ScriptedMailPartner",
    "SentRequest",
    "done",
    "lost",
    "never_sent",
    "raw",
    "refused",
]

_NIL = '<entry xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:nil="true"/>'

Answer = RawResponse | NoResponse
ScriptedAnswer = Callable[["Request"], Answer]


class SentRequest(NamedTuple):
    """A request as the client would have sent it, without the key."""

    method: str
    path: str
    parameters: dict[str, str]
    body: dict[str, Any] | None


def done(code: int = 200, message: str | None = None, *, status: int = 200, **data: Any) -> ScriptedAnswer:
    """An answer that says it was done, in the format asked for. data: the other properties of the answer."""
    return _enveloped({"success": True, "code": code, "message": message, **data}, status, None)


def refused(
    code: int | str, message: str | None = None, *, status: int = 200, retry_after: str | float | None = None
) -> ScriptedAnswer:
    """A refusal. code: a number, or a name that openapi.yaml gives, such as "UNKNOWN_ID". message: by default the
    vendor's text. status: the HTTP status. retry_after: the header, or seconds."""

    def answer(request: Request) -> RawResponse:
        number = _number(code, request.operation)
        listed = request.operation.codes.get(number)
        text = message if message is not None or listed is None else listed.text
        body = {"success": False, "code": number, "message": text}
        return _rendered(request, body, status, _header(retry_after))

    return answer


def raw(
    body: bytes | str = b"",
    *,
    status: int = 200,
    content_type: str | None = "text/html",
    retry_after: str | float | None = None,
    location: str | None = None,
) -> ScriptedAnswer:
    """Any answer at all, such as a gateway's error page."""
    data = body.encode("utf-8") if isinstance(body, str) else body
    return lambda request: RawResponse(status, content_type, _header(retry_after), location, data)


def lost(*, timed_out: bool = False) -> ScriptedAnswer:
    """No answer, after the request was sent: it may have been done."""
    detail = "the answer timed out" if timed_out else "the connection was lost"
    return lambda request: NoResponse(True, timed_out, detail)


def never_sent(*, timed_out: bool = False) -> ScriptedAnswer:
    """No connection, so that nothing can have been done."""
    return lambda request: NoResponse(False, timed_out, "no connection")


def _enveloped(data: dict[str, Any], status: int, retry_after: str | None) -> ScriptedAnswer:
    return lambda request: _rendered(request, data, status, retry_after)


def _header(retry_after: str | float | None) -> str | None:
    return None if retry_after is None else str(retry_after)


def _number(code: int | str, operation: Operation) -> int:
    if isinstance(code, int):
        return code
    for number, listed in operation.codes.items():
        if listed.name == code:
            return number
    names = ", ".join(listed.name for listed in operation.codes.values())
    raise AssertionError(f"openapi.yaml gives no code of {operation.id} the name {code!r}; it has {names}.")


def _rendered(request: Request, data: dict[str, Any], status: int, retry_after: str | None) -> RawResponse:
    present = {name: value for name, value in data.items() if value is not None}
    if request.format == "json":
        return RawResponse(status, "application/json", retry_after, None, json.dumps(present).encode())
    text = f"<?xml version='1.0' encoding='UTF-8'?>\n<result>{_entries(present, request.operation.answer)}</result>"
    return RawResponse(status, "application/xml", retry_after, None, text.encode())


def _entries(data: dict[str, Any], shape: Shape) -> str:
    """Each field in its place: one that is absent before one that is there is a nil, as the vendor's serializer has
    it; what is absent behind is left out."""
    places = [index for index, (name, _) in enumerate(shape.fields) if name in data]
    shown = shape.fields[: max(places, default=-1) + 1]
    return "".join(f"<entry>{_xml(data[name], inner)}</entry>" if name in data else _NIL for name, inner in shown)


def _xml(value: Any, shape: Shape) -> str:
    if shape.type == "object":
        return _entries(value, shape)
    if shape.type == "array" and shape.items is not None:
        items = shape.items
        return "".join(f"<entry>{_xml(item, items)}</entry>" for item in value)
    return str(value).lower() if isinstance(value, bool) else escape(str(value))


class _ScriptClock(Clock):
    """A clock that stands still but for the waits, which it records."""

    def __init__(self) -> None:
        self.waits: list[float] = []

    def monotonic(self) -> float:
        return sum(self.waits)

    def random(self) -> float:
        return 0.0

    def sleep(self, seconds: float, stop: threading.Event | None = None) -> None:
        self.waits.append(seconds)

    async def async_sleep(self, seconds: float) -> None:
        self.waits.append(seconds)


class _Script:
    """Answers in their order, and the requests that they answered."""

    def __init__(self, answers: tuple[ScriptedAnswer, ...]) -> None:
        self.answers: deque[ScriptedAnswer] = deque()
        self.add(answers)
        self.requests: list[SentRequest] = []

    def add(self, answers: tuple[ScriptedAnswer, ...]) -> None:
        """Raises TypeError for what is no answer."""
        for answer in answers:
            if not callable(answer) or isinstance(answer, type):
                raise TypeError(f"{answer!r:.60} is no answer; write done(), lost(), raw(...) or refused(...).")
        self.answers.extend(answers)

    def take(self, request: Request) -> Answer:
        parameters = dict(parse_qsl(request.query, keep_blank_values=True))
        self.requests.append(SentRequest(request.method, request.path, parameters, request.body))
        if not self.answers:
            raise AssertionError(f"The script has no answer for request {len(self.requests)}: {request.describe()}")
        answer = self.answers.popleft()(request)
        if not isinstance(answer, (RawResponse, NoResponse)):
            raise TypeError("The script holds something that is no answer; write done(), lost() or refused(...).")
        return answer


class _Sender:
    def __init__(self, script: _Script) -> None:
        self._script = script

    def send(self, request: Request, timeout: float, remaining: float) -> Answer:
        return self._script.take(request)

    def resize(self, width: int) -> None:
        pass

    def close(self) -> None:
        pass


class _AsyncSender:
    def __init__(self, script: _Script) -> None:
        self._script = script

    async def send(self, request: Request, timeout: float, remaining: float) -> Answer:
        return self._script.take(request)

    def resize(self, width: int) -> None:
        pass

    async def close(self) -> None:
        pass


class _Scripted:
    """What scripted clients have beside a client's own.

    requests: what the client would have sent, in order. waits: the seconds it would have waited. unused: how many
    answers are left.
    """

    _script: _Script
    _clock: _ScriptClock

    @property
    def requests(self) -> list[SentRequest]:
        """What the client would have sent, in order, without the key."""
        return self._script.requests

    @property
    def waits(self) -> list[float]:
        """The seconds that it would have waited between attempts."""
        return self._clock.waits

    @property
    def unused(self) -> int:
        """How many of the scripted answers no request has taken."""
        return len(self._script.answers)

    def then(self, *answers: ScriptedAnswer) -> None:
        """Add answers to the end of the script."""
        self._script.add(answers)


class ScriptedMailPartner(_Scripted, MailPartner):
    """A MailPartner that is told its answers. options: those of MailPartner."""

    def __init__(self, *answers: ScriptedAnswer, **options: Any) -> None:
        self._script = _Script(answers)
        super().__init__("testing", **options)
        self._sender = _Sender(self._script)
        self._clock = self._state.clock = _ScriptClock()


class AsyncScriptedMailPartner(_Scripted, AsyncMailPartner):
    """An AsyncMailPartner that is told its answers. options: those of AsyncMailPartner."""

    def __init__(self, *answers: ScriptedAnswer, **options: Any) -> None:
        self._script = _Script(answers)
        super().__init__("testing", **options)
        self._sender = _AsyncSender(self._script)
        self._clock = self._state.clock = _ScriptClock()
