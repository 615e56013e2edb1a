"""Sending through an httpx client that belongs to the caller.

The client itself is neither changed nor closed. Requests go through a shallow copy of it, with its hooks, auth,
proxies and connections, whose transports are wrapped: the key is added below everything that the client's hooks
and logs can see, and the response is read there too, up to the limit.

httpcore's `trace` extension tells when the head of a request itself is about to be written, and not that of a CONNECT,
which asks a proxy for a tunnel: only from then until it is written does a request hold the key. A transport that is not
made of httpx's own may know no `trace`: it is given the key in the URL.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import httpx

from mailpartner._core.request import Request
from mailpartner._core.response import NoResponse, RawResponse
from mailpartner._transport.auth import RequestSigner
from mailpartner._transport.body import bare, no_response, receive, receive_async
from mailpartner._transport.httpx_internals import (
    connection_of,
    goes_through_a_proxy,
    has_more,
    update_view,
    with_transports,
)
from mailpartner.errors import ConfigurationError

CLOSED = "The http_client given to this client is closed. Keep it open as long as this client is used."

_ATTEMPT = "mailpartner.attempt"
_OWN = "mailpartner.own"
_PIECE = 64 * 1024


class _Attempt:
    """One request of the SDK's on its way through a caller's client."""

    def __init__(self, signer: RequestSigner, request: Request, content: bytes, until: float) -> None:
        self.request = request
        self._content = (content or b"{}") if request.operation.key_in == "body" else None
        """The body without the key; None if the key does not belong there."""
        self.until = until
        self.sent: bool | None = None
        """True if the request may take effect; None where only the kind of an error tells."""
        self.received: RawResponse | None = None
        """The last response, which may echo the key."""
        self._signer = signer
        self._timeouts: dict[str, float | None] = {}
        self._restore: Callable[[], None] = lambda: None
        self._in_body = False

    def prepared(self, visible: httpx.Request, trace: Any) -> httpx.Request:
        """Return a copy of the request as hooks left it, for a transport that knows `trace`."""
        headers = visible.headers.copy()
        if self._content is not None:
            headers["Content-Length"] = str(len(self._signer.keyed_start(self._content)) + len(self._content) - 1)
        extensions = {"timeout": {}, "trace": trace}
        if "sni_hostname" in visible.extensions:
            extensions["sni_hostname"] = visible.extensions["sni_hostname"]
        self._timeouts = visible.extensions.get("timeout", {})
        self._limit(extensions["timeout"])
        return httpx.Request(visible.method, visible.url, headers=headers, stream=visible.stream, extensions=extensions)

    def event(self, name: str, info: dict[str, Any]) -> None:
        """Take an event of httpcore's, such as "http11.send_request_headers.started"."""
        self.sent = bool(self.sent)
        step, _, stage = name.partition(".")[2].rpartition(".")
        if stage != "started":
            self._restore()
            if self._in_body and step == "send_request_body" and stage == "complete":
                self.sent = True
            return
        request = info.get("request")
        if request is None:
            return
        self._limit(request.extensions["timeout"])
        if step == "send_request_headers" and request.method != b"CONNECT":
            self.sent = self.request.body is None  # a part of a body is not a request: it does not take effect
            self._put_key_in_url(request)
        elif step == "send_request_body" and request.method != b"CONNECT":
            self._in_body = True
            if self._content is not None:
                self._put_key_in_body(request)

    def _put_key_in_url(self, request: Any) -> None:
        url = request.url
        self._signer.check_origin(url.scheme, url.host, url.port)
        self._restore = lambda: setattr(request, "url", url)
        target = self._signer.keyed_target(url.target, self.request)
        request.url = type(url)(scheme=url.scheme, host=url.host, port=url.port, target=target)

    def _put_key_in_body(self, request: Any) -> None:
        stream = request.stream
        self._restore = lambda: setattr(request, "stream", stream)
        request.stream = _KeyedBody(self.keyed_pieces)

    def _limit(self, timeouts: dict[str, float | None]) -> None:
        """Have the next step end with the deadline."""
        left = max(self.until - time.monotonic(), 0.001)
        for step in ("connect", "read", "write", "pool"):
            timeout = self._timeouts.get(step)
            timeouts[step] = left if timeout is None else min(timeout, left)

    def keyed_pieces(self) -> Iterator[bytes]:
        """Cut the body with the key. Raises httpx.WriteTimeout after the deadline."""
        content = self._content or b""
        yield self._signer.keyed_start(content)
        for start in range(1, len(content), _PIECE):
            if time.monotonic() > self.until:
                raise httpx.WriteTimeout("the deadline of the call passed")
            yield content[start : start + _PIECE]

    def rewritten(self, visible: httpx.Request) -> httpx.Request:
        """Return a copy of the request with the key, for a transport that may not know `trace`."""
        headers, stream = visible.headers.copy(), visible.stream
        if self._content is not None:
            content = self._signer.keyed_start(self._content) + self._content[1:]
            headers["Content-Length"] = str(len(content))
            stream = httpx.ByteStream(content)
        url = visible.url.copy_with(raw_path=self._signer.keyed_target(visible.url.raw_path, self.request))
        return httpx.Request(visible.method, url, headers=headers, stream=stream, extensions=visible.extensions)

    def fitting(self, error: BaseException) -> BaseException:
        """Return the error without the key."""
        if isinstance(error, httpx.HTTPStatusError):  # of a transport of the caller's: it holds the request
            error = httpx.ReadError(f"the transport raised for HTTP {error.response.status_code}")
        redact = self._signer.key.redact_text
        error.args = tuple(redact(arg) if isinstance(arg, str) else arg for arg in error.args)
        return bare(error)

    def shown(self, response: RawResponse) -> httpx.Response:
        """Return the response for the client's hooks, without the key."""
        self.received = response
        key = self._signer.key
        content_type = key.redact_text(response.content_type or "").encode("iso-8859-1")
        headers = [(b"Content-Type", content_type)] if content_type else []
        return httpx.Response(
            response.status, headers=headers, content=key.redact(response.body), extensions={_OWN: True}
        )

    def result(self, error: httpx.HTTPError | None = None) -> RawResponse | NoResponse:
        """Return what came of the attempt; a hook that raised for the status changes nothing: the body decides."""
        own = error is None or (isinstance(error, httpx.HTTPStatusError) and _OWN in error.response.extensions)
        if own and self.received is not None:
            return self.received
        return no_response(error or httpx.ReadError("no response"), self.sent)


