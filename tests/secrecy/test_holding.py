"""The key while nothing is sent: what is refused as a key, and what clients show, copy and pickle."""

from __future__ import annotations

import asyncio
import copy
import gc
import pickle
import traceback
from typing import Any

import httpx
import pytest
from kit.leaks import everything_shown, holds, leaks, refused, shown
from kit.responses import DONE
from kit.server import Server

from mailpartner import AsyncMailPartner, ConfigurationError, MailPartner
from secrecy.ways import Way

NO_KEYS: dict[str, Any] = {
    "empty": "",
    "a space": "sandbox Pl4nted",
    "only space": "   ",
    "a space before": " account-Pl4nted",
    "a line break after": "account-Pl4nted\n",
    "a line break of Windows": "account-Pl4nted\r\n",
    "a line break before": "\naccount-Pl4nted",
    "a tab": "account-\tPl4nted",
    "a line break within": "account-\nPl4nted",
    "a NUL": "account-\x00Pl4nted",
    "an escape": "account-\x1b[2JPl4nted",
    "a DEL": "account-\x7fPl4nted",
    "an accent": "account-Pl4nté",
    "a look-alike": "account-Рl4nted",
    "a space without width": "account-\u200bPl4nted",
    "a hard space": "account-Pl4nted\u00a0",
    "a byte order mark": "\ufeffaccount-Pl4nted",
    "a lone surrogate": "account-\ud800Pl4nted",
    "bytes": b"account-Pl4nted",
    "a number": 123456789123,
    "a list": ["account-Pl4nted"],
    "False": False,
}
CLIENTS = pytest.mark.parametrize("client", [MailPartner, AsyncMailPartner])


@CLIENTS
@pytest.mark.parametrize("source", ["argument", "environment"])
@pytest.mark.parametrize("case", NO_KEYS)
def test_no_key(case: str, source: str, client: type[MailPartner], monkeypatch: pytest.MonkeyPatch) -> None:
    """What cannot be a key is refused when the client is made, in one line that does not repeat it."""
    value = NO_KEYS[case]
    if source == "environment":
        if not isinstance(value, str) or "\x00" in value or "\ud800" in value:
            pytest.skip("no environment holds this")
        monkeypatch.setenv("MAILPARTNER_API_KEY", value)

    error = refused(client if source == "environment" else lambda: client(value))

    assert isinstance(error, ConfigurationError)
    assert isinstance(error, ValueError)
    assert not error.maybe_applied
    assert "\n" not in str(error)
    assert "Pl4nt" not in str(error)
    assert "123456789123" not in str(error)
    assert "key" in str(error)
    for frame, _ in traceback.walk_tb(error.__traceback__):
        assert "Pl4nt" not in shown(frame.f_locals)


@CLIENTS
def test_no_key_at_all(client: type[MailPartner]) -> None:
    """Without argument and environment, the error says both ways of giving the key, and where to find it."""
    error = refused(client)

    assert isinstance(error, ConfigurationError)
    for part in ("MAILPARTNER_API_KEY", f"{'MailPartner'}(", "dashboard"):
        assert part in str(error)


