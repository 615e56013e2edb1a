"""The sandbox as a Starlette application: the API on its paths, /sandbox/ for control, a site or a greeting at /."""

from __future__ import annotations

import contextlib
import logging
import re
import sqlite3
from collections.abc import Hashable, Iterable, Mapping

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import Receive, Scope, Send

from mailpartner._transport.credential import SANDBOX_PREFIX

from .answers import Answer, render
from .control import METHODS, Control
from .document import FORMAT, Operation
from .exchange import Arguments, Call, Exchange, RefusalError, html_page, log_storage_error, query_of, read_arguments
from .inbox import inbox_routes
from .request_log import LoggedRequest, is_sandbox_key
from .security import HEADERS, AllowedHosts, LimitedBody, SameOriginOnly
from .site import Site, landing_page
from .state import State

log = logging.getLogger("mailpartner.sandbox")


def application(state: State, site: Site | None = None, allowed_hosts: Iterable[str] = ()) -> Starlette:
    """Return the application.

    Args:
        state: What it plays.
        site: Files to serve on all paths that are not the API's.
        allowed_hosts: Names that the Host header may have besides those of this machine.
    """
    for_control, for_inbox = [Middleware(SameOriginOnly)], [Middleware(SameOriginOnly, may_be_linked=True)]
    control, api = Control(state).endpoint, SameOriginOnly(ApiEndpoint(state), get_changes=True)
    routes: list[BaseRoute] = [
        Route("/sandbox/inbox", RedirectResponse("/sandbox/inbox/"), methods=["GET"]),
        Mount("/sandbox/inbox", routes=inbox_routes(state.mailbox), middleware=for_inbox),
        Route("/sandbox", control, methods=METHODS, middleware=for_control),
        Route("/sandbox/{name:path}", control, methods=METHODS, middleware=for_control),
    ]
    if site is None:
        routes += [Route("/", landing_page(state.document, state.clock), methods=["GET"]), Mount("/", api)]
    else:
        of_the_api = {path.split("/")[1] for path in state.document.operations}
        routes += [Mount(f"/{name}", api) for name in sorted(of_the_api)]
    app = Starlette(
        routes=routes,
        middleware=[Middleware(AllowedHosts, names=allowed_hosts), Middleware(LimitedBody)],
        exception_handlers={
            **dict.fromkeys((HTTPException, ClientDisconnect), _error_response),
            sqlite3.Error: _storage_error_response,
        },
    )
    app.router.redirect_slashes = False
    app.router.default = api if site is None else site  # also for a path with a line break, which no route matches
    return app


