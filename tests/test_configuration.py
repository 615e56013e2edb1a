"""What a client can be told, and what it refuses before anything is sent: base URLs, options, ids."""

from __future__ import annotations

import asyncio
import enum
import ipaddress
import traceback
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from kit.responses import DONE, response
from kit.server import Server

from mailpartner import AsyncMailPartner, ConfigurationError, MailPartner
from mailpartner._transport.base_url import BaseUrl, parse_base_url
from mailpartner._version import __version__
from mailpartner.generated.api.unsubscribes import delete_unsubscribe, delete_unsubscribe_with_get

KEY = "account-planted-key"


pytestmark = pytest.mark.usefixtures("bare_environment")


@pytest.fixture
def server() -> Iterator[Server]:
    """A Mail Partner that does everything it is told."""
    with Server(DONE) as listening:
        yield listening


GOOD = {
    "https://api.mailpartner.fr": "https://api.mailpartner.fr",
    "https://api.mailpartner.fr/": "https://api.mailpartner.fr",
    "https://api.mailpartner.fr:443": "https://api.mailpartner.fr",
    "https://api.mailpartner.fr:8443": "https://api.mailpartner.fr:8443",
    "HTTPS://API.MailPartner.FR": "https://api.mailpartner.fr",
    "https://intranet": "https://intranet",
    "https://192.0.2.7": "https://192.0.2.7",
    "https://[2001:db8::7]:8443": "https://[2001:db8::7]:8443",
    "https://xn--mal-rma.example": "https://xn--mal-rma.example",
    "http://localhost": "http://localhost",
    "http://LocalHost:8000": "http://localhost:8000",
    "http://127.0.0.1:8000/": "http://127.0.0.1:8000",
    "http://127.9.9.9": "http://127.9.9.9",
    "http://[::1]": "http://[::1]",
    "http://[::1]:8000": "http://[::1]:8000",
}

UNSAFE: list[Any] = [
    *("http://api.mailpartner.fr", "http://192.0.2.7", "http://0.0.0.0", "http://[::]", "http://[2001:db8::7]"),
    *("http://127.0.0.1.evil.test", "http://localhost.evil.test", "http://evil-localhost", "http://local.host"),
    *("http://2130706433", "http://0x7f000001", "http://0x7f.1", "http://127.1", "http://127.0.1", "http://0"),
    *("http://0177.0.0.1", "http://127.0.0.01", "http://127.0.0.1.", "http://localhost.", "http://127.0.0.256"),
    *("https://api.mailpartner.fr@evil.test/", "https://api.mailpartner.fr:443@evil.test", "https://u:p@api.mailpartner.fr"),
    *("http://127.0.0.1@evil.test", "http://localhost:8000@evil.test", "https://@evil.test", "https://:@evil.test"),
    *("https://api.m\u0430ilpartner.fr", "https://аpi.mailpartner.fr", "https://api.mailpartner.fr。evil.test"),
    *("https://api.mailpartner．fr", "https://ⓐpi.mailpartner.fr", "http://①27.0.0.1", "https://api.mailpartner.fr℀evil"),
    *("https://api.mailpartner.fr\\@evil.test", "https://api.mailpartner.fr\\.evil.test", "https:\\\\api.fr"),
    *(" https://api.mailpartner.fr", "https://api.mailpartner.fr ", "https://api.mail partner.fr", "https://api\t.fr"),
    *("https://api.mailpartner.fr\n", "\nhttps://api.mailpartner.fr", "https://api.mail\r\npartner.fr", "https://a\x00.fr"),
    *("https://api.mailpartner.fr?", "https://api.mailpartner.fr?x=1", "https://api.mailpartner.fr/?x=1"),
    *("https://api.mailpartner.fr#", "https://api.mailpartner.fr#x", "https://evil.test#@api.mailpartner.fr"),
    *("https://api.mailpartner.fr/v1", "https://api.mailpartner.fr/v1/", "https://api.mailpartner.fr//", "https://a.fr/%2e"),
    *("https://api.mailpartner.fr/;x", "https://api.mailpartner.fr;x", "https://api.mailpartner.fr,evil.test"),
    *("api.mailpartner.fr", "//api.mailpartner.fr", "/api.mailpartner.fr", "https:api.mailpartner.fr", "https:/a.fr"),
    *("https:///api.mailpartner.fr", "https://", "https:", "https", "://api.mailpartner.fr", "localhost:8000"),
    *("ftp://api.mailpartner.fr", "ws://api.mailpartner.fr", "wss://localhost", "file:///etc/hosts", "javascript:1"),
    *("http+unix://localhost", "https+x://a.fr", "httpx://a.fr", "all://a.fr", "data:,x"),
    *("https://api.mailpartner.fr:0", "https://api.mailpartner.fr:99999", "https://api.mailpartner.fr:65536"),
    *("https://api.mailpartner.fr:abc", "https://api.mailpartner.fr:-1", "https://a.fr:4 43", "https://a.fr:+443"),
    *("https://a.fr:4_43", "https://a.fr:443:443", "https://a.fr:٤٤٣", "https://a.fr:0x1bb", "https://a.fr:1e3"),
    *("https://api.mailpartner.fr.", "https://.api.mailpartner.fr", "https://api..fr", "https://-a.fr", "https://."),
    *("https://192.0.2.256", "https://00.0.0.0", "https://192.0.2", "https://1.2.3.4.5", "https://192.0.2.07"),
    *("https://a_b.fr", "https://*.fr", "https://%61pi.mailpartner.fr", "https://api%2emailpartner.fr", "https://a'b.fr"),
    *("https://" + "a" * 64 + ".fr", "https://[::1", "https://::1", "https://[]", "https://[::1]]", "https://[:::1]"),
    *("http://[::1%25eth0]", "http://[::1%eth0]", "https://[fe80::1%25eth0]", "http://[::1]evil.test", "http://evil[::1]"),
    *("https://api.mailpartner.fr[2001:db8::7]", "https://[2001:db8::7].mailpartner.fr", "https://[v1.mailpartner.fr]"),
    *("https://[api.mailpartner.fr]", "https://[127.0.0.1]", "http://[127.0.0.1]", "https://[::1]x:443"),
]  # fmt: skip
NO_TEXT: list[Any] = [b"https://api.mailpartner.fr", 5, 0, 1.5, False, True, [], ["https://a.fr"], b"", object()]
SECRETS = ("evil", "u:p", ":p@")


