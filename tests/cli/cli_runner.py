"""The command as tests run it: a real process, in pipes or in a pseudo-terminal."""

from __future__ import annotations

import fcntl
import io
import json
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from mailpartner.cli import main
from mailpartner.cli.language import choose
from mailpartner.cli.say import State, state

KEY = "sandbox-5ecret-of-the-tests"
PATIENCE = 20.0
COMMAND = [sys.executable, "-m", "mailpartner"]
WHY = ("--reason", "asked for by their owners", "--yes")
ONE_BY_ONE = ("--concurrency", 1, "--max-retries", 0, "--rate", "none")
"""What makes a run deterministic: a fault hits the id whose turn it is."""


class Cli:
    """`mailpartner` in a folder and an environment of its own."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder = folder
        self.url = url
        keep = ("PATH", "VIRTUAL_ENV", "SYSTEMROOT")
        self.environment = {name: os.environ[name] for name in keep if name in os.environ}
        self.environment |= {
            "PYTHONPATH": os.pathsep.join(map(os.path.abspath, filter(None, sys.path))),
            "HOME": str(folder / "home"), "LANG": "C.UTF-8", "TERM": "xterm-256color",
            "MAILPARTNER_BASE_URL": url, "MAILPARTNER_API_KEY": KEY,
            "LANGUAGE": "",  # what the command sets is put back after a run inside of this process
            "PYTHONDONTWRITEBYTECODE": "1",  # under a limit on the size of files Python writes half a .pyc
        }  # fmt: skip

    def __call__(self, *arguments: object, env: dict[str, str | None] | None = None, **options: Any) -> Any:
        """Run it in pipes to its end. The key is in nothing that it says."""
        options.setdefault("stdin", subprocess.DEVNULL) if "input" not in options else None
        done = subprocess.run(
            [*COMMAND, *map(str, arguments)], cwd=self.folder, env=self.env(env), capture_output=True, text=True,
            timeout=PATIENCE, check=False, **options,
        )  # fmt: skip
        assert KEY not in done.stdout + done.stderr
        assert "Traceback" not in done.stderr, done.stderr
        return done

    def inside(self, *arguments: object, env: dict[str, str | None] | None = None) -> Any:
        """Run it in this process: the same, without the start of a Python."""
        out, err = io.StringIO(), io.StringIO()
        handlers = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP)}
        with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
            patch.chdir(self.folder)
            for name in os.environ.keys() - self.environment.keys():
                patch.delenv(name)
            for name, value in {**self.environment, **(env or {})}.items():
                patch.delenv(name, raising=False) if value is None else patch.setenv(name, value)
            patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO()))
            choose(list(map(str, arguments)))
            for name, value in vars(State()).items():  # what an earlier run said and set is another process's
                patch.setattr(state, name, value)
            code = main(list(map(str, arguments)))
        for number, handler in handlers.items():
            signal.signal(number, handler)
        done = subprocess.CompletedProcess(arguments, code, out.getvalue(), err.getvalue())
        assert KEY not in done.stdout + done.stderr
        assert "Traceback" not in done.stderr, done.stderr
        return done

    def start(self, *arguments: object, env: dict[str, str | None] | None = None, **options: Any) -> Any:
        """Start it in pipes."""
        return subprocess.Popen(
            [*COMMAND, *map(str, arguments)], cwd=self.folder, env=self.env(env), text=True,
            stdin=subprocess.DEVNULL, stdout=options.pop("stdout", subprocess.PIPE), stderr=subprocess.PIPE, **options,
        )  # fmt: skip

    def env(self, changes: dict[str, str | None] | None) -> dict[str, str]:
        """The environment with changes; None takes a name away."""
        changed = {**self.environment, **(changes or {})}
        return {name: value for name, value in changed.items() if value is not None}

    def file(self, name: str, content: str | bytes) -> Path:
        """A file in the folder."""
        path = self.folder / name
        path.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
        return path

    def terminal(self, *arguments: object, columns: int = 80, env: dict[str, str | None] | None = None) -> Terminal:
        """Start it in a pseudo-terminal."""
        return Terminal([*COMMAND, *map(str, arguments)], self.folder, self.env(env), columns)


class Terminal:
    """A process in a pseudo-terminal of its own, and all that it wrote."""

    def __init__(self, command: list[str], folder: Path, env: dict[str, str], columns: int) -> None:
        self._end, end = pty.openpty()
        fcntl.ioctl(end, termios.TIOCSWINSZ, struct.pack("HHHH", 30, columns, 0, 0))

        def own_terminal() -> None:
            os.setsid()
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)

        self.process = subprocess.Popen(
            command, cwd=folder, env=env, stdin=end, stdout=end, stderr=end, preexec_fn=own_terminal
        )
        os.close(end)
        self.raw = b""

    def type(self, text: str) -> None:
        """Type on the keyboard."""
        os.write(self._end, text.encode())

    def until(self, text: str) -> str:
        """Read until `text` is on the screen."""
        limit = time.monotonic() + PATIENCE
        while text not in self.text and time.monotonic() < limit and self._read():
            pass
        assert text in self.text, self.text
        return self.text

    def finish(self) -> int:
        """Read to the end; the exit code."""
        while self._read():
            pass
        code = self.process.wait(PATIENCE)
        os.close(self._end)
        assert KEY not in self.text
        assert "Traceback" not in self.text, self.text
        return code

    @property
    def text(self) -> str:
        """What was written, without the sequences that steer the terminal."""
        return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", self.raw.decode("utf-8", "replace")).replace("\r", "\n")

    def _read(self) -> bool:
        ready, _, _ = select.select([self._end], [], [], PATIENCE)
        try:
            data = os.read(self._end, 65536) if ready else b""
        except OSError:  # Linux: the other end is closed
            data = b""
        self.raw += data
        return bool(data)


def objects(text: str) -> list[dict[str, Any]]:
    """The JSON lines in a text."""
    return [json.loads(line) for line in text.splitlines()]


def wait_until(process: Any, condition: Callable[[], object]) -> None:
    """Wait for what a running process does elsewhere, of which nothing tells: it is asked now and then."""
    limit = time.monotonic() + PATIENCE
    while not condition():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < limit
        time.sleep(0.01)


def record_of(cli: Cli) -> Path:
    """The record of this year."""
    return cli.folder / "home" / ".local" / "state" / "mailpartner" / f"{datetime.now(UTC).year}.journal"


def recorded_requests(cli: Cli) -> list[dict[str, Any]]:
    """The requests in the record of this year, as `report` tells them."""
    done = cli.inside("report", record_of(cli), "--jsonl", "report.jsonl", "--force")
    assert done.returncode == 0, done.stderr
    told = objects((cli.folder / "report.jsonl").read_text())
    return [line for line in told if line["type"] not in ("head", "deletion", "total")]
