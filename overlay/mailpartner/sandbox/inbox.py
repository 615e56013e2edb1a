"""The inbox page, which shows the mails that were sent to the sandbox."""

from __future__ import annotations

from starlette.routing import Route

from .mails import Mailbox


def inbox_routes(mailbox: Mailbox) -> list[Route]:
    """Return the routes of the page, relative to /sandbox/inbox."""
    return []
