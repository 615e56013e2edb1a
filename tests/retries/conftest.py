"""What the tests of doubt share: a server that loses answers, and clients of every kind."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from .callers import FACES, Callers
from .server import Server


@pytest.fixture
def server() -> Iterator[Server]:
    """A Mail Partner whose list holds the entry 300."""
    with Server(entries={300}) as server:
        yield server


@pytest.fixture
def connect() -> Iterator[Callers]:
    """`connect(url, face, **options)` makes a client, which is closed after the test."""
    callers = Callers()
    yield callers
    callers.close()


@pytest.fixture(params=FACES)
def face(request: pytest.FixtureRequest) -> str:
    """Each kind of client."""
    kind: str = request.param
    return kind
