"""What the tests of answers share: a server that says what they want, and clients of every kind."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from typing import Any

import pytest

from .callers import BORROWED, OWN, Caller
from .server import AnswerServer


@pytest.fixture
def server() -> Iterator[AnswerServer]:
    """A server on loopback with no answers yet."""
    with AnswerServer() as server:
        yield server


@pytest.fixture
def connect(server: AnswerServer) -> Iterator[Callable[..., Caller]]:
    """`connect(kind, **options)` makes a client of that server, which is closed after the test."""
    with ExitStack() as stack:

        def connect(kind: str, **options: Any) -> Caller:
            return stack.enter_context(closing(Caller(kind, server.port, **options)))

        yield connect


@pytest.fixture(params=OWN)
def caller(request: pytest.FixtureRequest, connect: Callable[..., Caller]) -> Caller:
    """A client that makes one attempt: sync, then async."""
    return connect(request.param)


@pytest.fixture(params=OWN + BORROWED)
def any_caller(request: pytest.FixtureRequest, connect: Callable[..., Caller]) -> Caller:
    """The same, also through an httpx client of the caller's."""
    return connect(request.param)
