"""Faults that are sent as proper HTTP: wrong, late, or from somebody else than the API.

Where a fault has `after`, true means that the request is done and committed first, and the fault spoils the answer.
"""

from __future__ import annotations

import asyncio
import gzip as gzip_format
import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import unquote_plus

from .answers import Answer, as_json, envelope
from .document import Code
from .messages import Reply, html_page

if TYPE_CHECKING:
    from .exchange import Exchange

JSON = "application/json"
GARBAGE = hashlib.shake_256(b"mailpartner").digest(256)
CHUNK = b"a" * 65536


async def latency(exchange: Exchange, *, seconds: float = 1.0, after: bool = False) -> None:
    """Waits, then goes on as if nothing were. If the client leaves before, nothing is done (unless `after`)."""
    reply = exchange.perform() if after else None
    if await exchange.wire.wait(seconds):
        await exchange.send(reply or exchange.perform())


async def status(exchange: Exchange, *, status: int = 503, retry_after: str | None = None, after: bool = False) -> None:
    """An HTML page with this status, from 200 to 599, registered or not; with Retry-After if one is given."""
    if after:
        exchange.perform()
    headers = [] if retry_after is None else [("Retry-After", retry_after)]
    await exchange.send(html_page(status, "The server cannot answer.", *headers))


async def rate_limit(exchange: Exchange, *, retry_after: str | None = "1") -> None:
    """The API's answer that there are too many requests, with HTTP 429 and this Retry-After; nothing is done."""
    headers = () if retry_after is None else (("Retry-After", retry_after),)
    await exchange.send(replace(exchange.refuse("TOO_MANY_REQUESTS"), status=429, headers=headers))


async def code(
    exchange: Exchange, *, code: str = "SERVER_ERROR", message: str | None = None, after: bool = False
) -> None:
    """The API's answer with this code, by name or number, listed or not; `message` replaces the document's text."""
    if after:
        exchange.perform()
    done = exchange.seen["done"] if after else "refused"
    await exchange.send(exchange.say(Answer(_code(exchange, code), done, message=message)))


async def html(exchange: Exchange, *, status: int = 200, after: bool = False) -> None:
    """An HTML page where an answer of the API should be, with HTTP 200 or this status."""
    if after:
        exchange.perform()
    await exchange.send(html_page(status, "Please log in to use this network."))


async def bad_gateway_after(exchange: Exchange, *, status: int = 502) -> None:
    """Done, but a gateway in between answers with its own page."""
    exchange.perform()
    await exchange.send(html_page(status, "The gateway got no answer from the server behind it."))


async def empty(exchange: Exchange, *, after: bool = True) -> None:
    """HTTP 200 with an empty body."""
    if after:
        exchange.perform()
    await exchange.send(Reply(200, JSON, b""))


async def garbage(exchange: Exchange, *, after: bool = True) -> None:
    """HTTP 200 and 256 bytes that mean nothing, the same ones each time."""
    if after:
        exchange.perform()
    await exchange.send(Reply(200, JSON, GARBAGE))


async def redirect(exchange: Exchange, *, location: str = "/elsewhere", status: int = 302, after: bool = False) -> None:
    """A redirect, to a place that a client must not carry the key to."""
    if after:
        exchange.perform()
    await exchange.send(html_page(status, "This has moved.", ("Location", location)))


async def huge(exchange: Exchange, *, bytes: int | None = None, after: bool = True) -> None:
    """A body of this many bytes, announced in Content-Length; without a number one that does not end."""
    if after:
        exchange.perform()
    headers = [(b"Content-Type", JSON.encode())]
    if bytes is not None:
        headers.append((b"Content-Length", str(bytes).encode()))
    await exchange.send_start(200, headers)
    success = as_json(envelope(exchange.operation, Answer(exchange.operation.success, "nothing")))
    part, left = success.removesuffix(b"}") + b',"message":"', bytes
    while not exchange.wire.gone and left != 0:
        part = part if left is None else part[:left]
        left = None if left is None else left - len(part)
        await exchange.send_part(part, more=True)
        await asyncio.sleep(0)
        part = CHUNK
    await exchange.send_part(b"", more=False)


async def gzip(exchange: Exchange) -> None:
    """The right answer, compressed although nobody asked for it."""
    reply = exchange.perform()
    packed = gzip_format.compress(reply.body, mtime=0)
    await exchange.send(replace(reply, body=packed, headers=(*reply.headers, ("Content-Encoding", "gzip"))))


async def echo_key(exchange: Exchange, *, where: str = "html", status: int = 500, after: bool = False) -> None:
    """An answer that repeats the request, key and all: as an HTML page, or as `message` of the API's refusal."""
    if after:
        exchange.perform()
    query = exchange.incoming.query
    carried = [query, unquote_plus(query), exchange.incoming.body.decode("utf-8", "replace")]
    text = "Cannot handle " + " ".join(dict.fromkeys(filter(None, carried)))
    if where == "html":
        await exchange.send(html_page(status, text))
    else:
        refusal = exchange.operation.code("INVALID_API_KEY")
        said = exchange.say(Answer(refusal, exchange.seen["done"] if after else "refused", message=text))
        await exchange.send(replace(said, status=status))


ALL = (
    latency,
    status,
    rate_limit,
    code,
    html,
    bad_gateway_after,
    empty,
    garbage,
    redirect,
    huge,
    gzip,
    echo_key,
)


def _code(exchange: Exchange, wanted: str) -> Code:
    """The code of this name or number; a number that the document does not list is one too."""
    for listed in {**exchange.vendor.document.codes(), **exchange.operation.codes}.values():
        if wanted in (listed.name, str(listed.number)):
            return listed
    return Code(f"UNLISTED_{wanted}", int(wanted), "unlisted", None)