class _KeyedBody:
    """The body that is written in place of the one that hooks see."""

    def __init__(self, pieces: Callable[[], Iterator[bytes]]) -> None:
        self._pieces = pieces

    def __iter__(self) -> Iterator[bytes]:
        return self._pieces()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self._pieces():
            yield piece


class _Wrapper:
    """What the wrappers of a client's transports share."""

    def __init__(self, inner: Any, signer: RequestSigner) -> None:
        self._inner = inner
        self._signer = signer
        self._native = _sends_as_httpx_does(inner)
        self._proxied = goes_through_a_proxy(inner)

    def _keyed(self, visible: httpx.Request, trace: Any) -> httpx.Request:
        url, attempt = visible.url, visible.extensions[_ATTEMPT]
        if url.scheme == "http" and self._proxied:
            raise ConfigurationError(
                "Your http_client sends plain http through a proxy, which would read the key. Nothing was sent."
                " Use an https base URL, or a client that goes to loopback addresses itself."
            )
        self._signer.check_origin(url.raw_scheme, url.raw_host, url.port)
        if self._native:
            return attempt.prepared(visible, trace)  # type: ignore[no-any-return]
        attempt.sent = True  # only httpx's own know that nothing was sent: others say so of a dropped connection, too
        return attempt.rewritten(visible)  # type: ignore[no-any-return]


