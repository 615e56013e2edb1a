"""What holds for all tests."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from kit.tls import Certificates


def pytest_configure() -> None:
    """Heed Ctrl-C also where whoever started the tests had it ignored, as a shell does for a background job: tests send
    it, and programs that they start would inherit that."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def certificates() -> Certificates:
    """One authority for the whole run."""
    from kit.tls import Certificates

    return Certificates()


@pytest.fixture
def bare_environment(monkeypatch: pytest.MonkeyPatch, certificates: Certificates) -> None:
    """No key, no base URL and no proxy from outside; the SDK's own connections trust the tests' authority."""
    for name in os.environ:
        if name.startswith("MAILPARTNER_") or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    certificates.trusted(monkeypatch)
