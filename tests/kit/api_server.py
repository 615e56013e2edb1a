"""The API on loopback, which keeps entries and deletes them; and the steps of its scripts, lost answers included."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from kit.responses import envelope, head
from kit.server import Exchange, Server, Step
from kit.stream import Request

KEY = "account-planted-key"
"""The key that this server takes, and that the clients of `kit.callers` have unless they are given another."""
SANDBOX_KEY = "sandbox-planted-key"

PAGE = b"<html><head><title>Bad Gateway</title></head><body><h1>Bad Gateway</h1></body></html>"


class ApiServer(Server):
    """Deletes `entries`, and answers as the API would once its script is used up."""

    def __init__(
        self, *script: Step, entries: Iterable[int] = (), always: Step | None = None, **options: object
    ) -> None:
        self.entries = set(entries)
        super().__init__(*script, always=always or answered, **options)

    def delete(self, request: Request) -> bytes:
        """Do what was asked for, and return the body of the answer to it."""
        if request.query.get("apiKey") != KEY:
            return envelope(request.format, False, 10, "Clé API incorrecte")
        entry = int(request.query["id"])
        with self.changed:
            known = entry in self.entries
            self.entries.discard(entry)
        return done(request) if known else envelope(request.format, False, 4, "Le mail et invalide")


def done(request: Request) -> bytes:
    """Return the body of the answer to a deletion that was done."""
    return envelope(request.format, True, 200)


def carry_out(exchange: Exchange) -> bytes:
    """Do what was asked for, and return the body of the answer to it."""
    assert isinstance(exchange.server, ApiServer)
    return exchange.server.delete(exchange.request)


def answered(exchange: Exchange) -> None:
    """Do what the API does."""
    exchange.respond(carry_out(exchange))


def refused(code: int | None, message: str | None = None, *, status: int = 200, headers: Iterable[str] = ()) -> Step:
    """Refuse, and do nothing."""

    def step(exchange: Exchange) -> None:
        exchange.respond(envelope(exchange.request.format, False, code, message), status, headers)

    return step


def succeeded(code: int | None = 200, message: str | None = None, *, status: int = 200) -> Step:
    """Do what was asked for, and say so."""

    def step(exchange: Exchange) -> None:
        carry_out(exchange)
        exchange.respond(envelope(exchange.request.format, True, code, message), status)

    return step


def page(status: int, body: bytes = PAGE, *, headers: Iterable[str] = ()) -> Step:
    """Answer with a page of something before the API; nothing is done."""
    return lambda exchange: exchange.respond(body, status, headers)


Loss = Callable[[Exchange, bytes], None]
"""A way to lose an answer, given its body."""


def closed_early(exchange: Exchange, answer: bytes) -> None:
    exchange.hang_up()


def reset(exchange: Exchange, answer: bytes) -> None:
    exchange.reset()


def silence(exchange: Exchange, answer: bytes) -> None:
    exchange.hold()


def half_headers(exchange: Exchange, answer: bytes) -> None:
    exchange.send(_head(exchange, answer)[:30])
    exchange.hang_up()


def half_body(exchange: Exchange, answer: bytes) -> None:
    exchange.send(_head(exchange, answer) + answer[: len(answer) // 2])
    exchange.hang_up()


def body_stalled(exchange: Exchange, answer: bytes) -> None:
    exchange.send(_head(exchange, answer) + answer[: len(answer) // 2])
    exchange.hold()


def gateway_502(exchange: Exchange, answer: bytes) -> None:
    exchange.respond(PAGE, 502)


def empty_200(exchange: Exchange, answer: bytes) -> None:
    exchange.respond(b"")


def garbage_200(exchange: Exchange, answer: bytes) -> None:
    exchange.respond(b"\x89PNG\r\n\x1a\n" + bytes(range(256)))


def not_http(exchange: Exchange, answer: bytes) -> None:
    exchange.send(b"\x15\x03\x01\x00\x02\x02\x50 no HTTP at all\r\n\r\n")
    exchange.hang_up()


def chunks_cut(exchange: Exchange, answer: bytes) -> None:
    """Send the whole answer, without the last chunk that says so."""
    exchange.send(head(200, "Transfer-Encoding: chunked") + b"%x\r\n%b\r\n" % (len(answer), answer))
    exchange.hang_up()


def _head(exchange: Exchange, answer: bytes) -> bytes:
    return head(200, f"Content-Type: application/{exchange.request.format}", f"Content-Length: {len(answer)}")


LOSSES: dict[str, Loss] = {
    loss.__name__: loss
    for loss in (
        *(closed_early, reset, silence, half_headers, half_body, body_stalled),
        *(gateway_502, empty_200, garbage_200, not_http, chunks_cut),
    )
}


def lost(loss: Loss | str, *, applied: bool = True) -> Step:
    """Lose the answer, after the deletion or instead of it."""
    lose = LOSSES[loss] if isinstance(loss, str) else loss

    def step(exchange: Exchange) -> None:
        exchange.read_body()
        lose(exchange, carry_out(exchange) if applied else done(exchange.request))

    return step
