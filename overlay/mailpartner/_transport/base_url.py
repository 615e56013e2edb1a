"""Where requests may go: the check of the base URL. The key follows it, so nothing doubtful passes."""

from __future__ import annotations

import ipaddress
import re
from typing import NamedTuple
from urllib.parse import urlsplit

from mailpartner.errors import ConfigurationError

VARIABLE = "MAILPARTNER_BASE_URL"

_VENDOR = "mailpartner"
_NAME = re.compile(r"(?!-)[a-z0-9-]{1,63}(?:\.(?!-)[a-z0-9-]{1,63})*", re.IGNORECASE)
_FAULTS = {
    "it holds a space, a backslash, a control or a non-ASCII character": re.compile(r"[^\x21-\x7e]|\\"),
    "it holds a user or password; the real host is what follows the @": re.compile("@"),
    "it holds a query or a fragment": re.compile(r"[?#]"),
}
_IPV6 = re.compile(r"\[[0-9a-f:.]+\](?::[0-9]+)?", re.IGNORECASE)
_PORTS = {"https": 443, "http": 80}


class BaseUrl(NamedTuple):
    """A scheme, a host and a port; `url` is the three as people write them."""

    scheme: str
    host: str
    port: int
    url: str

    @property
    def authority(self) -> str:
        """What the Host header says."""
        return self.url.partition("://")[2]


def parse_base_url(base_url: object, *, is_sandbox_key: bool = False) -> BaseUrl:
    """The origin that `base_url` names.

    Raises ConfigurationError unless it is a bare https host, or plain http to a loopback address, or to any other with
    a sandbox's key. The text given is not repeated in the message: a password may be in it.
    """
    _check_characters(base_url)
    try:
        parts = urlsplit(str(base_url))
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise _refusal("it is not a URL") from None
    _check_brackets(parts.netloc)
    if parts.scheme not in _PORTS:
        raise _refusal("it must begin with https://, or for a sandbox on this machine with http://")
    if parts.path not in ("", "/"):
        raise _refusal("it must be the bare host, without a path: the /v1 is added")
    if any(map(_is_look_alike, host.split("."))):
        raise _refusal("its host only looks like Mail Partner's; some of its letters are not Latin")
    if not _is_host(host) or port == 0:
        raise _refusal("its host or port is not valid")
    if parts.scheme == "http" and not is_loopback(host) and not is_sandbox_key:
        raise _refusal(
            "plain http would show the key to the network; only a loopback address may be http, and with a key that"
            " begins with sandbox- a sandbox on another machine"
        )
    return _origin(parts.scheme, host, port or _PORTS[parts.scheme])


def _check_brackets(netloc: str) -> None:
    """Urlsplit takes brackets anywhere in a host; readers of URLs differ on what follows them."""
    if ("[" in netloc or "]" in netloc) and not _IPV6.fullmatch(netloc):
        raise _refusal("its host or port is not valid")


def _check_characters(base_url: object) -> None:
    if not isinstance(base_url, str):
        raise _refusal(f"it must be a str, not {type(base_url).__name__}")
    for fault, pattern in _FAULTS.items():
        if pattern.search(base_url):
            raise _refusal(fault)


def is_loopback(host: str) -> bool:
    """Whether `host` is this machine itself."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _origin(scheme: str, host: str, port: int) -> BaseUrl:
    shown = f"[{host}]" if ":" in host else host
    suffix = "" if port == _PORTS[scheme] else f":{port}"
    return BaseUrl(scheme, host, port, f"{scheme}://{shown}{suffix}")


def _is_look_alike(label: str) -> bool:
    """Return whether a label of a host, in its ASCII spelling, is the vendor's name with letters of other alphabets."""
    if not label.startswith("xn--"):
        return False
    import unicodedata
    from difflib import SequenceMatcher

    try:
        text = unicodedata.normalize("NFKD", label[4:].encode("ascii").decode("punycode"))
    except UnicodeError:
        return False
    letters = [letter for letter in text if not unicodedata.combining(letter)]
    latin = "".join(letter for letter in letters if letter.isascii())
    pattern = "".join(re.escape(letter) if letter.isascii() else "." for letter in letters)
    return SequenceMatcher(None, latin, _VENDOR).ratio() > 0.7 or re.fullmatch(pattern, _VENDOR) is not None


def _is_host(host: str) -> bool:
    if ":" not in host:
        # Readers of URLs differ on numbers that are no address: some read 192.0.2.07 as octal.
        numeric = host.rpartition(".")[2].isdigit()
        return bool(_NAME.fullmatch(host)) and (not numeric or _is_ipv4(host))
    try:
        return "%" not in host and ipaddress.ip_address(host).version == 6
    except ValueError:
        return False


def _is_ipv4(host: str) -> bool:
    try:
        return str(ipaddress.IPv4Address(host)) == host
    except ValueError:
        return False


def _refusal(fault: str) -> ConfigurationError:
    return ConfigurationError(
        f"The base URL is refused: {fault}. Nothing was sent. Write https://api.mailpartner.fr, or"
        " http://127.0.0.1:8025 for a sandbox there; base_url or MAILPARTNER_BASE_URL has it."
    )
