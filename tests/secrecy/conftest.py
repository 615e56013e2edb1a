"""What the tests of the key share: an environment without hints, certificates, and a log that keeps everything."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from kit.leaks import KEYS
from kit.logs import Log, captured
from kit.tls import Certificates

from secrecy.ways import Way


@pytest.fixture(autouse=True)
def bare_environment(bare_environment: None) -> None:
    """Have it for every test."""


@pytest.fixture(params=["sync", "async", "sync-custom", "async-custom"])
def way(request: pytest.FixtureRequest, certificates: Certificates) -> Way:
    """Each of the four ways of making a call."""
    return Way(request.param, certificates)


@pytest.fixture
def own(certificates: Certificates) -> Way:
    """The first of them, where the way makes no difference."""
    return Way("sync", certificates)


@pytest.fixture(params=KEYS, ids=["plain key", "awkward key"])
def key(request: pytest.FixtureRequest) -> str:
    """A planted key, and one with characters that are encoded."""
    value: str = request.param
    return value


@pytest.fixture
def log() -> Iterator[Log]:
    """The log of this test, from every logger at its most talkative."""
    with captured() as log:
        yield log
