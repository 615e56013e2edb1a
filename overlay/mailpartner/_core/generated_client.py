"""Import the generated client when it is first used, in one thread at a time.

Its modules import each other. Two threads that begin with different ones would each wait for the other, which Python
ends with an error of its own (_DeadlockError) in one of them.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Any

from mailpartner._core.fork_safe_lock import ForkSafeLock

_importing = ForkSafeLock()


@cache
def operation_module(name: str) -> Any:
    """Return the module of an operation, such as "unsubscribes.delete_unsubscribe"."""
    return _module(f"api.{name}")


@cache
def models() -> Any:
    """Return the module of the models."""
    return _module("models")


def _module(name: str) -> Any:
    with _importing.lock:
        return import_module(f"mailpartner.generated.{name}")
