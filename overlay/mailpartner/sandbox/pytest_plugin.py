"""The pytest fixture `mailpartner_sandbox`, which every test of a program that uses Mail Partner can take."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .sandbox import Sandbox


@pytest.fixture(scope="session")
def _running_mailpartner_sandbox() -> Iterator[Sandbox]:
    from mailpartner.sandbox import Sandbox

    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def mailpartner_sandbox(_running_mailpartner_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Sandbox:
    """A sandbox as it starts, and an environment in which `MailPartner()` calls it."""
    _running_mailpartner_sandbox.reset()
    monkeypatch.setenv("MAILPARTNER_BASE_URL", _running_mailpartner_sandbox.url)
    monkeypatch.setenv("MAILPARTNER_API_KEY", "sandbox-pytest")
    return _running_mailpartner_sandbox
