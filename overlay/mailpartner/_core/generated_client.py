"""The generated client, imported when it is first used, by one thread at a time.

Its modules import each other: two threads that begin with different ones would each wait for the other's, and Python
ends that with an error of its own (_DeadlockError) in one of them.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Any

from mailpartner._core.fork_safe_lock import ForkSafeLock

_importing = ForkSafeLock()


@cache
def operation(name: str) -> Any:
    """The module of an operation of the unsubscribes."""
    return _module(f"api.unsubscribes.{name}")


@cache
def models() -> Any:
    """The module of the models."""
    return _module("models")


def _module(name: str) -> Any:
    with _importing:
        return import_module(f"mailpartner_client.{name}")
