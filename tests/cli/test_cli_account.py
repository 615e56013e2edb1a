"""`account credits`: how many mails may be sent, and the balance."""

from __future__ import annotations

import json

import pytest
from cli_runner import Cli, objects
from kit.responses import envelope, response
from kit.server import Server

CREDITS = {"user": {"username": "ann"}, "credits": {"creditMail": 1234, "balance": "12.500", "currency": "EUR"}}


@pytest.fixture(autouse=True)
def _answer(server: Server) -> None:
    server.set_script(response(json.dumps({"success": True, "code": 200, **CREDITS})))


def test_what_may_be_spent(scripted: Cli) -> None:
    """It is a line in a pipe, an object with --json, and a table in the language of the terminal."""
    assert scripted.inside("account", "credits").stdout == "ann  1234  12.500  EUR\n"
    assert objects(scripted.inside("account", "credits", "--json").stdout) == [
        {"schema": 2, "type": "credits", "username": "ann", "mails": 1234, "balance": "12.500", "currency": "EUR"},
        {"schema": 2, "type": "summary", "exit": 0},
    ]
    terminal = scripted.terminal("account", "credits", "--lang", "fr")
    assert terminal.finish() == 0
    assert "solde" in terminal.text


def test_a_key_that_is_refused(scripted: Cli, server: Server) -> None:
    """It ends as with every other command."""
    server.set_script(response(envelope("json", False, 10)))
    done = scripted.inside("account", "credits")
    assert (done.returncode, done.stdout) == (77, "")
