"""subaccounts: the list page by page, creations and moves of credit, and arguments that are refused."""

from __future__ import annotations

import dataclasses
import json
from decimal import Decimal
from typing import Any

import pytest
from contract_examples import examples
from kit.callers import Caller
from kit.responses import envelope, response
from kit.server import Exchange, Server

from mailpartner import (
    APIError,
    InsufficientCreditError,
    NotFoundError,
    PermissionDeniedError,
    Secret,
    Subaccount,
)
from mailpartner.testing import ScriptedMailPartner, created, moved, subaccounts

TOKEN = "planted-token"
DOCUMENTED = Subaccount(
    "email1", Secret("token1"), Secret("key1"), 1, "simple", "2016-03-04 11:23:14", Decimal("0.800"), "EUR"
)
MOVES = ("add_credit", "remove_credit")
CALLS: dict[str, tuple[str, dict[str, Any]]] = {
    "create": ("create", {"type": "simple"}),
    **{move: (move, {"token": TOKEN, "amount": 10}) for move in MOVES},
}
AMOUNTS: dict[str, tuple[Any, str]] = {
    "an int": (100, "100"),
    "a Decimal": (Decimal("12.50"), "12.50"),
    "text": ("12.50", "12.50"),
    "a Decimal with an exponent": (Decimal("1E+2"), "100"),
    "many digits": (Decimal("123456789012.123456789"), "123456789012.123456789"),
}
NO_AMOUNTS: dict[str, tuple[Any, type[Exception]]] = {
    "a float": (12.5, TypeError),
    "a bool": (True, TypeError),
    "None": (None, TypeError),
    "zero": (0, ValueError),
    "less than zero": ("-1", ValueError),
    "not a number": (Decimal("NaN"), ValueError),
    "infinite": (Decimal("Infinity"), ValueError),
    "a comma": ("12,50", ValueError),
    "a currency": ("12 EUR", ValueError),
    "other digits": ("١٢", ValueError),
    "underscores": ("1_000", ValueError),
    "empty": ("", ValueError),
}
WRONG: dict[str, tuple[str, dict[str, Any], type[Exception], str]] = {
    "a page below 1": ("list", {"page": 0}, ValueError, "page"),
    "a page as text": ("list", {"page": "1"}, TypeError, "page"),
    "another type": ("create", {"type": "big"}, ValueError, "type"),
    "advanced without an address": ("create", {"type": "advanced"}, ValueError, "email"),
    "an address that is none": ("create", {"type": "simple", "email": "no address"}, ValueError, "email"),
    "a buyer that is simple": ("create", {"type": "simple", "is_buyer": True}, ValueError, "is_buyer"),
    "a buyer as a number": ("create", {"type": "advanced", "email": "a@b.fr", "is_buyer": 1}, TypeError, "is_buyer"),
    "a credit of nothing": ("create", {"type": "simple", "credit": 0}, ValueError, "credit"),
    "a name that is none": ("create", {"type": "simple", "first_name": 5}, TypeError, "first_name"),
    "no token": ("add_credit", {"token": "", "amount": 1}, ValueError, "token"),
    "a token with spaces": ("remove_credit", {"token": Secret("a b"), "amount": 1}, ValueError, "token"),
    "a token as a number": ("add_credit", {"token": 5, "amount": 1}, TypeError, "token"),
}


def everyone(caller: Caller, **options: Any) -> list[Subaccount]:
    """Return what an iteration over all pages yields."""
    if not caller.is_async:
        return list(caller.subaccounts.list(**options))

    async def collect(mp: Any) -> list[Subaccount]:
        return [each async for each in await mp.subaccounts.list(**options)]

    found: list[Subaccount] = caller.run(collect, caller.client)
    return found


def rows(*ids: int) -> list[dict[str, Any]]:
    return [{"id": number, "email": f"user{number}@example.com"} for number in ids]


