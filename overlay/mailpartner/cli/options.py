"""The options of every command that calls the API, and the client that they make."""

from __future__ import annotations

import functools
import logging
import os
import shlex
import stat
import sys
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

import click

from mailpartner.cli.error_text import error_fields, system_error, text_of
from mailpartner.cli.exit_codes import NOT_CONFIGURED, USAGE, Ended, code_of
from mailpartner.cli.group import global_options
from mailpartner.cli.language import OPTION, _, asked_for, number, result_text, write_json
from mailpartner.cli.output import Output
from mailpartner.cli.say import say, state

if TYPE_CHECKING:
    from mailpartner.cli.listing import ListingClient

Function = TypeVar("Function", bound=Callable[..., Any])

KEY_VARIABLE = "MAILPARTNER_API_KEY"
LONGEST_KEY = 4096


def _rate(value: Any) -> float:
    """Return requests a minute, 0 for no pace."""
    if value == "none":
        return 0.0
    with suppress(ValueError):
        if 0 < (rate := float(value)) < 1e9:
            return rate
    raise click.BadParameter(_("it must be requests a minute, or none for no pace."))


def date(value: str) -> str:
    """Return a date, given as 2026-01-31 or 31/01/2026, in the first form."""
    for form in ("%Y-%m-%d", "%d/%m/%Y"):
        with suppress(ValueError):
            return datetime.strptime(value, form).strftime("%Y-%m-%d")
    raise click.BadParameter(_("it must be a date such as 2026-01-31 or 31/01/2026."))


class Common:
    """What the options of every command said."""

    def __init__(self, given: dict[str, Any]) -> None:
        self.json: bool = given.pop("json_lines")
        if self.json:
            write_json()
        self.key_file: str | None = given.pop("api_key_file")
        self.base_url: str | None = given.pop("base_url")
        self.rate: float | None = given.pop("rate")
        self.concurrency: int | None = given.pop("concurrency")
        self.call: dict[str, Any] = {
            name: value
            for name in ("format", "timeout", "deadline", "max_retries")
            if (value := given.pop(name)) is not None
        }
        self.verbose: bool = given.pop("verbose")
        state.traceback = given.pop("traceback") or self.verbose or state.traceback
        if self.verbose:
            _log()

    def client(self) -> ListingClient:
        """Return a client. Its key is in no attribute of this object. Texts are for stdout: `doctor` shows them."""
        from mailpartner._version import __version__
        from mailpartner.cli.listing import ListingClient

        if self.key_file is None and KEY_VARIABLE not in os.environ:
            text = result_text(
                "No API key. Set MAILPARTNER_API_KEY, or give --api-key-file FILE. It is on your Mail Partner"
                " dashboard. Nothing was sent."
            )
            raise Ended(text, NOT_CONFIGURED)
        try:
            client = ListingClient(
                key_in(self.key_file), base_url=self.base_url, app_info=f"mailpartner-cli/{__version__}", **self.call
            )
            client.unsubscribes.delete_many((), **self.bulk()).close()  # checks the options
            return client
        except (TypeError, ValueError) as error:
            from mailpartner.errors import ConfigurationError

            code = NOT_CONFIGURED if isinstance(error, ConfigurationError) else USAGE
            raise Ended(text_of(error, translate=result_text), code) from None

    def bulk(self) -> dict[str, Any]:
        """Return the rate and the concurrency of a bulk run, where they were given."""
        given: dict[str, Any] = {} if self.rate is None else {"rate": self.rate or None}
        return given if self.concurrency is None else {**given, "concurrency": self.concurrency}

    def resuming(self) -> list[str]:
        """Return the options that a resumed run needs again."""
        named = {"--base-url": self.base_url, "--api-key-file": self.key_file, OPTION: asked_for()}
        return [word for name, value in named.items() if value is not None for word in (name, value)]


def key_in(path: str | None) -> str | None:
    """Return the key in a file or, for "-", on stdin; None for no path."""
    if path is None:
        return None
    try:
        if path == "-":
            data = sys.stdin.buffer.read(LONGEST_KEY + 1)
        else:
            with open(path, "rb") as file:
                _warn_if_shared(path, os.fstat(file.fileno()).st_mode)
                data = file.read(LONGEST_KEY + 1)
    except OSError as error:
        text = result_text("The key file cannot be read: {why}. Nothing was sent.").format(
            why=system_error(error, result_text)
        )
        raise Ended(text, NOT_CONFIGURED) from None
    if len(data) > LONGEST_KEY:
        text = result_text("The key file has more than {count} bytes: it is no key. Nothing was sent.")
        raise Ended(text.format(count=number(LONGEST_KEY)), NOT_CONFIGURED)
    return data.removeprefix(b"\xef\xbb\xbf").decode("latin-1").strip("\r\n")


def _warn_if_shared(path: str, mode: int) -> None:
    if os.name == "posix" and stat.S_ISREG(mode) and mode & 0o077:
        text = _("Other users may read or change the key file. It is used all the same. Run: {command}")
        say(text.format(command=f"chmod 600 {shlex.quote(path)}"))


def several(*options: Callable[[Function], Function]) -> Callable[[Function], Function]:
    """Return a decorator that gives a command several options, in this order."""

    def decorate(function: Function) -> Function:
        for option in reversed(options):
            function = option(function)
        return function

    return decorate


_options = several(
    click.option("--json", "json_lines", is_flag=True, help="One JSON object a line, a summary last."),
    click.option(
        "--api-key-file", metavar="FILE|-", type=click.Path(), help="Read the key from this file, - for stdin."
    ),
    click.option("--base-url", metavar="URL", help="The bare host. [default: MAILPARTNER_BASE_URL, or the vendor's]"),
    click.option("--format", type=click.Choice(["json", "xml"]), help="What the server is asked for. [default: json]"),
    click.option("--timeout", type=float, metavar="SECONDS", help="For one network step. [default: 10]"),
    click.option("--deadline", type=float, metavar="SECONDS", help="For one call with its retries. [default: 60]"),
    click.option("--max-retries", type=int, metavar="N", help="How often a failed attempt is repeated. [default: 2]"),
    click.option("--rate", type=_rate, metavar="N|none", help="Requests a minute. [default: 2000]"),
    click.option("--concurrency", type=int, metavar="N", help="Requests under way at a time. [default: 8]"),
    click.option("-v", "--verbose", is_flag=True, help="Log each attempt on stderr, without the key; show tracebacks."),
    click.option("--traceback", is_flag=True, help="Show tracebacks."),
)


def common(function: Function) -> Callable[..., Any]:
    """Give a command the options of all; its first argument is then a `Common`."""

    @_options
    @global_options
    @functools.wraps(function)
    def command(**given: Any) -> Any:
        options = Common(given)
        try:
            return function(options, **given)
        except Exception as error:
            if options.json and (code := code_of(error)) is not None:
                why = error_fields(error, text_of(error, translate=result_text))
                Output(True).record("summary", exit=code, error=why)
            raise

    return command


def _log() -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    logger = logging.getLogger("mailpartner")
    logger.setLevel(logging.DEBUG)
    logger.addHandler(handler)
