"""Proxies: the same ones as plain httpx would take, although the SDK brings connections of its own."""

from __future__ import annotations

import asyncio
import base64
import logging
import ssl
from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

import httpx
import pytest
from kit.leaks import everything_shown, holds, leaks_of_texts, refused
from kit.proxy import Proxy
from kit.responses import DONE, response
from kit.server import Server
from kit.tls import Certificates

from mailpartner import APIConnectionError, AsyncMailPartner, ConfigurationError, MailPartner, MailPartnerError
from mailpartner._transport.base_url import parse_base_url
from mailpartner._transport.proxy import proxy_for

KEY = "account-planted-key"
BASE = "https://api.mailpartner.fr"
THERE = "http://proxy.test:3128"
PASSWORD = "s3cret-Pl4nted-Pa55word"


pytestmark = pytest.mark.usefixtures("bare_environment")


def delete(base_url: str, **options: Any) -> None:
    with MailPartner(KEY, base_url=base_url, max_retries=0, **options) as mp:
        mp.unsubscribes.delete(300)


def delete_in_asyncio(base_url: str, **options: Any) -> None:
    async def call() -> None:
        async with AsyncMailPartner(KEY, base_url=base_url, max_retries=0, **options) as mp:
            await mp.unsubscribes.delete(300)

    asyncio.run(call())


WAYS = pytest.mark.parametrize("act", [delete, delete_in_asyncio], ids=["sync", "async"])
Act = Callable[..., None]


