"""What a long deletion is like for the person at the terminal: memory, silence, and how soon Ctrl-C is answered.

A file of a million ids, and one of 200,000 addresses, on a list of a million; the run is interrupted on its way.
Linux only, for the memory.
"""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from benchmarks.rounds import Setting
from benchmarks.table import Figure

LIST, QUICK_LIST = 1_000_000, 20_000
SENDING, QUICK_SENDING = 20.0, 1.0
"""Seconds of sending before Ctrl-C."""

_CTRL_C = b"\x03"
_MEBIBYTE = 1024


class Watched(NamedTuple):
    """A run as its terminal showed it: MiB, and seconds."""

    memory: float
    silence: float
    answer: float


def measure(setting: Setting) -> list[Figure]:
    """Figures of both files."""
    count = QUICK_LIST if setting.quick else LIST
    inputs = {
        "ids": ("id", [str(number) for number in range(1, count + 1)]),
        "addresses": ("email", [f"user{number}@example.com" for number in range(1, count + 1, 5)]),
    }
    figures = []
    for name, (heading, items) in inputs.items():
        print(f"command line, {name}", file=sys.stderr, flush=True)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "stops.csv")
            path.write_text("\n".join([heading, *items]), encoding="ascii")
            seen = _watch(path, setting.server.http, count, QUICK_SENDING if setting.quick else SENDING)
        figures += [
            Figure(f"{name}, memory, MiB", "", [seen.memory], 150.0),
            Figure(f"{name}, silence, s", "", [seen.silence], 2.0),
            Figure(f"{name}, Ctrl-C, s", "", [seen.answer], 1.0),
        ]
    return figures


def _watch(path: Path, url: str, count: int, sending: float) -> Watched:
    """Delete what the file names on a terminal, and interrupt it `sending` seconds after the first request."""
    command = [sys.executable, "-m", "mailpartner", "unsubscribes", "delete", "--from-file", str(path)]
    command += ["--reason", "a benchmark", "--rate", "none"]
    environment = {**os.environ, "MAILPARTNER_BASE_URL": url, "MAILPARTNER_API_KEY": f"sandbox-list-{count}"}
    terminal, end = pty.openpty()
    process = subprocess.Popen(
        command, env={**environment, "TERM": "xterm"}, stdin=end, stdout=end, stderr=end, start_new_session=True,
        preexec_fn=lambda: os.close(os.open(os.ttyname(0), os.O_RDWR)),  # its own terminal, for Ctrl-C
    )  # fmt: skip
    os.close(end)
    screen, last, longest, memory = "", time.monotonic(), 0.0, 0.0
    stopped = answered = None
    asked = False
    began: float | None = None
    while True:
        ready, _, _ = select.select([terminal], [], [], 0.1)
        now = time.monotonic()
        memory = max(memory, _peak(process.pid))
        try:
            text = os.read(terminal, 65536).decode("utf-8", "replace") if ready else None
        except OSError:  # the other end is closed
            break
        if text:
            longest, last = max(longest, now - last), now
            screen = (screen + text)[-100_000:]
            if stopped is not None and answered is None and "Stopping" in text:
                answered = now - stopped
        if not asked and "to remove them: " in screen:
            os.write(terminal, screen.rpartition("Type ")[2].split()[0].encode() + b"\n")
            asked = True
            last = time.monotonic()
        if began is None and ("/min" in screen or " a minute" in screen):
            began = now
        if began is not None and stopped is None and now - began > sending:
            os.write(terminal, _CTRL_C)
            stopped = time.monotonic()
    process.wait()
    os.close(terminal)
    assert process.returncode == 130, screen[-2000:]
    assert answered is not None
    return Watched(memory, longest, answered)


def _peak(process: int) -> float:
    """MiB that it has had in memory at most."""
    try:
        status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / _MEBIBYTE for line in status.splitlines() if line.startswith("VmHWM")), 0.0)
