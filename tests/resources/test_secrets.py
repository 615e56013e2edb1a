"""The keys and tokens of other accounts: shown nowhere unless they are revealed."""

from __future__ import annotations

import asyncio
import copy
import dataclasses
import json
import logging
import pickle
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from kit.callers import Caller
from kit.responses import response
from kit.server import Server
from pydantic import TypeAdapter

from mailpartner import APIError, MailPartnerError, Secret, Subaccount
from mailpartner.generated.api.subaccounts import create_subaccount, list_subaccounts
from mailpartner.generated.models import SubaccountCreation
from mailpartner.testing import AsyncScriptedMailPartner, created

KEY, TOKEN = "planted-key", "planted-token"
ROW = {"id": 1, "email": "email1", "token": TOKEN, "apiKey": KEY}
SUBACCOUNT = Subaccount("email1", Secret(TOKEN), Secret(KEY))
UNREADABLE = {
    "contradicts itself": {"success": True, "code": 10, "data": [ROW]},
    "has a row that is none": {"success": True, "code": 200, "data": [ROW, 1]},
    "lacks success": {"code": 200, "data": [ROW]},
    "is a refusal": {"success": False, "code": 77, "data": [ROW]},
}


def assert_hidden(*texts: object) -> None:
    """Neither the key nor the token is in any of the texts."""
    for text in texts:
        assert KEY not in str(text)
        assert TOKEN not in str(text)


def page(**changed: Any) -> bytes:
    return response(json.dumps({"success": True, "code": 200, "data": [ROW], **changed}))


def test_a_secret_is_hidden() -> None:
    """Text and formats of a secret, and of what holds it, are asterisks; `reveal` gives the value."""
    secret = SUBACCOUNT.token
    assert secret is not None
    assert secret.reveal() == TOKEN
    assert_hidden(secret, repr(secret), f"{secret}", f"{secret!r:>40}", [secret], SUBACCOUNT, SUBACCOUNT.to_dict())
    assert SUBACCOUNT.to_dict()["token"] == "**********"
    with pytest.raises(TypeError, match="not JSON serializable"):
        json.dumps({"token": secret})


def test_secrets_compare_with_secrets_alone() -> None:
    """Equal values are equal, also as keys of a dict; text is never equal to one."""
    assert Secret(TOKEN) == Secret(TOKEN) != Secret(KEY)
    assert Secret(TOKEN) != TOKEN
    assert len({Secret(TOKEN), Secret(TOKEN), Secret(KEY)}) == 2
    assert Secret("é") != Secret("e")
    with pytest.raises(TypeError, match="not bytes"):
        Secret(b"a")  # type: ignore[arg-type]


def test_a_copy_is_the_same_and_pickling_refuses() -> None:
    """`copy` and `asdict` keep it; a pickle would write it down."""
    assert copy.copy(SUBACCOUNT.token) is copy.deepcopy(SUBACCOUNT.token) is SUBACCOUNT.token
    assert dataclasses.asdict(SUBACCOUNT)["token"] is SUBACCOUNT.token
    assert copy.deepcopy(SUBACCOUNT) == SUBACCOUNT
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        with pytest.raises(TypeError, match="not pickled"):
            pickle.dumps(SUBACCOUNT, protocol)


def test_pydantic_takes_a_secret() -> None:
    """Text becomes a secret, and a secret is written as asterisks."""
    adapter = TypeAdapter(Subaccount)
    assert_hidden(adapter.dump_json(SUBACCOUNT), adapter.dump_python(SUBACCOUNT), adapter.json_schema())
    assert TypeAdapter(Secret).validate_python(TOKEN) == SUBACCOUNT.token
    assert TypeAdapter(Secret).validate_python(SUBACCOUNT.token) is SUBACCOUNT.token


