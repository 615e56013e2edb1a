"""The sandbox in a process of its own: for benchmarks and demos. Needs nothing but the standard library here."""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from .handle import Handle

PATIENCE = 20.0  # seconds to start, and seconds to answer
GRACE = 5.0  # seconds to end by itself


class SandboxProcess(Handle):
    """`python -m mailpartner.sandbox` on a free loopback port. It ends with the block, and with this process.

    The arguments are those of `Sandbox`; faults are texts as `--fault` takes them.
    """

    def __init__(
        self,
        *,
        entries: int = 1000,
        state: str | Path | None = None,
        spec: str | Path | None = None,
        site: str | Path | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
        faults: Iterable[str] = (),
        **switches: str | float | bool | None,
    ) -> None:
        places = {"entries": entries, "state": state, "spec": spec, "site": site, "host": host, "port": port}
        options: dict[str, object] = {name: value for name, value in places.items() if value is not None}
        options |= {name: "none" if value is None else value for name, value in switches.items()}
        self._command = [sys.executable, "-m", "mailpartner.sandbox", "--end-with-stdin"]
        self._command += [_option(name, value) for name, value in options.items() if value is not False]
        self._command += [f"--fault={fault}" for fault in faults]
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Start the process; the sandbox listens when this returns."""
        if self._process is not None:
            raise RuntimeError("this sandbox is running already")
        self._process = subprocess.Popen(  # noqa: S603  (this Python, our own module)
            self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        too_late = threading.Timer(PATIENCE, self._process.kill)
        too_late.start()
        try:
            line = self._process.stdout.readline() if self._process.stdout else ""
        finally:
            too_late.cancel()
            too_late.join()
        self.url = next((word for word in line.split() if word.startswith("http://")), "")
        if not self.url:
            self.close()
            raise RuntimeError("the sandbox did not start; what it says is on stderr")

    def close(self) -> None:
        """End the process, if need be by force."""
        process, self._process = self._process, None
        if process is not None:
            process.terminate()
            try:
                process.communicate(timeout=GRACE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.communicate()

    def _ask(self, method: str, target: str, body: Any = None) -> Any:
        if self._process is None:
            raise RuntimeError("this sandbox is not running")
        connection = http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=PATIENCE)
        try:
            connection.request(method, f"/sandbox/{target}", None if body is None else json.dumps(body))
            response = connection.getresponse()
            answer = json.loads(response.read())
        finally:
            connection.close()
        if response.status != http.client.OK:
            raise ValueError(answer["error"])
        return answer


def _option(name: str, value: object) -> str:
    flag = "--" + name.replace("_", "-")
    return flag if value is True else f"{flag}={value}"
