"""`doctor`: what is set, what is installed, whether the server answers, and what that means."""

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
from mailpartner.cli.error_text import text_of
from mailpartner.cli.exit_codes import DONE, NOT_CONFIGURED, SOME_FAILED, Ended, code_of
from mailpartner.cli.language import N_, number, result_text
from mailpartner.cli.options import KEY_VARIABLE, Common, common
from mailpartner.cli.output import DONE as GREEN
from mailpartner.cli.output import FAILED as RED
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
    """Check the key (never shown), the base URL, TLS, proxies and versions, and make two harmless calls.

    The calls are the list of unsubscribes, which may be long, and the credits. --offline leaves them out.
    """
    checks = list(_versions())
    code, account, doubt = DONE, "", ""
    try:
        with options.client() as client:
            account, doubt = account_text(client), _doubt(client)
            checks += [(N_("key"), True, _key(options, client, doubt)), *_network(client)]
            if offline:
                checks.append((N_("call"), True, result_text("left out")))
            else:
                for call, failure in _calls(client):
                    checks.append(call)
                    code = code or failure
    except Ended as error:
        checks.append((N_("configuration"), False, str(error)))
        code = error.code
    failed = sum(not fine for _name, fine, _detail in checks)
    code = code or (SOME_FAILED if failed else DONE)
    verdict = _verdict(checks, account, offline, doubt)
    output = Output(options.json)
    for name, fine, detail in checks:
        output.record("check", name=name, ok=fine, detail=detail)
    output.record("summary", checks=len(checks), failed=failed, verdict=verdict, exit=code)
    rows = [(output.word(name), "ok" if fine else "BAD", found) for name, fine, found in checks]
    output.rows((N_("what"), N_("is"), N_("found")), rows)
    if not output.json:
        output.line(verdict, GREEN if code == DONE else RED)
    return code


def _verdict(checks: list[Check], account: str, offline: bool, doubt: str) -> str:
    """Return one line: which account, at which server, whether it works, and if not, what to do."""
    faults = [detail for _name, fine, detail in checks if not fine]
    if faults and not account:
        return result_text("It does not work: {why}").format(why=faults[-1])
    if faults:
        return result_text("It does not work with {account}: {why}").format(account=account, why=faults[-1])
    if not offline:
        return result_text("It works with {account}.").format(account=account)
    if doubt:
        return result_text("It will not work with {account}: {why}.").format(account=account, why=doubt)
    return result_text("Nothing was sent. Nothing speaks against {account}.").format(account=account)


def _versions() -> Iterator[Check]:
    import pyexpat

    yield "mailpartner", True, __version__
    for package in ("httpx", "attrs", "sniffio", "click", "rich"):
        try:
            yield package, True, version(package)
        except PackageNotFoundError:
            missing = result_text("{package} is not installed. Run: pip install 'mailpartner[cli]'")
            yield package, False, missing.format(package=package)
    python = result_text("{version} on {system}")
    yield "Python", True, python.format(version=platform.python_version(), system=platform.system())
    old = pyexpat.version_info < OLD_EXPAT
    remark = result_text(" (old; document types and entities are refused anyway)") if old else ""
    yield "expat", True, ".".join(map(str, pyexpat.version_info)) + remark
    yield "TLS", True, ssl.OPENSSL_VERSION


def account_text(client: MailPartner) -> str:
    """Return whose key it is, and where it is used."""
    if client.has_sandbox_key:
        text = result_text("the sandbox account of key {fingerprint} at {url}")
    else:
        text = result_text("the production account of key {fingerprint} at {url}")
    return text.format(fingerprint=client.key_fingerprint(), url=client.base_url)


def _doubt(client: MailPartner) -> str:
    """Return why the server will not take the key, as far as their names tell."""
    from mailpartner._transport.base_url import is_loopback, parse_base_url

    if client.has_sandbox_key or not is_loopback(parse_base_url(client.base_url).host):
        return ""
    return result_text("the base URL is on this machine, and a sandbox refuses such a key")


def _key(options: Common, client: MailPartner, doubt: str) -> str:
    where = result_text("the file {file}").format(file=options.key_file) if options.key_file else KEY_VARIABLE
    of = result_text("for a sandbox account") if client.has_sandbox_key else result_text("for a production account")
    found = result_text("present, from {where}; {of}").format(where=where, of=of)
    return result_text("{found}, but {doubt}").format(found=found, doubt=doubt) if doubt else found


def _network(client: MailPartner) -> Iterator[Check]:
    from mailpartner._transport.base_url import parse_base_url
    from mailpartner._transport.proxy import proxy_for

    origin = parse_base_url(client.base_url, is_sandbox_key=client.has_sandbox_key)
    yield N_("base URL"), True, origin.url
    yield N_("certificates"), True, _certificates(origin.scheme)
    proxy = proxy_for(origin, None)
    if isinstance(proxy, MailPartnerError):
        yield "proxy", False, text_of(proxy, translate=result_text)
        return
    # A proxy's URL may hold a password: its host and port do.
    found = f"{proxy.url.scheme}://{proxy.url.host}:{proxy.url.port}" if proxy is not None else result_text("none")
    yield N_("proxy"), True, found


def _certificates(scheme: str) -> str:
    if scheme == "http":
        return result_text("none: plain http to this machine")
    names = [name for name in ("SSL_CERT_FILE", "SSL_CERT_DIR") if os.environ.get(name)]
    if not names:
        return result_text("checked, against those of certifi")
    return result_text("checked, against {names}").format(names=result_text(" and ").join(names))


def _calls(client: MailPartner) -> Iterator[tuple[Check, int]]:
    """Yield what the calls brought and the exit code for it; after one that fails there is no other."""
    try:
        began = time.monotonic()
        entries = client.unsubscribes.list()
        found = result_text("list: {count} entries in {seconds} s")
        seconds = number(time.monotonic() - began, 2)
        yield ("call", True, found.format(count=len(entries), seconds=seconds)), DONE
        credits = client.account.credits()
    except MailPartnerError as error:
        yield ("call", False, text_of(error, translate=result_text)), code_of(error) or NOT_CONFIGURED
        return
    parts = [result_text("{count} mails").format(count=number(credits.mails))]
    if credits.balance is not None:
        parts.append(f"{credits.balance} {credits.currency}")
    yield (N_("credit"), True, ", ".join(parts)), DONE
