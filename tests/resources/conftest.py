"""What the tests of account, messages and subaccounts share: a server with a script, and clients of each kind."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from kit.callers import Caller, Callers
from kit.server import Server


@pytest.fixture(params=["sync", "async"])
def client_kind(request: pytest.FixtureRequest) -> str:
    """Both kinds of client."""
    return str(request.param)


@pytest.fixture
def server() -> Iterator[Server]:
    """A server that hangs up, until it is given other steps."""
    with Server() as server:
        yield server


@pytest.fixture
def connect() -> Iterator[Callers]:
    """`connect(url, client_kind, **options)` makes a client, which is closed after the test."""
    with Callers() as callers:
        yield callers


@pytest.fixture
def caller(server: Server, connect: Callers, client_kind: str) -> Caller:
    """A client of the server, of each kind."""
    return connect(server.url, client_kind)
