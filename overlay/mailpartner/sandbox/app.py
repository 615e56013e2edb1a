"""The sandbox as an ASGI application: the API of the document on its paths, the control under /sandbox/."""

from __future__ import annotations

import json

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from .answers import as_json
from .control import Control, ControlError
from .exchange import Exchange
from .messages import Incoming
from .vendor import Vendor


def application(vendor: Vendor, control: Control) -> Starlette:
    """The application that plays `vendor`."""
    return Starlette(
        routes=[
            Route("/sandbox/{name:path}", ControlEndpoint(control)),
            Route("/{path:path}", ApiEndpoint(vendor)),
        ]
    )


class ApiEndpoint:
    """Every request that is not for the control."""

    def __init__(self, vendor: Vendor) -> None:
        self._vendor = vendor

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Treat one request: turn it away, let a fault hit it, or do it."""
        try:
            incoming = await _incoming(Request(scope, receive))
        except ClientDisconnect:
            return
        exchange = Exchange(self._vendor, incoming, scope["state"]["wire"], send)
        away = exchange.turned_away()
        fault = self._vendor.faults.take() if away is None else None
        if fault is not None:
            exchange.seen["fault"] = fault.kind.name
            await fault.hit(exchange)
        else:
            await exchange.send(away or exchange.perform())


class ControlEndpoint:
    """Requests about the sandbox itself, in JSON."""

    def __init__(self, control: Control) -> None:
        self._control = control

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = Request(scope, receive)
        try:
            body = await request.body()
            value = json.loads(body) if body else None
            answer = self._control.answer(request.method, scope["path_params"]["name"], request.query_params, value)
            status = 200
        except ControlError as error:
            answer, status = {"error": str(error)}, error.status
        except ClientDisconnect:
            return
        except (ValueError, RecursionError):
            answer, status = {"error": "the body is not JSON"}, 400
        await Response(as_json(answer) + b"\n", status, media_type="application/json")(scope, receive, send)


async def _incoming(request: Request) -> Incoming:
    return Incoming(
        connection=request.scope["state"]["wire"].number,
        address=request.client.host if request.client else "",
        method=request.method,
        path=request.scope["path"],
        query=request.scope["query_string"].decode("latin-1"),
        headers=[(name.decode("latin-1"), value.decode("latin-1")) for name, value in request.scope["headers"]],
        body=await request.body(),
    )
