"""The command: measures what it is asked for and says which bars are met."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable

from benchmarks import (
    async_calls,
    bulk_latency,
    bulk_memory,
    bulk_rate,
    cli_bulk,
    cli_help,
    layers,
    memory,
    start_up,
    sync_calls,
)
from benchmarks.rounds import FULL, QUICK, Setting
from benchmarks.server import running
from benchmarks.table import Figure, table

# A further measurement is a line here, by its name for --only.
BENCHES: dict[str, tuple[str, Callable[[Setting], list[Figure]]]] = {
    "sync": ("Processor time of a deletion", sync_calls.measure),
    "async": ("The same, awaited", async_calls.measure),
    "layers": ("What a deletion is made of, to httpx's", layers.measure),
    "start-up": ("Processor time of starting", start_up.measure),
    "memory": ("Growth in MiB, the highest counts", memory.measure),
    "bulk": ("Many deletions, unpaced", lambda setting: bulk_latency.measure(setting.quick)),
    "bulk-memory": ("Many deletions: memory, journal", lambda setting: bulk_memory.measure(setting.quick)),
    "bulk-rate": ("Many deletions, paced", lambda setting: bulk_rate.measure(6.0 if setting.quick else 60.0)),
    "long-run": ("A long run at a terminal", cli_bulk.measure),
    "help": ("The command line", cli_help.measure),
}


def main() -> int:
    """Exit status 1 if a bar is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="The speed of the SDK, as ratios.")
    parser.add_argument("--only", nargs="+", choices=BENCHES, metavar="NAME", help=f"of {', '.join(BENCHES)}")
    parser.add_argument("--quick", action="store_true", help="a few calls of each, too few to judge by; exit status 0")
    arguments = parser.parse_args()
    _clear_environment()
    sections = {}
    with running() as server:
        os.environ["SSL_CERT_FILE"] = server.ca  # for the SDK's TLS context, made when it is first needed
        setting = Setting(server, **(QUICK if arguments.quick else FULL))
        for name in arguments.only or BENCHES:
            title, measure = BENCHES[name]
            sections[title] = measure(setting)
    print(file=sys.stderr)
    print(table(sections))
    print()
    if arguments.quick:
        print("Too few calls to judge by: this was --quick.")
        return 0
    missed = sum(figure.missed for figures in sections.values() for figure in figures)
    print(f"{missed} missed." if missed else "All bars are met.")
    return 1 if missed else 0


def _clear_environment() -> None:
    """Proxies, authorities and settings of the surroundings would cost some contenders more than others."""
    for name in list(os.environ):
        foreign = name.upper().endswith("_PROXY") or name.startswith(("MAILPARTNER_", "SSL_CERT_"))
        if foreign or name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
            del os.environ[name]


if __name__ == "__main__":
    sys.exit(main())
