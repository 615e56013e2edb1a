"""openapi.yaml with texts replaced: what the tests of its checks, here and in tests/spec, are about."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
CONTRACT = ROOT / "openapi.yaml"
FULL = ROOT / "generated" / "openapi" / "full.yaml"

Replacement = tuple[str, str]


def edited(*replacements: Replacement, source: Path = CONTRACT) -> str:
    """The text of a document with the first place of each text replaced; the text must be there."""
    text = source.read_text(encoding="utf-8")
    for before, after in replacements:
        assert before in text, before
        text = text.replace(before, after, 1)
    return text


def copy_with(folder: Path, *replacements: Replacement, source: Path = CONTRACT) -> Path:
    """Write such a text below `folder`, and say where that is."""
    path = folder / source.name
    path.write_text(edited(*replacements, source=source), encoding="utf-8")
    return path
