"""What the tests of the key share: an environment without hints, certificates, and a log that keeps everything."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
from kit.tls import Certificates

from secrecy.scan import KEYS, holds, shown
from secrecy.ways import Way


@pytest.fixture(scope="session")
def certificates() -> Certificates:
    """One authority for the whole run."""
    return Certificates()


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch, certificates: Certificates) -> None:
    """No key, no base URL and no proxy from outside; the SDK's own connections trust the tests' authority."""
    certificates.alone(monkeypatch)


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


class Log(logging.Handler):
    """Everything that any logger says, at any level."""

    def __init__(self) -> None:
        super().__init__(logging.NOTSET)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)

    @property
    def loggers(self) -> set[str]:
        return {record.name for record in self.records}

    def leaks(self, key: str) -> list[str]:
        """The records that show the key, in their message, arguments, attributes or exceptions."""
        return [f"{record.name}: {record.getMessage()}" for record in self.records if holds(self._whole(record), key)]

    def _whole(self, record: logging.LogRecord) -> str:
        return f"{record.getMessage()} {shown(record.args)} {shown(vars(record))} {logging.Formatter().format(record)}"


@pytest.fixture
def log() -> Iterator[Log]:
    """The log of this test, from every logger at its most talkative."""
    handler, root = Log(), logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.NOTSET + 1)
    yield handler
    root.removeHandler(handler)
    root.setLevel(level)
