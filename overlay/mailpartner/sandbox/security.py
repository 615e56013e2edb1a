"""What keeps the sandbox safe beside a browser, as middleware: hosts, origins, headers, and the length of a body."""

from __future__ import annotations

import ipaddress
import logging
import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mailpartner._transport.base_url import is_loopback

log = logging.getLogger("mailpartner.sandbox")
CLOSE = {"Connection": "close"}  # the rest of a body that is too long is not read
MAX_BODY = 64 * 1024 * 1024  # three attachments of 5 MB in base64 are 20 MB
# For all under /sandbox/; a page sets another policy.
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-DNS-Prefetch-Control": "off",
}


def host_name(text: str) -> str:
    """Check a name that the Host header may have, or an address of this machine. Raises ValueError."""
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        if not re.fullmatch(r"\w([\w.-]*\w)?", text, re.ASCII):
            raise ValueError(f"a host is named without http:// and port, as in mail-sandbox; not {text!r}") from None
    return text.lower()


class AllowedHosts:
    """Refuses requests for another host: a web page whose name was made to lead to this machine (DNS rebinding)."""

    def __init__(self, app: ASGIApp, names: Iterable[str]) -> None:
        """Create it. `names` are checked by `host_name`."""
        self._app = app
        self._names = set(names)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            host = urlsplit(f"//{Headers(scope=scope).get('host', 'localhost')}").hostname or ""
        except ValueError:
            host = ""
        if is_loopback(host) or host in self._names:
            await self._app(scope, receive, send)
            return
        name = host if re.fullmatch(r"[\w.-]{1,253}", host, re.ASCII) else "NAME"
        error = f"the Host header names another machine; for a container start the sandbox with --allow-host {name}"
        log.warning("Refused: %s.", error)
        content = (
            {"success": False, "code": 403, "message": error} if scope["path"].startswith("/v") else {"error": error}
        )
        await JSONResponse(content, 403)(scope, receive, send)


class SameOriginOnly:
    """Refuses what a web page of another origin makes a browser send, by form, script, image or link.

    may_be_linked: pages that change nothing may be opened by a link.
    get_changes: a GET may change something. Over http to another machine than this one, a browser sends a GET with
    neither Origin nor Sec-Fetch-Site; of its own origin it then has to show a Referer.
    """

    def __init__(self, app: ASGIApp, *, may_be_linked: bool = False, get_changes: bool = False) -> None:
        self._app = app
        self._may_be_linked = may_be_linked
        self._get_changes = get_changes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        error = self._refusal(Headers(scope=scope), scope["scheme"])
        if error is None:
            await self._app(scope, receive, send)
        else:
            log.warning("Refused: %s; nothing was done.", error)
            await JSONResponse({"error": f"{error}; nothing was done"}, 403)(scope, receive, send)

    def _refusal(self, headers: Headers, scheme: str) -> str | None:
        own, site = f"{scheme}://{headers.get('host')}", headers.get("sec-fetch-site")
        is_link = (headers.get("sec-fetch-mode"), headers.get("sec-fetch-dest")) == ("navigate", "document")
        is_from_elsewhere = site in ("cross-site", "same-site") and not (self._may_be_linked and is_link)
        if is_from_elsewhere or headers.get("origin", own) != own:
            return "a web page of another origin may not use the sandbox"
        # A page can change what these two hold, but leave out neither.
        is_browser = headers.get("user-agent", "").startswith("Mozilla/") and "accept-language" in headers
        is_unmarked = site is None and "origin" not in headers
        if self._get_changes and is_browser and is_unmarked and not headers.get("referer", "").startswith(f"{own}/"):
            return (
                "a browser did not say which page this request is of: use curl, or http://localhost on the same machine"
            )
        return None


class LimitedBody:
    """Refuses a request whose body is too long to be kept in memory."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, with a count of the bytes of its body."""
        got, announced = 0, Headers(scope=scope).get("content-length", "0")
        error = HTTPException(413, f"a body may have at most {MAX_BODY} bytes; nothing was done", CLOSE)

        async def limited_receive() -> Message:
            nonlocal got
            if len(announced) > 18 or int(announced) > MAX_BODY:
                raise error
            message = await receive()
            got += len(message.get("body", b""))
            if got > MAX_BODY:
                raise error
            return message

        await self._app(scope, limited_receive, send)
