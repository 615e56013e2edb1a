"""openapi.yaml with texts replaced: what the tests of its checks, here and in tests/spec, are about."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CONTRACT = ROOT / "openapi.yaml"

Replacement = tuple[str, str]


def edited(*replacements: Replacement) -> str:
    """The text of openapi.yaml with the first place of each text replaced; the text must be there."""
    text = CONTRACT.read_text(encoding="utf-8")
    for before, after in replacements:
        assert before in text, before
        text = text.replace(before, after, 1)
    return text


def copy_with(folder: Path, *replacements: Replacement) -> Path:
    """Write such a text to `folder`/openapi.yaml, and say where that is."""
    path = folder / "openapi.yaml"
    path.write_text(edited(*replacements), encoding="utf-8")
    return path
