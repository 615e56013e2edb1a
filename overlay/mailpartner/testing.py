"""Clients with scripted answers, for the tests of code that uses this package.

Nothing is sent and nothing sleeps; decoding, errors, retries and doubt are the real ones::

    with ScriptedMailPartner(lost(), refused("UNKNOWN_ID")) as mp:
        deletion = mp.unsubscribes.delete(300)  # ALREADY_GONE: the first answer was lost, the second says gone
        assert [request.method for request in mp.requests] == ["POST", "POST"]

Leaving the `with` block with answers that no request took raises an AssertionError.
"""

from __future__ import annotations

import json
import threading
from collections import deque
from collections.abc import Callable, Iterable
from secrets import token_hex
from types import TracebackType
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import parse_qsl
from xml.sax.saxutils import escape

from mailpartner._core.clock import Clock
from mailpartner._core.response import NoResponse, RawResponse
from mailpartner.client import AsyncMailPartner, MailPartner
from mailpartner.contract import SERVER
from mailpartner.results import Unsubscribe

if TYPE_CHECKING:
    import asyncio

    from mailpartner._core.request import Request
    from mailpartner.contract import Operation, Schema

__all__ = [
    "AsyncScriptedMailPartner",
    "ScriptedMailPartner",
    "SentRequest",
    "added",
    "done",
    "listed",
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
    """The HTTP method."""

    path: str
    """The path, without the query."""

    parameters: dict[str, str]
    """The query."""

    body: dict[str, Any] | None
    """The JSON body, None if there is none."""


def done(code: int = 200, message: str | None = None, *, status: int = 200, **data: Any) -> ScriptedAnswer:
    """Answer that it was done, in the requested format.

    Args:
        code: The API's code.
        message: The server's text.
        status: The HTTP status.
        **data: The other fields of the answer, by their names in the JSON.
    """
    answer = {"success": True, "code": code, "message": message, **data}
    return lambda request: _render(request, answer, status, None)


def listed(entries: Iterable[str | Unsubscribe] = (), *, status: int = 200) -> ScriptedAnswer:
    """Answer to `list`, and so to `find` and `delete_email`.

    Args:
        entries: Addresses, whose ids are then 1, 2, ..., or whole entries.
        status: The HTTP status.
    """
    rows = (each if isinstance(each, Unsubscribe) else Unsubscribe(nr, each) for nr, each in enumerate(entries, 1))
    data = [{"id": row.id, "email": row.email, "createdAt": row.created_at} for row in rows]
    return done(status=status, nbData=len(data), data=data)


def added(id: int, *, status: int = 200) -> ScriptedAnswer:
    """Answer to `add` with the id of the new entry.

    Args:
        id: The id.
        status: The HTTP status.
    """
    return done(stopId=id, status=status)


def refused(
    code: int | str, message: str | None = None, *, status: int = 200, retry_after: str | float | None = None
) -> ScriptedAnswer:
    """Refuse.

    Args:
        code: A number, or a name in openapi.yaml such as "UNKNOWN_ID".
        message: The server's text, by default the vendor's.
        status: The HTTP status.
        retry_after: The Retry-After header, or seconds.
    """

    def answer(request: Request) -> RawResponse:
        number = _number(code, request.operation)
        known = request.operation.codes.get(number)
        text = message if message is not None or known is None else known.text
        body = {"success": False, "code": number, "message": text}
        return _render(request, body, status, _header(retry_after))

    return answer


def raw(
    body: bytes | str = b"",
    *,
    status: int = 200,
    content_type: str | None = "text/html",
    retry_after: str | float | None = None,
    location: str | None = None,
) -> ScriptedAnswer:
    """Answer anything at all, such as the error page of a gateway.

    Args:
        body: The body.
        status: The HTTP status.
        content_type: The Content-Type header.
        retry_after: The Retry-After header, or seconds.
        location: The Location header.
    """
    data = body.encode("utf-8") if isinstance(body, str) else body
    return lambda request: RawResponse(status, content_type, _header(retry_after), location, data)


def lost(*, timed_out: bool = False) -> ScriptedAnswer:
    """Lose the answer after the request was sent: it may have been done.

    Args:
        timed_out: Whether the answer does not come in time, rather than the connection breaking.
    """
    detail = "the answer timed out" if timed_out else "the connection was lost"
    return lambda request: NoResponse(True, timed_out, detail)


def never_sent(*, timed_out: bool = False) -> ScriptedAnswer:
    """Fail to connect, so that nothing can have been done.

    Args:
        timed_out: Whether connecting takes too long, rather than being refused.
    """
    return lambda request: NoResponse(False, timed_out, "no connection")


def _header(retry_after: str | float | None) -> str | None:
    return None if retry_after is None else str(retry_after)


def _number(code: int | str, operation: Operation) -> int:
    if isinstance(code, int):
        return code
    numbers = {known.name: number for number, known in operation.codes.items()}
    if code in numbers:
        return numbers[code]
    raise AssertionError(f"openapi.yaml has no code {code!r} for {operation.id}; it has {', '.join(numbers)}.")


def _render(request: Request, data: dict[str, Any], status: int, retry_after: str | None) -> RawResponse:
    present = {name: value for name, value in data.items() if value is not None}
    if request.format == "json":
        return RawResponse(status, "application/json", retry_after, None, json.dumps(present).encode())
    text = f"<?xml version='1.0' encoding='UTF-8'?>\n<result>{_entries(present, request.operation.response)}</result>"
    return RawResponse(status, "application/xml", retry_after, None, text.encode())


def _entries(data: dict[str, Any], schema: Schema) -> str:
    """Return each field at its place: nil if absent before a present one, as the vendor's serializer does."""
    places = [index for index, (name, _) in enumerate(schema.fields) if data.get(name) is not None]
    shown = schema.fields[: max(places, default=-1) + 1]
    return "".join(
        f"<entry>{_xml(data[name], inner)}</entry>" if data.get(name) is not None else _NIL for name, inner in shown
    )


def _xml(value: Any, schema: Schema) -> str:
    if schema.type == "object":
        return _entries(value, schema)
    if schema.type == "array" and schema.items is not None:
        items = schema.items
        return "".join(f"<entry>{_xml(item, items)}</entry>" for item in value)
    return str(value).lower() if isinstance(value, bool) else escape(str(value))


class _ScriptClock(Clock):
    """A clock that stands still except for the waits, which it records."""

    def __init__(self) -> None:
        self.waits: list[float] = []

    def monotonic(self) -> float:
        return sum(self.waits)

    def random(self) -> float:
        return 0.0

    def sleep(self, seconds: float, stop: threading.Event | None = None) -> None:
        self.waits.append(seconds)

    async def async_sleep(self, seconds: float, stop: asyncio.Event | None = None) -> None:
        self.waits.append(seconds)


class _Script:
    """Answers in their order, and the requests that they answered."""

    def __init__(self, answers: tuple[ScriptedAnswer, ...], owner: _Scripted) -> None:
        self.owner = owner
        self.answers: deque[ScriptedAnswer] = deque()
        self.add(answers)
        self.requests: list[SentRequest] = []

    def add(self, answers: tuple[ScriptedAnswer, ...]) -> None:
        """Add answers. Raises TypeError for something else."""
        for answer in answers:
            if not callable(answer) or isinstance(answer, type):
                raise TypeError(f"Not an answer: {answer!r:.60}. Write done(), lost(), raw(...) or refused(...).")
        self.answers.extend(answers)

    def take(self, request: Request) -> Answer:
        """Return the next answer, for this request."""
        parameters = dict(parse_qsl(request.query, keep_blank_values=True))
        self.requests.append(SentRequest(request.method, request.path, parameters, request.body))
        if not self.answers:
            raise AssertionError(f"The script has no answer for request {len(self.requests)}: {request.describe()}")
        answer = self.answers.popleft()(request)
        if isinstance(answer, (RawResponse, NoResponse)):
            return answer
        raise TypeError("The script holds a function that returns no answer. Write done(), lost() or refused(...).")


class _Sender:
    def __init__(self, script: _Script) -> None:
        self._script = script

    def send(self, request: Request, timeout: float, remaining: float) -> Answer:
        return self._script.take(request)

    def resize(self, size: int) -> None: ...

    def close(self) -> None: ...


class _AsyncSender(_Sender):
    async def send(self, request: Request, timeout: float, remaining: float) -> Answer:  # type: ignore[override]
        return self._script.take(request)

    async def close(self) -> None: ...  # type: ignore[override]


class _Scripted:
    """What scripted clients have in addition to a client's own methods."""

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
        """Add answers to the end of the script.

        Args:
            *answers: What `done`, `refused` and the others return.
        """
        self._script.add(answers)

    def _check_unused(self, error: BaseException | None) -> None:
        if error is None and self.unused and self._script.owner is self:
            raise AssertionError(f"The script has {self.unused} more answers than requests were sent.")


class ScriptedMailPartner(_Scripted, MailPartner):
    """A MailPartner with scripted answers."""

    def __init__(self, *answers: ScriptedAnswer, **options: Any) -> None:
        """Create the client.

        Args:
            *answers: What `done`, `refused` and the others return, in the order of the requests.
            **options: Those of MailPartner.
        """
        self._script = _Script(answers, self)
        super().__init__(token_hex(16), **{"base_url": SERVER, **options})
        self._session.sender = _Sender(self._script)
        self._clock = self._session.state.clock = _ScriptClock()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the client. Raises AssertionError if there are unused answers."""
        super().__exit__(kind, error, trace)
        self._check_unused(error)


class AsyncScriptedMailPartner(_Scripted, AsyncMailPartner):
    """An AsyncMailPartner with scripted answers."""

    def __init__(self, *answers: ScriptedAnswer, **options: Any) -> None:
        """Create the client.

        Args:
            *answers: What `done`, `refused` and the others return, in the order of the requests.
            **options: Those of AsyncMailPartner.
        """
        self._script = _Script(answers, self)
        super().__init__(token_hex(16), **{"base_url": SERVER, **options})
        self._session.sender = _AsyncSender(self._script)
        self._clock = self._session.state.clock = _ScriptClock()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the client. Raises AssertionError if there are unused answers."""
        await super().__aexit__(kind, error, trace)
        self._check_unused(error)
