"""The command line of the sandbox. Its settings are those of `Settings`, each described there."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import difflib
import json
import logging
import os
import re
import signal
import sys
import textwrap
import threading
from collections.abc import Callable
from dataclasses import MISSING, fields
from errno import EADDRINUSE
from typing import Any, NoReturn

from mailpartner._transport.credential import SANDBOX_PREFIX

from .accounts import MAX_SUBACCOUNTS
from .app import application
from .control import read_time
from .database import StateFileError
from .document import DocumentError
from .fault_kinds import KINDS
from .faults import FORM
from .request_log import WRONG_KEY
from .security import host_name
from .server import Server, listen, url_of
from .settings import Settings, at_most
from .site import Site
from .state import State
from .unsubscribes import MAX_ENTRIES

DESCRIPTION = f"""\
A local Mail Partner that obeys openapi.yaml, on this machine only. Keys must begin
with {SANDBOX_PREFIX} and are never shown; {WRONG_KEY} is a wrong one. While it runs,
/sandbox/ on its port says what can be looked at, set, broken and reset over HTTP."""


def run(arguments: list[str] | None) -> int:
    """Run the sandbox with these arguments until it is told to end; return the exit status."""
    options = parser().parse_args(arguments)
    try:
        listening = listen(options.host, options.port, anywhere=bool(options.allow_host))
    except (OSError, ValueError) as error:
        return _cannot_run(error)
    with listening:
        try:
            site = None if options.site is None else Site(options.site)
            state = State(
                entries=options.entries,
                subaccounts=options.subaccounts,
                state=options.state,
                spec=options.spec,
                faults=options.fault,
                settings={item.name: vars(options)[item.name] for item in fields(Settings) if item.name in options},
                set_clock=options.clock,
            )
        except (DocumentError, StateFileError, ValueError) as error:
            return _cannot_run(error)
        if not options.quiet:
            _log_to_terminal()
        server = Server(application(state, site, options.allow_host), listening)
        others = [f"also http://{name}:{listening.getsockname()[1]}" for name in options.allow_host]
        rules = "; ".join([f"keys must begin with {SANDBOX_PREFIX}", *others])
        line = f"Mail Partner sandbox on {url_of(listening)} ({rules})"
        try:
            with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
                runner.run(_serve(server, line, options.end_with_stdin))
        finally:
            state.close()
    return 0


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line."""

    def error(self, message: str) -> NoReturn:
        """End with status 2."""
        wrong = re.search(r"unrecognized arguments: (--[a-z-]+)", message)
        known = re.findall(r"--[a-z-]+", self.format_usage())
        near = difflib.get_close_matches(wrong[1], known, 2, 0.7) if wrong else []
        told = f"Did you mean {' or '.join(near)}?" if near else f"See: {self.prog} --help"
        self.exit(2, f"{self.prog}: {message}. {told}\n")


def parser() -> argparse.ArgumentParser:
    """Return the parser of the arguments."""
    made = _Parser(
        prog="mailpartner sandbox",
        description=DESCRIPTION,
        epilog=_fault_list(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    made.add_argument("--host", default="127.0.0.1", help="127.0.0.1 (default) or ::1; others with --allow-host")
    made.add_argument("--port", type=int, default=8025, help="0 takes a free one (default: 8025)")
    made.add_argument(
        "--allow-host",
        action="append",
        default=[],
        metavar="NAME",
        type=_argument(host_name),
        help="a name that containers or other machines call the sandbox by; may be repeated",
    )
    _add(made, "entries", 1000, at_most(MAX_ENTRIES), "N", "made-up entries at the start")
    _add(made, "subaccounts", 0, at_most(MAX_SUBACCOUNTS), "N", "made-up sub-accounts at the start")
    made.add_argument("--state", metavar="FILE", help="SQLite file that keeps the state; a new one gets --entries")
    made.add_argument("--spec", metavar="FILE", help="another openapi.yaml")
    made.add_argument(
        "--site", metavar="FOLDER", help="static files to serve at /, such as this project's documentation"
    )
    _add(made, "clock", None, read_time, "TIME", "stop the clock at 2027-01-31T12:00:00+01:00")
    for item in fields(Settings):
        _add(made, item.name, item.default, **item.metadata)
    made.add_argument(
        "--fault",
        action="append",
        default=[],
        metavar=FORM,
        help="a fault that waits at the start, TIMES a number (default: 1) or always; may be repeated",
    )
    made.add_argument("--quiet", action="store_true", help="print no line for each request")
    made.add_argument("--end-with-stdin", action="store_true", help="end when standard input is closed")
    return made


def _add(
    made: argparse.ArgumentParser, name: str, default: Any, check: Callable[[Any], Any], form: str, about: str
) -> None:
    flag = "--" + name.replace("_", "-")
    if default is False:
        made.add_argument(flag, action="store_true", help=about)
    else:
        standard = "as in openapi.yaml" if default is MISSING else default
        shown = about if default is None else f"{about} (default: {standard})"
        default = argparse.SUPPRESS if default is MISSING else default
        made.add_argument(flag, default=default, metavar=form, type=_argument(check), help=shown)


def _fault_list() -> str:
    lines = ["faults and their parameters; each takes operation=OPERATION-ID too:"]
    for kind in KINDS.values():
        parameters = ", ".join(f"{name}={json.dumps(value)}" for name, value in kind.defaults.items())
        lines += [f"  {kind.name}{parameters and '  '}{parameters}", textwrap.indent(kind.about, "      ")]
    return "\n".join(lines)


def _argument(check: Callable[[Any], Any]) -> Callable[[str], Any]:
    def checked(text: str) -> Any:
        try:
            return check(text)
        except ValueError as error:
            raise argparse.ArgumentTypeError(str(error)) from None

    return checked


def _cannot_run(error: Exception) -> int:
    advice = ". Take another --port, or 0 for any free one." if getattr(error, "errno", 0) == EADDRINUSE else ""
    print(f"the sandbox cannot run: {error}{advice}", file=sys.stderr)
    return 1


def _log_to_terminal() -> None:
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s", "%H:%M:%S"))
    logger = logging.getLogger("mailpartner.sandbox")
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    logger.propagate = False


async def _serve(server: Server, line: str, end_with_stdin: bool) -> None:
    loop, end = asyncio.get_running_loop(), asyncio.Event()
    hangup = getattr(signal, "SIGHUP", signal.SIGTERM)
    is_ignored = signal.getsignal(hangup) is signal.SIG_IGN  # by nohup
    for number in (signal.SIGINT, signal.SIGTERM) if is_ignored else (signal.SIGINT, signal.SIGTERM, hangup):
        signal.signal(number, lambda *_: loop.call_soon_threadsafe(end.set))
    if end_with_stdin:
        threading.Thread(target=_wait_for_end_of_stdin, args=(loop, end), daemon=True).start()
    await server.start()
    print(line, flush=True)
    await end.wait()
    await server.stop()


def _wait_for_end_of_stdin(loop: asyncio.AbstractEventLoop, end: asyncio.Event) -> None:
    while os.read(0, 4096):
        pass
    with contextlib.suppress(RuntimeError):  # a signal was faster, and the loop is closed
        loop.call_soon_threadsafe(end.set)
