"""What must not be done twice: nothing is repeated in doubt, and what certainly did nothing is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from kit.api_server import LOSSES
from kit.callers import Caller, Callers
from kit.proxy import closed_port
from kit.responses import envelope, response
from kit.server import Exchange, Server

from mailpartner import APIConnectionError, MailPartnerError, ServerError

DONE = b'{"success": true, "code": 200}'
Act = Callable[[Any], Any]
ACTS: dict[str, Act] = {
    "send": lambda mp: mp.messages.send(subject="Hello", html="Hello", to="ann@example.com"),
    "create": lambda mp: mp.subaccounts.create(type="simple"),
    "add_credit": lambda mp: mp.subaccounts.add_credit("token1", amount=10),
    "remove_credit": lambda mp: mp.subaccounts.remove_credit("token1", amount=10),
}
every_act = pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)


def lost(way: str) -> Any:
    """Return the step that does what is asked and loses the answer."""

    def step(exchange: Exchange) -> None:
        exchange.read_body()
        LOSSES[way](exchange, DONE)

    return step


def assert_not_to_be_repeated(error: MailPartnerError) -> None:
    """The error says that it may have been done, and not to repeat it."""
    assert (error.maybe_applied, error.attempts) == (True, 1)
    assert "It may have been done all the same" in str(error)
    assert "try again" not in str(error).lower()
    assert "before" in str(error.hint)


@every_act
@pytest.mark.parametrize("way", LOSSES)
def test_a_lost_answer(server: Server, connect: Callers, client_kind: str, act: Act, way: str) -> None:
    """One request, however the answer is lost and however many retries there are."""
    server.then(lost(way))
    caller = connect(server.url, client_kind, max_retries=5, timeout=0.5)
    assert_not_to_be_repeated(caller.outcome(act))
    assert len(server.requests) == 1


@every_act
def test_a_fault_of_the_server(server: Server, connect: Callers, client_kind: str, act: Act) -> None:
    """Code 500 leaves it open what was done: one request, and the hint is about that."""
    server.then(response(envelope("json", False, 500)))
    error = connect(server.url, client_kind, max_retries=5).outcome(act)
    assert type(error) is ServerError
    assert_not_to_be_repeated(error)


@every_act
def test_too_many_requests(server: Server, caller: Caller, act: Act) -> None:
    """Code 429 says that nothing was done: it is sent again."""
    server.then(response(envelope("json", False, 429)), response(DONE))
    assert not isinstance(caller.outcome(act), Exception)
    assert len(server.requests) == 2


@every_act
def test_what_was_never_sent(connect: Callers, client_kind: str, act: Act) -> None:
    """A connection that is refused has sent nothing: all attempts are made, and nothing was done."""
    error = connect(f"http://127.0.0.1:{closed_port()}", client_kind, max_retries=5).outcome(act)
    assert type(error) is APIConnectionError
    assert (error.maybe_applied, error.attempts) == (False, 6)
