"""The network backend that httpcore opens its connections with: what the SDK promises of a connection is kept here.

Each connection has a `Channel`. Its streams end at the deadline of the call, put the API key into the bytes that leave
(what httpcore and httpx see holds a placeholder), know whether a byte of the request left, and give httpcore the bytes
of one response at a time. A tunnel through a proxy is opened over the same streams, which only keep the deadline there.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from typing import Any, Final

import httpcore
import httpx

from mailpartner._transport.auth import NO_PLACEHOLDER, Placeholder, RequestSigner
from mailpartner._transport.body import bare, module_that_raised
from mailpartner._transport.credential import ApiKey
from mailpartner._transport.deadline import Deadline, Steps, run, run_async
from mailpartner._transport.framing import ResponseFramer
from mailpartner._transport.httpx_internals import AsyncOwnTransport, OwnTransport
from mailpartner._transport.sockets import Layer, TcpSocket, TlsLayer, connect

_PIECE: Final = 64 * 1024
_BUSY: Final = 16 * 1024
"""A read of so many bytes, the most of a TLS record, is probably followed by another that waits for nothing."""
_NETWORK_MODULES: Final = frozenset(
    ("mailpartner._transport.deadline", "mailpartner._transport.sockets", "ssl", "socket", "selectors")
)


class Channel:
    """The network side of one connection, and what the call that uses it may do there.

    `tls_layers` is how often TLS begins before a request goes out: twice where the proxy speaks it, too. `used` is
    whether the call reached the network at all: a mock in between may have answered it.
    """

    def __init__(self, key: ApiKey, tls_layers: int) -> None:
        self.deadline = Deadline()
        self.framer = ResponseFramer(key.mask)
        self.used = False
        self._key = key
        self._tls_layers = tls_layers
        self._layer: Layer | None = None
        self._ready = False
        self._closed = False
        self._placeholder = NO_PLACEHOLDER
        self._head_left, self._body_left = True, 0
        self._has_body = False
        self._sent_before = 0

    def start(self, placeholder: Placeholder, body_size: int, until: float, timeout: float) -> None:
        """Expect a request with such a placeholder and body."""
        self.deadline.until, self.deadline.timeout = until, timeout
        self.framer.start()
        self.used = False
        self._placeholder = placeholder
        self._head_left, self._body_left = True, body_size
        self._has_body = body_size > 0
        self._sent_before = self._layer.tcp.sent if self._layer is not None else 0

    @property
    def sent(self) -> bool:
        """Whether a byte of the request has left; those of a tunnel and of handshakes do not count."""
        return self._ready and self._layer is not None and self._layer.tcp.sent > self._sent_before

    @property
    def sent_whole(self) -> bool:
        """Whether the last byte of the request has left: without it, a request with a body cannot take effect."""
        return not self._head_left and not self._body_left

    @property
    def may_take_effect(self) -> bool:
        """True if the server may act on what has left: a part of a body is not a request."""
        return self.sent and (self.sent_whole or not self._has_body)

    def opened(self, layer: Layer) -> bool:
        """Go on with this layer; return whether requests go through it."""
        self._layer, self.used = layer, True
        self._sent_before = layer.tcp.sent
        self._ready = layer.depth == self._tls_layers
        return self._ready

    def is_reusable(self) -> bool:
        """Return whether another request may follow: nothing came after the last response, not even the end."""
        framer, layer = self.framer, self._layer
        return framer.complete and framer.reusable and not self._closed and layer is not None and layer.is_quiet()

    def close(self) -> None:
        """Close the socket; nothing is waited for."""
        self._closed = True
        if self._layer is not None:
            self._layer.tcp.socket.close()

    def pieces(self, data: bytes) -> Iterator[bytes | memoryview]:
        """Cut what httpcore writes of a request, with the key in the placeholder's place.

        Raises RuntimeError, before any of it has left, if the placeholder is not where it belongs.
        """
        self.used = True
        text, offset, in_body = self._placeholder
        is_head, start = self._head_left, 0
        if text and in_body is not is_head:
            if data[offset : offset + len(text)] != text:
                raise RuntimeError("The request was changed on its way: the API key has no place in it.")
            self._placeholder = NO_PLACEHOLDER
            start = max(offset + len(text), _PIECE)
            key = self._key.for_json if in_body else self._key.for_url
            yield b"%b%b%b" % (data[:offset], key, data[offset + len(text) : start])
        whole = memoryview(data)
        for begin in range(start, len(data), _PIECE):
            yield whole[begin : begin + _PIECE]
        if is_head:
            self._head_left = False
        else:
            self._body_left -= len(data)


class _Stream:
    """What sync and async streams share: all but the waiting. None of their errors has a frame that holds the key.

    The timeouts that httpcore gives are those of the channel's deadline, which holds anyway.
    """

    def __init__(self, channel: Channel, layer: Layer) -> None:
        self._channel = channel
        self._deadline = channel.deadline
        self._layer = layer
        self._carries_requests = channel.opened(layer)

    def get_extra_info(self, info: str) -> Any:
        """Return what httpcore, and those that instrument it, may ask for."""
        tcp = self._layer.tcp.socket
        if info == "ssl_object":
            return self._layer.ssl_object
        if info == "socket":
            return tcp
        if info == "is_readable":
            return not self._layer.is_quiet()
        if info in ("client_addr", "server_addr"):
            return tcp.getsockname() if info == "client_addr" else tcp.getpeername()
        return None

    def _reading(self, size: int) -> Steps[bytes]:
        """Read bytes of the response; nothing at the end."""
        while True:
            try:
                self._deadline.step()
                data = yield from self._layer.receive(size)
            except OSError as error:
                fault = _fault(error, httpcore.ReadTimeout, httpcore.ReadError)
            else:
                framed = self._channel.framer.feed(data) if self._carries_requests else data
                if framed or not data:
                    return framed
                continue
            raise fault

    def _writing(self, data: bytes) -> Steps[None]:
        """Write all of it, each piece a step."""
        piece: bytes | memoryview = b""
        try:
            for piece in self._channel.pieces(data) if self._carries_requests else (data,):
                self._deadline.step()
                yield from self._layer.send(piece)
            return
        except OSError as error:
            fault = _fault(error, httpcore.WriteTimeout, httpcore.WriteError)
        piece = b""
        raise fault

    def _securing(self, context: ssl.SSLContext, hostname: str | None) -> Steps[Layer]:
        """Begin to speak TLS."""
        layer = TlsLayer(self._layer, context, hostname)
        try:
            self._deadline.step()
            yield from layer.handshake()
            return layer
        except OSError as error:
            fault = _fault(error, httpcore.ConnectTimeout, httpcore.ConnectError)
        raise fault


def _connecting(channel: Channel, host: str, port: int, patient: bool) -> Steps[Layer]:
    """Connect to an address of the host."""
    channel.used = True
    try:
        channel.deadline.step()
        return TcpSocket((yield from connect(host, port, channel.deadline)), patient)
    except OSError as error:
        fault = _fault(error, httpcore.ConnectTimeout, httpcore.ConnectError)
    raise fault


class _SyncStream(_Stream, httpcore.NetworkStream):
    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return run(self._reading(max_bytes), self._deadline)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        if buffer:
            run(self._writing(buffer), self._deadline)

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> _SyncStream:
        return _SyncStream(self._channel, run(self._securing(ssl_context, server_hostname), self._deadline))

    def close(self) -> None:
        self._channel.close()


class NetworkBackend(httpcore.NetworkBackend):
    """Opens the one connection of a channel."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel

    def connect_tcp(self, host: str, port: int, *unused: Any, **options: Any) -> _SyncStream:
        """Connect to an address of the host."""
        channel = self._channel
        return _SyncStream(channel, run(_connecting(channel, host, port, patient=True), channel.deadline))


