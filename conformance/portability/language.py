"""One language's client: made from a profile, and run. conformance/runners/README.md says what its folder holds."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from conformance.referee.__main__ import run
from conformance.referee.cases import FOLDER, Case
from conformance.referee.report import Report

ROOT = FOLDER.parent
PROFILE = ROOT / "generated/openapi/json-only.json"
WORK = ROOT / ".work" / "portability"
SECONDS = 300
"""How long a build or a run may take; the first of all may install packages."""


class ClientError(Exception):
    """A client that cannot be made, or does not run. The first line says it, what a tool said may follow."""


@dataclass(frozen=True)
class Language:
    """A folder of runners, with the profile that its client is made from and the place to make it in."""

    name: str
    title: str
    spec: Path = PROFILE
    work: Path = WORK
    runners: Path = FOLDER / "runners"

    @property
    def folder(self) -> Path:
        return self.runners / self.name

    @property
    def differences(self) -> dict[str, str]:
        """The known differences, by the id of a case, each with its cause."""
        path = self.folder / "differences.json"
        return dict(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else {}

    def build(self) -> None:
        """Generate and compile. Raises ClientError."""
        if self.generated:
            self._said("build")

    @property
    def generated(self) -> bool:
        """Whether the client is made from the profile; the SDK of this project is not."""
        return (self.folder / "build").exists()

    def versions(self) -> tuple[str, str]:
        """What was proven: what is pinned, and what is this machine's. Raises ClientError."""
        pinned, _, machine = self._said("versions").strip().partition("|")
        return pinned.strip(), machine.strip()

    def report(self, cases: list[Case]) -> Report:
        """What the referee finds. Raises conformance.referee.RunnerError."""
        names = {case["id"] for case in cases}
        known = {name: cause for name, cause in self.differences.items() if name in names}
        command = ["env", f"SPEC={self.spec}", str(self.folder / "run"), str(self._place)]
        return run(cases, command, known, SECONDS)

    def answers(self, calls: list[Case], url: str) -> dict[str, Case]:
        """What the client makes of calls to `url`, by the id of the call. Raises ClientError."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "calls.json"
            path.write_text(json.dumps(calls), encoding="utf-8")
            text = self._said("run", CONFORMANCE_CALLS=str(path), CONFORMANCE_URL=url)
        try:
            return {line["case"]: line for line in map(json.loads, text.splitlines())}
        except (ValueError, KeyError, TypeError):
            raise ClientError(f"what its runner printed is no report: {text[:200]!r}") from None

    @property
    def _place(self) -> Path:
        return self.work / self.name

    def _said(self, script: str, **environment: str) -> str:
        command = [str(self.folder / script), str(self._place)]
        return said(command, {**os.environ, "SPEC": str(self.spec), **environment})


def said(command: list[str], environment: dict[str, str]) -> str:
    """Run a command, with an end to all that it started; its output. Raises ClientError."""
    try:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
    except OSError as error:
        raise ClientError(f"{_short(command)}: {error.strerror}") from None
    with process:
        try:
            output, errors = process.communicate(timeout=SECONDS)
        except subprocess.TimeoutExpired:
            raise ClientError(f"{_short(command)}: not done after {SECONDS} seconds") from None
        finally:
            _end(process)
    if process.returncode:
        raise ClientError(f"{_short(command)}: status {process.returncode}\n{(errors + output).strip()[-4000:]}")
    return output


def _short(command: list[str]) -> str:
    return os.path.relpath(command[0], ROOT)


def _end(process: subprocess.Popen[Any]) -> None:
    """A no-op where it has ended; otherwise, as after Ctrl-C, it and its children are killed."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
