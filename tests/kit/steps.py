"""What a server does with a request: steps for the scripts of `kit.server.Server` and of `kit.proxy.Proxy`."""

from __future__ import annotations

import threading

from kit.server import PATIENCE, Exchange, Step, take

hold = Exchange.hold


def hang_up(exchange: Exchange) -> None:
    """Take the request to its end, and close the connection: one whose body came in part was not sent."""
    exchange.read_body()
    exchange.hang_up()


def reset(exchange: Exchange) -> None:
    """Do the same with an RST."""
    exchange.read_body()
    exchange.reset()


def partly(data: bytes, then: Step = hang_up) -> Step:
    """Send `data`, and then do something else than send the rest."""

    def step(exchange: Exchange) -> None:
        exchange.send(data)
        take(then, exchange)

    return step


def held(release: threading.Event, then: Step) -> Step:
    """Wait until the test sets the event."""

    def step(exchange: Exchange) -> None:
        assert release.wait(PATIENCE)
        take(then, exchange)

    return step


def together(calls: int, then: Step) -> Step:
    """Answer nobody before so many requests are waiting."""
    barrier = threading.Barrier(calls, timeout=PATIENCE)

    def step(exchange: Exchange) -> None:
        barrier.wait()
        take(then, exchange)

    return step