@pytest.mark.parametrize("url", GOOD)
def test_safe_base_urls(url: str) -> None:
    """A bare https host passes, and plain http to this machine; the client shows it as people write it."""
    assert repr(MailPartner(KEY, base_url=url)) == f"MailPartner(base_url={GOOD[url]!r}, format='json')"


@pytest.mark.parametrize("url", UNSAFE, ids=ascii)
def test_unsafe_base_urls(url: str) -> None:
    """Whatever could lead the key elsewhere is refused, in one line that does not repeat it."""
    with pytest.raises(ConfigurationError, match=r"The base URL is refused: .*\. Nothing was sent\.") as caught:
        MailPartner(KEY, base_url=url)

    assert isinstance(caught.value, ValueError)
    assert "\n" not in str(caught.value)
    shown = "".join(traceback.format_exception_only(caught.value)) + repr(caught.value.__context__)
    assert [secret for secret in SECRETS if secret in shown] == []
    assert caught.value.__cause__ is None


@pytest.mark.parametrize("url", NO_TEXT, ids=repr)
def test_base_urls_of_another_type(url: Any) -> None:
    """What is no text is refused by its type, also what Python takes for false: it is not taken for no base URL."""
    with pytest.raises(ConfigurationError, match=f"it must be a str, not {type(url).__name__}"):
        AsyncMailPartner(KEY, base_url=url)


def checked(text: str) -> BaseUrl | None:
    try:
        return parse_base_url(text)
    except ConfigurationError:
        return None


HOSTS = st.one_of(
    st.sampled_from(
        ["api.mailpartner.fr", "evil.test", "localhost", "127.0.0.1", "[::1]", "[2001:db8::7]", "2130706433", "[v1.a]"]
    ),
    st.ip_addresses(v=4).map(str),
    st.ip_addresses(v=6).map(lambda address: f"[{address}]"),
    st.text("aZ09.-_~%[]:@\\/?#& \t\n\u0430\u3002xn", max_size=12),
)
URLS = st.one_of(
    st.text(max_size=40),
    st.builds(
        "".join,
        st.tuples(
            st.sampled_from(["https://", "http://", "HTTPS://", "https:", "http:\\\\", "ftp://", "//", ""]),
            st.one_of(st.just(""), HOSTS.map("{}@".format), HOSTS),
            HOSTS,
            st.sampled_from(["", ":443", ":80", ":8443", ":0", ":", ":65536", ":٣", "@", "."]),
            st.sampled_from(["", "/", "//", "?", "#", "/v1", "\\", "/..", ";"]),
        ),
    ),
)


