"""What `mailpartner --help` costs, as a ratio to `python -c "import click"`: CPU seconds, taken in turns."""

from __future__ import annotations

import resource
import subprocess
import sys

from benchmarks.rounds import Setting
from benchmarks.table import Figure, seconds_in_words

# What pip writes into bin/mailpartner.
HELP = ["-c", "import sys; from mailpartner.cli import main; sys.argv[1:] = ['--help']; sys.exit(main())"]
CLICK = ["-c", "import click"]


def cpu_of(arguments: list[str]) -> float:
    """CPU seconds, user and system, of one Python with these arguments."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, *arguments], stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def measure(setting: Setting) -> list[Figure]:
    """How often the CPU of `import click` one `mailpartner --help` takes: pairs run one after another."""
    for arguments in (HELP, CLICK):  # compiled, and in the cache of the file system
        cpu_of(arguments)
    pairs = [(cpu_of(HELP), cpu_of(CLICK)) for _ in range(setting.starts * 2)]
    ours = seconds_in_words(one for one, _ in pairs)
    return [Figure("--help, to import click", ours, [one / other for one, other in pairs], 1.2)]
