"""messages.status and messages.cancel: what is documented, what may be sent instead, and arguments that are refused."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from contract_examples import examples
from kit.callers import Caller
from kit.responses import envelope, response
from kit.server import Server
from kit.steps import hang_up

from mailpartner import (
    APIConnectionError,
    CancellationOutcome,
    Delivery,
    InvalidRequestError,
    MessageStatus,
    NotFoundError,
    UnexpectedResponseError,
)
from mailpartner.testing import ScriptedMailPartner, cancelled, delivered, lost, refused

REPORTED = datetime(2020, 9, 2, 15, 37, 24, tzinfo=UTC)
DOCUMENTED = MessageStatus("xxx", (Delivery("email1", "Delivered", Decimal(1), True, REPORTED, "xxx"),))
ROWS: dict[str, tuple[dict[str, Any], Delivery]] = {
    "only an address": ({"email": "a@b.fr"}, Delivery("a@b.fr")),
    "a state that is not documented": ({"email": "a", "status": "Bounced"}, Delivery("a", "Bounced")),
    "text as a number": ({"email": "a", "date": 1599061044}, Delivery("a", date=REPORTED)),
    "a number as text": ({"email": "a", "cost": "0.049"}, Delivery("a", cost=Decimal("0.049"))),
    "values of other types": (
        {"email": "a", "date": False, "cost": [], "stopMail": "yes", "token": {}, "status": None, "new": 1},
        Delivery("a"),
    ),
    "a time that is none": ({"email": "a", "date": "99999999999999"}, Delivery("a")),
}
WRONG_IDS: dict[str, tuple[Any, type[Exception]]] = {
    "empty": ("", ValueError),
    "of spaces": (" ", ValueError),
    "a sentence": ("Votre mail est parti", ValueError),
    "None": (None, TypeError),
    "a float": (3.0, TypeError),
    "a bool": (True, TypeError),
    "bytes": (b"300", TypeError),
}


def status(rows: Any) -> bytes:
    return response(json.dumps({"success": True, "code": 200, "StatutResponseList": rows}))


@pytest.mark.parametrize("form", ["json", "xml"])
def test_the_documented_status(server: Server, caller: Caller, form: str) -> None:
    """The example of openapi.yaml comes back as a MessageStatus; JSON is asked for, and XML is read all the same."""
    example = examples("getMessageStatus")["StatusRead"]
    server.then(response(json.dumps(example.value) if form == "json" else example.xml))
    assert caller.messages.status(message_id="300", format=form) == DOCUMENTED
    (request,) = server.requests
    assert (request.method, request.path, request.query["messageId"]) == ("GET", "/v1/bulk-status", "300")
    assert "_format" not in request.query
    assert request.headers["accept"] == "application/json"


@pytest.mark.parametrize("name", ROWS)
def test_a_row_that_may_be_sent_instead(server: Server, caller: Caller, name: str) -> None:
    """What is missing or does not fit is None, and leaves the rest readable."""
    row, delivery = ROWS[name]
    server.then(status([row]))
    assert caller.messages.status(300) == MessageStatus("300", (delivery,))


@pytest.mark.parametrize("rows", [[], {}, {"1": {"email": "a"}, "4": {"email": "b"}}])
def test_what_php_makes_of_a_list(server: Server, caller: Caller, rows: Any) -> None:
    """A list with gaps and an empty one come as objects."""
    server.then(status(rows))
    assert [each.email for each in caller.messages.status("300").deliveries] == ["a", "b"][: len(rows)]


@pytest.mark.parametrize("rows", [None, "none", [{}], [1]], ids=str)
def test_a_status_without_deliveries(server: Server, caller: Caller, rows: Any) -> None:
    """Without the list, or with a row that names nobody, the answer is unreadable; nothing was changed."""
    server.then(status(rows))
    error = caller.outcome(lambda mp: mp.messages.status("300", max_retries=0))
    assert type(error) is UnexpectedResponseError
    assert not error.maybe_applied


@pytest.mark.parametrize("method", ["status", "cancel"])
@pytest.mark.parametrize("name", WRONG_IDS)
def test_an_id_that_cannot_be_one(server: Server, caller: Caller, name: str, method: str) -> None:
    """The error names the argument, and nothing is sent."""
    value, cls = WRONG_IDS[name]
    error = caller.outcome(lambda mp: getattr(mp.messages, method)(value))
    assert type(error) is cls
    assert str(error).startswith("message_id ")
    assert str(error).endswith("Nothing was sent.")
    assert server.connections == 0


@pytest.mark.parametrize("form", ["json", "xml"])
def test_the_documented_cancellation(server: Server, caller: Caller, form: str) -> None:
    """A success is CANCELLED, with the server's text."""
    example = examples("cancelMessage")["Cancelled"]
    server.then(response(json.dumps(example.value) if form == "json" else example.xml))
    done = caller.messages.cancel(300, format=form)
    assert (done.message_id, done.outcome) == ("300", CancellationOutcome.CANCELLED)
    assert (done.code, done.message, done.attempts) == (200, "L'envoi du mail a été annulé.", 1)
    (request,) = server.requests
    assert (request.method, request.path, request.query["messageId"]) == ("GET", "/v1/message-cancel", "300")