def _sends_as_httpx_does(transport: Any) -> bool:
    """Return whether a transport is httpx's own, or derived from it without overriding how it sends."""
    names = ("handle_request", "handle_async_request")
    sending = next((cls for cls in type(transport).__mro__ if any(name in vars(cls) for name in names)), None)
    return sending in (httpx.HTTPTransport, httpx.AsyncHTTPTransport)


class _KeyedTransport(_Wrapper, httpx.BaseTransport):
    def handle_request(self, request: httpx.Request) -> httpx.Response:
        attempt: _Attempt | None = request.extensions.get(_ATTEMPT)
        if attempt is None:
            response: httpx.Response = self._inner.handle_request(request)
            return response
        try:
            return attempt.shown(self._received(attempt, request))
        except BaseException as error:
            failure = attempt.fitting(error)
        raise failure

    def _received(self, attempt: _Attempt, request: httpx.Request) -> RawResponse:
        response = self._inner.handle_request(self._keyed(request, attempt.event))
        connection = connection_of(response.stream)
        received = receive(response, attempt.request.response_limit, attempt.until)
        if connection is not None and has_more(connection):
            connection.close()
        return received


class _AsyncKeyedTransport(_Wrapper, httpx.AsyncBaseTransport):
    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        attempt: _Attempt | None = request.extensions.get(_ATTEMPT)
        if attempt is None:
            response: httpx.Response = await self._inner.handle_async_request(request)
            return response
        try:
            return attempt.shown(await self._received(attempt, request))
        except BaseException as error:
            failure = attempt.fitting(error)
        raise failure

    async def _received(self, attempt: _Attempt, request: httpx.Request) -> RawResponse:
        async def trace(event: str, info: dict[str, Any]) -> None:
            attempt.event(event, info)

        response = await self._inner.handle_async_request(self._keyed(request, trace))
        connection = connection_of(response.stream)
        received = await receive_async(response, attempt.request.response_limit, attempt.until)
        if connection is not None and has_more(connection):
            await connection.aclose()
        return received


class _CustomClient:
    """What sending through a sync and an async client share."""

    _wrapper: type[_KeyedTransport] | type[_AsyncKeyedTransport]

    def __init__(self, client: Any, signer: RequestSigner) -> None:
        self._client = client
        self._signer = signer
        self._view = with_transports(client, lambda transport: self._wrapper(transport, signer))

    def resize(self, width: int) -> None:
        """How many calls may be under way is the caller's to say, in the client's limits."""

    def _visible(self, request: Request, timeout: float, remaining: float) -> tuple[httpx.Request, _Attempt]:
        if self._client.is_closed:
            raise RuntimeError(CLOSED)
        update_view(self._view, self._client)
        visible = self._signer.keyless(request, self._view, min(timeout, remaining))
        attempt = _Attempt(self._signer, request, visible.content, time.monotonic() + remaining)
        visible.extensions[_ATTEMPT] = attempt
        return visible, attempt


class CustomClient(_CustomClient):
    """A caller's sync client."""

    _wrapper = _KeyedTransport

    def send(self, request: Request, timeout: float, remaining: float) -> RawResponse | NoResponse:
        """One attempt; `remaining` bounds all of it but headers that come slowly, which `timeout` bounds a read."""
        visible, attempt = self._visible(request, timeout, remaining)
        try:
            self._view.send(visible, follow_redirects=False)
        except httpx.HTTPError as error:
            return attempt.result(error)
        return attempt.result()

    def close(self) -> None:
        """The client belongs to the caller and stays open."""


class AsyncCustomClient(_CustomClient):
    """A caller's async client."""

    _wrapper = _AsyncKeyedTransport

    async def send(self, request: Request, timeout: float, remaining: float) -> RawResponse | NoResponse:
        """One attempt; `remaining` bounds all of it but headers that come slowly, which `timeout` bounds a read."""
        visible, attempt = self._visible(request, timeout, remaining)
        try:
            await self._view.send(visible, follow_redirects=False)
        except httpx.HTTPError as error:
            return attempt.result(error)
        return attempt.result()

    async def close(self) -> None:
        """The client belongs to the caller and stays open."""
