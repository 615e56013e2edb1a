"""The smoke test of a client on the sandbox: it passes a good one, and finds one that only says that it did things."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from conformance.harness.cases import FOLDER
from conformance.harness.run import RunnerError
from conformance.portability.language import Language
from conformance.portability.smoke import faults

from mailpartner.sandbox import SandboxProcess

SDK = FOLDER / "runners" / "python" / "run"


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with SandboxProcess(entries=3) as sandbox:
        yield sandbox.url


def runner(folder: Path, script: str) -> Language:
    """A language whose runner is this shell script."""
    path = folder / "shell" / "run"
    path.parent.mkdir()
    path.write_text(f"#!/usr/bin/env bash\n{script}\n", encoding="utf-8")
    path.chmod(0o755)
    return Language("shell", "Shell", runners=folder)


def test_the_sdk_passes(url: str) -> None:
    """The SDK adds, lists, deletes, and is refused as it should be."""
    assert faults(Language("python", "Python"), url) == []


def test_a_client_that_cannot_add_is_found(url: str, tmp_path: Path) -> None:
    """Without an addition there is nothing to delete, and the client is told so."""
    said = """echo '{"case": "call-0", "result": "unreadable"}'"""
    assert faults(runner(tmp_path, said), url) == ["add: {'case': 'call-0', 'result': 'unreadable'}"]


def test_a_client_that_says_something_else_is_found(url: str, tmp_path: Path) -> None:
    """Every step is judged: what the SDK says, changed in one place for each, is a fault of that step."""
    changes = {
        's/"error": "authentication"/"error": null/': "wrong key: ('refused', None, 10)",
        's/"done", "code": 200, "message": null, "data": {}/"refused", "code": 200/': "delete: ('refused', None, 200)",
        's/"error": "not_found"/"error": null/': "delete again: ('refused', None, 4)",
        's/"already_done"/"done"/': "delete again, already_ok: ('done', None, 4)",
        's/"data": {"data": .*/"data": {}}/': "what the deletion took from the list: set()",
    }
    found = faults(runner(tmp_path, f"{SDK} | sed '{'; '.join(changes)}'"), url)
    assert [step for step in changes.values() if not any(fault.startswith(step) for fault in found)] == []


def test_what_is_no_report_is_said_in_one_line(url: str, tmp_path: Path) -> None:
    """A runner that prints something else ends with what it printed."""
    with pytest.raises(RunnerError, match=r"^this line of the runner is no report: hello$"):
        faults(runner(tmp_path, "echo hello"), url)
