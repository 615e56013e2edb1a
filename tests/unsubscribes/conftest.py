"""What the tests of listing, adding and deleting by address share."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator

import pytest
from list_client import Caller
from list_server import ListServer

from mailpartner.sandbox import Sandbox


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """A sandbox with the entries user1@example.com to user3@example.com."""
    with Sandbox(entries=3) as running:
        yield running


@pytest.fixture(params=["sync", "async"])
def kind(request: pytest.FixtureRequest) -> str:
    """Both kinds of client."""
    return str(request.param)


@pytest.fixture(params=["json", "xml"])
def form(request: pytest.FixtureRequest) -> str:
    """Both formats."""
    return str(request.param)


@pytest.fixture
def caller(sandbox: Sandbox, kind: str, form: str) -> Caller:
    """A client of the sandbox, of each kind, in each format."""
    return Caller(kind, sandbox.url, format=form)


@pytest.fixture
def served() -> Iterator[Callable[..., ListServer]]:
    """Starts a server that answers these bodies."""
    with contextlib.ExitStack() as stack:
        yield lambda *bodies: stack.enter_context(ListServer(*bodies))
