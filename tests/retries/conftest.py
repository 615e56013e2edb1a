"""What the tests of retries share: a server that loses answers, and clients of every kind."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from kit.api_server import ApiServer
from kit.callers import CLIENT_KINDS, Callers


@pytest.fixture
def server() -> Iterator[ApiServer]:
    """A Mail Partner whose list holds the entry 300."""
    with ApiServer(entries={300}) as server:
        yield server


@pytest.fixture
def connect() -> Iterator[Callers]:
    """`connect(url, client_kind, **options)` makes a client, which is closed after the test."""
    with Callers() as callers:
        yield callers


@pytest.fixture(params=CLIENT_KINDS)
def client_kind(request: pytest.FixtureRequest) -> str:
    """Each kind of client."""
    kind: str = request.param
    return kind
