"""A program under Sentry whose calls fail: it prints what Sentry would have sent. Run by test_tracing.py.

The key is in the environment, and no frame of this file ever holds it.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
from typing import Any
from urllib.parse import quote

import httpx
import sentry_sdk
from kit.responses import response
from kit.server import Server, Step
from kit.steps import hang_up, hold, partly, reset
from sentry_sdk.transport import Transport

from mailpartner import AsyncMailPartner, MailPartner


def steps() -> list[Step]:
    """Answers that make a call fail; some repeat the key."""
    key = quote(os.environ["MAILPARTNER_API_KEY"], safe="").encode()
    return [
        response('{"success": false, "code": 10, "message": "Cle"}'),
        response(b"<p>?apiKey=" + key, 500, "text/html"),
        response(b'{"success": false, "code": 4, "message": "' + key + b'"}'),
        response(status=302, headers=[b"Location: https://www.example.com/?apiKey=" + key]),
        partly(b"GET /?apiKey=" + key + b"\r\n\r\n", hang_up),
        reset,
        hold,
    ]


class Kept(Transport):
    """Keeps what it should send."""

    def __init__(self, options: Any = None) -> None:
        super().__init__(options)
        self.sent: list[str] = []
        self.events: list[Any] = []

    def capture_envelope(self, envelope: Any) -> None:
        self.sent.append(envelope.serialize().decode("utf-8", "replace"))
        event = envelope.get_event()
        if event is not None:
            self.events.append(event)


def call(url: str, is_custom: bool) -> None:
    own = httpx.Client() if is_custom else None
    with MailPartner(base_url=url, max_retries=0, timeout=0.3, http_client=own) as mp:
        try:
            mp.unsubscribes.delete(300)
        except Exception as error:
            sentry_sdk.capture_exception(error)
    if own is not None:
        own.close()


async def call_async(url: str, is_custom: bool) -> None:
    async with (
        httpx.AsyncClient() as own,
        AsyncMailPartner(base_url=url, max_retries=0, timeout=0.3, http_client=own if is_custom else None) as mp,
    ):
        try:
            await mp.unsubscribes.delete(300)
        except Exception as error:
            sentry_sdk.capture_exception(error)


def misconfigure() -> None:
    try:
        MailPartner(base_url="https://example.com/v2")
    except ValueError as error:
        sentry_sdk.capture_exception(error)


def main() -> dict[str, Any]:
    logging.getLogger().setLevel(logging.DEBUG)
    kept = Kept()
    sentry_sdk.init(dsn="https://public@example.invalid/1", transport=kept, traces_sample_rate=1.0)
    requests: list[str] = []
    for is_custom in (False, True):
        for is_async in (False, True):
            with Server(*steps()) as server:
                for _ in steps():
                    with sentry_sdk.start_transaction(name="delete"):
                        asyncio.run(call_async(server.url, is_custom)) if is_async else call(server.url, is_custom)
                requests += [head.decode("latin-1") for head in server.heads]
    misconfigure()
    sentry_sdk.flush()
    events = json.loads(json.dumps(kept.events, default=repr))
    return {"events": events, "sent": kept.sent, "errors": 4 * len(steps()) + 1, "requests": requests}


if __name__ == "__main__":
    print(json.dumps(main()))
