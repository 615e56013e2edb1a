"""Whether many deletions on one client leave anything behind: the resident memory of a process of its own.

Linux only: elsewhere there is no /proc to read it from.
"""

from __future__ import annotations

import gc
import resource
import subprocess
import sys
from pathlib import Path

from benchmarks.rounds import Setting, progress
from benchmarks.server import KEY, ROOT
from benchmarks.table import Figure
from mailpartner import MailPartner

STEPS = 10
MEBIBYTE = 1 << 20


def measure(setting: Setting) -> list[Figure]:
    """The growth at the end, and at each tenth of the way."""
    command = [sys.executable, "-m", "benchmarks.memory", setting.server.http, str(setting.deletions // STEPS)]
    printed = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True, text=True).stdout
    grown = [float(line) / MEBIBYTE for line in printed.split()]
    return [Figure(f"{setting.deletions:,} deletions", "", grown, 2.0, counted=max)]


def _main(base: str, calls: int) -> None:
    with MailPartner(KEY, base_url=base) as mp:

        def deletions() -> None:
            for number in range(1, calls + 1):
                mp.unsubscribes.delete(number)

        deletions()
        before = _resident()
        for _ in progress("memory", range(STEPS)):
            deletions()
            print(_resident() - before, flush=True)


def _resident() -> int:
    """Bytes of this process that are in memory."""
    gc.collect()
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * resource.getpagesize()


if __name__ == "__main__":
    _main(sys.argv[1], int(sys.argv[2]))
