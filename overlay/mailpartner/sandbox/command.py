"""The command line of the sandbox. Its switches are those of `Settings`, each said there."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import signal
import sys
import textwrap
import threading
from collections.abc import Callable
from dataclasses import MISSING, fields
from errno import EADDRINUSE
from typing import Any

from .app import application
from .control import Control
from .document import DocumentError
from .faults import read_fault
from .keys import PREFIX, WRONG
from .server import Server, listen, url_of
from .settings import Settings, whole_number
from .site import Site
from .state import StateError
from .vendor import KINDS, Vendor

DESCRIPTION = f"""\
A local Mail Partner that obeys openapi.yaml, on this machine only. Keys must begin
with {PREFIX} and are never shown; {WRONG} is a wrong one. While it runs,
/sandbox/ on its port says what can be looked at, set, broken and reset over HTTP."""


def run(arguments: list[str] | None) -> int:
    """Run the sandbox with these arguments, until it is told to end."""
    options = parser().parse_args(arguments)
    try:
        listening = listen(options.host, options.port)
    except (OSError, ValueError) as error:
        return _refused(error)
    with listening:
        try:
            site = None if options.site is None else Site(options.site)
            vendor = _vendor(options)
        except (DocumentError, StateError, ValueError) as error:
            return _refused(error)
        server = Server(application(vendor, Control(vendor), site), listening)
        line = f"Mail Partner sandbox on {url_of(listening)} (keys must begin with {PREFIX})"
        try:
            with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
                runner.run(_serve(server, line, options.end_with_stdin))
        finally:
            vendor.close()
    return 0


def parser() -> argparse.ArgumentParser:
    """The arguments."""
    made = argparse.ArgumentParser(
        prog="python -m mailpartner.sandbox",
        description=DESCRIPTION,
        epilog=_faults(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    made.add_argument("--host", default="127.0.0.1", help="127.0.0.1 (default) or ::1")
    made.add_argument("--port", type=int, default=8025, help="0 takes a free one (default: 8025)")
    _add(made, "entries", 1000, whole_number, "N", "made-up entries at the start")
    made.add_argument("--state", metavar="FILE", help="SQLite file that keeps the entries; a new one gets --entries")
    made.add_argument("--spec", metavar="FILE", help="another openapi.yaml")
    made.add_argument(
        "--site", metavar="FOLDER", help="static files to serve at /, such as this project's documentation"
    )
    for item in fields(Settings):
        _add(made, item.name, item.default, **item.metadata)
    made.add_argument(
        "--fault",
        action="append",
        default=[],
        metavar="NAME[:TIMES][,PARAMETER=VALUE...]",
        help="a fault that waits at the start, TIMES a number (default: 1) or always; may be repeated",
    )
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


def _faults() -> str:
    lines = ["faults and their parameters:"]
    for kind in KINDS:
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


def _vendor(options: argparse.Namespace) -> Vendor:
    return Vendor(
        entries=options.entries,
        state=options.state,
        spec=options.spec,
        faults=[read_fault(text) for text in options.fault],
        switches={item.name: vars(options)[item.name] for item in fields(Settings) if item.name in options},
    )


def _refused(error: Exception) -> int:
    advice = ". Take another --port, or 0 for any free one." if getattr(error, "errno", 0) == EADDRINUSE else ""
    print(f"the sandbox cannot run: {error}{advice}", file=sys.stderr)
    return 1


async def _serve(server: Server, line: str, end_with_stdin: bool) -> None:
    loop, end = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
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
