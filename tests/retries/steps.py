"""What a server does with a request, for the scripts of `Server`; and the ways in which answers get lost."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable

from .server import PATIENCE, Exchange, Step, envelope

PAGE = b"<html><head><title>Bad Gateway</title></head><body><h1>Bad Gateway</h1></body></html>"


def refused(code: int | None, message: str | None = None, *, status: int = 200, headers: Iterable[str] = ()) -> Step:
    """The API says no, and does nothing."""

    def step(exchange: Exchange) -> None:
        exchange.answer(envelope(exchange.seen.format, False, code, message), status, headers)

    return step


def succeeded(code: int | None = 200, message: str | None = None, *, status: int = 200) -> Step:
    """The API says that it was done."""

    def step(exchange: Exchange) -> None:
        exchange.carry_out()
        exchange.answer(envelope(exchange.seen.format, True, code, message), status)

    return step


def page(status: int, body: bytes = PAGE, *, headers: Iterable[str] = ()) -> Step:
    """Something before the API answers, with a page of its own; nothing is done."""

    def step(exchange: Exchange) -> None:
        exchange.answer(body, status, headers)

    return step


def held(release: threading.Event, then: Step) -> Step:
    """Wait for the test's word."""

    def step(exchange: Exchange) -> None:
        assert release.wait(PATIENCE)
        then(exchange)

    return step


def together(calls: int, then: Step) -> Step:
    """Answer nobody before so many requests are waiting."""
    barrier = threading.Barrier(calls, timeout=PATIENCE)

    def step(exchange: Exchange) -> None:
        barrier.wait()
        then(exchange)

    return step


Way = Callable[[Exchange, bytes], None]
"""A way to lose an answer, given what it would have been."""


def closed_early(exchange: Exchange, answer: bytes) -> None:
    exchange.hang_up()


def reset(exchange: Exchange, answer: bytes) -> None:
    exchange.reset()


def silence(exchange: Exchange, answer: bytes) -> None:
    exchange.hold()


def half_headers(exchange: Exchange, answer: bytes) -> None:
    exchange.send(exchange.head(len(answer))[:30])
    exchange.hang_up()


def half_body(exchange: Exchange, answer: bytes) -> None:
    exchange.send(exchange.head(len(answer)) + answer[: len(answer) // 2])
    exchange.hang_up()


def body_stalled(exchange: Exchange, answer: bytes) -> None:
    exchange.send(exchange.head(len(answer)) + answer[: len(answer) // 2])
    exchange.hold()


def gateway_502(exchange: Exchange, answer: bytes) -> None:
    exchange.answer(PAGE, 502)


def empty_200(exchange: Exchange, answer: bytes) -> None:
    exchange.answer(b"")


def garbage_200(exchange: Exchange, answer: bytes) -> None:
    exchange.answer(b"\x89PNG\r\n\x1a\n" + bytes(range(256)))


def not_http(exchange: Exchange, answer: bytes) -> None:
    exchange.send(b"\x15\x03\x01\x00\x02\x02\x50 no HTTP at all\r\n\r\n")
    exchange.hang_up()


def chunks_cut(exchange: Exchange, answer: bytes) -> None:
    """The whole answer, without the last chunk that says so."""
    exchange.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%b\r\n" % (len(answer), answer))
    exchange.hang_up()


WAYS: dict[str, Way] = {
    way.__name__: way
    for way in (
        *(closed_early, reset, silence, half_headers, half_body, body_stalled),
        *(gateway_502, empty_200, garbage_200, not_http, chunks_cut),
    )
}


def lost(way: Way | str, *, applied: bool = True) -> Step:
    """Lose the answer, after the deletion or instead of it."""
    lose = WAYS[way] if isinstance(way, str) else way

    def step(exchange: Exchange) -> None:
        lose(exchange, exchange.carry_out() if applied else exchange.done())

    return step
