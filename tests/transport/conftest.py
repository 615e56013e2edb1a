"""What the tests of the transport share: certificates, an environment without hints, and the kinds of client."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from kit.callers import CLIENT_KINDS, CUSTOM_KINDS, Callers
from kit.logs import Log, captured
from kit.tls import Certificates

from mailpartner._core.clock import SYSTEM_CLOCK

KEY = "account-Pl4nted/Key+&=1"


@pytest.fixture(autouse=True)
def bare_environment(bare_environment: None) -> None:
    """Have it for every test."""


class ClientKind:
    """A kind of client: sync, or async in one of two event loops; with connections of its own, or a caller's."""

    def __init__(self, name: str, certificates: Certificates) -> None:
        self.name = name
        self.is_custom = name.endswith("-custom")
        self._verify = certificates.client

    def outcomes(self, url: str, *acts: Callable[[Any], Any], **options: Any) -> list[Any]:
        """Return what each of the acts returns, or its error, one after the other on one client."""
        with Callers(max_retries=0, verify=self._verify) as connect:
            caller = connect(url, self.name, key=KEY, clock=SYSTEM_CLOCK, **options)
            return [caller.outcome(act) for act in acts]

    def outcome(self, url: str, act: Callable[[Any], Any] | None = None, **options: Any) -> Any:
        """Return what becomes of one call, by default a deletion."""
        return self.outcomes(url, act or delete, **options)[0]


def delete(mp: Any) -> Any:
    """Delete an entry."""
    return mp.unsubscribes.delete(300)


@pytest.fixture(params=CLIENT_KINDS)
def own(request: pytest.FixtureRequest, certificates: Certificates) -> ClientKind:
    """Each kind of client with connections of its own."""
    return ClientKind(request.param, certificates)


@pytest.fixture(params=[*CLIENT_KINDS, *CUSTOM_KINDS])
def caller(request: pytest.FixtureRequest, certificates: Certificates) -> ClientKind:
    """Each kind of client."""
    return ClientKind(request.param, certificates)


@pytest.fixture
def log() -> Iterator[Log]:
    """Everything that is logged during the test."""
    with captured() as log:
        yield log
