"""What importing and the first client cost: each script in a fresh interpreter, which prints the time it took."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile

from benchmarks.rounds import Setting, numbered, progress, ratios
from benchmarks.server import KEY, PATH, Server
from benchmarks.table import Figure, seconds_in_words

_TIMED = "import time\n{before}\nstart = time.process_time()\n{script}\nprint(time.process_time() - start)"


def measure(setting: Setting) -> list[Figure]:
    """Imports and clients, as they are and with a first call, where what was put off comes due."""
    scripts = _scripts(setting.server)
    costs: dict[str, list[float]] = {name: [] for name in scripts}
    with tempfile.TemporaryDirectory() as folder:
        environment = _environment(setting.server, folder)
        for number in progress("start-up", numbered(setting.starts)):
            for name, script in scripts.items():
                seconds = _processor_time(script, environment)
                if number:  # the first round warms up: it compiles
                    costs[name].append(seconds)
    return [
        _figure("import, to import httpx", costs, "import", "import httpx", 0.2),
        _figure("import and client, to httpx's", costs, "client", "client httpx", 0.9),
        _figure("  with a first https call", costs, "called", "called httpx", None),
        _figure("second client, to httpx's first", costs, "second", "client httpx", 0.1),
        _figure("  with a first https call", costs, "second called", "called httpx", None),
    ]


def _figure(label: str, costs: dict[str, list[float]], ours: str, theirs: str, bar: float | None) -> Figure:
    return Figure(label, seconds_in_words(costs[ours]), ratios(costs[ours], costs[theirs]), bar)


def _scripts(server: Server) -> dict[str, str]:
    """Ours and httpx's next to each other, so that what slows the machine slows both."""
    client = f"from mailpartner import MailPartner\nmp = MailPartner({KEY!r}, base_url={server.https!r})"
    client_httpx = "import httpx\nclient = httpx.Client()"
    called = f"{client}\nmp.unsubscribes.delete(1)"
    call_httpx = f"client.request('POST', {server.https + PATH!r}, params={{'apiKey': {KEY!r}, 'id': 1}})"
    return {
        "import": _timed("import mailpartner"),
        "import httpx": _timed("import httpx"),
        "client": _timed(client),
        "client httpx": _timed(client_httpx),
        "second": _timed(client, before=client),
        "called": _timed(called),
        "called httpx": _timed(f"{client_httpx}\n{call_httpx}"),
        "second called": _timed(called, before=called),
    }


def _timed(script: str, before: str = "") -> str:
    return _TIMED.format(before=before, script=script)


def _environment(server: Server, folder: str) -> dict[str, str]:
    """One in which everything is compiled once, as an installed package is, and certificates are as many as anybody
    has, and the server's own."""
    own = {"SSL_CERT_FILE": server.bundle, "PYTHONPYCACHEPREFIX": folder}
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"} | own


def _processor_time(script: str, environment: dict[str, str]) -> float:
    """The seconds that a script prints: of its process, but not of starting and ending an interpreter."""
    command = [sys.executable, "-c", script]
    return float(subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True).stdout)
