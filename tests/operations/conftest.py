"""What the tests of every operation share: a server, and a way to call an operation with its example."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from kit.callers import Callers
from kit.server import Server

from mailpartner.contract import OPERATIONS, Operation
from mailpartner.errors import MailPartnerError

from .contract import arguments_of, module_of

Call = Callable[..., Any]


@pytest.fixture
def server() -> Iterator[Server]:
    """A server that hangs up, until it is given other steps."""
    with Server() as server:
        yield server


@pytest.fixture(params=["sync", "async"])
def client_kind(request: pytest.FixtureRequest) -> str:
    """Both kinds of client."""
    kind: str = request.param
    return kind


@pytest.fixture
def call(server: Server, client_kind: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Call]:
    """`call(operation, changed, **options)` carries it out with its example; it returns the model or the error.

    For this test the contract says of the operation what is given.
    """
    with Callers() as connect:

        def call(operation: Operation, changed: dict[str, Any] | None = None, **options: Any) -> Any:
            monkeypatch.setitem(OPERATIONS, (operation.method, operation.path), operation)
            caller = connect(options.pop("url", server.url), client_kind, **options)
            try:
                return caller.call(module_of(operation), **arguments_of(operation, changed))
            except (MailPartnerError, TypeError, ValueError) as error:
                return error

        yield call
