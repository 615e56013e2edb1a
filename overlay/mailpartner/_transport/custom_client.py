"""Sending through an httpx client that belongs to the caller.

The client itself is neither changed nor closed. Requests go through a shallow copy of it, with its hooks, auth,
proxies and connections, whose transports are wrapped: the key is added below everything that the client's hooks
and logs can see, and the answer is read there too, up to the cap.
"""

from __future__ import annotations

import copy
import time
from typing import Any

import httpx

from mailpartner._core.request import Request
from mailpartner._core.response import NoResponse, RawResponse
from mailpartner._transport.auth import RequestSigner
from mailpartner._transport.body import bare, lost, receive, receive_async
from mailpartner._transport.deadline import AsyncWatch, Watch, goes_through_a_proxy
from mailpartner.errors import ConfigurationError

CLOSED = "The http_client given to this client is closed. Keep it open as long as this client is used."

_REPLY = "mailpartner.reply"


class _Wrapper:
    def __init__(self, inner: Any, writer: RequestSigner) -> None:
        self._inner = inner
        self._writer = writer
        self.native = _sends_as_httpx_does(inner)
        self._proxied = goes_through_a_proxy(inner)

    def sent(self, watch: Watch | AsyncWatch) -> bool:
        """Whether a byte of a request that failed may have left: only on the way through a proxy does `watch` know."""
        return watch.sent or not (self.native and self._proxied)

    def _keyed(self, seen: httpx.Request) -> httpx.Request:
        if seen.url.scheme == "http" and self._proxied:
            raise ConfigurationError(
                "Your http_client sends plain http through a proxy, which would read the key. Nothing was sent."
                " Use an https base URL, or a client that goes to loopback addresses itself."
            )
        copied = self._writer.keyed_copy(seen, seen.extensions["mailpartner"], rewrite=not self.native)
        if self.native and self._proxied:
            copied.extensions["trace"] = seen.extensions["watch"]
        return copied

    def _fitting(self, error: BaseException) -> BaseException:
        if isinstance(error, httpx.HTTPStatusError):  # of a transport of the caller's: it holds the request
            error = httpx.ReadError(f"the transport raised for HTTP {error.response.status_code}")
        error.args = tuple(self._writer.redacted_text(arg) if isinstance(arg, str) else arg for arg in error.args)
        return bare(error)

    def _response(self, reply: RawResponse) -> httpx.Response:
        wiped = self._writer.redacted_response(reply)
        headers = [(b"Content-Type", wiped.content_type.encode("iso-8859-1"))] if wiped.content_type else []
        return httpx.Response(wiped.status, headers=headers, content=wiped.body, extensions={_REPLY: wiped})


def _sends_as_httpx_does(transport: Any) -> bool:
    """Whether it is httpx's own, or made of it without a way of sending of its own: that may copy the request and
    lose the target, or send it twice.
    """
    names = ("handle_request", "handle_async_request")
    sending = next((cls for cls in type(transport).__mro__ if any(name in vars(cls) for name in names)), None)
    return sending in (httpx.HTTPTransport, httpx.AsyncHTTPTransport)


class _Keyed(_Wrapper, httpx.BaseTransport):
    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if "mailpartner" not in request.extensions:
            return self._handle_foreign(request)
        try:
            limit, until = request.extensions["mailpartner"].response_limit, request.extensions["until"]
            # Nothing of it in a variable: an answer that is interrupted remembers its request, and so the key.
            return self._response(receive(self._inner.handle_request(self._keyed(request)), limit, until))
        except BaseException as error:
            failure = self._fitting(error)
        raise failure

    def _handle_foreign(self, request: httpx.Request) -> httpx.Response:
        response: httpx.Response = self._inner.handle_request(request)
        return response


class _AsyncKeyed(_Wrapper, httpx.AsyncBaseTransport):
    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if "mailpartner" not in request.extensions:
            return await self._handle_foreign(request)
        try:
            limit, until = request.extensions["mailpartner"].response_limit, request.extensions["until"]
            # Nothing of it in a variable: an answer that is interrupted remembers its request, and so the key.
            return self._response(
                await receive_async(await self._inner.handle_async_request(self._keyed(request)), limit, until)
            )
        except BaseException as error:
            failure = self._fitting(error)
        raise failure

    async def _handle_foreign(self, request: httpx.Request) -> httpx.Response:
        response: httpx.Response = await self._inner.handle_async_request(request)
        return response


def _view(client: Any, wrapper: Any, writer: RequestSigner) -> Any:
    view = copy.copy(client)
    view._transport = wrapper(client._transport, writer)
    view._mounts = {pattern: transport and wrapper(transport, writer) for pattern, transport in client._mounts.items()}
    return view


class CustomClient:
    """A caller's sync client."""

    def __init__(self, client: httpx.Client, writer: RequestSigner) -> None:
        self._client = client
        self._writer = writer
        self._view: httpx.Client = _view(client, _Keyed, writer)

    def send(self, request: Request, timeout: float, remaining: float) -> RawResponse | NoResponse:
        """One attempt; `remaining` bounds the reading of the body, the headers only by `timeout` a read."""
        if self._client.is_closed:
            raise RuntimeError(CLOSED)
        seen = self._writer.keyless(request, self._view, min(timeout, remaining))
        seen.extensions["until"] = time.monotonic() + remaining
        seen.extensions["watch"] = watch = Watch()
        try:
            return _reply_in(self._view.send(seen, follow_redirects=False))
        except httpx.HTTPError as error:
            way = _wrapper_for(self._view, seen)
            return _reply_of(error) or lost(error, way.native, way.sent(watch))

    def resize(self, width: int) -> None:
        """How many calls may be under way is the caller's to say, in the client's limits."""

    def close(self) -> None:
        """The client belongs to the caller and stays open."""


class AsyncCustomClient:
    """A caller's async client."""

    def __init__(self, client: httpx.AsyncClient, writer: RequestSigner) -> None:
        self._client = client
        self._writer = writer
        self._view: httpx.AsyncClient = _view(client, _AsyncKeyed, writer)

    async def send(self, request: Request, timeout: float, remaining: float) -> RawResponse | NoResponse:
        """One attempt; `remaining` bounds the reading of the body, the headers only by `timeout` a read."""
        if self._client.is_closed:
            raise RuntimeError(CLOSED)
        seen = self._writer.keyless(request, self._view, min(timeout, remaining))
        seen.extensions["until"] = time.monotonic() + remaining
        seen.extensions["watch"] = watch = AsyncWatch()
        try:
            return _reply_in(await self._view.send(seen, follow_redirects=False))
        except httpx.HTTPError as error:
            way = _wrapper_for(self._view, seen)
            return _reply_of(error) or lost(error, way.native, way.sent(watch))

    def resize(self, width: int) -> None:
        """How many calls may be under way is the caller's to say, in the client's limits."""

    async def close(self) -> None:
        """The client belongs to the caller and stays open."""


def _reply_in(response: httpx.Response) -> RawResponse:
    reply: RawResponse = response.extensions[_REPLY]
    return reply


def _reply_of(error: httpx.HTTPError) -> RawResponse | None:
    """The answer for which a hook raised, with raise_for_status: its body decides, not its status."""
    response = error.response if isinstance(error, httpx.HTTPStatusError) else None
    return response.extensions.get(_REPLY) if response is not None else None


def _wrapper_for(view: Any, seen: httpx.Request) -> _Wrapper:
    wrapper: _Wrapper = view._transport_for_url(seen.url)
    return wrapper
