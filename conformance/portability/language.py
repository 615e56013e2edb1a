"""One language's client: made from a profile, and run. conformance/runners/README.md says what its folder holds."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

from conformance.harness.cases import FOLDER, Case
from conformance.harness.report import Report
from conformance.harness.run import PROFILE, output_of, reports, run

WORK = FOLDER.parent / ".work" / "portability"
SECONDS = 300
"""How long a build or a run may take; the first of all may install packages."""


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

    @property
    def generated(self) -> bool:
        """Whether the client is made from the profile; the SDK of this project is not."""
        return (self.folder / "build").exists()

    def build(self) -> None:
        """Generate and compile. Raises RunnerError."""
        if self.generated:
            output_of(self._command("build"), self._environment, SECONDS, quiet=True)

    def versions(self) -> tuple[str, str]:
        """Return the versions that were tested: what is pinned, and what is this machine's. Raises RunnerError."""
        said = output_of(self._command("versions"), self._environment, SECONDS, quiet=True)
        pinned, _, machine = said.partition("|")
        return pinned.strip(), machine.strip()

    def report(self, cases: list[Case]) -> Report:
        """Return what the harness finds. Raises RunnerError."""
        names = {case["id"] for case in cases}
        known = {name: cause for name, cause in self.differences.items() if name in names}
        return run(cases, self._command("run"), known, SECONDS, self._environment)

    def answers(self, calls: list[Case], url: str) -> dict[str, Case]:
        """Return the outcomes of calls to `url`, by the id of the call. Raises RunnerError."""
        return reports(calls, url, self._command("run"), self._environment, SECONDS)

    def _command(self, script: str) -> list[str]:
        return [str(self.folder / script), str(self.work / self.name)]

    @property
    def _environment(self) -> dict[str, str]:
        return {**os.environ, "SPEC": str(self.spec)}
