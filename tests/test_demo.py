"""`make demo`, as a user runs it."""

from __future__ import annotations

import functools
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

from mailpartner.sandbox import SandboxProcess

DEMO = Path(__file__).parent.parent / "examples" / "demo.py"


def test_the_demo_succeeds_and_hides_the_key() -> None:
    """It ends by itself with exit status 0, every outcome as expected, and no key in what it prints."""
    done = subprocess.run([sys.executable, str(DEMO)], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "sandbox-demo-key" not in done.stdout + done.stderr
    assert "apiKey=[hidden]" in done.stdout
    assert "Traceback" not in done.stderr


def test_the_demo_fails_where_an_outcome_is_not_the_expected_one(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Against a server that answers success for an unknown id, the steps that expect otherwise are named and the exit
    status is 1."""
    demo = runpy.run_path(str(DEMO))
    monkeypatch.setitem(
        demo["main"].__globals__, "SandboxProcess", functools.partial(SandboxProcess, unknown_id="success")
    )
    assert demo["main"]() == 1
    assert "!  expected NotFoundError" in capsys.readouterr().out
