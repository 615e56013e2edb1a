"""`doctor`: what is set, what is installed, and whether the server answers."""

from __future__ import annotations

import os
import platform
import ssl
import time
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

import click

from mailpartner._version import __version__
from mailpartner.cli.exits import DONE, NOT_CONFIGURED, SOME_FAILED, Ended, code_of
from mailpartner.cli.options import KEY_VARIABLE, Common, common
from mailpartner.cli.output import Output
from mailpartner.errors import MailPartnerError

if TYPE_CHECKING:
    from mailpartner.client import MailPartner

OLD_EXPAT = (2, 7, 2)
Check = tuple[str, bool, str]


@click.command()
@click.option("--offline", is_flag=True, help="Send nothing.")
@common
def doctor(options: Common, offline: bool) -> int:
    """Check the key (never shown), the base URL, TLS, proxies and versions, and make one harmless call.

    The call is the list of unsubscribes: the only operation of the API that changes nothing. It may be long;
    --offline leaves it out.
    """
    checks = list(_versions())
    code = DONE
    try:
        with options.client() as client:
            where = f"the file {options.key_file}" if options.key_file else KEY_VARIABLE
            checks += [("key", True, f"present, from {where}; {_account(client)}"), *_network(client)]
            if offline:
                checks.append(("call", True, "left out"))
            else:
                call, code = _call(client)
                checks.append(call)
    except Ended as error:
        checks.append(("configuration", False, str(error)))
        code = error.code
    code = code or (DONE if all(fine for _, fine, _ in checks) else SOME_FAILED)
    output = Output(options.json)
    for name, fine, detail in checks:
        output.record("check", name=name, ok=fine, detail=detail)
    output.record("summary", checks=len(checks), failed=sum(not fine for _, fine, _ in checks), exit=code)
    output.rows(("what", "is", "found"), [(name, "ok" if fine else "BAD", found) for name, fine, found in checks])
    return code


def _versions() -> Iterator[Check]:
    import pyexpat

    yield "mailpartner", True, __version__
    for package in ("httpx", "attrs", "sniffio", "click", "rich"):
        try:
            yield package, True, version(package)
        except PackageNotFoundError:
            yield package, False, "not installed"
    yield "Python", True, f"{platform.python_version()} on {platform.system()}"
    old = pyexpat.version_info < OLD_EXPAT
    number = ".".join(map(str, pyexpat.version_info))
    yield "expat", True, number + (" (old; document types and entities are refused anyway)" if old else "")
    yield "TLS", True, ssl.OPENSSL_VERSION


def _account(client: MailPartner) -> str:
    """Return whose key it is, and whether the server takes it as far as their names tell."""
    from mailpartner._transport.base_url import is_loopback, parse_base_url

    if client.has_sandbox_key:
        return "for a sandbox account"
    account = "for a production account"
    if is_loopback(parse_base_url(client.base_url).host):
        return f"{account}, but the base URL is on this machine, and a sandbox refuses such a key"
    return account


def _network(client: MailPartner) -> Iterator[Check]:
    from mailpartner._transport.base_url import parse_base_url
    from mailpartner._transport.proxy import proxy_for

    origin = parse_base_url(client.base_url)
    yield "base URL", True, origin.url
    yield "certificates", True, _certificates(origin.scheme)
    proxy = proxy_for(origin, None)
    if isinstance(proxy, MailPartnerError):
        yield "proxy", False, str(proxy)
        return
    # A proxy's URL may hold a password: its host and port do.
    found = f"{proxy.url.scheme}://{proxy.url.host}:{proxy.url.port}" if proxy is not None else "none"
    yield "proxy", True, found


def _certificates(scheme: str) -> str:
    if scheme == "http":
        return "none: plain http to this machine"
    names = [name for name in ("SSL_CERT_FILE", "SSL_CERT_DIR") if os.environ.get(name)]
    return f"checked, against {' and '.join(names)}" if names else "checked, against those of certifi"


def _call(client: MailPartner) -> tuple[Check, int]:
    began = time.monotonic()
    try:
        entries = client.unsubscribes.list()
    except MailPartnerError as error:
        return ("call", False, str(error)), code_of(error) or NOT_CONFIGURED
    return ("call", True, f"list: {len(entries)} entries in {time.monotonic() - began:.2f} s"), DONE
