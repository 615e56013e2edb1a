"""The kinds of faults: what each does to a request.

`-before`: nothing is done. `after`: true means that the request is done and committed first, and that the fault spoils
only the answer. All others say which of the two holds.
"""

from __future__ import annotations

import asyncio
import gzip as gzip_format
import hashlib
import inspect
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_plus

from starlette.responses import Response, StreamingResponse

from .answers import Answer, envelope, to_json
from .document import Code
from .exchange import Exchange, head_of, html_page, query_of
from .settings import Check, checked

Behaviour = Callable[..., Awaitable[None]]
JSON = "application/json"
GARBAGE = hashlib.shake_256(b"mailpartner").digest(256)
Chunk = bytes  # `huge` has a parameter of that name
CHUNK = b"a" * 65536


@dataclass(frozen=True)
class Kind:
    """A kind of fault: a coroutine function, whose keyword-only parameters are the fault's own."""

    name: str
    about: str
    behave: Behaviour
    defaults: Mapping[str, Any]

    def checked(self, given: Mapping[str, Any], checks: Mapping[str, Check]) -> dict[str, Any]:
        """Return all parameters of a fault of this kind. Raises ValueError if one does not fit."""
        for name in given.keys() - self.defaults.keys():
            raise ValueError(f"{self.name} has no {name}; it has {', '.join(self.defaults) or 'no parameters'}")
        fitting = {name: checked(f"{self.name}: {name}", checks[name], value) for name, value in given.items()}
        return {**self.defaults, **fitting}


KINDS: dict[str, Kind] = {}


def _kind(behave: Behaviour) -> Behaviour:
    """Register a fault under its function's name, docstring and parameters."""
    parameters = inspect.signature(behave).parameters.values()
    defaults = {item.name: item.default for item in parameters if item.kind is item.KEYWORD_ONLY}
    name = behave.__name__.replace("_", "-")
    KINDS[name] = Kind(name, inspect.getdoc(behave) or "", behave, defaults)
    return behave


async def _answer(exchange: Exchange, response: Response, after: bool) -> None:
    """Send a response, of which the request that may have been done before shows nothing."""
    if after:
        exchange.perform()
    await exchange.send(response)


@_kind
async def latency(exchange: Exchange, *, seconds: float = 1.0, after: bool = False) -> None:
    """Waits, then goes on as if nothing were. If the client leaves before, nothing is done (unless `after`)."""
    response = exchange.perform() if after else None
    if await exchange.connection.wait(seconds):
        await exchange.send(response or exchange.perform())


@_kind
async def status(exchange: Exchange, *, status: int = 503, retry_after: str | None = None, after: bool = False) -> None:
    """An HTML page with this status, from 200 to 599, registered or not; with Retry-After if one is given."""
    headers = None if retry_after is None else {"Retry-After": retry_after}
    await _answer(exchange, html_page(status, "The server cannot answer.", headers), after)


@_kind
async def rate_limit(exchange: Exchange, *, retry_after: str | None = "1") -> None:
    """The API's answer that there are too many requests, with HTTP 429 and this Retry-After; nothing is done."""
    response = exchange.refuse("TOO_MANY_REQUESTS")
    response.status_code = 429
    if retry_after is not None:
        response.headers["Retry-After"] = retry_after
    await exchange.send(response)


@_kind
async def code(
    exchange: Exchange, *, code: str = "SERVER_ERROR", message: str | None = None, after: bool = False
) -> None:
    """The API's answer with this code, by name or number, listed or not; `message` replaces the document's text."""
    if after:
        exchange.perform()
    done = exchange.record["done"] if after else "refused"
    await exchange.send(exchange.respond(Answer(_wanted(exchange, code), done, message=message)))


@_kind
async def html(exchange: Exchange, *, status: int = 200, after: bool = False) -> None:
    """An HTML page where an answer of the API should be, with HTTP 200 or this status."""
    await _answer(exchange, html_page(status, "Please log in to use this network."), after)


@_kind
async def bad_gateway_after(exchange: Exchange, *, status: int = 502) -> None:
    """Done, but a gateway in between answers with its own page."""
    await _answer(exchange, html_page(status, "The gateway got no answer from the server behind it."), after=True)


@_kind
async def empty(exchange: Exchange, *, after: bool = True) -> None:
    """HTTP 200 with an empty body."""
    await _answer(exchange, Response(b"", media_type=JSON), after)


@_kind
async def garbage(exchange: Exchange, *, after: bool = True) -> None:
    """HTTP 200 and 256 bytes that mean nothing, the same ones each time."""
    await _answer(exchange, Response(GARBAGE, media_type=JSON), after)


@_kind
async def redirect(exchange: Exchange, *, location: str = "/elsewhere", status: int = 302, after: bool = False) -> None:
    """A redirect, to a place that a client must not carry the key to."""
    await _answer(exchange, html_page(status, "This has moved.", {"Location": location}), after)


