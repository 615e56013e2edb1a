"""What holds for all tests."""

from __future__ import annotations

import signal


def pytest_configure() -> None:
    """Heed Ctrl-C also where whoever started the tests had it ignored, as a shell does for a background job: tests send
    it, and programs that they start would inherit that."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
