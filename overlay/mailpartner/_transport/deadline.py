"""Time limits of one call, and what waits for sockets within them.

What a connection does is written once, as generators that yield what they wait for (`Wait`); `run` and `run_async`
carry them out. A look-up of a host name, a connection attempt, a TLS handshake, a read and each piece of a write are
one step each: none outlasts its timeout, nor the deadline of the call.
"""

from __future__ import annotations

import math
import select
import time
from collections.abc import Awaitable, Callable, Generator
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


Steps = Generator[Wait, None, T]
AsyncWait = Callable[[Wait, float], Awaitable[None]]


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


async def run_async(steps: Steps[T], deadline: Deadline, wait_async: AsyncWait) -> T:
    """Carry steps out in this task; they get a TimeoutError where one does not end in time."""
    wait = _advance(steps)
    try:
        while isinstance(wait, Wait):
            left = deadline.left()
            if left > 0:
                await wait_async(wait, left)
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


def async_wait() -> AsyncWait:
    """Return how the event loop that is running waits."""
    import sniffio

    return _wait_in_asyncio if sniffio.current_async_library() == "asyncio" else _wait_with_anyio


async def _wait_in_asyncio(wait: Wait, seconds: float) -> None:
    import asyncio

    loop = asyncio.get_running_loop()
    add, remove = (loop.add_writer, loop.remove_writer) if wait.writing else (loop.add_reader, loop.remove_reader)
    ready = loop.create_future()
    try:
        for each in wait.sockets:
            add(each, _set, ready)
    except NotImplementedError:  # the proactor of Windows
        await _wait_with_anyio(wait, seconds)
        return
    timer = loop.call_later(min(seconds, wait.seconds), _set, ready)
    try:
        await ready
    finally:
        timer.cancel()
        for each in wait.sockets:
            remove(each)


def _set(future: Any) -> None:
    if not future.done():
        future.set_result(None)


async def _wait_with_anyio(wait: Wait, seconds: float) -> None:
    import anyio

    until_ready = anyio.wait_writable if wait.writing else anyio.wait_readable

    async def one(each: socket) -> None:
        await until_ready(each)
        tasks.cancel_scope.cancel()

    with anyio.move_on_after(min(seconds, wait.seconds)):
        if len(wait.sockets) == 1:
            await until_ready(wait.sockets[0])
            return
        async with anyio.create_task_group() as tasks:
            for each in wait.sockets:
                tasks.start_soon(one, each)


async def checkpoint() -> None:
    """Let other tasks of the event loop run."""
    import anyio.lowlevel

    await anyio.lowlevel.checkpoint()