class ApiEndpoint:
    """Every request to the API, to whichever path and by whichever method."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._last: dict[str, tuple[Hashable, tuple[str, bytes]]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Reject a request, let a fault hit it, or carry it out."""
        request = Request(scope, receive)
        body = await request.body()
        on_path = self._state.document.operations.get(scope["path"], {})
        operation = on_path.get(request.method)
        record = self._state.requests.add(request, body, operation, self._state.document.key, self._state.seconds())
        try:
            if operation is None or self._method_setting(operation) == "405":
                await self._reject_method(on_path)(scope, receive, send)
                record["status"] = 405 if on_path else 404
            else:
                await self._handle(self._exchange(request, body, operation, record, send))
        finally:
            if log.isEnabledFor(logging.INFO):
                log.info("%s", _log_line(record))

    def _exchange(
        self, request: Request, body: bytes, operation: Operation, record: LoggedRequest, send: Send
    ) -> Exchange:
        is_heard = self._method_setting(operation) != "unheard"
        arguments = read_arguments(operation, query_of(request), body) if is_heard else Arguments({})
        return Exchange(
            operation=operation,
            request=request,
            body=body,
            record=record,
            arguments=arguments,
            codes=self._state.document.codes,
            carry_out=lambda: self._carry_out(operation, arguments),
            render=lambda answer: self._render(operation, answer, arguments.given),
            transmit=send,
        )

    async def _handle(self, exchange: Exchange) -> None:
        rejection = self._rejection(exchange)
        if rejection is not None:
            await exchange.send(rejection)
            return
        fault = self._state.faults.take(exchange.operation.alias_of)
        if fault is not None:
            await fault.hit(exchange)
        else:
            await exchange.send(exchange.perform())

    def _rejection(self, exchange: Exchange) -> Response | None:
        """Return the answer to a request that neither an operation nor a fault shall see; None lets it pass."""
        state, operation = self._state, exchange.operation
        if operation.alias_of not in state.handlers:
            return html_page(501, f"The sandbox does not play {operation.alias_of}.")
        key = exchange.arguments.given.get(self._state.document.key)
        if key and not is_sandbox_key(str(key)):
            # The caller is only told that the key is wrong, as by the vendor.
            log.warning("The sandbox refused a key that does not begin with %s.", SANDBOX_PREFIX)
            return exchange.refuse("INVALID_API_KEY")
        address = exchange.request.client.host if exchange.request.client else ""
        if state.rate.allows(address, state.settings.rate_limit, state.settings.rate_window):
            return None
        response = exchange.refuse("TOO_MANY_REQUESTS")
        if state.settings.retry_after is not None:
            response.status_code = 429
            response.headers["Retry-After"] = state.settings.retry_after
        return response

    def _carry_out(self, operation: Operation, arguments: Arguments) -> Answer:
        """Check the key, then do what the operation does; done and committed when this returns."""
        with contextlib.nullcontext() if operation.is_safe else self._state.database.transaction():
            try:
                return self._state.handlers[operation.alias_of](self._call(operation, arguments))
            except RefusalError as refusal:
                return Answer(operation.code(refusal.code), "refused", message=refusal.message)

    def _call(self, operation: Operation, arguments: Arguments) -> Call:
        if arguments.malformed:
            raise RefusalError("MALFORMED_JSON")
        key = arguments.given.get(self._state.document.key)
        if (not isinstance(key, str) or not key) and "API_KEY_REQUIRED" in operation.codes:
            raise RefusalError("API_KEY_REQUIRED")
        account = self._state.accounts.account_of(str(key or ""))
        if account is None:
            raise RefusalError("INVALID_API_KEY")
        return Call(operation, arguments.given, self._state.settings, account)

    def _render(self, operation: Operation, answer: Answer, given: Mapping[str, object]) -> Response:
        settings = self._state.settings
        form = self._format(operation, given)
        if answer.version is None:
            media_type, body = render(operation, answer, form, settings)
        else:  # a list, of which a million rows take seconds to write
            label = operation.id, settings, answer.version
            if form not in self._last or self._last[form][0] != label:
                self._last[form] = label, render(operation, answer, form, settings)
            media_type, body = self._last[form][1]
        return Response(body, settings.status_of(answer.code.kind), media_type=media_type)

    def _format(self, operation: Operation, given: Mapping[str, object]) -> str:
        """Return the format that a request asks for; the document's first where it asks for none that exists."""
        parameter = operation.parameters.get(FORMAT)
        known = {"listed": parameter is not None, "all": True, "ignored": False}[self._state.settings.formats]
        asked = given.get(parameter.name if parameter is not None else self._format_name()) if known else None
        return str(asked) if asked in operation.answers else next(iter(operation.answers))

    def _format_name(self) -> str:
        operations = self._state.document.main_operations.values()
        return next((item.parameters[FORMAT].name for item in operations if FORMAT in item.parameters), "")

    def _method_setting(self, operation: Operation) -> str:
        """Return how the operation's method is treated; only where another method does the same."""
        if not self._state.document.has_alias(operation):
            return "accept"
        settings = self._state.settings
        return {"POST": settings.post, "GET": settings.get}.get(operation.method, "accept")

    def _reject_method(self, on_path: Mapping[str, Operation]) -> Response:
        if not on_path:
            return html_page(404, "There is nothing here.")
        allowed = [method for method, operation in on_path.items() if self._method_setting(operation) != "405"]
        return html_page(405, "This method is not allowed here.", {"Allow": ", ".join(allowed)})


def _log_line(record: LoggedRequest) -> str:
    what = record["operation"] or record["path"]
    code = "" if record["code"] is None else f", code {record['code']}"
    fault = "" if record["fault"] is None else f", fault {record['fault']}"
    line = f"{record['method']} {what}: HTTP {record['status'] or 'nothing'}{code}, {record['done']}{fault}"
    return re.sub(r"[^ -~]", "?", line)  # a path may hold what moves the cursor of a terminal


def _storage_error_response(_request: Request, error: Exception) -> Response:
    return JSONResponse({"error": log_storage_error(error)}, 500)


def _error_response(request: Request, error: Exception) -> Response:
    """Return the answer to what cannot be read; a client that left gets none, whatever is returned."""
    if isinstance(error, HTTPException):
        return JSONResponse({"error": error.detail}, error.status_code, {**HEADERS, **(error.headers or {})})
    return Response(status_code=400)
