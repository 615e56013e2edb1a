"""Run a client's runner on the conformance cases, and say where it differs.

    python -m conformance.harness -- ruby my_runner.rb
    python -m conformance.harness --only 'delete-*' -- node runner.ts

The runner finds the server in CONFORMANCE_URL and its calls in the JSON file that CONFORMANCE_CALLS names, and prints
one JSON object a line for each call: what it made of the answer, or why its client does not support it.
conformance/README.md has it all.
"""

from __future__ import annotations

import argparse
import json
import sys
import threading
from fnmatch import fnmatch
from pathlib import Path

from .cases import CaseError, document
from .report import Report
from .run import LONGEST_RUN, RunnerError, run


class OptionError(Exception):
    """An option cannot be carried out: no case fits, or the list of differences cannot be used. One line."""


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 < seconds <= threading.TIMEOUT_MAX:
        raise argparse.ArgumentTypeError(f"{text} is no number of seconds above 0")
    return seconds


def _arguments(arguments: list[str] | None) -> argparse.Namespace:
    summary = (__doc__ or "").partition("\n")[0]
    parser = argparse.ArgumentParser(prog="python -m conformance.harness", description=summary)
    parser.add_argument("--only", metavar="PATTERN", default="*", help="the cases whose id fits, such as 'delete-*'")
    parser.add_argument("--differences", metavar="FILE", type=Path, help="JSON: known differences, {case: cause}")
    parser.add_argument(
        "--timeout", metavar="SECONDS", type=_seconds, default=LONGEST_RUN, help="for all of the run (600)"
    )
    parser.add_argument("command", nargs="+", help="your runner and its arguments, behind --")
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> int:
    """Return 0 where the client agrees, 1 where it does not, 2 where it could not be judged."""
    options = _arguments(arguments)
    sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    try:
        report = _report(options)
    except (RunnerError, OptionError, CaseError) as error:
        print(f"not judged: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("not judged: stopped", file=sys.stderr)
        return 130
    print("\n".join(report.lines()))
    return 0 if report.good else 1


def _report(options: argparse.Namespace) -> Report:
    every = document()["cases"]
    cases = [case for case in every if fnmatch(case["id"], options.only)]
    if not cases:
        raise OptionError(f"no case fits {options.only}; their ids are in conformance/cases.json")
    known = _differences(options.differences) if options.differences else {}
    if unknown := sorted(known.keys() - {case["id"] for case in every}):
        raise OptionError(
            f"no such case: {unknown[0]}, in {options.differences}; the ids are in conformance/cases.json"
        )
    known = {name: cause for name, cause in known.items() if fnmatch(name, options.only)}
    return run(cases, options.command, known, options.timeout)


def _differences(path: Path) -> dict[str, str]:
    try:
        known = json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise OptionError(f"cannot read {path}: {error.strerror}") from None
    except (ValueError, RecursionError) as error:
        raise OptionError(f"{path} is not JSON: {error}") from None
    if not isinstance(known, dict) or not all(isinstance(cause, str) for cause in known.values()):
        raise OptionError(f'{path} must be known differences, each with its cause: {{"hostile-twice": "the cause"}}')
    return known


if __name__ == "__main__":
    sys.exit(main())