@_kind
async def huge(exchange: Exchange, *, bytes: int | None = None, after: bool = True) -> None:
    """A body of this many bytes, announced in Content-Length; without a number one that does not end."""
    success = to_json(envelope(exchange.operation, Answer(exchange.operation.success, "nothing")))

    async def parts() -> AsyncIterator[Chunk]:
        part, left = success.removesuffix(b"}") + b',"message":"', bytes
        while not exchange.connection.gone and left != 0:
            part = part if left is None else part[:left]
            left = None if left is None else left - len(part)
            yield part
            await asyncio.sleep(0)
            part = CHUNK

    headers = None if bytes is None else {"Content-Length": str(bytes)}
    await _answer(exchange, StreamingResponse(parts(), headers=headers, media_type=JSON), after)


@_kind
async def gzip(exchange: Exchange) -> None:
    """The right answer, compressed although nobody asked for it."""
    response = exchange.perform()
    response.body = gzip_format.compress(response.body, mtime=0)
    response.headers["Content-Length"] = str(len(response.body))
    response.headers["Content-Encoding"] = "gzip"
    await exchange.send(response)


@_kind
async def echo_key(exchange: Exchange, *, where: str = "html", status: int = 500, after: bool = False) -> None:
    """An answer that repeats the request, key and all: as an HTML page, or as `message` of the API's refusal."""
    if after:
        exchange.perform()
    query = query_of(exchange.request)
    carried = [query, unquote_plus(query), exchange.body.decode("utf-8", "replace")]
    repeated = "Cannot handle " + " ".join(dict.fromkeys(filter(None, carried)))
    if where == "html":
        response = html_page(status, repeated)
    else:
        done = exchange.record["done"] if after else "refused"
        response = exchange.respond(Answer(exchange.operation.code("INVALID_API_KEY"), done, message=repeated))
        response.status_code = status
    await exchange.send(response)


@_kind
async def close_before(exchange: Exchange) -> None:
    """The connection is closed without a byte; nothing is done."""
    await exchange.connection.close()


@_kind
async def close_after(exchange: Exchange) -> None:
    """Done, then the connection is closed without a byte."""
    exchange.perform_unanswered()
    await exchange.connection.close()


@_kind
async def reset_before(exchange: Exchange) -> None:
    """The connection is broken off (RST); nothing is done."""
    await exchange.connection.reset()


@_kind
async def reset_after(exchange: Exchange) -> None:
    """Done, then the connection is broken off (RST)."""
    exchange.perform_unanswered()
    await exchange.connection.reset()


@_kind
async def silence_after(exchange: Exchange, *, seconds: float | None = None) -> None:
    """Done, then not a byte: until the client leaves, or for so long, and then the connection is closed."""
    exchange.perform_unanswered()
    await _hold(exchange, seconds)


@_kind
async def half_headers(exchange: Exchange) -> None:
    """Half of the headers, then the connection is closed."""
    head = head_of(exchange.perform())
    exchange.connection.write(head[: len(head) // 2])
    await exchange.connection.close()


@_kind
async def half_body(exchange: Exchange) -> None:
    """Half of the body that Content-Length announces, then the connection is closed."""
    response = exchange.perform()
    exchange.connection.write(head_of(response) + response.body[: len(response.body) // 2])
    await exchange.connection.close()


@_kind
async def stall_body(exchange: Exchange, *, seconds: float | None = None) -> None:
    """Half of the body, then nothing: until the client leaves, or for so long."""
    response = exchange.perform()
    exchange.connection.write(head_of(response) + response.body[: len(response.body) // 2])
    await _hold(exchange, seconds)


@_kind
async def drip(exchange: Exchange, *, seconds: float = 0.05) -> None:
    """The headers at once, then one byte of the body in each of these times; the answer is whole in the end."""
    response = exchange.perform()
    exchange.connection.write(head_of(response))
    await _drip(exchange, bytes(response.body), seconds)


@_kind
async def drip_headers(exchange: Exchange, *, seconds: float = 0.05) -> None:
    """The whole answer, headers too, one byte in each of these times."""
    response = exchange.perform()
    await _drip(exchange, head_of(response) + response.body, seconds)


def _wanted(exchange: Exchange, wanted: str) -> Code:
    """Return the code of this name or number; a number that the document does not list is one too."""
    for listed in {**exchange.codes, **exchange.operation.codes}.values():
        if wanted in (listed.name, str(listed.number)):
            return listed
    return Code(f"UNLISTED_{wanted}", int(wanted), "unlisted", None)


async def _hold(exchange: Exchange, seconds: float | None) -> None:
    if await exchange.connection.wait(seconds):
        await exchange.connection.close()


async def _drip(exchange: Exchange, data: bytes, seconds: float) -> None:
    for position in range(len(data)):
        exchange.connection.write(data[position : position + 1])
        if not await exchange.connection.wait(seconds):
            return
    await exchange.connection.close()
