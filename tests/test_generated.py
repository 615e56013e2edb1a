"""`make generate` makes the same bytes everywhere, and `make check-generated` finds whatever is not what it makes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import distribution
from importlib.util import find_spec
from pathlib import Path

import pytest
from check_installed import other_top_levels
from generate import differences

import mailpartner.contract
import mailpartner.generated

ROOT = Path(__file__).resolve().parent.parent
OPERATION = "mailpartner_client/api/unsubscribes/delete_unsubscribe.py"


def run_generate(*arguments: object, cwd: Path = ROOT, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(ROOT / "tools" / "generate.py"), *map(str, arguments)],
        cwd=cwd,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What openapi.yaml makes, generated once for this file."""
    target = tmp_path_factory.mktemp("fresh") / "generated"
    done = run_generate("--target", target)
    assert done.returncode == 0, done.stderr
    return target


@pytest.fixture
def copy(fresh: Path, tmp_path: Path) -> Path:
    """A copy to damage."""
    return Path(shutil.copytree(fresh, tmp_path / "generated"))


def test_committed_code_is_what_the_document_makes(fresh: Path) -> None:
    """The folder generated/ of this checkout equals a fresh generation, byte for byte."""
    assert differences(fresh, ROOT / "generated") == []


def test_a_second_run_makes_the_same_bytes_whatever_the_surroundings(fresh: Path, tmp_path: Path) -> None:
    """Home, working folder, hash seed, locale, PATH and ignore files of the machine do not change a byte."""
    home = tmp_path / "home"
    (home / ".config" / "git").mkdir(parents=True)
    (home / ".config" / "git" / "ignore").write_text("models/\n", encoding="utf-8")
    checkout = tmp_path / "build"
    (checkout / ".git").mkdir(parents=True)
    (checkout / ".gitignore").write_text("api/\n", encoding="utf-8")

    done = run_generate(
        *("--target", "generated"),
        cwd=checkout,
        HOME=str(home),
        PYTHONHASHSEED="1",
        LC_ALL="C",
        PYTHONUTF8="0",
        PATH="",
    )

    assert done.returncode == 0, done.stderr
    assert differences(fresh, checkout / "generated") == []


def test_generating_replaces_the_whole_folder(copy: Path, fresh: Path) -> None:
    """Files that an earlier generation left behind, or that somebody added or edited, are gone after the next one."""
    (copy / "left_behind.py").write_text("", encoding="utf-8")
    (copy / OPERATION).write_text("", encoding="utf-8")

    assert run_generate("--target", copy).returncode == 0
    assert differences(fresh, copy) == []


def test_check_passes_on_what_it_would_make(copy: Path) -> None:
    """An untouched generation passes in silence; Python's own caches beside it do not count."""
    (copy / "__pycache__").mkdir()
    (copy / "__pycache__" / "mailpartner_contract.cpython-311.pyc").write_bytes(b"")

    done = run_generate("--check", "--target", copy)

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_check_finds_a_document_that_has_changed(copy: Path, tmp_path: Path) -> None:
    """One changed error text in openapi.yaml makes the committed code stale, and the check names the file."""
    text = (ROOT / "openapi.yaml").read_text(encoding="utf-8")
    changed = tmp_path / "changed.yaml"
    changed.write_text(text.replace("        - Le mail et invalide\n", "        - Le mail est invalide\n"), "utf-8")

    done = run_generate("--check", "--target", copy, "--spec", changed)

    assert done.returncode == 1
    assert "differs: mailpartner_contract/codes/delete_unsubscribe_code.py" in done.stderr


def add_a_file(folder: Path) -> str:
    (folder / "mailpartner_client" / "added.py").write_text("", encoding="utf-8")
    return "extra: mailpartner_client/added.py"


def remove_a_file(folder: Path) -> str:
    (folder / "mailpartner_client" / "py.typed").unlink()
    return "missing: mailpartner_client/py.typed"


def edit_by_hand(folder: Path) -> str:
    path = folder / OPERATION
    path.write_text(path.read_text(encoding="utf-8").replace('"post"', '"get"'), encoding="utf-8")
    return f"differs: {OPERATION}"


@pytest.mark.parametrize("damage", [add_a_file, remove_a_file, edit_by_hand])
def test_check_finds_damage(copy: Path, fresh: Path, damage: Callable[[Path], str]) -> None:
    """One extra file, one missing file or one hand edit fails the check, which names that file and mends nothing."""
    line = damage(copy)

    done = run_generate("--check", "--target", copy)

    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        f"generated/ is not what openapi.yaml makes: {line}",
        "Run `make generate`, and never edit generated/ by hand.",
    ]
    assert differences(fresh, copy) == [line]


def test_a_document_that_the_generator_warns_of_is_refused(tmp_path: Path) -> None:
    """A document that the generator would only carry in part ends with an error, not with less code."""
    text = (ROOT / "openapi.yaml").read_text(encoding="utf-8")
    partial = tmp_path / "partial.yaml"
    partial.write_text(text.replace("        application/json:\n", "        application/x-unknown:\n"), "utf-8")

    done = run_generate("--target", tmp_path / "generated", "--spec", partial)

    assert done.returncode != 0
    assert "openapi_python_client failed" in done.stderr


def test_a_checkout_imports_the_generated_code_where_it_is_made() -> None:
    """After `make generate` nothing goes on with a copy: the package has links, and no installation holds the files."""
    for module in (mailpartner.contract, mailpartner.generated):
        assert ROOT / "generated" in Path(str(module.__file__)).resolve().parents
    installed = {file.parts[0] for file in distribution("mailpartner").files or []}
    assert [name for name in installed if not name.endswith(("..", ".pth", ".dist-info"))] == []


def test_no_other_distribution_can_take_the_place_of_the_generated_code() -> None:
    """The generated client and the contract are below `mailpartner`; their former top-level names are gone."""
    for name in ("mailpartner_client", "mailpartner_contract"):
        assert find_spec(name) is None


def test_the_check_of_the_wheel_finds_a_second_top_level_name() -> None:
    """A wheel may install `mailpartner`, its metadata and its command, and no other name that can be imported."""
    whole = ["../../../bin/mailpartner", "mailpartner/contract/py.typed", "mailpartner-0.1.0.dist-info/RECORD"]
    assert other_top_levels(whole) == []
    assert other_top_levels([*whole, "mailpartner_client/__init__.py"]) == ["mailpartner_client"]