def test_a_fastapi_handler_returns_a_subaccount() -> None:
    """The answer holds asterisks, not HTTP 500."""
    app = FastAPI()
    mp = AsyncScriptedMailPartner(created("email1", TOKEN))

    @app.post("/create")
    async def create() -> Subaccount:
        return await mp.subaccounts.create(type="simple")

    async def main() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://app") as client:
            return await client.post("/create")

    answer = asyncio.run(main())
    assert answer.json()["token"] == "**********"
    assert_hidden(answer.text)


def test_the_list_hides_them(server: Server, caller: Caller, caplog: pytest.LogCaptureFixture) -> None:
    """In results, models and logs at any level."""
    caplog.set_level(logging.DEBUG)
    server.always = page()
    listed = caller.subaccounts.list()
    model = caller.call(list_subaccounts)
    assert listed.items[0].token.reveal() == TOKEN
    assert_hidden(listed, listed.items, model, model.to_dict(), caplog.text, vars(listed))
    assert "planted" not in caplog.text


@pytest.mark.parametrize("name", UNREADABLE)
def test_an_answer_that_is_refused(server: Server, caller: Caller, name: str) -> None:
    """The error keeps nothing of a body that may hold them, neither as text nor pickled."""
    server.then(response(json.dumps(UNREADABLE[name])))
    error = caller.outcome(lambda mp: mp.subaccounts.list(max_retries=0))
    assert isinstance(error, MailPartnerError)
    assert isinstance(error, APIError) == (name == "is a refusal")
    assert_hidden(error, repr(error), vars(error), pickle.dumps(error))
    assert error.body == b""


def test_a_creation_that_is_unreadable(server: Server, caller: Caller) -> None:
    """So does the error of a creation, whose answer has a token."""
    server.then(response(f'{{"code": 200, "subaccount": {{"token": "{TOKEN}"}}}}'))
    body = SubaccountCreation.from_dict({"apiKey": "", "type": "simple", "parameters": {}})
    for act in (lambda mp: mp.subaccounts.create(type="simple"), lambda mp: mp.call(create_subaccount, body=body)):
        error = caller.outcome(act)
        assert error.maybe_applied
        assert_hidden(error, vars(error))


@pytest.mark.parametrize("token", [TOKEN, Secret(TOKEN)], ids=["text", "secret"])
def test_a_token_that_is_given(server: Server, caller: Caller, token: Any, caplog: pytest.LogCaptureFixture) -> None:
    """It is in no error, no log, and no value of a frame below the caller's."""
    caplog.set_level(logging.DEBUG)
    server.then(response("<html>", 502))
    error = caller.outcome(lambda mp: mp.subaccounts.add_credit(token, amount=1))
    assert_hidden(error, vars(error), caplog.text)
    frames = []
    trace = error.__traceback__
    while trace is not None:
        frames.append(trace.tb_frame)
        trace = trace.tb_next
    inner = [frame for frame in frames if "mailpartner/_" in frame.f_code.co_filename]
    assert inner
    for frame in inner:
        assert_hidden(frame.f_locals)


@pytest.mark.parametrize(
    "told", [TOKEN, f"{'x' * 290}{TOKEN}", f"<{TOKEN}>"], ids=["alone", "across the cut", "marked"]
)
def test_a_token_that_the_server_repeats(
    server: Server, caller: Caller, told: str, caplog: pytest.LogCaptureFixture
) -> None:
    """A refusal, an error page and a success that repeat the token bring it to no error, log or result."""
    caplog.set_level(logging.DEBUG)
    refusal = {"success": False, "code": 77, "message": told, "errors": [{"message": told, "element_id": told}]}
    server.set_script(
        response(json.dumps(refusal)),
        response(told, 502, "text/html"),
        response(json.dumps({"success": True, "code": 200, "message": told})),
    )
    for _ in range(2):
        with pytest.raises(MailPartnerError) as caught:
            caller.subaccounts.add_credit(TOKEN, amount=1)
        assert_hidden(caught.value, vars(caught.value), pickle.dumps(caught.value))
        assert "plant" not in str(caught.value)
    assert_hidden(caller.subaccounts.add_credit(TOKEN, amount=1), caplog.text)
