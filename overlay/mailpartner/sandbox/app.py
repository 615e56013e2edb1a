"""The sandbox as an ASGI application: the API on its paths, the control under /sandbox/, a site or a greeting at /."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from .control import Control
from .control_over_http import ControlEndpoint
from .exchange import Exchange
from .front import Front
from .messages import Incoming
from .site import Site
from .vendor import Vendor


def application(vendor: Vendor, control: Control, site: Site | None = None) -> Starlette:
    """The application that plays `vendor`, with `site` on all paths that are not the API's."""
    routes = [Route("/sandbox", ControlEndpoint(control)), Route("/sandbox/{name:path}", ControlEndpoint(control))]
    if site is None:
        routes.append(Route("/", Front(vendor.document), methods=["GET"]))
    else:
        of_the_api = {path.split("/")[1] for path in vendor.document.operations}
        routes += [Route(f"/{name}/{{path:path}}", ApiEndpoint(vendor)) for name in sorted(of_the_api)]
        routes.append(Route("/{path:path}", site))
    return Starlette(routes=[*routes, Route("/{path:path}", ApiEndpoint(vendor))])


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