@WAYS
@pytest.mark.parametrize("name", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"])
def test_proxies_of_the_environment(name: str, act: Act, certificates: Certificates, monkeypatch: Any) -> None:
    """A variable for https or for all sends the call through its proxy, with or without a scheme."""
    with Server(DONE, tls=certificates.server) as server, Proxy(server) as proxy:
        for value in (proxy.url, proxy.url.removeprefix("http://")):
            monkeypatch.setenv(name, value)
            act(BASE)

    assert len(server.requests) == 2
    assert [tunnel.split(b" ")[1] for tunnel in proxy.tunnels] == [b"api.mailpartner.fr:443"] * 2
    assert not holds(proxy.heard, KEY)


@WAYS
@pytest.mark.parametrize("name", ["HTTP_PROXY", "ALL_PROXY", "all_proxy", "HTTPS_PROXY", "http_proxy"])
def test_plain_http_takes_no_proxy(name: str, act: Act, monkeypatch: pytest.MonkeyPatch) -> None:
    """No variable sends a plain http request through a proxy: it would read the key."""
    with Server(DONE) as server, Proxy(server) as proxy:
        monkeypatch.setenv(name, proxy.url)
        act(server.url)

    assert len(server.requests) == 1
    assert proxy.connections == 0


@WAYS
def test_no_proxy(act: Act, certificates: Certificates, monkeypatch: pytest.MonkeyPatch) -> None:
    """NO_PROXY sends the call past the proxy of the environment."""
    with Server(DONE, tls=certificates.server) as server, Proxy(server) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        act(server.url)

    assert len(server.requests) == 1
    assert proxy.connections == 0


@WAYS
def test_a_given_proxy(act: Act, certificates: Certificates, monkeypatch: pytest.MonkeyPatch) -> None:
    """`proxy=` is taken, as text or as httpx's own object, whatever the environment says."""
    monkeypatch.setenv("HTTPS_PROXY", THERE)
    monkeypatch.setenv("NO_PROXY", "*")
    with Server(DONE, tls=certificates.server) as server, Proxy(server) as proxy:
        act(BASE, proxy=proxy.url)
        act(BASE, proxy=httpx.Proxy(proxy.url, headers={"X-Team": "crm"}))

    assert len(proxy.tunnels) == 2
    assert b"X-Team: crm" in proxy.tunnels[1]
    assert not holds(proxy.heard, KEY)


A_PROXY = {"HTTPS_PROXY": THERE}
ENVIRONMENTS: list[dict[str, str]] = [
    {},
    A_PROXY,
    {"https_proxy": THERE},
    {"ALL_PROXY": THERE},
    {"all_proxy": THERE},
    {"HTTP_PROXY": THERE},
    {"HTTPS_PROXY": "proxy.test:3128"},
    {"HTTPS_PROXY": ""},
    {"HTTPS_PROXY": THERE, "https_proxy": "http://lower.test:1"},
    {"HTTPS_PROXY": THERE, "https_proxy": ""},
    {"HTTPS_PROXY": THERE, "ALL_PROXY": "http://all.test:1"},
    {"HTTPS_PROXY": "", "ALL_PROXY": "http://all.test:1"},
    {"HTTPS_PROXY": THERE, "NO_PROXY": "api.mailpartner.fr", "no_proxy": "example.com"},
    {"HTTPS_PROXY": THERE, "REQUEST_METHOD": "GET"},
    *(
        {**A_PROXY, "NO_PROXY": value}
        for value in (
            *("", "api.mailpartner.fr", "API.MailPartner.FR", "mailpartner.fr", ".mailpartner.fr", "fr", "artner.fr"),
            *("*", "*,example.com", "example.com,*", "example.com, *", "*.mailpartner.fr", "api*", "example.com"),
            *(" example.com , api.mailpartner.fr ", "api.mailpartner.fr:8443", "mailpartner.fr:8443", ":443"),
            *("localhost", "127.0.0.1", "192.0.2.7", "2.7", "192.0.2.0/24", "::1", "2001:db8::7"),
            *("https://api.mailpartner.fr", "http://api.mailpartner.fr", "all://mailpartner.fr"),
        )
    ),
]
ADDRESSES = [
    BASE,
    f"{BASE}:8443",
    "https://localhost",
    "https://127.0.0.1",
    "https://192.0.2.7",
    "https://[2001:db8::7]",
]


@pytest.mark.parametrize("environment", ENVIRONMENTS, ids=str)
def test_the_choice_is_httpxs(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """For each address the SDK takes the proxy that `httpx.Client()` takes in the same environment, or none."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    with httpx.Client(verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)) as client:
        expected = {address: chosen_by(client, address) for address in ADDRESSES}

    found = {address: proxy_for(parse_base_url(address), None) for address in ADDRESSES}
    assert {address: proxy and str(proxy.url) for address, proxy in found.items()} == expected


def chosen_by(client: httpx.Client, address: str) -> str | None:
    transport: Any = client._transport_for_url(httpx.URL(address))
    if transport is client._transport:
        return None
    url = transport._pool._proxy_url
    return f"{url.scheme.decode()}://{url.host.decode()}:{url.port}"


def credentials_of(url: str) -> str:
    return url.replace("://", f"://user:{PASSWORD}@")


@WAYS
@pytest.mark.parametrize("source", ["argument", "environment"])
def test_credentials_of_a_proxy(
    source: str, act: Act, certificates: Certificates, monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:
    """A user and password go to the proxy, and to nobody else: no log, and no origin, reads them."""
    caplog.set_level(logging.DEBUG)
    with Server(DONE, tls=certificates.server) as server, Proxy(server) as proxy:
        if source == "environment":
            monkeypatch.setenv("HTTPS_PROXY", credentials_of(proxy.url))
        act(BASE, proxy=None if source == "environment" else credentials_of(proxy.url))

    expected = base64.b64encode(f"user:{PASSWORD}".encode())
    assert b"Proxy-Authorization: Basic " + expected in proxy.tunnels[0]
    assert expected not in server.heard
    assert not holds(server.heard, PASSWORD)
    assert not holds(caplog.text, PASSWORD)
    assert expected.decode() not in caplog.text


def test_clients_do_not_show_the_credentials_of_a_proxy() -> None:
    """Neither the repr of a client nor that of anything it is made of shows a proxy's password."""
    mp = MailPartner(KEY, base_url=BASE, proxy=credentials_of(THERE))

    assert not holds(everything_shown(mp), PASSWORD)


def test_failures_do_not_show_the_credentials_of_a_proxy() -> None:
    """Nor does the error of a call that the proxy refuses, or does not answer."""
    with Proxy(refusal=response("who are you?", 407)) as proxy:
        url = proxy.url
        error = refused_call(credentials_of(url))
    assert "407" in str(error)
    gone = refused_call(credentials_of(url))

    assert f"Connection refused, through the proxy {url.removeprefix('http://')})" in str(gone)
    for each in (error, gone):
        assert isinstance(each, APIConnectionError)
        assert not each.maybe_applied
        assert leaks_of_texts(each, PASSWORD) == []


def refused_call(proxy: str) -> BaseException:
    mp = MailPartner(KEY, base_url=BASE, proxy=proxy, max_retries=0)
    del proxy
    with mp:
        return refused(lambda: mp.unsubscribes.delete(300))


@pytest.mark.parametrize("scheme", ["socks5", "socks5h"])
def test_a_socks_proxy_without_its_package(scheme: str) -> None:
    """Where httpx could not speak SOCKS, this is said when the client is made, with what to install."""
    assert find_spec("socksio") is None, "the tests' environment is not the one that this test is about"
    with pytest.raises(ConfigurationError, match=r"pip install 'httpx\[socks\]'") as caught:
        MailPartner(KEY, base_url=BASE, proxy=f"{scheme}://user:{PASSWORD}@proxy.test:1080")
    assert leaks_of_texts(caught.value, PASSWORD) == []


NO_PROXIES: list[Any] = [
    *("", "nonsense", "proxy.test:3128", "ftp://proxy.test", "http+x://proxy.test", "http://", "http://proxy.test:abc"),
    *("http://proxy.test:99999", "http://pro xy.test", "http://proxy.test\n", 3128, b"http://proxy.test", object()),
]


@pytest.mark.parametrize("value", NO_PROXIES, ids=repr)
def test_no_proxy_at_all(value: Any) -> None:
    """What is no proxy is refused when the client is made, and the error says what one looks like."""
    with pytest.raises(ConfigurationError, match="proxy is not the URL of a proxy: write http://host:port"):
        MailPartner(KEY, base_url=BASE, proxy=value)


@pytest.mark.parametrize("value", ["ftp://proxy.test", "http://proxy.test:abc", "http://"])
def test_no_proxy_in_the_environment(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same for the environment's, under its own name."""
    monkeypatch.setenv("HTTPS_PROXY", value)

    with pytest.raises(ConfigurationError, match="HTTPS_PROXY is not the URL of a proxy"):
        MailPartner(KEY, base_url=BASE)


@pytest.mark.parametrize("source", ["argument", "environment"])
def test_a_refused_proxy_is_not_repeated(source: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error for one that cannot be used shows no password, and no frame of the SDK does."""
    url = credentials_of("ftp://proxy.test")
    if source == "environment":
        monkeypatch.setenv("HTTPS_PROXY", url)

    error = refused(lambda: MailPartner(KEY, base_url=BASE, proxy=None if source == "environment" else url))

    assert isinstance(error, ConfigurationError)
    assert leaks_of_texts(error, PASSWORD) == []


OTHER_FAULTS = [{"format": "csv"}, {"app_info": "\n"}, {"base_url": "ftp://a.fr"}, {"http_client": 5}]


@pytest.mark.parametrize("option", OTHER_FAULTS, ids=str)
def test_another_fault_beside_a_proxy(option: dict[str, Any]) -> None:
    """Where another option is refused, no frame of the SDK shows the password of the proxy beside it."""
    url = credentials_of(THERE)

    error = refused(lambda: MailPartner(KEY, **{"base_url": BASE, **option}, proxy=url))

    assert isinstance(error, (TypeError, ValueError))
    assert leaks_of_texts(error, PASSWORD) == []


def test_a_proxy_for_plain_http(certificates: Certificates) -> None:
    """A proxy for a plain http base URL is refused: it would read the key."""
    for proxy in (THERE, httpx.Proxy(THERE)):
        with pytest.raises(ConfigurationError, match="would read the key"):
            MailPartner(KEY, base_url="http://127.0.0.1:8000", proxy=proxy)


def test_a_proxy_beside_an_own_client() -> None:
    """A proxy beside one's own client is refused: that client has its own."""
    with httpx.Client() as own, pytest.raises(ConfigurationError, match="http_client"):
        MailPartner(KEY, http_client=own, proxy=THERE)


@WAYS
def test_socks(act: Act) -> None:
    """Without the package for SOCKS, a SOCKS proxy is refused in words that name it."""
    with pytest.raises((ImportError, MailPartnerError), match="socks"):
        act(BASE, proxy="socks5://127.0.0.1:9")
