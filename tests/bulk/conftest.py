"""What the tests of bulk runs share."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from bulk_help import KEY, VirtualClock

from mailpartner._bulk import executors as chunks
from mailpartner._transport import base_url as origin
from mailpartner._transport import credential
from mailpartner.sandbox import Sandbox


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """A key that the sandbox takes, and no base URL."""
    monkeypatch.setenv(credential.VARIABLE, KEY)
    monkeypatch.delenv(origin.VARIABLE, raising=False)


@pytest.fixture(autouse=True)
def nothing_left() -> Iterator[None]:
    """No thread of a run outlives its test."""
    yield
    names = {thread.name for thread in threading.enumerate()} - {"mailpartner-sandbox"}
    assert [name for name in names if name.startswith("mailpartner-")] == []


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(entries=1000, rate_limit=None) as running:
        yield running


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock()


@pytest.fixture(params=["sync", "async"])
def kind(request: pytest.FixtureRequest) -> str:
    """Which client the test is for; every promise holds for both."""
    return request.param


@pytest.fixture
def workers() -> Iterator[None]:
    """Closes the clients that workers in this process have made."""
    chunks._create.cache_clear()
    made = []
    original = chunks._create

    def remembered(*arguments: object) -> object:
        client = original(*arguments)
        made.append(client)
        return client

    chunks._create = remembered
    yield
    chunks._create = original
    for client in made:
        client.close()
    chunks._create.cache_clear()
