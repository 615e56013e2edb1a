"""Time limits of one call, and what waits for sockets within them.

What a connection does is written once, as generators that yield what they wait for (`Wait`); `run` and `run_async`
carry them out. A look-up of a host name, a connection attempt, a TLS handshake, a read and each piece of a write are
one step each: none outlasts its timeout, nor the deadline of the call.
"""

from __future__ import annotations

import math
import select
import time
from collections.abc import Generator
from socket import socket
from typing import Any, TypeVar

T = TypeVar("T")


class Wait:
    """Wait until one of the sockets can be read (or written), or for so many seconds."""

    __slots__ = ("_poll", "seconds", "sockets", "writing")

    def __init__(self, sockets: tuple[socket, ...], writing: bool = False, seconds: float = math.inf) -> None:
        self.sockets = sockets
        self.writing = writing
        self.seconds = seconds
        self._poll: Any = None

    def here(self, seconds: float) -> bool:
        """Wait in this thread, at most `seconds`; return whether a socket is ready."""
        seconds = min(seconds, self.seconds)
        if self._poll is None:
            if not hasattr(select, "poll"):  # Windows
                reading, writing = ((), self.sockets) if self.writing else (self.sockets, ())
                return any(select.select(reading, writing, self.sockets, seconds))
            self._poll = select.poll()
            for each in self.sockets:
                self._poll.register(each, select.POLLOUT if self.writing else select.POLLIN)
        return bool(self._poll.poll(math.ceil(seconds * 1000)))

    async def awaited(self, seconds: float) -> None:
        """Wait in this task, at most `seconds`."""
        import anyio

        until_ready = anyio.wait_writable if self.writing else anyio.wait_readable

        async def one(each: socket) -> None:
            await until_ready(each)
            tasks.cancel_scope.cancel()

        with anyio.move_on_after(min(seconds, self.seconds)):
            if len(self.sockets) == 1:
                await until_ready(self.sockets[0])
                return
            async with anyio.create_task_group() as tasks:
                for each in self.sockets:
                    tasks.start_soon(one, each)


Steps = Generator[Wait, None, T]


class Deadline:
    """When the call that uses a connection must end, on the monotonic clock, and the timeout of each of its steps."""

    __slots__ = ("_step_until", "timeout", "until")

    def __init__(self) -> None:
        self.until = self.timeout = self._step_until = math.inf

    def step(self) -> float:
        """Begin a step; return the seconds that it has. Raises TimeoutError once the deadline has passed."""
        now = time.monotonic()
        if now > self.until:
            raise TimeoutError("the deadline of the call passed")
        self._step_until = min(now + self.timeout, self.until)
        return self._step_until - now

    def left(self) -> float:
        """Return the seconds that are left of the step."""
        return self._step_until - time.monotonic()


def run(steps: Steps[T], deadline: Deadline) -> T:
    """Carry steps out in this thread; they get a TimeoutError where one does not end in time."""
    wait = _advance(steps)
    try:
        while isinstance(wait, Wait):
            left = deadline.left()
            if left > 0:
                wait.here(left)
                wait = _advance(steps)
            else:
                wait = _advance(steps, TimeoutError("timed out"))
    except BaseException:
        steps.close()
        raise
    return wait


async def run_async(steps: Steps[T], deadline: Deadline) -> T:
    """Carry steps out in this task; they get a TimeoutError where one does not end in time."""
    wait = _advance(steps)
    try:
        while isinstance(wait, Wait):
            left = deadline.left()
            if left > 0:
                await wait.awaited(left)
                wait = _advance(steps)
            else:
                wait = _advance(steps, TimeoutError("timed out"))
    except BaseException:
        steps.close()
        raise
    return wait


def _advance(steps: Steps[T], error: TimeoutError | None = None) -> Wait | T:
    """Return what the steps wait for next, or their result. A StopIteration of anything else is not the end of them."""
    try:
        return next(steps) if error is None else steps.throw(error)
    except StopIteration as end:
        result: T = end.value
        return result
