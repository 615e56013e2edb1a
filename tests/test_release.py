"""`make release`: what keeps a version from being released, and that two builds are compared."""

from __future__ import annotations

import subprocess
import textwrap
from pathlib import Path

import pytest
import release

FILES = {
    "overlay/mailpartner/_version.py": '__version__ = "1.2.3"\n',
    "CHANGELOG.md": "# Changelog\n\n## [1.2.3] - 2027-01-15\n",
    "pyproject.toml": '[project.urls]\nHomepage = "https://mail.example"\n',
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A repository that is ready for its release."""
    for name, content in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(content)
    git(tmp_path, "init", "--quiet")
    commit(tmp_path)
    git(tmp_path, "tag", "v1.2.3")
    return tmp_path


def git(root: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=A", "-c", "user.email=a@example.com"]
    subprocess.run(["git", *identity, *arguments], cwd=root, check=True)


def commit(root: Path) -> None:
    git(root, "add", ".")
    git(root, "commit", "--quiet", "--message", "Change")


def test_a_tagged_dated_clean_commit_may_be_released(project: Path) -> None:
    """Nothing is wrong with a clean commit that has its tag, its date and its addresses."""
    assert release.faults(project) == []


@pytest.mark.parametrize(
    ("name", "content", "committed", "said"),
    [
        ("new.txt", "x", False, "There are changes that are not committed: commit or remove them."),
        ("new.txt", "x", True, "The tag v1.2.3 does not point at this commit"),
        ("CHANGELOG.md", "## [1.2.3] - Unreleased\n", True, "CHANGELOG.md has no line '## [1.2.3] - YYYY-MM-DD'"),
        ("CHANGELOG.md", "## [1.2.30] - 2027-01-15\n", True, "CHANGELOG.md has no line"),
        (
            "pyproject.toml",
            '[project.urls]\nHomepage = "https://mail.invalid"\n',
            True,
            "pyproject.toml: the URL https://mail.invalid of Homepage is a placeholder",
        ),
    ],
)
def test_what_keeps_a_version_back(project: Path, name: str, content: str, committed: bool, said: str) -> None:
    """Each thing that is not right is one line that says what to do."""
    (project / name).write_text(content)
    if committed:
        commit(project)
    assert [line for line in release.faults(project) if line.startswith(said)]


@pytest.mark.parametrize(("changing", "found"), [(False, []), (True, ["x-1.tar.gz", "x-1-py3-none-any.whl"])])
def test_two_builds_are_compared(tmp_path: Path, changing: bool, found: list[str]) -> None:
    """A build that depends on when or where it is made is found out."""
    root = tmp_path / "project"
    root.mkdir()
    (root / "pyproject.toml").write_text(
        '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n'
        '[project]\nname = "x"\nversion = "1"\nrequires-python = ">=3.11"\n[tool.hatch.build.hooks.custom]\n'
        '[tool.hatch.build]\nartifacts = ["x.py"]\n[tool.hatch.build.targets.wheel]\ninclude = ["x.py"]\n'
    )
    (root / "hatch_build.py").write_text(
        textwrap.dedent(f"""
            import time
            from pathlib import Path
            from hatchling.builders.hooks.plugin.interface import BuildHookInterface

            class CustomBuildHook(BuildHookInterface):
                def initialize(self, version, build_data):
                    Path(self.root, "x.py").write_text(f"made = {{{"time.time_ns()" if changing else "0"}}}")
        """)
    )
    git(root, "init", "--quiet")
    commit(root)
    differing = release.build_twice(root, tmp_path / "dist")
    assert sorted(differing) == sorted(f"{name} is not the same in two builds." for name in found)
    assert {path.name for path in (tmp_path / "dist").iterdir()} == {"x-1.tar.gz", "x-1-py3-none-any.whl"}