@given(URLS)
@example("https://[::1]evil.test")
@example("https://api.mailpartner.fr[2001:db8::7]")
@example("https://[v1.mailpartner.fr]")
@settings(max_examples=400, deadline=None)
def test_readers_of_urls_agree(text: str) -> None:
    """Of whatever text passes, urlsplit and httpx read the same host and port, and those are where requests go."""
    origin = checked(text)
    if origin is None:
        return
    read, split = httpx.URL(text), urlsplit(text)
    assert origin.scheme == read.scheme == split.scheme
    assert origin.host == split.hostname
    assert ipaddress_or_name(origin.host) == ipaddress_or_name(read.raw_host.decode("ascii").strip("[]"))
    assert not read.userinfo
    ports = {"https": 443, "http": 80}
    assert origin.port == (read.port or ports[origin.scheme]) == (split.port or ports[origin.scheme])
    sent = httpx.URL(origin.url)
    assert (sent.scheme, sent.raw_host) == (read.scheme, read.raw_host)
    assert (sent.port or ports[sent.scheme]) == origin.port
    if origin.scheme == "http":
        assert origin.host == "localhost" or ipaddress.ip_address(origin.host).is_loopback


def ipaddress_or_name(host: str) -> object:
    return ipaddress.ip_address(host) if ":" in host else host


