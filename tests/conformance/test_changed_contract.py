"""A change of openapi.yaml that changes the API turns cases red: clients of all languages would notice it.

Each change is made to a copy, the client is generated anew from it, and the cases are run against that client.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from conformance.harness.cases import CONTRACT, FOLDER, document
from conformance.harness.compare import DIFFERS
from conformance.harness.run import run

ROOT = FOLDER.parent
RUNNER = [sys.executable, str(FOLDER / "runners" / "python" / "runner.py")]

Differing = Callable[..., set[str]]


@pytest.fixture
def differing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Differing:
    """The cases that turn red where openapi.yaml has another text in place of one that it has.

    answers: the contract whose examples the server answers with; the changed one by default.
    """

    def differing(before: str, after: str, answers: Path | None = None) -> set[str]:
        text = (ROOT / "openapi.yaml").read_text(encoding="utf-8")
        assert before in text
        contract, generated = tmp_path / "openapi.yaml", tmp_path / "generated"
        contract.write_text(text.replace(before, after), encoding="utf-8")
        command = [sys.executable, str(ROOT / "tools" / "generate.py"), "--spec", contract, "--target", generated]
        subprocess.run(command, check=True)
        # The links from the package to what is generated are relative: a copy has the changed contract.
        shutil.copytree(ROOT / "overlay", tmp_path / "overlay", symlinks=True)
        monkeypatch.setenv("PYTHONPATH", str(tmp_path / "overlay"))
        cases = document(FOLDER, answers or generated / "openapi" / "full.yaml")["cases"]
        # All changes here are about unsubscribes; the other cases would only take time.
        report = run([case for case in cases if "Unsubscribe" in case["call"]["operation"]], RUNNER, {})
        return {item.case["id"] for item in report.comparisons if item.verdict == DIFFERS}

    return differing


def test_nothing_differs_without_a_change(differing: Differing) -> None:
    """The same way with the contract as it is: nothing turns red."""
    assert differing("paths:", "paths:") == set()


def test_a_changed_error_text(differing: Differing) -> None:
    """Another text of a code turns the cases red that hold the documented one."""
    assert {"delete-unknown-id", "delete-unknown-id-xml"} <= differing("Le mail et invalide", "Le mail est invalide")


def test_a_changed_code(differing: Differing) -> None:
    """Another number of a code turns red every case in which the server answers the documented one."""
    red = differing("enum: [1, 2, 3, 4, 10, 200]", "enum: [1, 2, 3, 5, 10, 200]", answers=CONTRACT)
    assert {"delete-unknown-id", "delete-unknown-id-xml", "sequence-lost-then-gone"} <= red


def test_a_changed_parameter_name(differing: Differing) -> None:
    """Another name of a parameter turns every case red that is sent with it."""
    assert {"delete-ok", "delete-with-get", "sequence-lost-then-gone"} <= differing("name: id\n", "name: number\n")


def test_a_changed_order_of_properties(differing: Differing) -> None:
    """Another order of two properties turns red what is read from XML, and nothing that is read from JSON."""
    red = differing("[id, email, createdAt]", "[email, id, createdAt]")
    assert {"list-two-xml", "list-accents-xml"} <= red
    assert "list-two" not in red


def test_an_operation_that_is_not_idempotent(differing: Differing) -> None:
    """Without x-idempotent nothing is repeated in doubt; after a code that says "not done, try later" it is."""
    red = {name for name in differing("      x-idempotent: true\n", "") if name.startswith("sequence-")}
    assert {"sequence-lost-then-ok", "sequence-server-error-then-gone", "sequence-page-408-then-gone"} <= red
    assert {"sequence-list-lost", "sequence-add-server-error-then-ok"} <= red
    assert [name for name in red if "rate-limit" in name] == []


def test_a_code_that_does_not_settle(differing: Differing) -> None:
    """Without a code that settles a doubt, an unknown id after a lost answer stays a refusal in doubt."""
    red = differing("settles, not_applied,", "not_applied, not_applied,")
    assert {"sequence-lost-then-gone", "sequence-add-lost-then-listed", "sequence-get-lost-then-gone"} <= red
    assert "sequence-rate-limit-then-gone" not in red
