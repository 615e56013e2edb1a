"""Making and running a client: what fails is said, and nothing stays behind."""

from __future__ import annotations

import json
import time
from pathlib import Path

import psutil
import pytest
from conformance.harness.cases import FOLDER, document
from conformance.harness.run import PROFILE, RunnerError
from conformance.portability import language
from conformance.portability.language import Language
from conformance.portability.mutations import MUTATIONS, Mutation, effect, written

SDK = FOLDER / "runners" / "python" / "run"


def made(folder: Path, build: str, run: str = str(SDK)) -> Language:
    """A language with these shell scripts."""
    for name, script in (("build", build), ("run", run)):
        path = folder / "shell" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"#!/usr/bin/env bash\n{script}\n", encoding="utf-8")
        path.chmod(0o755)
    return Language("shell", "Shell", runners=folder, work=folder)


def ends(number: int) -> bool:
    """Whether a process ends within ten seconds: it was killed, which the system does in its own time."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            if psutil.Process(number).status() == psutil.STATUS_ZOMBIE:
                return True
        except psutil.NoSuchProcess:
            return True
        time.sleep(0.02)
    return False


def test_a_build_that_fails_says_why(tmp_path: Path) -> None:
    """The error has the script and its status in the first line, and behind it what the compiler said."""
    with pytest.raises(RunnerError, match=r"shell/build ended with status 3\nno such method$"):
        made(tmp_path, "echo no such method >&2; exit 3").build()


def test_a_build_that_hangs_ends_with_all_that_it_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After its time a script is killed, and the processes that it started too."""
    monkeypatch.setattr(language, "SECONDS", 1)
    child = tmp_path / "child"
    with pytest.raises(RunnerError, match=r"shell/build did not end within 1 seconds, and was ended$"):
        made(tmp_path, f"sleep 600 & echo $! >{child}; wait").build()
    assert ends(int(child.read_text()))


def test_a_profile_is_changed_in_one_place(tmp_path: Path) -> None:
    """Each bad profile differs from the good one, and can be read."""
    profile = json.loads(PROFILE.read_text(encoding="utf-8"))
    for mutation in MUTATIONS:
        changed = json.loads(written(mutation, folder=tmp_path).read_text(encoding="utf-8"))
        assert changed != profile
        assert changed["paths"] == profile["paths"]


@pytest.mark.parametrize(("build", "run", "unharmed", "wanted"), [
    ("exit 1", "", False, (True, "does not compile")),
    ("exit 1", "", True, (False, "does not compile")),
    ("", f"{SDK} | sed s/authentication/server/", False, (True, "1 more cases differ")),
    ("", str(SDK), False, (False, "unharmed")),
    ("", str(SDK), True, (True, "unharmed")),
])  # fmt: skip
def test_a_bad_profile_must_harm_who_it_should(
    tmp_path: Path, build: str, run: str, unharmed: bool, wanted: tuple[bool, str]
) -> None:
    """A client that a bad profile leaves as it was fails the run; so does one that should be unharmed and is not."""
    mutation = Mutation("in a test", lambda profile: None, frozenset({"shell"} if unharmed else ()))
    cases = [case for case in document()["cases"] if case["id"] == "delete-invalid-api-key"]
    assert effect(made(tmp_path, build, run), mutation, cases) == wanted
