"""The one place where the key meets a request.

The key is a query parameter (or a field of a JSON body), and a URL is what logs, hooks, exceptions, traces and crash
reports show first. So what they see holds a placeholder: on the SDK's own connections the key takes its place in the
bytes that leave, and on a caller's in httpcore's request, for as long as its head is being written.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import httpx

from mailpartner._core.request import Request, json_bytes
from mailpartner._transport.base_url import BaseUrl, parse_base_url
from mailpartner._transport.credential import SANDBOX_PREFIX, ApiKey
from mailpartner.contract import SERVER
from mailpartner.errors import ConfigurationError

_ACCEPT = {"json": b"application/json", "xml": b"application/xml"}
_HIDDEN: Final = b"hidden"
_EMPTY: Final = httpx.ByteStream(b"")
_BODY_START: Final = len(b'{"apiKey":"')
_VENDOR_HOST: Final = parse_base_url(SERVER).host


class _UnparsedURL(httpx.URL):
    """A URL that is parsed only when more is asked of it than a transport needs, as mocks and traces do.

    Parsing takes a twentieth of a call.
    """

    def __init__(self, origin: httpx.URL, target: str) -> None:
        self._origin = origin
        self._target = target

    @property
    def raw_scheme(self) -> bytes:
        return self._origin.raw_scheme

    @property
    def raw_host(self) -> bytes:
        return self._origin.raw_host

    @property
    def port(self) -> int | None:
        return self._origin.port

    @property
    def raw_path(self) -> bytes:
        return self._target.encode("ascii")

    def __getattr__(self, name: str) -> Any:
        """Get what httpx.URL keeps."""
        if name in ("_origin", "_target"):  # in a copy that is half made
            raise AttributeError(name)
        super().__init__(f"{str(self._origin).rstrip('/')}{self._target}")
        return object.__getattribute__(self, name)


class Placeholder(NamedTuple):
    """Where a request holds `text` in place of the key: so many bytes into its head, or into its body."""

    text: bytes
    offset: int
    in_body: bool = False


NO_PLACEHOLDER: Final = Placeholder(b"", 0)


class SignedRequest(NamedTuple):
    """A request as everybody but the server sees it, and where the key belongs in it."""

    visible: httpx.Request
    placeholder: Placeholder
    body_size: int


class RequestSigner:
    """Turns requests into httpx requests to one origin, with one key."""

    def __init__(self, origin: BaseUrl, key: ApiKey, user_agent: str) -> None:
        """Raise ConfigurationError if a sandbox's key would go to Mail Partner: its user means to change no account."""
        if key.is_sandbox and origin.host == _VENDOR_HOST:
            raise ConfigurationError(
                f"The API key begins with {SANDBOX_PREFIX}, but the base URL is Mail Partner's own. Nothing was sent."
                " Set base_url or MAILPARTNER_BASE_URL to the sandbox's URL, or give the account's key."
            )
        self.key = key
        self.origin = origin
        self._user_agent = user_agent.encode("ascii")
        self._headers: dict[tuple[str, bool, str | None], httpx.Headers] = {}
        self._url = httpx.URL(origin.url)

    def signed(self, request: Request, timeout: float) -> SignedRequest:
        """Return the request for a connection of the SDK's own, with a placeholder for the key."""
        body, placeholder = request.body, NO_PLACEHOLDER
        query = request.query
        if request.operation.key_in == "body":
            text = _HIDDEN.ljust(len(self.key.for_json), b"-")[: len(self.key.for_json)]  # the Content-Length stays
            placeholder = Placeholder(text, _BODY_START, in_body=True)
            body = {"apiKey": text.decode("ascii"), **(body or {})}
        else:
            placeholder = Placeholder(_HIDDEN, len(request.method) + len(request.path) + len(" ?apiKey="))
            query = f"apiKey={_HIDDEN.decode('ascii')}" + (f"&{query}" if query else "")
        content = b"" if body is None else json_bytes(body)
        stream = httpx.ByteStream(content) if content else _EMPTY
        headers = self._headers_of(request, "0" if request.method != "GET" and not content else None)
        timeouts = dict.fromkeys(("connect", "read", "write", "pool"), timeout)
        visible = httpx.Request(
            request.method, self._url, headers=headers, stream=stream, extensions={"timeout": timeouts}
        )
        visible.url = _UnparsedURL(self._url, f"{request.path}?{query}" if query else request.path)
        if content:
            visible.headers["Content-Length"] = str(len(content))
        return SignedRequest(visible, placeholder, len(content))

    def keyless(self, request: Request, client: httpx.Client | httpx.AsyncClient, timeout: float) -> httpx.Request:
        """Return the request as a caller's client may see it: without the key, with that client's headers."""
        return client.build_request(
            request.method,
            self.origin.url + request.path,
            params=httpx.QueryParams(request.query),  # as the client's own would replace a query in the URL
            headers=self._headers_of(request),
            content=json_bytes(request.body) if request.body is not None else None,
            timeout=timeout,
        )

    def keyed_target(self, target: bytes, request: Request) -> bytes:
        """Return the target of a request with the key, if it belongs there."""
        if request.operation.key_in == "body":
            return target
        path, _, query = target.partition(b"?")
        return path + b"?apiKey=" + self.key.for_url + (b"&" + query if query else b"")

    def keyed_start(self, content: bytes) -> bytes:
        """Return what takes the place of the first byte of a JSON body, so that the key is in it."""
        return b'{"apiKey":"' + self.key.for_json + (b'"' if content == b"{}" else b'",')

    def check_origin(self, scheme: bytes, host: bytes, port: int | None) -> None:
        """Raise ConfigurationError unless the key may go there."""
        wanted = self.origin
        port = port or {b"https": 443, b"http": 80}.get(scheme)
        if (scheme.decode("ascii"), host.decode("ascii").strip("[]"), port) != (
            wanted.scheme,
            wanted.host,
            wanted.port,
        ):
            raise ConfigurationError(
                "A hook of your http_client sent the request to another host. Nothing was sent: the key would have"
                " gone with it. Set base_url instead."
            )

    def _headers_of(self, request: Request, length: str | None = None) -> httpx.Headers:
        """Return headers to be copied: httpx does, and so Elastic APM may add to them."""
        kind = request.format, request.body is not None or request.operation.key_in == "body", length
        headers = self._headers.get(kind)
        if headers is None:
            headers = self._headers[kind] = httpx.Headers(
                [
                    (b"Host", self.origin.authority.encode("ascii")),
                    (b"Accept", _ACCEPT[request.format]),
                    (b"Accept-Encoding", b"identity"),
                    (b"User-Agent", self._user_agent),
                    *([(b"Content-Type", b"application/json")] if kind[1] else []),
                    *([(b"Content-Length", length.encode("ascii"))] if length else []),
                ]
            )
        return headers
