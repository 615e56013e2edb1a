"""What the tests of decoding share: a server that sends what they want, and clients of every kind."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from kit.callers import Caller, Callers
from kit.server import Server
from kit.steps import hang_up

from .outcomes import CLIENT_KINDS, CUSTOM_KINDS

ONE_ATTEMPT = {"max_retries": 0, "method": "POST"}


def answering() -> Server:
    """Return a server without a script, which hangs up on a request too many.

    Its send buffer is small, so that what it could send says what the client read.
    """
    return Server(always=hang_up, send_buffer=1 << 16)


@pytest.fixture
def server() -> Iterator[Server]:
    """A server on loopback with no answers yet."""
    with answering() as server:
        yield server


@pytest.fixture
def connect(server: Server) -> Iterator[Callable[..., Caller]]:
    """`connect(client_kind, **options)` makes a client of that server, which is closed after the test."""
    with Callers(**ONE_ATTEMPT) as callers:
        yield lambda client_kind, **options: callers(server.url, client_kind, **options)


@pytest.fixture(params=CLIENT_KINDS)
def caller(request: pytest.FixtureRequest, connect: Callable[..., Caller]) -> Caller:
    """A client that makes one attempt: sync, then async."""
    return connect(request.param)


@pytest.fixture(params=CLIENT_KINDS + CUSTOM_KINDS)
def any_caller(request: pytest.FixtureRequest, connect: Callable[..., Caller]) -> Caller:
    """The same, also through an httpx client of the caller's."""
    return connect(request.param)
