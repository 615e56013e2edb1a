"""A local Mail Partner that obeys openapi.yaml, and breaks on request.

`python -m mailpartner.sandbox` runs it. In a program::

    with Sandbox(entries=10) as sandbox:          # a thread of this process; SandboxProcess: a process of its own
        sandbox.fault("reset-after")              # the next request: done, then the connection breaks
        ...                                       # call sandbox.url with a key that begins with sandbox-
        assert 3 not in sandbox.entries()
        assert sandbox.requests()[0]["fault"] == "reset-after"

With pytest, a test that takes the fixture `mailpartner_sandbox` gets one, and MAILPARTNER_BASE_URL leads to it.

It takes no key that could be a real one, listens on this machine only, and needs `pip install 'mailpartner[sandbox]'`.
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .mails import StoredAttachment, StoredDelivery, StoredMail
    from .request_log import LoggedRequest
    from .sandbox import Sandbox, SandboxProcess
    from .unsubscribes import Entry

__all__ = [
    "Entry",
    "LoggedRequest",
    "Sandbox",
    "SandboxProcess",
    "StoredAttachment",
    "StoredDelivery",
    "StoredMail",
]

REQUIRED = ("starlette", "uvicorn", "yaml")
_LAZY_IMPORTS = {
    **{"Entry": "unsubscribes", "LoggedRequest": "request_log", "Sandbox": "sandbox", "SandboxProcess": "sandbox"},
    **dict.fromkeys(("StoredAttachment", "StoredDelivery", "StoredMail"), "mails"),
}


def missing_extra() -> str | None:
    """Return what to say if a package is missing; None if all are installed."""
    missing = [name for name in REQUIRED if find_spec(name) is None]
    if not missing:
        return None
    return f"the sandbox needs {', '.join(missing)}: pip install 'mailpartner[sandbox]'"


def __getattr__(name: str) -> object:
    """Import a public name when it is first used, so that a missing package gives an error of one line."""
    if name not in _LAZY_IMPORTS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    message = missing_extra()
    if message is not None:
        raise ImportError(message)
    from importlib import import_module

    return getattr(import_module(f".{_LAZY_IMPORTS[name]}", __name__), name)
