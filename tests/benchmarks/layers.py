"""Where the time of a deletion goes: each layer alone, in ratios to `httpx.Client.request` of the same run.

The floor is httpx's own transport, which is given a finished request: what is above it in "this SDK" is the price of
the rest. "transport" is that of this SDK, given a finished request; "core" is everything above it (the request, the
retries, the decoding and the result), with a transport that answers at once.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator
from typing import Any

import httpx

from benchmarks.rounds import Contender, Setting, ratios, side_by_side
from benchmarks.server import KEY, PATH
from benchmarks.table import Figure, seconds_in_words
from mailpartner import AsyncMailPartner, MailPartner
from mailpartner._core.generated_client import operation_module
from mailpartner._core.request import build_request
from mailpartner._core.response import RawResponse

_BODY = b'{"success":true,"code":200}'


def measure(setting: Setting) -> list[Figure]:
    """Sync and async, on http."""
    base = setting.server.http
    with _sync_layers(base) as layers:
        figures = _figures("sync", side_by_side("layers, sync", layers, setting.rounds, setting.calls))
    with _async_layers(base) as layers:
        return figures + _figures("async", side_by_side("layers, async", layers, setting.rounds, setting.calls))


def _figures(kind: str, costs: dict[str, list[float]]) -> list[Figure]:
    httpx_cost = costs.pop("httpx")
    return [
        Figure(f"{kind}, {layer}", seconds_in_words(cost), ratios(cost, httpx_cost), None)
        for layer, cost in costs.items()
    ]


class _Instant:
    """A transport that answers at once."""

    def send(self, *_: Any) -> RawResponse:
        return RawResponse(200, "application/json", None, None, _BODY)

    def resize(self, size: int) -> None: ...

    def close(self) -> None: ...


class _AsyncInstant(_Instant):
    async def send(self, *_: Any) -> RawResponse:  # type: ignore[override]
        return RawResponse(200, "application/json", None, None, _BODY)

    async def close(self) -> None:  # type: ignore[override]
        ...


def _finished(base: str) -> httpx.Request:
    return httpx.Request("POST", base + PATH, params={"apiKey": KEY, "id": 1}, headers={"Content-Length": "0"})


@contextlib.contextmanager
def _sync_layers(base: str) -> Iterator[dict[str, Contender]]:
    with (
        httpx.Client() as client,
        httpx.HTTPTransport() as transport,
        MailPartner(KEY, base_url=base) as mp,
        MailPartner(KEY, base_url=base) as instant,
    ):
        sender, session = mp._session.sender, instant._session
        session.sender = _Instant()
        request = build_request(operation_module("unsubscribes.delete_unsubscribe"), {"id": 1}, "json")

        def through_httpx(ids: range) -> None:
            for number in ids:
                client.request("POST", base + PATH, params={"apiKey": KEY, "id": number})

        def through_its_transport(ids: range) -> None:
            finished = _finished(base)
            for _ in ids:
                transport.handle_request(finished).read()

        def through_ours(ids: range) -> None:
            for _ in ids:
                sender.send(request, 10.0, 60.0)

        yield {
            "httpx": through_httpx,
            "floor: httpx's transport": through_its_transport,
            "transport": through_ours,
            "core": lambda ids: [instant.unsubscribes.delete(number) for number in ids],
            "this SDK": lambda ids: [mp.unsubscribes.delete(number) for number in ids],
        }


async def _delete(client: AsyncMailPartner, ids: range) -> None:
    for number in ids:
        await client.unsubscribes.delete(number)


@contextlib.contextmanager
def _async_layers(base: str) -> Iterator[dict[str, Contender]]:
    with asyncio.Runner() as runner:
        client, transport = httpx.AsyncClient(), httpx.AsyncHTTPTransport()
        mp, instant = AsyncMailPartner(KEY, base_url=base), AsyncMailPartner(KEY, base_url=base)
        sender = mp._session.sender
        instant._session.sender = _AsyncInstant()
        request = build_request(operation_module("unsubscribes.delete_unsubscribe"), {"id": 1}, "json")

        async def through_httpx(ids: range) -> None:
            for number in ids:
                await client.request("POST", base + PATH, params={"apiKey": KEY, "id": number})

        async def through_its_transport(ids: range) -> None:
            finished = _finished(base)
            for _ in ids:
                await (await transport.handle_async_request(finished)).aread()

        async def through_ours(ids: range) -> None:
            for _ in ids:
                await sender.send(request, 10.0, 60.0)

        yield {
            "httpx": lambda ids: runner.run(through_httpx(ids)),
            "floor: httpx's transport": lambda ids: runner.run(through_its_transport(ids)),
            "transport": lambda ids: runner.run(through_ours(ids)),
            "core": lambda ids: runner.run(_delete(instant, ids)),
            "this SDK": lambda ids: runner.run(_delete(mp, ids)),
        }
        for closing in (mp.close(), instant.close(), client.aclose(), transport.aclose()):
            runner.run(closing)