def paged(total: int | None, per_page: int | None, count: int, ignored: bool = False) -> Any:
    """Return a step that answers the page that is asked for, of `count` sub-accounts; the first one if `ignored`."""

    def step(exchange: Exchange) -> None:
        page = 1 if ignored else int(exchange.request.query.get("page", "1"))
        size = per_page or 2
        data = rows(*range((page - 1) * size + 1, min(page * size, count) + 1))
        body = {"success": True, "code": 200, "total": total, "nb_per_page": per_page, "page": page, "data": data}
        exchange.respond(json.dumps({name: value for name, value in body.items() if value is not None}).encode())

    return step


@pytest.mark.parametrize("form", ["json", "xml"])
def test_the_documented_list(server: Server, caller: Caller, form: str) -> None:
    """The example of openapi.yaml comes back as a page, in either format."""
    example = examples("listSubaccounts")["SubaccountsListed"]
    server.then(response(json.dumps(example.value) if form == "json" else example.xml))
    page = caller.subaccounts.list(format=form)
    assert page.items == (DOCUMENTED,)
    assert (page.total, page.per_page, page.page) == (29, 20, 1)
    assert server.requests[0].query["page"] == "1"


@pytest.mark.parametrize(
    ("total", "per_page", "count", "requests"),
    [(5, 2, 5, 3), (4, 2, 4, 2), (None, 2, 4, 3), (None, 2, 5, 3), (None, None, 3, 3), (0, 2, 0, 1), (1, 2, 1, 1)],
)
def test_all_pages(
    server: Server, caller: Caller, total: int | None, per_page: int | None, count: int, requests: int
) -> None:
    """An iteration yields each sub-account once, and asks for no page more than it must."""
    server.always = paged(total, per_page, count)
    assert [each.id for each in everyone(caller)] == list(range(1, count + 1))
    assert [request.query["page"] for request in server.requests] == [str(page) for page in range(1, requests + 1)]


def test_pages_are_read_when_they_are_needed(server: Server, connect: Any) -> None:
    """Nothing is asked for before the sub-accounts of a page are used up."""
    server.always = paged(6, 2, 6)
    page = connect(server.url).client.subaccounts.list(page=2)
    assert len(server.requests) == 1
    assert [each.id for each, _ in zip(page, range(3), strict=False)] == [3, 4, 5]
    assert [request.query["page"] for request in server.requests] == ["2", "3"]


@pytest.mark.parametrize("total", [29, None])
def test_a_server_that_ignores_the_page(server: Server, caller: Caller, total: int | None) -> None:
    """The iteration ends with the second page, which brings nothing new."""
    server.always = paged(total, 2, 29, ignored=True)
    assert [each.id for each in everyone(caller)] == [1, 2]
    assert len(server.requests) == 2


def test_an_account_that_is_created_meanwhile(server: Server, caller: Caller) -> None:
    """Where rows move on to the next page between two requests, none is yielded twice."""
    pages = (rows(3, 2), rows(2, 1), [])
    server.then(*(response(json.dumps({"success": True, "code": 200, "data": data})) for data in pages))
    assert [each.id for each in everyone(caller)] == [3, 2, 1]


@pytest.mark.parametrize("form", ["json", "xml"])
def test_the_documented_creation(server: Server, caller: Caller, form: str) -> None:
    """The request is that of the samples, and the answer comes back as a Subaccount."""
    example = examples("createSubaccount")["SubaccountCreated"]
    server.then(response(json.dumps(example.value) if form == "json" else example.xml))
    made = caller.subaccounts.create(
        type="advanced", email="ann@example.com", credit="10.5", is_buyer=True, first_name="Ann", format=form
    )
    assert made == Subaccount(
        "email1",
        Secret("token"),
        type="advanced",
        confirmation_sent_to="email1",
        parent_email="exemple@email.com",
    )
    body = json.loads(server.requests[0].body)
    del body["apiKey"]
    details = {"email": "ann@example.com", "creditToAttribute": "10.5", "isBuyer": 1, "firstname": "Ann"}
    assert body == {"type": "advanced", "parameters": details}


def test_a_creation_that_tells_nothing(server: Server, caller: Caller) -> None:
    """What is optional is None: the sub-account was created all the same."""
    server.then(response('{"success": true, "code": 200, "subaccount": [], "parent_email": 5}'))
    assert caller.subaccounts.create(type="simple") == Subaccount(None, type="simple", parent_email="5")


