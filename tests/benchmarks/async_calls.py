"""One deletion after the other, awaited, against httpx.AsyncClient. Many at a time are another measurement."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import httpx

from benchmarks.rounds import Contender, Setting, ratios, side_by_side
from benchmarks.server import KEY, PATH
from benchmarks.table import Figure, seconds_in_words
from mailpartner import AsyncMailPartner

Calls = Callable[[range], Awaitable[None]]


def measure(setting: Setting) -> list[Figure]:
    """On http and on https."""
    server = setting.server
    figures = []
    for base, verify in ((server.http, False), (server.https, ssl.create_default_context(cafile=server.ca))):
        scheme = base.partition(":")[0]
        costs = _timed(f"async, {scheme}", base, verify, setting)
        ratio = ratios(costs["ours"], costs["httpx"])
        figures.append(Figure(f"{scheme}, to AsyncClient.request", seconds_in_words(costs["ours"]), ratio, 0.76))
    return figures


def _timed(title: str, base: str, verify: bool | ssl.SSLContext, setting: Setting) -> dict[str, list[float]]:
    with asyncio.Runner() as runner:
        ours, theirs = _ours(base), _httpx(base, verify)
        contenders = {
            "ours": _in(runner, runner.run(ours.__aenter__())),
            "httpx": _in(runner, runner.run(theirs.__aenter__())),
        }
        costs = side_by_side(title, contenders, setting.rounds, setting.calls)
        runner.run(ours.__aexit__(None, None, None))
        runner.run(theirs.__aexit__(None, None, None))
    return costs


def _in(runner: asyncio.Runner, calls: Calls) -> Contender:
    async def awaited(ids: range) -> None:
        await calls(ids)

    return lambda ids: runner.run(awaited(ids))


@asynccontextmanager
async def _ours(base: str) -> AsyncIterator[Calls]:
    async with AsyncMailPartner(KEY, base_url=base) as mp:

        async def calls(ids: range) -> None:
            for number in ids:
                await mp.unsubscribes.delete(number)

        yield calls


@asynccontextmanager
async def _httpx(base: str, verify: bool | ssl.SSLContext) -> AsyncIterator[Calls]:
    async with httpx.AsyncClient(verify=verify) as client:

        async def calls(ids: range) -> None:
            for number in ids:
                await client.request("POST", base + PATH, params={"apiKey": KEY, "id": number})

        yield calls
