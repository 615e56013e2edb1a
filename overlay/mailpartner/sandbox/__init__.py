"""A local Mail Partner that obeys openapi.yaml, and breaks on request.

`python -m mailpartner.sandbox` runs it. In a program::

    with Sandbox(entries=10) as sandbox:          # a thread of this process; SandboxProcess: a process of its own
        sandbox.fault("reset-after")              # the next request: done, then the connection breaks
        ...                                       # call sandbox.url with a key that begins with sandbox-
        assert 3 not in sandbox.entries()
        assert sandbox.requests()[0]["fault"] == "reset-after"

It takes no key that could be a real one, listens on this machine only, and needs `pip install 'mailpartner[sandbox]'`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .extra import missing_extra

if TYPE_CHECKING:
    from .in_process import SandboxProcess
    from .in_thread import Sandbox
    from .logbook import Seen
    from .state import Entry

__all__ = ["Entry", "Sandbox", "SandboxProcess", "Seen"]

_PLACES = {"Entry": "state", "Sandbox": "in_thread", "SandboxProcess": "in_process", "Seen": "logbook"}


def __getattr__(name: str) -> object:
    """Import a public name when it is first asked for, so that a missing package is said in one line."""
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    message = missing_extra()
    if message is not None:
        raise ImportError(message)
    from importlib import import_module

    return getattr(import_module(f".{_PLACES[name]}", __name__), name)