def test_the_base_url_of_the_environment(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """MAILPARTNER_BASE_URL is used where none is given, one that is given wins, and an empty variable is none."""
    monkeypatch.setenv("MAILPARTNER_BASE_URL", server.url)
    with MailPartner(KEY) as mp:
        mp.unsubscribes.delete(300)
    assert repr(MailPartner(KEY, base_url="https://example.com")).startswith(
        "MailPartner(base_url='https://example.com'"
    )
    monkeypatch.setenv("MAILPARTNER_BASE_URL", "")
    assert repr(MailPartner(KEY)).startswith("MailPartner(base_url='https://api.mailpartner.fr'")
    monkeypatch.setenv("MAILPARTNER_BASE_URL", "http://api.mailpartner.fr")
    with pytest.raises(ConfigurationError):
        MailPartner(KEY)

    assert len(server.requests) == 1


BAD_OPTIONS: list[tuple[str, Any, type[Exception]]] = [
    *(("format", value, ValueError) for value in ("csv", "JSON", "", " json", b"json", 1, True, ["json"])),
    *(("method", value, ValueError) for value in ("post", "PUT", "", "DELETE", "Auto", b"POST", 1)),
    *((name, value, TypeError) for name in ("timeout", "deadline") for value in ("1", True, False, [1], 1j, b"1")),
    *(
        (name, value, ValueError)
        for name in ("timeout", "deadline")
        for value in (0, 0.0, -1, -0.1, float("nan"), float("inf"), -float("inf"), 86_401, 10**400)
    ),
    *(("max_retries", value, TypeError) for value in ("2", 1.0, True, False, [2], float("nan"))),
    *(("max_retries", value, ValueError) for value in (-1, -(10**400))),
]


@pytest.mark.parametrize(("name", "value", "kind"), BAD_OPTIONS, ids=lambda value: repr(value)[:20])
def test_bad_options(name: str, value: Any, kind: type[Exception], server: Server) -> None:
    """A wrong type or value is refused by its option's name, for a client, a twin or a call; nothing is sent."""
    with pytest.raises(kind, match=name):
        MailPartner(KEY, base_url=server.url, **{name: value})
    with MailPartner(KEY, base_url=server.url) as mp:
        with pytest.raises(kind, match=name):
            mp.with_options(**{name: value})
        if name != "method":
            with pytest.raises(kind, match=name):
                mp.unsubscribes.delete(300, **{name: value})

    assert server.connections == 0


def test_with_options(server: Server) -> None:
    """A twin has other options on the same connections; the first stays as it is, also when the twin is closed."""
    server.set_script(DONE, DONE, DONE, response(status=503))
    with MailPartner(KEY, base_url=server.url, max_retries=0) as mp:
        with mp.with_options(format="xml", method="GET") as twin:
            assert "format='xml'" in repr(twin)
            twin.unsubscribes.delete(300)
        with pytest.raises(RuntimeError, match="closed"):
            twin.unsubscribes.delete(300)
        mp.unsubscribes.delete(301)
        mp.with_options().unsubscribes.delete(302)

    first, second, third = (request.split(b" HTTP")[0] for request in server.heads)
    assert first.startswith(b"GET ")
    assert first.endswith(b"id=300&_format=xml")
    assert second.startswith(b"POST ")
    assert third.endswith(b"id=302")
    assert server.connections == 1
    with pytest.raises(RuntimeError, match="closed"):
        mp.unsubscribes.delete(300)
    with pytest.raises(TypeError):
        mp.with_options(api_key="another")


def test_the_user_agent(server: Server) -> None:
    """The server is told the SDK's name and version, after the caller's own if they gave them."""
    for app_info in (None, "crm/2.1", "My CRM (x; y)"):
        with MailPartner(KEY, base_url=server.url, app_info=app_info) as mp:
            mp.unsubscribes.delete(300)

    own = f"mailpartner-python/{__version__}".encode()
    agents = [
        line.partition(b": ")[2]
        for request in server.heads
        for line in request.split(b"\r\n")
        if line.lower().startswith(b"user-agent")
    ]
    assert agents == [own, b"crm/2.1 " + own, b"My CRM (x; y) " + own]


@pytest.mark.parametrize("text", ["", "a\r\nX: y", "a\nb", "a\tb", "a\x00", "a\x7f", "é", " crm", 5, b"crm"], ids=repr)
def test_app_info_that_is_no_header(text: Any) -> None:
    """What would make another header, or none that can be sent, is refused."""
    with pytest.raises(ValueError, match="app_info"):
        MailPartner(KEY, app_info=text)


class Number(int, enum.Enum):
    """An int whose text is another."""

    FIVE = 5


BAD_IDS: list[tuple[Any, type[Exception]]] = [
    *((value, TypeError) for value in (True, False, "300", "", "5&x=1", b"300", 3.0, None, [300], 5j, object())),
    *((value, TypeError) for value in (float("nan"), "\u0661", "\uff11\uff12", Number.FIVE)),
    *((value, ValueError) for value in (0, -1, -300, 2**63, 10**30, 10**5000, -(2**63))),
]


@pytest.mark.parametrize(
    ("id", "kind"), BAD_IDS, ids=lambda value: repr(value)[:12] if not isinstance(value, int) else ""
)
def test_bad_ids(id: Any, kind: type[Exception], server: Server) -> None:
    """An id that is no whole number from 1 to 2⁶³-1 is refused before a byte is sent, by each way of calling."""

    async def asynchronously() -> None:
        async with AsyncMailPartner(KEY, base_url=server.url) as mp:
            with pytest.raises(kind):
                await mp.unsubscribes.delete(id)
            with pytest.raises(kind):
                await mp.call(delete_unsubscribe, id=id)

    with MailPartner(KEY, base_url=server.url) as mp:
        with pytest.raises(kind, match="id"):
            mp.unsubscribes.delete(id)
        for operation in (delete_unsubscribe, delete_unsubscribe_with_get):
            with pytest.raises(kind):
                mp.call(operation, id=id)
    asyncio.run(asynchronously())

    assert server.connections == 0


@pytest.mark.parametrize("id", [1, 300, 2**63 - 1])
def test_good_ids(id: int, server: Server) -> None:
    """The smallest and the largest id are sent as they are."""
    with MailPartner(KEY, base_url=server.url) as mp:
        assert mp.unsubscribes.delete(id=id).id == id
        mp.call(delete_unsubscribe, id=id)

    assert [request.split(b"&id=")[1].split(b" ")[0] for request in server.heads] == [str(id).encode()] * 2


def test_bad_arguments_of_a_call(server: Server) -> None:
    """An argument that the operation does not know or lacks, and what is no operation, is a TypeError."""
    with MailPartner(KEY, base_url=server.url) as mp:
        for arguments in ({}, {"id": 300, "nobody": 1}, {"nobody": 1}):
            with pytest.raises(TypeError):
                mp.call(delete_unsubscribe, **arguments)
        for operation in (None, object(), "delete_unsubscribe", delete_unsubscribe.sync, asyncio):
            with pytest.raises(TypeError, match="operation"):
                mp.call(operation, id=300)  # type: ignore[arg-type]
        with pytest.raises(TypeError):
            mp.unsubscribes.delete(number=300)  # type: ignore[call-arg]

    assert server.connections == 0
