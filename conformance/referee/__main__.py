"""Run a client's runner on the conformance cases, and say where it differs.

    python -m conformance.referee -- ruby my_runner.rb
    python -m conformance.referee --only 'delete-*' -- node runner.ts

The runner finds the server in CONFORMANCE_URL and its calls in the JSON file that CONFORMANCE_CALLS names, and prints
one JSON object a line for each call: what it made of the answer, or why its client does not support it.
conformance/README.md has it all.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator
from fnmatch import fnmatch
from pathlib import Path

from .cases import CONTRACT, Case, CaseError, document, key_of
from .judge import judge
from .report import Report
from .server import CaseServer


class RunnerError(Exception):
    """The runner could not be run, or said something that is no report. One line."""


class FileError(Exception):
    """A file that was named cannot be used. One line."""


LONGEST_RUN = 600.0
PROFILE = CONTRACT.with_name("json-only.json")


def calls_of(cases: list[Case]) -> list[Case]:
    """What a runner gets: how to call, not what should come of it."""
    return [{"case": case["id"], "key": key_of(case), "requires": case["requires"], **case["call"]} for case in cases]


def run(cases: list[Case], command: list[str], differences: dict[str, str], patience: float = LONGEST_RUN) -> Report:
    """Let `command` go through the cases, for at most `patience` seconds. Raises RunnerError."""
    with CaseServer(cases) as server, tempfile.TemporaryDirectory() as folder:
        calls = Path(folder) / "calls.json"
        calls.write_text(json.dumps(calls_of(cases)), encoding="utf-8")
        environment = {"SPEC": str(PROFILE), **os.environ}
        environment |= {"CONFORMANCE_URL": server.url, "CONFORMANCE_CALLS": str(calls)}
        said = dict(_said(command, environment, len(cases), patience))
        strange = sorted(said.keys() - {case["id"] for case in cases})
        if strange:
            raise RunnerError(f"no such case: {strange[0]}; the runner was not given it, and speaks of it")
        judgements = [judge(case, said.get(case["id"]), server.requests[case["id"]]) for case in cases]
        strays = server.strays
    return Report(judgements, differences, strays)


def _said(command: list[str], environment: dict[str, str], count: int, patience: float) -> Iterator[tuple[str, Case]]:
    try:
        process = subprocess.Popen(
            command,
            env=environment,
            stdout=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
            encoding="utf-8",
            errors="replace",  # then it is no report, or words for people
            start_new_session=True,  # so that what it has started can be ended with it
        )
    except OSError as error:
        raise RunnerError(f"cannot run {command[0]}: {error.strerror}") from None
    late = threading.Event()

    def stop() -> None:
        late.set()
        _end(process)

    watch = threading.Timer(patience, stop)
    watch.start()
    try:
        with process:
            yield from _read(_shown(process.stdout or [], count))
    except BaseException:
        _end(process)
        raise
    finally:
        watch.cancel()
    if late.is_set():
        raise RunnerError(f"the runner did not end within {patience:g} seconds (--timeout), and was ended")
    if process.returncode:
        raise RunnerError(f"the runner ended with status {process.returncode}; its own words are above")


def _end(process: subprocess.Popen[str]) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def _read(lines: Iterable[str]) -> Iterator[tuple[str, Case]]:
    for line in lines:
        try:
            report = json.loads(line)
            name = report["case"]
        except (ValueError, TypeError, KeyError, RecursionError):
            name = None
        if not isinstance(name, str):
            raise RunnerError(f"this line of the runner is no report: {line.strip()[:200]}")
        yield name, report


def _shown(lines: Iterable[str], count: int) -> Iterator[str]:
    """The lines, with the progress on a terminal that waits for more than two seconds."""
    begun = time.monotonic()
    shown = sys.stderr.isatty()
    for number, line in enumerate(lines, 1):
        if shown and time.monotonic() - begun > 2:
            print(f"\r{number} of {count} cases", end="", file=sys.stderr, flush=True)
        yield line
    if shown:
        print("\r", end="", file=sys.stderr)


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 < seconds <= threading.TIMEOUT_MAX:
        raise argparse.ArgumentTypeError(f"{text} is no number of seconds above 0")
    return seconds


def _arguments(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m conformance.referee", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("--only", metavar="PATTERN", default="*", help="the cases whose id fits, such as 'delete-*'")
    parser.add_argument("--differences", metavar="FILE", type=Path, help="JSON: known differences, {case: cause}")
    parser.add_argument("--results", metavar="FILE", type=Path, help="write verdict and reason of each case, as JSON")
    parser.add_argument(
        "--timeout", metavar="SECONDS", type=_seconds, default=LONGEST_RUN, help="for all of the run (600)"
    )
    parser.add_argument("command", nargs="+", help="your runner and its arguments, behind --")
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> int:
    """0 where the client agrees, 1 where it does not, 2 where it could not be judged."""
    options = _arguments(arguments)
    sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    try:
        report = _report(options)
    except (RunnerError, FileError, CaseError) as error:
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
        raise FileError(f"no case fits {options.only}; their ids are in conformance/cases.json")
    known = _differences(options.differences) if options.differences else {}
    strange = sorted(known.keys() - {case["id"] for case in every})
    if strange:
        raise FileError(f"no such case: {strange[0]}, in {options.differences}; the ids are in conformance/cases.json")
    if options.results:
        _write(options.results, "", "a")  # sooner said than after the run
    report = run(
        cases, options.command, {name: known[name] for name in known if fnmatch(name, options.only)}, options.timeout
    )
    if options.results:
        _write(options.results, json.dumps(report.as_data(), indent=1, ensure_ascii=False) + "\n", "w")
    return report


def _differences(path: Path) -> dict[str, str]:
    try:
        known = json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise FileError(f"cannot read {path}: {error.strerror}") from None
    except (ValueError, RecursionError) as error:
        raise FileError(f"{path} is not JSON: {error}") from None
    if not isinstance(known, dict) or not all(isinstance(cause, str) for cause in known.values()):
        raise FileError(f'{path} must be known differences, each with its cause: {{"hostile-twice": "the cause"}}')
    return known


def _write(path: Path, text: str, mode: str) -> None:
    try:
        with path.open(mode, encoding="utf-8", errors="backslashreplace") as file:
            file.write(text)
    except OSError as error:
        raise FileError(f"cannot write {path}: {error.strerror}") from None


if __name__ == "__main__":
    sys.exit(main())
