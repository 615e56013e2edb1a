"""Which info.version a change asks for, and what the folder of the released contract must hold."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from spec.checks.edits import CONTRACT, ROOT
from spec_checks.changes import Level
from spec_checks.document import Document, SpecError
from spec_checks.released import check_version, least_version, main, released

VERSION = Document(CONTRACT).version


@pytest.mark.parametrize(
    ("version", "level", "least"),
    [
        ("0.1.4", Level.NONE, "0.1.4"),
        ("0.1.4", Level.WORDING, "0.1.5"),
        ("0.1.4", Level.ADDITION, "0.1.5"),
        ("0.1.4", Level.BREAKING, "0.2.0"),
        ("1.2.3", Level.NONE, "1.2.3"),
        ("1.2.3", Level.WORDING, "1.2.4"),
        ("1.2.3", Level.ADDITION, "1.3.0"),
        ("1.2.3", Level.BREAKING, "2.0.0"),
    ],
)
def test_the_version_that_a_change_asks_for(version: str, level: Level, least: str) -> None:
    """Before 1.0 what breaks raises the minor and all else the patch; from 1.0 on it is major, minor, patch."""
    assert least_version(version, level) == least


@pytest.mark.parametrize("present", ["0.1.4", "0.1.9", "0.1.3"])
def test_a_version_that_is_too_low_is_refused(present: str) -> None:
    """A breaking change under the old version, a raised patch or a lowered one is an error that names the next."""
    with pytest.raises(SpecError, match=re.escape("asks for 0.2.0 at least")):
        check_version("0.1.4", present, Level.BREAKING)


@pytest.mark.parametrize("present", ["0.2.0", "0.2.1", "0.10.0", "1.0.0"])
def test_a_version_may_be_raised_by_more(present: str) -> None:
    """Numbers are compared as numbers, and a version higher than the change asks for is right too."""
    check_version("0.1.4", present, Level.BREAKING)


def test_a_version_is_not_lowered() -> None:
    """Without any change a lower version is refused too."""
    with pytest.raises(SpecError, match="no change since"):
        check_version("0.1.4", "0.1.3", Level.NONE)


@pytest.mark.parametrize("version", ["1.0", "1.0.0-rc1", "v1.0.0", "01.0.0"])
def test_a_version_is_three_numbers(version: str) -> None:
    """Anything else cannot be compared, and is refused."""
    with pytest.raises(SpecError, match="not three numbers"):
        check_version(version, "2.0.0", Level.BREAKING)


def test_the_released_contract_is_there() -> None:
    """The repository holds one released contract, under the name of its version, not newer than the present one."""
    document = released(ROOT / "tools" / "spec" / "released")
    check_version(document.version, VERSION, Level.NONE)


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A folder with the present contract, as the released one too."""
    (tmp_path / "tools" / "spec" / "released").mkdir(parents=True)
    shutil.copyfile(CONTRACT, tmp_path / "openapi.yaml")
    shutil.copyfile(CONTRACT, tmp_path / "tools" / "spec" / "released" / f"openapi-{VERSION}.yaml")
    return tmp_path


def test_nothing_to_release_is_said(house: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A version that is released already is not released again."""
    assert main(["release"], house) == 1
    assert capsys.readouterr().out == f"{VERSION} is released already: raise info.version first\n"


def test_a_second_released_contract_is_refused(house: Path) -> None:
    """With two files, or none, it is not known which one was the last."""
    folder = house / "tools" / "spec" / "released"
    shutil.copyfile(CONTRACT, folder / "openapi-0.0.1.yaml")
    with pytest.raises(SpecError, match="holds 2 files"):
        released(folder)


def test_a_released_contract_that_was_edited_into_another_version_is_refused(house: Path) -> None:
    """The name of the file and the version in it must agree."""
    folder = house / "tools" / "spec" / "released"
    (folder / f"openapi-{VERSION}.yaml").rename(folder / "openapi-9.9.9.yaml")
    with pytest.raises(SpecError, match=re.escape(f"call it openapi-{VERSION}.yaml")):
        released(folder)
