"""Carry out calls: what resources and bulk runs are given instead of the client."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final, Generic, NamedTuple, Protocol, Self, TypeVar, Unpack

from mailpartner._core.call import CallControl, CallFlow, CallResult, ClientState, Steps, run, run_async
from mailpartner._core.options import CallOptions, Options
from mailpartner._core.rate_limiter import FixedSchedule
from mailpartner._core.request import NO_HINTS, Request, RowFactory, build_request

if TYPE_CHECKING:
    from types import ModuleType

    from mailpartner.errors import Hint

CLOSED: Final = "This client is closed. Make a new one, or keep it open longer."

R = TypeVar("R")


class Call(NamedTuple, Generic[R]):
    """The description of one call: what to send, and what to make of the outcome.

    Attributes:
        operation: A generated module below `mailpartner.generated.api`.
        arguments: Its arguments.
        result: Builds the result of the method, or raises the error.
        hints: What errors tell the reader to do next, by error kind, code name or "doubt".
        row: Builds the result of each row of a list.
    """

    operation: ModuleType
    arguments: Mapping[str, Any]
    result: Callable[[CallResult], R]
    hints: Mapping[str, Hint] = NO_HINTS
    row: RowFactory | None = None


class Sender(Protocol):
    """The transport of a session, sync or async."""

    def send(self, request: Request, timeout: float, remaining: float) -> Any:
        """Make one attempt and return a RawResponse or a NoResponse, awaitable if async."""

    def close(self) -> Any:
        """Close the connections; awaitable if async."""

    def resize(self, size: int) -> None:
        """Allow at least `size` calls at a time."""


class BaseSession:
    """What sync and async sessions share: options, state and lifetime."""

    def __init__(
        self,
        sender: Sender,
        state: ClientState,
        options: Options,
        fingerprint: Callable[[], str] = str,
        has_sandbox_key: bool = False,
    ) -> None:
        self.sender = sender
        self.state = state
        self.options = options
        self.fingerprint = fingerprint
        """Returns text that identifies the key without revealing it."""
        self.has_sandbox_key = has_sandbox_key
        self.closed = False
        self._owns_sender = True

    @property
    def base_url(self) -> str:
        """The base URL, as people write it."""
        return self.state.url

    def check_open(self) -> None:
        """Raise RuntimeError if this session, or the one whose connections it uses, is closed."""
        if self.closed or self.state.closed:
            raise RuntimeError(CLOSED)

    def with_options(self, **options: Unpack[CallOptions]) -> Self:
        """Return a second session with other options on the same connections, which it does not close."""
        other = copy.copy(self)
        other.options = self.options.changed(**options)
        other._owns_sender = False
        return other

    def with_schedule(self, schedule: FixedSchedule) -> Self:
        """Return a second session on the same connections whose calls follow `schedule`."""
        other = self.with_options()
        other.state = copy.copy(self.state)
        other.state.rate_limiter = schedule
        return other

    def _flow(self, call: Call[R], given: CallOptions, control: CallControl | None) -> Steps:
        self.check_open()
        options = self.options.changed(**given) if given else self.options
        request = build_request(call.operation, call.arguments, options.format, call.hints, call.row)
        return CallFlow(request, options, self.state, control).run()

    def _mark_closed(self) -> bool:
        """Refuse further calls. Returns whether the connections are to be closed, too."""
        self.closed = True
        if self._owns_sender:
            self.state.closed = True
        return self._owns_sender


class Session(BaseSession):
    """A sync session. Thread-safe."""

    def execute(self, call: Call[R], options: CallOptions, control: CallControl | None = None) -> R:
        """Carry out a call; with `options` in place of the session's, and given up as `control` says.

        Raises CallAborted if it ends before its first attempt.
        """
        return call.result(run(self._flow(call, options, control), self.sender.send, self.state.clock))

    def close(self) -> None:
        """Close the connections, unless they belong to another session."""
        if self._mark_closed():
            self.sender.close()


class AsyncSession(BaseSession):
    """An async session, for asyncio and trio."""

    async def execute(self, call: Call[R], options: CallOptions, control: CallControl | None = None) -> R:
        """Carry out a call, as a sync session does; what it is given up by stops it in asyncio only."""
        return call.result(await run_async(self._flow(call, options, control), self.sender.send, self.state.clock))

    async def close(self) -> None:
        """Close the connections, unless they belong to another session."""
        if self._mark_closed():
            await self.sender.close()


AnySession = Session | AsyncSession
