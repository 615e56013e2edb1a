"""What the tests of the sandbox share: a running one, and the API description, whole or edited."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from contract_examples import FULL

from mailpartner.sandbox import Sandbox


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(entries=20) as running:
        yield running


@pytest.fixture
def sandbox_with() -> Iterator[Callable[..., Sandbox]]:
    with contextlib.ExitStack() as stack:
        yield lambda **options: stack.enter_context(Sandbox(**{"entries": 20, **options}))


@pytest.fixture(scope="session")
def spec() -> dict[str, Any]:
    return yaml.safe_load(FULL.read_text(encoding="utf-8"))


@pytest.fixture
def edited_spec(tmp_path: Path) -> Callable[..., Path]:
    """A copy of full.yaml with texts replaced."""

    def edit(*replacements: tuple[str, str]) -> Path:
        text = FULL.read_text(encoding="utf-8")
        for old, new in replacements:
            assert old in text
            text = text.replace(old, new)
        copy = tmp_path / "openapi.yaml"
        copy.write_text(text, encoding="utf-8")
        return copy

    return edit
