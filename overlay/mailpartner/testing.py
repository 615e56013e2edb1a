"""Clients with scripted answers, for the tests of code that uses this package.

Nothing is sent and nothing sleeps; decoding, errors, retries and doubt are the real ones::

    with ScriptedMailPartner(lost(), refused("UNKNOWN_ID")) as mp:
        deletion = mp.unsubscribes.delete(300)  # ALREADY_GONE: the first answer was lost, the second says gone
        assert [request.method for request in mp.requests] == ["POST", "POST"]

Leaving the `with` block with answers that no request took raises an AssertionError.
"""

from __future__ import annotations

import threading
from collections import deque
from secrets import token_hex
from types import TracebackType
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import parse_qsl

from mailpartner import _scripted_answers
from mailpartner._core.clock import Clock
from mailpartner._core.response import NoResponse, RawResponse
from mailpartner._scripted_answers import *  # noqa: F403 - those in its __all__
from mailpartner._scripted_answers import Answer, ScriptedAnswer
from mailpartner.client import AsyncMailPartner, MailPartner
from mailpartner.contract import SERVER

if TYPE_CHECKING:
    import asyncio

    from mailpartner._core.request import Request

__all__ = [
    "AsyncScriptedMailPartner",
    "ScriptedMailPartner",
    "SentRequest",
]
__all__ += _scripted_answers.__all__


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
