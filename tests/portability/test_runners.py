"""The folders of conformance/runners: each has what the README there asks for, and names cases that there are."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest
from conformance.harness.cases import FOLDER, document
from conformance.portability.__main__ import LANGUAGES
from conformance.portability.language import Language

SOURCES = {"go": "go", "java": "java", "php": "php", "python": "py", "ruby": "rb", "typescript": "ts"}
CASES = {case["id"]: case for case in document()["cases"]}


def test_every_folder_is_a_language_of_make_portability() -> None:
    """No runner lies about that nothing runs, but for the copy that a reader of the guide makes."""
    folders = {path.name for path in (FOLDER / "runners").iterdir() if path.is_dir()}
    assert folders - {"mine"} == LANGUAGES.keys()


@pytest.mark.parametrize("name", LANGUAGES)
def test_a_copied_folder_runs_itself(name: str) -> None:
    """No script names its folder: in a copy, which is somebody's own runner, it would run the one it came from. The one
    that takes the sources takes them from where it is."""
    paths = [FOLDER / "runners" / name / script for script in ("build", "run")]
    scripts = [re.sub(r"(?m)^ *#.*$", "", path.read_text(encoding="utf-8")) for path in paths if path.exists()]
    assert [text for text in scripts if "runners" in text] == []
    assert [text for text in scripts if 'here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)' not in text] == []
    assert any(re.search(r'"\$here("/\*\.|/runner\.)' + SOURCES[name], text) for text in scripts)


@pytest.mark.parametrize("name", sorted(LANGUAGES.keys() - {"python"}))
def test_what_was_not_made_is_not_run(name: str, tmp_path: Path) -> None:
    """Without a folder, with one that holds no client, and with one made before its runner changed, `run` says what to
    make, in one line."""
    run = FOLDER / "runners" / name / "run"
    for arguments, said in (
        ([], "no client in '', as no folder is named"),
        ([str(tmp_path)], f"no client in {tmp_path}"),
    ):
        done = subprocess.run([run, *arguments], capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr == f"{said}: make client LANGUAGE={name}\n"


def test_a_client_that_is_older_than_its_runner_is_not_run(tmp_path: Path) -> None:
    """What was compiled before the runner changed would be judged in its place."""
    source, compiled = tmp_path / "main.go", tmp_path / "runner"
    made = [FOLDER / "runners" / "made", FOLDER / "runners" / "go", "runner", tmp_path, source]
    source.touch()
    compiled.touch()
    for age, status, said in ((10, 0, ""), (-10, 2, f"the client in {tmp_path} is older than main.go: make client")):
        changed = compiled.stat().st_mtime - age
        os.utime(source, (changed, changed))
        done = subprocess.run(made, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr.partition(" LANGUAGE=")[0]) == (status, said)


@pytest.mark.parametrize("language", ["", "cobol", "python"])
def test_a_client_of_no_language_is_refused_at_once(language: str) -> None:
    """`make client` sets nothing up before it knows for what."""
    command = ["make", "client", f"LANGUAGE={language}"]
    refusal = subprocess.run(command, cwd=FOLDER.parent, capture_output=True, text=True, check=False)
    assert (refusal.returncode, refusal.stdout) == (2, "")
    assert refusal.stderr.startswith("make client LANGUAGE=ruby")


@pytest.mark.parametrize("name", LANGUAGES)
def test_a_folder_has_its_scripts(name: str) -> None:
    """run and versions can be started, and build where the client is a generated one."""
    scripts = ["run", "versions"] + ["build"] * (name != "python")
    assert [script for script in scripts if not os.access(FOLDER / "runners" / name / script, os.X_OK)] == []


@pytest.mark.parametrize("name", LANGUAGES)
def test_known_differences_are_of_cases_that_there_are(name: str) -> None:
    """Each known difference names a case in JSON, and its cause."""
    known = Language(name, name).differences
    assert [case for case in known if case not in CASES or CASES[case]["call"]["format"] != "json"] == []
    assert all(known.values())


@pytest.mark.parametrize("name", ["go", "php", "ruby", "java"])
def test_the_guide_generates_as_the_build_does(name: str) -> None:
    """The options that docs/other-languages.md tells people are those that make test-languages proves."""
    guide = (FOLDER.parent / "docs" / "other-languages.md").read_text(encoding="utf-8")
    told = re.search(rf"-g {name}( [^\\$]*)?\\\n +(--additional-properties=\S+)", guide)
    assert told
    build = (FOLDER / "runners" / name / "build").read_text(encoding="utf-8")
    assert [option for option in [*(told[1] or "").split(), told[2]] if option not in build.split()] == []
