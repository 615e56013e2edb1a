"""The folders of conformance/runners: each has what the README there asks for, and names cases that there are."""

from __future__ import annotations

import os
import re

import pytest
from conformance.portability.__main__ import LANGUAGES
from conformance.portability.language import Language
from conformance.referee.cases import FOLDER, document

CASES = {case["id"]: case for case in document()["cases"]}


def test_every_folder_is_a_language_of_make_portability() -> None:
    """No runner lies about that nothing runs, but for the copy that a reader of the guide makes."""
    folders = {path.name for path in (FOLDER / "runners").iterdir() if path.is_dir()}
    assert folders - {"mine"} == LANGUAGES.keys()


@pytest.mark.parametrize("name", LANGUAGES)
@pytest.mark.parametrize("script", ["build", "run"])
def test_a_copied_folder_runs_itself(name: str, script: str) -> None:
    """No script names its folder: in a copy, which is somebody's own runner, it would run the one it came from."""
    path = FOLDER / "runners" / name / script
    assert not path.exists() or f"runners/{name}/" not in re.sub(r"(?m)#.*$", "", path.read_text(encoding="utf-8"))


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
    """The options that docs/other-languages.md tells people are those that make portability proves."""
    guide = (FOLDER.parent / "docs" / "other-languages.md").read_text(encoding="utf-8")
    told = re.search(rf"-g {name}( [^\\$]*)?\\\n +(--additional-properties=\S+)", guide)
    assert told
    build = (FOLDER / "runners" / name / "build").read_text(encoding="utf-8")
    assert [option for option in [*(told[1] or "").split(), told[2]] if option not in build.split()] == []