def test_the_key_of_the_environment(own: Way, monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment's key is used where none is given; one that is given wins."""
    monkeypatch.setenv("MAILPARTNER_API_KEY", "from-the-environment")
    with Server(DONE) as server:
        with MailPartner(base_url=server.url) as mp:
            mp.unsubscribes.delete(300)
        with MailPartner("given", base_url=server.url) as mp:
            mp.unsubscribes.delete(300)

    assert [b"?apiKey=from-the-environment&" in request for request in server.heads] == [True, False]
    assert b"?apiKey=given&" in server.heads[1]


def test_an_empty_argument_is_not_no_argument(monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty key that is given is refused, although the environment has one: somebody meant to give another."""
    monkeypatch.setenv("MAILPARTNER_API_KEY", "from-the-environment")

    assert isinstance(refused(lambda: MailPartner("")), ConfigurationError)


BAD_OPTIONS: dict[str, dict[str, Any]] = {
    "base URL": {"base_url": "https://example.com/v1"},
    "format": {"format": "csv"},
    "timeout": {"timeout": "1"},
    "app_info": {"app_info": "line\nbreak"},
    "http_client": {"http_client": object()},
    "proxy": {"proxy": "nonsense"},
}


@CLIENTS
@pytest.mark.parametrize("case", BAD_OPTIONS)
def test_a_client_that_cannot_be_made(case: str, client: type[MailPartner], key: str) -> None:
    """A bad option beside a good key: no frame of the SDK, and no report that prints locals, shows the key."""
    error = refused(lambda: client(key, **BAD_OPTIONS[case]))

    assert isinstance(error, (TypeError, ValueError))
    assert error.__traceback__ is not None
    assert leaks(error, key) == []


@CLIENTS
def test_a_report_with_locals_can_be_made(client: type[MailPartner], key: str) -> None:
    """Of a client that could not be made, the standard library's traceback with locals can be printed."""
    error = refused(lambda: client(key, base_url="ftp://example.com"))

    report = traceback.TracebackException.from_exception(error, capture_locals=True)
    assert client.__name__ in "".join(report.format())


@pytest.mark.parametrize("used", [False, True], ids=["new", "used"])
def test_what_clients_show(used: bool, way: Way, key: str) -> None:
    """The repr of a client, of all it is made of, and of its twin show the base URL, and no key."""

    def show(mp: Any) -> str:
        parts = (mp, mp.unsubscribes, mp.with_options(timeout=1), vars(mp), str(mp), f"{mp:}")
        return "\n".join(everything_shown(part) for part in parts)

    async def act(mp: Any) -> str:
        if used:
            await mp.unsubscribes.delete(300)
        return show(mp)

    def act_now(mp: Any) -> str:
        if used:
            mp.unsubscribes.delete(300)
        return show(mp)

    with Server(DONE) as server:
        text = way.outcome(key, server.url, act if way.is_async else act_now)

    assert isinstance(text, str), text
    assert repr(server.url) in text
    assert not holds(text, key)


COPIES = {
    "pickle": pickle.dumps,
    "old pickle": lambda value: pickle.dumps(value, 0),
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
}


@CLIENTS
@pytest.mark.parametrize("how", COPIES)
def test_clients_are_not_copied(how: str, client: type[MailPartner], key: str) -> None:
    """A client is neither pickled nor copied, and says what to do instead."""
    mp = client(key)

    for whole in (mp, mp.with_options(timeout=1)):
        error = refused(lambda whole=whole: COPIES[how](whole))
        assert isinstance(error, TypeError)
        assert "with_options()" in str(error)
        assert leaks(error, key) == []
    if how != "copy":
        for part in (mp.unsubscribes, vars(mp)):
            error = refused(lambda part=part: COPIES[how](part))
            assert isinstance(error, TypeError)
            assert leaks(error, key) == []


def test_errors_are_copied(own: Way, key: str) -> None:
    """An error comes through pickle and copy as it was, without the key."""
    for status in (200, 500):
        with Server(b"HTTP/1.1 %d X\r\nContent-Length: 12\r\n\r\n" % status + b"<p>404</p>  ") as server:
            error = own.error(key, server.url)
        for again in (pickle.loads(pickle.dumps(error)), copy.copy(error), copy.deepcopy(error)):
            assert type(again) is type(error)
            assert vars(again) == vars(error)
            assert str(again) == str(error)
            assert leaks(again, key) == []


def test_many_clients_at_once_have_their_own_keys() -> None:
    """Two clients side by side, on one connection of the caller's, send each its own key."""
    with Server(DONE) as server, httpx.Client() as shared:
        one = MailPartner("key-one", base_url=server.url, http_client=shared)
        two = MailPartner("key-two", base_url=server.url, http_client=shared)
        for mp in (one, two, one):
            mp.unsubscribes.delete(300)

    sent = [request.split(b"apiKey=")[1].partition(b"&")[0] for request in server.heads]
    assert sent == [b"key-one", b"key-two", b"key-one"]


def test_a_client_left_open_is_no_leak(key: str) -> None:
    """What asyncio and the interpreter say of a client that was never closed does not show the key."""

    async def forgetful() -> None:
        await AsyncMailPartner(key, base_url=server.url).unsubscribes.delete(300)

    def forget() -> None:
        asyncio.run(forgetful(), debug=True)
        gc.collect()

    with Server(DONE) as server, pytest.warns(ResourceWarning) as caught:
        forget()

    assert not holds([str(warning.message) for warning in caught], key)
