"""The inbox page of the sandbox over HTTP, with mails that a test puts into it."""

from __future__ import annotations

import contextlib
import itertools
import socket
import threading
from collections.abc import Hashable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.routing import BaseRoute, Mount

from mailpartner.sandbox.inbox import inbox_routes
from mailpartner.sandbox.mails import StoredDelivery, StoredMail

NOW = datetime.now(UTC).replace(second=0, microsecond=0)
PATH = "/sandbox/inbox"
TOKEN = "token-of-a-delivery"


class Mails:
    """A mailbox that tests fill."""

    def __init__(self) -> None:
        self._mails: list[StoredMail] = []
        self._version = 0
        self._numbers = itertools.count(1)

    def add(self, to: Sequence[tuple[str, str | None]] = (("ann@example.com", "Ann"),), **fields: Any) -> StoredMail:
        """Add a mail; what is not given is plain."""
        accepted_at = fields.setdefault("accepted_at", NOW - timedelta(minutes=5))
        status = fields.pop("status", "Delivered")
        text = fields.pop("status_text", status)
        plain = {
            "message_id": f"m-{next(self._numbers)}",
            "account": "shop@example.com",
            "subject": "Your order",
            "html": "<p>Hello</p>",
            "reply_to": None,
            "tag": None,
            "variables": {},
            "attachments": (),
            "deliveries": [
                StoredDelivery(email, name, status, text, Decimal(1), TOKEN, accepted_at) for email, name in to
            ],
            "send_at": None,
            "cancelled_at": None,
            "test": False,
        }
        mail = StoredMail(**{**plain, **fields})
        self._mails.insert(0, mail)
        self.changed()
        return mail

    def changed(self) -> None:
        """Say that a mail was changed."""
        self._version += 1

    def mails(self) -> Sequence[StoredMail]:
        return list(self._mails)

    def mail(self, message_id: str) -> StoredMail | None:
        return next((mail for mail in self._mails if mail.message_id == message_id), None)

    def version(self) -> Hashable:
        return self._version


@contextlib.contextmanager
def serving(mails: Mails, *others: BaseRoute) -> Iterator[str]:
    """Serve the inbox as the sandbox does, and other routes; gives the address of the server."""
    routes = [Mount(PATH, routes=inbox_routes(mails)), *others]
    config = uvicorn.Config(Starlette(routes=routes), log_config=None, lifespan="off", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listening:  # what connects before it serves, waits
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(10)
