"""POST or GET: the vendor's page says one and shows the other, so the client finds out, once."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mailpartner._core.call import ClientState
    from mailpartner._core.classify import Classification
    from mailpartner._core.options import Options
    from mailpartner._core.request import Request


def with_first_method(request: Request, options: Options, state: ClientState) -> Request:
    """The method asked for, or the one that was heard before; only operations that have two forms have a choice."""
    other = request.operation.other_method
    if other is None:
        return request
    method = state.methods.get(request.path, request.method) if options.method == "auto" else options.method
    return request._replace(method=method) if method in (request.method, other) else request


def other_method(request: Request, verdict: Classification, options: Options) -> str | None:
    """The other form of the operation, where this one was not heard and that is the caller's leave."""
    other = request.operation.other_method
    heard = not verdict.method_rejected or request.method == other
    return None if heard or options.method != "auto" else other


def remember_method(request: Request, options: Options, state: ClientState) -> None:
    if request.operation.other_method is not None and options.method == "auto":
        state.methods[request.path] = request.method
