"""What the tests of the rules share: openapi.yaml with texts replaced, and Spectral run once over all broken copies."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CONTRACT = ROOT / "openapi.yaml"
NODE = str(ROOT / "tools" / "node")
MODULES = ROOT / ".work" / "node" / "node_modules"

Replacement = tuple[str, str]


def edited(*replacements: Replacement) -> str:
    """openapi.yaml with the first place of each text replaced."""
    text = CONTRACT.read_text(encoding="utf-8")
    for before, after in replacements:
        assert before in text, before
        text = text.replace(before, after, 1)
    return text


@pytest.fixture
def copy_with(tmp_path: Path) -> Callable[..., Path]:
    """Write openapi.yaml with texts replaced, and say where."""

    def copy_with(*replacements: Replacement) -> Path:
        path = tmp_path / "openapi.yaml"
        path.write_text(edited(*replacements), encoding="utf-8")
        return path

    return copy_with