@pytest.mark.parametrize("form", ["json", "xml"])
@pytest.mark.parametrize("move", MOVES)
def test_the_documented_move(server: Server, caller: Caller, move: str, form: str) -> None:
    """Credit goes out as text, and comes back as a Decimal of its digits."""
    example = examples("addSubaccountCredit")["CreditMoved"]
    server.then(response(json.dumps(example.value) if form == "json" else example.xml))
    done = getattr(caller.subaccounts, move)(Secret(TOKEN), amount="100", format=form)
    assert (done.credit, done.subaccount_credit, done.currency) == (Decimal("2869.2"), Decimal("61.8"), "EUR")
    (request,) = server.requests
    assert request.path == f"/v1/subaccount/credit/{move.removesuffix('_credit')}"
    body = json.loads(request.body)
    del body["apiKey"]
    assert body == {"credit": "100", "tokenSubaccount": TOKEN}


@pytest.mark.parametrize("name", AMOUNTS)
def test_an_amount(server: Server, caller: Caller, name: str) -> None:
    """It is sent with all its digits, and never with an exponent."""
    amount, text = AMOUNTS[name]
    server.then(response('{"success": true, "code": 200, "credit": 123456789012.123456789}'))
    assert caller.subaccounts.add_credit(TOKEN, amount=amount).credit == Decimal("123456789012.123456789")
    assert json.loads(server.requests[0].body)["credit"] == text


@pytest.mark.parametrize("move", MOVES)
@pytest.mark.parametrize("name", NO_AMOUNTS)
def test_an_amount_that_is_none(server: Server, caller: Caller, name: str, move: str) -> None:
    """The error names the argument, and nothing is sent."""
    amount, cls = NO_AMOUNTS[name]
    error = caller.outcome(lambda mp: getattr(mp.subaccounts, move)(TOKEN, amount=amount))
    assert type(error) is cls
    assert str(error).startswith("amount must")
    assert str(error).endswith("Nothing was sent.")
    assert server.connections == 0


@pytest.mark.parametrize("name", WRONG)
def test_an_argument_that_is_wrong(server: Server, caller: Caller, name: str) -> None:
    """The error names the argument, and nothing is sent."""
    method, arguments, cls, argument = WRONG[name]
    error = caller.outcome(lambda mp: getattr(mp.subaccounts, method)(**arguments))
    assert type(error) is cls
    assert str(error).startswith(argument)
    assert str(error).endswith("Nothing was sent.")
    assert server.connections == 0


@pytest.mark.parametrize(
    ("call", "code", "cls"),
    [
        ("create", 9, InsufficientCreditError),
        ("create", 2, PermissionDeniedError),
        ("add_credit", 8, InsufficientCreditError),
        ("remove_credit", 11, InsufficientCreditError),
        ("remove_credit", 7, NotFoundError),
        ("add_credit", 77, APIError),
    ],
)
def test_a_refusal(server: Server, caller: Caller, call: str, code: int, cls: type[Exception]) -> None:
    """A code is of its class, and nothing was done."""
    method, arguments = CALLS[call]
    server.then(response(envelope("json", False, code)))
    error = caller.outcome(lambda mp: getattr(mp.subaccounts, method)(**arguments))
    assert (type(error), error.code, error.maybe_applied, error.attempts) == (cls, code, False, 1)


@pytest.mark.parametrize("form", ["json", "xml"])
def test_scripted_answers(form: str) -> None:
    """`testing.subaccounts`, `created` and `moved` are read as the server's own answers."""
    documented = dataclasses.replace(DOCUMENTED, id=2)
    pages = (subaccounts(each, total=3, page=page, per_page=2) for page, each in ((1, ["a", documented]), (2, ["c"])))
    with ScriptedMailPartner(*pages, created("x@y.fr", "t"), moved(Decimal("2.5"), 1), format=form) as mp:
        first, second, third = mp.subaccounts.list()
        assert (first.email, second, third.token) == ("a", documented, Secret("token3"))
        assert mp.subaccounts.create(type="simple").token == Secret("t")
        assert mp.subaccounts.add_credit("t", amount=1).to_dict()["credit"] == "2.5"
