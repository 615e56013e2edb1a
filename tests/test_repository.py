"""The rules of the house, where a rule can be read off the files."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
OVERLAY = ROOT / "overlay" / "mailpartner"

# The modules and packages of overlay/mailpartner that may import httpx: a successor of it must stay a small change.
MAY_IMPORT_HTTPX = {"client", "_transport"}
MOST_LINES = 350
MACHINE_FOLDERS = ("root", "work")
# In pieces, so that this file does not name them itself.
REGISTRY_HOSTS = tuple(
    ".".join(parts)
    for parts in (("pypi", "org"), ("pythonhosted", "org"), ("registry", "npmjs", "org"), ("npmjs", "com"))
)


def files_of_the_project(root: Path) -> list[Path]:
    """Return what is in git: scratch files next to it are not judged."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=root, capture_output=True, text=True, check=True).stdout
    return [root / name for name in listed.split("\0") if name and (root / name).is_file()]


def occurrences(pattern: str, root: Path = ROOT) -> list[str]:
    """Return each line of the project's files that a pattern is found in."""
    searched = re.compile(pattern, re.IGNORECASE)
    return [
        f"{path.relative_to(root)}:{number}: {line.strip()}"
        for path in files_of_the_project(root)
        for number, line in enumerate(path.read_bytes().decode("utf-8", "replace").splitlines(), 1)
        if searched.search(line)
    ]


def imports(path: Path) -> Iterator[str]:
    """The names of the modules that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module


def pinned(requirements: Path) -> dict[str, list[str]]:
    """Each pinned `name==version` of a requirements file, with its hashes."""
    text = re.sub(r"^\s*#.*\n", "", requirements.read_text(encoding="utf-8"), flags=re.MULTILINE)
    lines = text.replace("\\\n", " ").splitlines()
    return {
        line.split()[0]: re.findall(r"--hash=(sha256:[0-9a-f]{64})(?=\s|$)", line) for line in lines if line.strip()
    }


def test_no_module_of_the_sdk_holds_more_than_one_idea() -> None:
    """No module under overlay/ is longer than 350 lines."""
    sizes = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in (ROOT / "overlay").rglob("*.py")}
    assert {str(path.relative_to(ROOT)): size for path, size in sizes.items() if size > MOST_LINES} == {}


def test_httpx_is_imported_in_few_places() -> None:
    """Only the modules that speak to httpx import it; what is pure stays so."""
    importers = {
        path.relative_to(OVERLAY).parts[0].removesuffix(".py")
        for path in OVERLAY.rglob("*.py")
        if any(name.partition(".")[0] in ("httpx", "httpcore") for name in imports(path))
    }
    assert importers - MAY_IMPORT_HTTPX == set()


def test_no_file_names_a_package_registry() -> None:
    """No file names a package registry's host: where packages come from is each machine's own setting."""
    assert occurrences("|".join(map(re.escape, REGISTRY_HOSTS))) == []


def test_no_file_names_a_folder_of_the_machine_it_was_written_on() -> None:
    """No file of the project holds a path that exists on one developer's machine only."""
    assert occurrences(rf"(?<![\w.~-])/(?:{'|'.join(MACHINE_FOLDERS)})(?:/|\b(?![\w.-]))") == []


def test_a_scratch_file_is_not_judged(tmp_path: Path) -> None:
    """A file that is not in git may hold what no file of the project may; one that is in git may not."""
    for name in ("of the project.txt", "scratch.txt"):
        (tmp_path / name).write_text("a path\n", encoding="utf-8")
    for command in (["init", "--quiet"], ["add", "of the project.txt"]):
        subprocess.run(["git", *command], cwd=tmp_path, check=True)
    assert occurrences("a path", tmp_path) == ["of the project.txt:1: a path"]


def test_the_changelog_begins_with_the_version_of_the_sdk() -> None:
    """The newest version in CHANGELOG.md is the one in overlay/mailpartner/_version.py."""
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    versions = re.findall(r"^## \[(\d+\.\d+\.\d+\S*)\]", changelog, flags=re.MULTILINE)
    stated = re.search(
        r'^__version__\b[^"]*"([^"]+)"', (OVERLAY / "_version.py").read_text("utf-8"), flags=re.MULTILINE
    )
    assert stated is not None
    assert versions[0] == stated[1]


@pytest.mark.parametrize("name", ["dev", "runtime", "extras", "packing", "spec", "portability", "docs"])
def test_every_requirement_is_pinned_with_hashes(name: str) -> None:
    """Each requirement that make installs is one version, known by its hashes, and nothing else is in the file."""
    requirements = pinned(ROOT / "tools" / "requirements" / f"{name}.txt")
    assert requirements
    assert [line for line, hashes in requirements.items() if not hashes or line.count("==") != 1] == []


def test_the_wheel_is_tried_with_the_versions_that_the_tests_run_on() -> None:
    """Every version in runtime.txt is the one in dev.txt."""
    runtime, dev = (pinned(ROOT / "tools" / "requirements" / name) for name in ("runtime.txt", "dev.txt"))
    assert runtime.keys() - dev.keys() == set()


@pytest.mark.parametrize("source", sorted((ROOT / "tools" / "requirements").glob("*.in")), ids=lambda path: path.stem)
def test_what_is_asked_for_is_pinned(source: Path) -> None:
    """What a requirements/*.in asks for stands in the .txt beside it, in the version it is asked for, if in one."""
    names = {line.partition("==")[0]: line for line in pinned(source.with_suffix(".txt"))}
    for line in source.read_text(encoding="utf-8").splitlines():
        asked = line.partition("#")[0].strip()
        if asked and not asked.startswith("-r "):
            name, _, version = re.sub(r"\[.*\]|<.*", "", asked).lower().partition("==")
            assert name in names
            assert version in ("", names[name].partition("==")[2])


def test_what_is_added_to_the_tools_changes_none_of_them() -> None:
    """A layer that make adds to .venv has each package in the version that dev.txt has, where both have it."""
    dev = {line.partition("==")[0]: line for line in pinned(ROOT / "tools" / "requirements" / "dev.txt")}
    for name in ("extras", "packing", "spec", "portability", "docs"):
        for line in pinned(ROOT / "tools" / "requirements" / f"{name}.txt"):
            assert dev.get(line.partition("==")[0], line) == line


def test_make_help_lists_every_target() -> None:
    """Each target that a person can call has its line in `make help`."""
    makefiles = [ROOT / "Makefile", *(ROOT / "tools" / "make").glob("*.mk")]
    listed = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    targets = [
        target
        for makefile in makefiles
        for target in re.findall(r"^\.PHONY: (\S+)$", makefile.read_text(encoding="utf-8"), flags=re.MULTILINE)
    ]
    assert sorted(re.findall(r"^  make (\S+) +\S", listed, flags=re.MULTILINE)) == sorted(targets)


def test_the_benchmarks_can_be_started() -> None:
    """`make bench` finds all that its modules import."""
    done = subprocess.run(["make", "bench", "ARGS=--help"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, "bulk-rate" in done.stdout) == (0, True), done.stderr