@pytest.mark.parametrize("before", [[], [hang_up], [hang_up, hang_up]], ids=len)
def test_a_message_that_is_cancelled_already(server: Server, caller: Caller, before: list[Any]) -> None:
    """Code 5 is ALREADY_CANCELLED, after a lost answer and without one."""
    server.then(*before, response(envelope("json", False, 5, "déjà annulé")))
    done = caller.messages.cancel("300")
    assert (done.outcome, done.code, done.message) == (CancellationOutcome.ALREADY_CANCELLED, 5, "déjà annulé")
    assert done.attempts == len(before) + 1


@pytest.mark.parametrize(
    ("code", "cls", "hint"),
    [
        (4, NotFoundError, "take_id_from_sending"),
        (6, InvalidRequestError, "too_late"),
        (7, InvalidRequestError, "read_status"),
    ],
)
def test_a_refused_cancellation(server: Server, caller: Caller, code: int, cls: type[Exception], hint: str) -> None:
    """Any other code is an error, in doubt only if an answer was lost before it, with a hint of its own."""
    server.then(response(envelope("json", False, code)), hang_up, response(envelope("json", False, code)))
    for in_doubt in (False, True):
        error = caller.outcome(lambda mp: mp.messages.cancel("300"))
        assert (type(error), error.maybe_applied, error.hint.id) == (cls, in_doubt, hint)


def test_a_cancellation_without_an_answer(server: Server, caller: Caller) -> None:
    """It is repeated, and the error says how to find out."""
    server.then(hang_up)
    error = caller.outcome(lambda mp: mp.messages.cancel("300", max_retries=2))
    assert (type(error), error.maybe_applied, error.attempts) == (APIConnectionError, True, 3)
    assert error.hint.id == "cancel_again"


def test_the_token_of_a_delivery() -> None:
    """Nobody knows what it opens: repr does not show it."""
    assert Delivery("a@b.fr", token="b11173b3bd649b5a").token == "b11173b3bd649b5a"
    assert "b11173" not in repr(MessageStatus("7", (Delivery("a@b.fr", token="b11173b3bd649b5a"),)))


@pytest.mark.parametrize("form", ["json", "xml"])
def test_scripted_answers(form: str) -> None:
    """`testing.delivered` and `testing.cancelled` are read as the server's own answers."""
    delivery = DOCUMENTED.deliveries[0]
    script = (delivered(["a@b.fr", delivery], message_id="7"), cancelled(), lost(), refused("ALREADY_CANCELLED"))
    with ScriptedMailPartner(*script, format=form) as mp:
        assert mp.messages.status("300") == MessageStatus("7", (Delivery("a@b.fr", "Delivered"), delivery))
        assert mp.messages.cancel("300").to_dict()["outcome"] == "cancelled"
        assert mp.messages.cancel("300").outcome == "already_cancelled"
