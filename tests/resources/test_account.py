"""account.credits: what the vendor documents, what it may send instead, and what is refused."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from contract_examples import examples
from kit.callers import Caller
from kit.responses import response
from kit.server import Server

from mailpartner import Credits, UnexpectedResponseError
from mailpartner.testing import ScriptedMailPartner, credits

DOCUMENTED = Credits("exemple@email.com", 269082, Decimal("10225.119"), "EUR")
FIELDS: dict[str, Any] = {"creditMail": 5, "currency": "EUR", "balance": "1.50"}
READ = {
    "numbers as text": ({**FIELDS, "creditMail": "5"}, Decimal("1.50")),
    "text as a number, with all its digits": ("123456789012.123456789", Decimal("123456789012.123456789")),
    "text as a whole number": ({**FIELDS, "balance": 12}, Decimal(12)),
    "more fields": ({**FIELDS, "creditSms": 7}, Decimal("1.50")),
    "no balance": ({"creditMail": 5, "currency": "EUR"}, None),
    "a balance that is none": ({**FIELDS, "balance": "much"}, None),
}
REFUSED = {
    "no credits": None,
    "those of SMS": {"creditSms": 269070, "currency": "EUR", "balance": "10224.688"},
    "no currency": {"creditMail": 5, "balance": "1"},
    "[] for {}": [],
}


def body(credits: Any) -> str:
    if isinstance(credits, str):  # a number that Python would not write so
        return f'{{"success":true,"code":200,"credits":{{"creditMail":5,"currency":"EUR","balance":{credits}}}}}'
    return json.dumps({"success": True, "code": 200, **({} if credits is None else {"credits": credits})})


@pytest.mark.parametrize("form", ["json", "xml"])
def test_the_documented_answer(server: Server, caller: Caller, form: str) -> None:
    """The example of openapi.yaml comes back as a Credits, in either format."""
    example = examples("getCredits")["CreditsRead"]
    server.then(response(json.dumps(example.value) if form == "json" else example.xml))
    assert caller.account.credits(format=form) == DOCUMENTED


@pytest.mark.parametrize("name", READ)
def test_what_may_be_sent_instead(server: Server, caller: Caller, name: str) -> None:
    """Numbers as text and text as numbers are read; what is missing is None."""
    fields, balance = READ[name]
    server.then(response(body(fields)))
    assert caller.account.credits() == Credits(None, 5, balance, "EUR")


@pytest.mark.parametrize("name", REFUSED)
def test_what_says_nothing_of_mails(server: Server, caller: Caller, name: str) -> None:
    """An answer without the number of mails or the currency is unreadable, and leaves no doubt."""
    server.then(response(body(REFUSED[name])))
    error = caller.outcome(lambda mp: mp.account.credits(max_retries=0))
    assert type(error) is UnexpectedResponseError
    assert not error.maybe_applied


def test_a_scripted_answer() -> None:
    """`testing.credits` answers it, and its result is written as JSON primitives."""
    with ScriptedMailPartner(credits(5, balance=Decimal("1.50")), credits(5), format="xml") as mp:
        assert mp.account.credits().to_dict() == {
            "username": "account@example.com", "mails": 5, "balance": "1.50", "currency": "EUR",
        }  # fmt: skip
        assert mp.account.credits(format="json").balance == Decimal(0)
