"""The one place where the key meets a request.

The key is a query parameter (or a field of a JSON body), and a URL is what logs, hooks, exceptions, tracing and
crash reports show first. So the `httpx.Request` that anybody sees has a URL without it: the real request line
travels in httpx's documented `target` extension, which only the connection reads.
"""

from __future__ import annotations

from typing import Any

import httpx

from mailpartner._core.request import Request, json_bytes
from mailpartner._core.response import RawResponse
from mailpartner._transport.base_url import BaseUrl
from mailpartner._transport.credential import ApiKey
from mailpartner.errors import ConfigurationError

_KEPT = ("timeout", "sni_hostname")
_ACCEPT = {"json": b"application/json", "xml": b"application/xml"}


class _OnceTarget(dict[str, Any]):
    """Extensions whose `target` is found once.

    httpcore reads it for the request, and reads it again from the same extensions for the CONNECT that it sends to
    a proxy before: found twice, the key would stand in what the proxy reads.
    """

    def __contains__(self, name: object) -> bool:
        if name != "target":
            return super().__contains__(name)
        return self.pop("unread", False) is True


class RequestSigner:
    """Turns requests into httpx requests to one origin, with one key."""

    def __init__(self, origin: BaseUrl, key: ApiKey, user_agent: str) -> None:
        self._origin = origin
        self._key = key
        self._user_agent = user_agent.encode("ascii")
        self._urls: dict[str, httpx.URL] = {}

    def keyed(self, request: Request, timeout: float) -> httpx.Request:
        """The request for a connection of our own. Its visible URL is the path alone."""
        content = self._content(request)
        keyed = httpx.Request(
            request.method,
            self._url(request.path),
            headers=self._headers(request, content),
            stream=httpx.ByteStream(content),
        )
        keyed.extensions = _OnceTarget(target=self._target(request), unread=True, timeout=timeout_of(timeout))
        return keyed

    def keyless(self, request: Request, client: httpx.Client | httpx.AsyncClient, timeout: float) -> httpx.Request:
        """The same as a borrowed client's hooks, auth and logs may see it: without the key, with that client's
        headers, marked so that `keyed_copy` knows it again.
        """
        content = json_bytes(request.body) if request.body is not None else None
        built = client.build_request(
            request.method,
            self._url(request.path),
            params=httpx.QueryParams(request.query),  # as the client's own would replace a query in the URL
            headers=self._headers(request, None),
            content=content,
            timeout=timeout,
        )
        built.extensions["mailpartner"] = request
        return built

    def keyed_copy(self, seen: httpx.Request, request: Request, rewrite: bool) -> httpx.Request:
        """`seen`, as hooks left it, with the key. `rewrite` puts it into the URL, for transports that know no
        `target`.
        """
        self._check_origin(seen.url)
        headers = seen.headers.copy()
        stream: Any = seen.stream
        if request.operation.key_in == "body":
            content = self._content(request)
            headers["Content-Length"] = str(len(content))
            stream = httpx.ByteStream(content)
        url = seen.url.copy_with(raw_path=self._with_key(seen.url.raw_path, request)) if rewrite else seen.url
        copy = httpx.Request(seen.method, url, headers=headers, stream=stream, extensions=seen.extensions)
        if not rewrite:
            kept: dict[str, Any] = {name: seen.extensions[name] for name in _KEPT if name in seen.extensions}
            copy.extensions = _OnceTarget(kept, target=self._with_key(seen.url.raw_path, request), unread=True)
        return copy

    def redacted_response(self, reply: RawResponse) -> RawResponse:
        """`reply` without the key."""
        content_type, retry_after, location = (
            self._key.redact_text(text) if text else text
            for text in (reply.content_type, reply.retry_after, reply.location)
        )
        body = self._key.redact(reply.body)
        return RawResponse(
            reply.status, content_type, retry_after, location, body, reply.invalid_reason, reply.too_large
        )

    def masked(self, data: bytes) -> bytes:
        """`data` without the key, as long as before."""
        return self._key.mask(data)

    def redacted_text(self, text: str) -> str:
        """`text` without the key."""
        return self._key.redact_text(text)

    def _url(self, path: str) -> httpx.URL:
        url = self._urls.get(path)
        if url is None:
            url = self._urls[path] = httpx.URL(self._origin.url + path)
        return url

    def _target(self, request: Request) -> bytes:
        query = f"?{request.query}" if request.query else ""
        return self._with_key(f"{request.path}{query}".encode("ascii"), request)

    def _with_key(self, raw_path: bytes, request: Request) -> bytes:
        if request.operation.key_in == "body":
            return raw_path
        path, _, query = raw_path.partition(b"?")
        return path + b"?apiKey=" + self._key.for_url + (b"&" + query if query else b"")

    def _content(self, request: Request) -> bytes:
        if request.body is None:
            return b""
        return json_bytes({"apiKey": self._key.for_body(), **request.body})

    def _headers(self, request: Request, content: bytes | None) -> list[tuple[bytes, bytes]]:
        headers = [
            (b"Host", self._origin.authority.encode("ascii")),
            (b"Accept", _ACCEPT[request.format]),
            (b"Accept-Encoding", b"identity"),
            (b"User-Agent", self._user_agent),
        ]
        if request.body is not None:
            headers.append((b"Content-Type", b"application/json"))
        if content is not None and request.method != "GET":
            headers.append((b"Content-Length", b"%d" % len(content)))
        return headers

    def _check_origin(self, url: httpx.URL) -> None:
        port = url.port or {"https": 443, "http": 80}.get(url.scheme)
        host = url.raw_host.decode("ascii").strip("[]")
        if (url.scheme, host, port) != self._origin[:3]:
            raise ConfigurationError(
                "A hook of your http_client sent the request to another host. Nothing was sent: the key would have"
                " gone with it. Set base_url instead."
            )


def timeout_of(seconds: float) -> dict[str, float]:
    """One figure for each of httpx's steps."""
    return {"connect": seconds, "read": seconds, "write": seconds, "pool": seconds}
