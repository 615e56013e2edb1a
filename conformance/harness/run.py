"""Run a client's runner: hand it the calls, play the server, and compare what it did with the cases."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from .cases import CONTRACT, Case, key_of
from .compare import compare
from .report import Report
from .server import CaseServer

LONGEST_RUN = 600.0
PROFILE = CONTRACT.with_name("json-only.json")


class RunnerError(Exception):
    """A command could not be run, or said something that is no report. What it said may follow the first line."""


def calls_of(cases: list[Case]) -> list[Case]:
    """Return what a runner gets: how to call, not what should come of it."""
    return [{"case": case["id"], "key": key_of(case), "requires": case["requires"], **case["call"]} for case in cases]


def run(
    cases: list[Case],
    command: list[str],
    differences: Mapping[str, str],
    seconds: float = LONGEST_RUN,
    environment: Mapping[str, str] = os.environ,
) -> Report:
    """Let `command` go through the cases, for at most some seconds. Raises RunnerError."""
    with CaseServer(cases) as server:
        said = reports(calls_of(cases), server.url, command, {"SPEC": str(PROFILE), **environment}, seconds)
        if unknown := sorted(said.keys() - {case["id"] for case in cases}):
            raise RunnerError(f"no such case: {unknown[0]}; the runner was not given it, and speaks of it")
        comparisons = [compare(case, said.get(case["id"]), server.requests[case["id"]]) for case in cases]
        return Report(comparisons, differences, server.unmatched)


def reports(
    calls: list[Case], url: str, command: list[str], environment: Mapping[str, str], seconds: float
) -> dict[str, Case]:
    """Return what a runner makes of calls to `url`, by their ids. Raises RunnerError."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "calls.json"
        path.write_text(json.dumps(calls), encoding="utf-8")
        environment = {**environment, "CONFORMANCE_URL": url, "CONFORMANCE_CALLS": str(path)}
        lines = output_of(command, environment, seconds).split("\n")
    said = [_report(line) for line in lines if line.strip()]
    return {report["case"]: report for report in said}


def _report(line: str) -> Case:
    try:
        report: Case = json.loads(line)
        if isinstance(report["case"], str):
            return report
    except (ValueError, TypeError, KeyError, RecursionError):
        pass
    raise RunnerError(f"this line of the runner is no report: {line.strip()[:200]}")


def output_of(command: list[str], environment: Mapping[str, str], seconds: float, *, quiet: bool = False) -> str:
    """Return what a command prints. It is ended, with all that it started, after some seconds.

    quiet: its standard error is only shown by the error. Raises RunnerError.
    """
    try:
        process = subprocess.Popen(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE if quiet else None,
            encoding="utf-8",
            errors="replace",  # then it is no report, or words for people
            start_new_session=True,  # so that what it has started can be ended with it
        )
    except OSError as error:
        raise RunnerError(f"cannot run {command[0]}: {error.strerror}") from None
    with process:
        try:
            output, errors = process.communicate(timeout=seconds)
        except BaseException as error:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            if isinstance(error, subprocess.TimeoutExpired):
                option = "" if quiet else " (--timeout)"
                raise RunnerError(
                    f"{command[0]} did not end within {seconds:g} seconds{option}, and was ended"
                ) from None
            raise
    if process.returncode:
        words = f"\n{(errors + output).strip()[-4000:]}" if quiet else "; its own words are above"
        raise RunnerError(f"{command[0]} ended with status {process.returncode}{words}")
    return output
