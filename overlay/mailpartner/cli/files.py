"""Write files that are whole or not there."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TextIO

_unfinished: set[str] = set()


def open_text(descriptor: int, closefd: bool = True) -> TextIO:
    """Open a file for UTF-8 in every locale, with line ends as they are given."""
    # A lone surrogate must not end a report.
    return open(descriptor, "w", encoding="utf-8", errors="backslashreplace", newline="", closefd=closefd)


def write(path: Path, parts: Iterable[str], check: Callable[[], None] = lambda: None) -> None:
    """Write a file of mode 0600 beside its place, then put it there in one step.

    Args:
        path: Its place.
        parts: What is in it.
        check: Is called before the file is put there, and may raise to leave the place as it is.

    Raises:
        OSError: If it cannot be written; the place is then as it was.
    """
    descriptor, part = tempfile.mkstemp(prefix=f".{path.name}-"[:100], suffix=".part", dir=path.parent)
    _unfinished.add(part)
    try:
        with open_text(descriptor) as file:
            file.writelines(parts)
            file.flush()
            os.fsync(descriptor)
        check()
        os.replace(part, path)
    finally:
        Path(part).unlink(missing_ok=True)
        _unfinished.discard(part)


def discard_unfinished() -> None:
    """Delete what is not yet in its place, before the process ends without cleaning up."""
    for part in tuple(_unfinished):
        Path(part).unlink(missing_ok=True)
