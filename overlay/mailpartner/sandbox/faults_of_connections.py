"""Faults below HTTP: connections that end, break, stall or trickle.

`-before`: nothing was done. All others: the request is done and committed first, so that only the answer is lost.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .exchange import Exchange


async def close_before(exchange: Exchange) -> None:
    """The connection is closed without a byte; nothing is done."""
    await exchange.wire.close()


async def close_after(exchange: Exchange) -> None:
    """Done, then the connection is closed without a byte."""
    exchange.perform_unanswered()
    await exchange.wire.close()


async def reset_before(exchange: Exchange) -> None:
    """The connection is broken off (RST); nothing is done."""
    await exchange.wire.reset()


async def reset_after(exchange: Exchange) -> None:
    """Done, then the connection is broken off (RST)."""
    exchange.perform_unanswered()
    await exchange.wire.reset()


async def silence_after(exchange: Exchange, *, seconds: float | None = None) -> None:
    """Done, then not a byte: until the client leaves, or for so long, and then the connection is closed."""
    exchange.perform_unanswered()
    await _hold(exchange, seconds)


async def half_headers(exchange: Exchange) -> None:
    """Half of the headers, then the connection is closed."""
    head = exchange.perform().head()
    exchange.wire.write(head[: len(head) // 2])
    await exchange.wire.close()


async def half_body(exchange: Exchange) -> None:
    """Half of the body that Content-Length announces, then the connection is closed."""
    reply = exchange.perform()
    exchange.wire.write(reply.head() + reply.body[: len(reply.body) // 2])
    await exchange.wire.close()


async def stall_body(exchange: Exchange, *, seconds: float | None = None) -> None:
    """Half of the body, then nothing: until the client leaves, or for so long."""
    reply = exchange.perform()
    exchange.wire.write(reply.head() + reply.body[: len(reply.body) // 2])
    await _hold(exchange, seconds)


async def drip(exchange: Exchange, *, seconds: float = 0.05) -> None:
    """The headers at once, then one byte of the body in each of these times; the answer is whole in the end."""
    reply = exchange.perform()
    exchange.wire.write(reply.head())
    await _drip(exchange, reply.body, seconds)


async def drip_headers(exchange: Exchange, *, seconds: float = 0.05) -> None:
    """The whole answer, headers too, one byte in each of these times."""
    reply = exchange.perform()
    await _drip(exchange, reply.head() + reply.body, seconds)


ALL = (
    close_before,
    close_after,
    reset_before,
    reset_after,
    silence_after,
    half_headers,
    half_body,
    stall_body,
    drip,
    drip_headers,
)


async def _hold(exchange: Exchange, seconds: float | None) -> None:
    if await exchange.wire.wait(seconds):
        await exchange.wire.close()


async def _drip(exchange: Exchange, data: bytes, seconds: float) -> None:
    for position in range(len(data)):
        exchange.wire.write(data[position : position + 1])
        if not await exchange.wire.wait(seconds):
            return
    await exchange.wire.close()
