"""What the tests of listing, adding and deleting by address share."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from kit.api_server import SANDBOX_KEY
from kit.callers import Caller, Callers
from kit.responses import response
from kit.server import Server
from kit.steps import hang_up

from mailpartner.sandbox import Sandbox


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """A sandbox with the entries user1@example.com to user3@example.com."""
    with Sandbox(entries=3) as running:
        yield running


@pytest.fixture(params=["sync", "async"])
def client_kind(request: pytest.FixtureRequest) -> str:
    """Both kinds of client."""
    return str(request.param)


@pytest.fixture(params=["json", "xml"])
def form(request: pytest.FixtureRequest) -> str:
    """Both formats."""
    return str(request.param)


@pytest.fixture
def connect() -> Iterator[Callers]:
    """`connect(url, client_kind, **options)` makes a client, which is closed after the test."""
    with Callers(default_key=SANDBOX_KEY) as callers:
        yield callers


@pytest.fixture
def caller(sandbox: Sandbox, connect: Callers, client_kind: str, form: str) -> Caller:
    """A client of the sandbox, of each kind, in each format."""
    return connect(sandbox.url, client_kind, format=form)


@pytest.fixture
def served() -> Iterator[Callable[..., Server]]:
    """Starts a server that answers these bodies; after None it hangs up."""
    with contextlib.ExitStack() as stack:
        yield lambda *bodies: stack.enter_context(Server(*map(step, bodies)))


def step(body: str | bytes | None) -> Any:
    """Return the step that answers with a body, whose type is not told."""
    return hang_up if body is None else response(body, content_type=None)


@pytest.fixture
def listed(served: Callable[..., Server], connect: Callers) -> Callable[..., Any]:
    """`listed(body, client_kind)` is what a client makes of a list that is answered so."""
    return lambda body, client_kind="sync": connect(served(body).url, client_kind).unsubscribes.list()
