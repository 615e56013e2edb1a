"""Keys and servers that do not fit: a sandbox's key stays away from Mail Partner, and an account's gets a hint."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from kit.leaks import leaks, refused
from kit.proxy import Proxy
from kit.responses import response
from kit.server import Server
from kit.tls import Certificates

from mailpartner import AsyncMailPartner, AuthenticationError, ConfigurationError, MailPartner
from mailpartner.contract import SERVER
from secrecy.ways import Way

KEY = "sandbox-Pl4nted-7f3a9c2e"
ACCOUNT_KEY = "account-Pl4nted-7f3a9c2e"
CLIENTS = {MailPartner: httpx.Client, AsyncMailPartner: httpx.AsyncClient}


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("custom", [False, True], ids=["own connections", "http_client"])
@pytest.mark.parametrize("url", [None, SERVER, SERVER.upper(), f"{SERVER}/", f"{SERVER}:443", f"{SERVER}:8443"])
def test_a_sandbox_key_is_not_for_the_vendor(url: str | None, custom: bool, client: Any) -> None:
    """However the vendor's host is spelled, a client for it with a sandbox's key is refused in one line."""
    http_client = CLIENTS[client]() if custom else None
    error = refused(lambda: client(KEY, base_url=url, http_client=http_client))

    assert isinstance(error, ConfigurationError)
    for part in ("begins with sandbox-", "Nothing was sent.", "MAILPARTNER_BASE_URL", "the account's key"):
        assert part in str(error)
    assert "\n" not in str(error)
    assert leaks(error, KEY) == []


def test_a_sandbox_key_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sandbox's key and the vendor's URL are refused together where the environment has both, too."""
    monkeypatch.setenv("MAILPARTNER_API_KEY", KEY)
    monkeypatch.setenv("MAILPARTNER_BASE_URL", SERVER)
    error = refused(MailPartner)

    assert "begins with sandbox-" in str(error)
    assert leaks(error, KEY) == []


@pytest.mark.parametrize("url", ["http://127.0.0.1:9", "http://[::1]:9", "https://sandbox.example"])
def test_a_sandbox_key_goes_elsewhere(url: str) -> None:
    """Any other host may be a sandbox, and a client tells whose key it has."""
    assert MailPartner(KEY, base_url=url).has_sandbox_key
    assert not MailPartner(ACCOUNT_KEY, base_url=url).with_options(timeout=5).has_sandbox_key


@pytest.mark.parametrize("code", [1, 10])
@pytest.mark.parametrize(("key", "hint"), [(ACCOUNT_KEY, "sandbox_key"), (KEY, "check_key")])
def test_the_hint_on_this_machine(key: str, hint: str, code: int, way: Way) -> None:
    """A loopback server that refuses an account's key may be a sandbox: the error says which keys those take."""
    with Server(response(f'{{"success": false, "code": {code}}}')) as server:
        error = way.error(key, server.url, method="POST")

    assert isinstance(error, AuthenticationError)
    assert error.hint is not None
    assert error.hint.id == hint
    assert str(error).endswith(f". Nothing was done. {error.hint}")
    assert ("keys that begin with sandbox-" in str(error)) is (hint == "sandbox_key")
    assert leaks(error, key) == []


def test_the_hint_elsewhere(own: Way, certificates: Certificates) -> None:
    """A refusal by Mail Partner itself is about the key."""
    answer = response('{"success": false, "code": 10}')
    with Server(answer, tls=certificates.server) as server, Proxy(server) as proxy:
        error = own.error(ACCOUNT_KEY, SERVER, proxy=proxy.url)

    assert isinstance(error, AuthenticationError)
    assert error.hint is not None
    assert error.hint.id == "check_key"


def test_other_refusals_on_this_machine(own: Way) -> None:
    """A refusal that is not about the key keeps the operation's hint."""
    with Server(response('{"success": false, "code": 4}')) as server:
        error: Any = own.error(ACCOUNT_KEY, server.url)

    assert error.hint.id == "take_id_from_list"