class _AsyncStream(_Stream, httpcore.AsyncNetworkStream):
    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        data = await run_async(self._reading(max_bytes), self._deadline)
        if len(data) >= _BUSY:
            import anyio.lowlevel

            await anyio.lowlevel.checkpoint()  # let other tasks run
        return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        if buffer:
            await run_async(self._writing(buffer), self._deadline)

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> _AsyncStream:
        return _AsyncStream(
            self._channel, await run_async(self._securing(ssl_context, server_hostname), self._deadline)
        )

    async def aclose(self) -> None:
        self._channel.close()


class AsyncNetworkBackend(httpcore.AsyncNetworkBackend):
    """Opens the one connection of a channel."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel

    async def connect_tcp(self, host: str, port: int, *unused: Any, **options: Any) -> _AsyncStream:
        """Connect to an address of the host."""
        channel = self._channel
        steps = _connecting(channel, host, port, patient=False)
        return _AsyncStream(channel, await run_async(steps, channel.deadline))


def _fault(error: OSError, timed_out: type[Exception], failed: type[Exception]) -> Exception:
    """Return the error in httpcore's terms; as it is, if a signal handler raised it in the midst of a step."""
    if module_that_raised(error) not in _NETWORK_MODULES:
        return bare(error)
    return (timed_out if isinstance(error, TimeoutError) else failed)(str(error))


def open_connection(
    signer: RequestSigner, proxy: httpx.Proxy | None, context: ssl.SSLContext | None, tls_layers: int, is_async: bool
) -> tuple[Any, Channel]:
    """Return a transport of httpx's over one connection, which is opened at the first request, and its channel."""
    channel = Channel(signer.key, tls_layers)
    pool = (httpcore.AsyncConnectionPool if is_async else httpcore.ConnectionPool)(
        ssl_context=context,
        proxy=_for_httpcore(proxy, context) if proxy else None,
        max_connections=1,
        network_backend=AsyncNetworkBackend(channel) if is_async else NetworkBackend(channel),  # type: ignore[arg-type]
    )
    # Behind a proxy the pool itself, for respx knows no tunnels; else one connection, which is quicker.
    url = httpx.URL(signer.origin.url)
    origin = httpcore.Origin(url.raw_scheme, url.raw_host, signer.origin.port)
    connection = pool if proxy else pool.create_connection(origin)
    return (AsyncOwnTransport if is_async else OwnTransport)(connection), channel


def _for_httpcore(proxy: httpx.Proxy, context: Any) -> httpcore.Proxy:
    url = httpcore.URL(
        scheme=proxy.url.raw_scheme, host=proxy.url.raw_host, port=proxy.url.port, target=proxy.url.raw_path
    )
    of_proxy = (proxy.ssl_context or context) if proxy.url.scheme == "https" else None
    return httpcore.Proxy(url, auth=proxy.raw_auth, headers=proxy.headers.raw, ssl_context=of_proxy)
