"""The inbox page of the sandbox: the mails that were sent, as a mail reader shows them. It is only for looking."""

from __future__ import annotations

import re
import secrets
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from importlib.resources import files
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from .inbox_formats import file_name, local
from .inbox_pages import Page
from .mail_html import preview
from .mails import Mailbox, StoredMail
from .security import HEADERS

PAGE_POLICY = (
    "default-src 'none'; connect-src 'self'; frame-src 'self'; img-src data:; script-src 'self'; style-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
# The sandbox keyword without permissions: no scripts, no forms, no windows, an origin of its own.
MAIL_POLICY = (
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'; sandbox"
)
_FILES = {"inbox.css": "text/css; charset=utf-8", "inbox.js": "text/javascript; charset=utf-8"}


def inbox_routes(mailbox: Mailbox) -> list[BaseRoute]:
    """Return the routes of the inbox of a mailbox, to be mounted at a path of their own."""
    inbox = _Inbox(mailbox)
    return [
        Route("/", inbox.list),
        Route("/version", inbox.version),
        Route("/mails/{message_id}", inbox.mail),
        Route("/mails/{message_id}/html", inbox.html),
        Route("/mails/{message_id}/attachments/{number}", inbox.attachment),
        *(Route(f"/{name}", _file(name, media_type)) for name, media_type in _FILES.items()),
    ]


class _Inbox:
    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox = mailbox
        self._started = secrets.token_hex(8)  # the versions of another run of the sandbox are others

    async def list(self, request: Request) -> Response:
        return self._page(request, None)

    async def mail(self, request: Request) -> Response:
        mail = self._find(request)
        return self._page(request, mail) if mail else self._page(request, None, 404)

    async def version(self, _request: Request) -> Response:
        return _response(self._version(), "text/plain; charset=utf-8", PAGE_POLICY)

    async def html(self, request: Request) -> Response:
        mail = self._find(request)
        html = preview(mail.html, mail.variables).html if mail else "This mail is not in the sandbox."
        return _response(html, "text/html; charset=utf-8", MAIL_POLICY, 200 if mail else 404)

    async def attachment(self, request: Request) -> Response:
        mail = self._find(request)
        by_number = {str(number): item for number, item in enumerate(mail.attachments)} if mail else {}
        attachment = by_number.get(request.path_params["number"])
        if attachment is None:
            return _response("This attachment is not in the sandbox.", "text/plain; charset=utf-8", MAIL_POLICY, 404)
        media_type = attachment.media_type
        if not re.fullmatch("[!-~]+/[!-~]+", media_type):
            media_type = "application/octet-stream"
        response = _response(attachment.content, media_type, MAIL_POLICY)
        response.headers["Content-Disposition"] = _disposition(file_name(attachment))
        return response

    def _find(self, request: Request) -> StoredMail | None:
        return self._mailbox.mail(request.path_params["message_id"])

    def _version(self) -> str:
        return f"{self._started}.{hash(self._mailbox.version()):x}"

    def _page(self, request: Request, mail: StoredMail | None, status: int = 200) -> Response:
        page = Page(
            base=request.scope.get("root_path", ""),
            mails=self._mailbox.mails(),
            today=local(datetime.now(UTC)).date(),
            version=self._version(),
            search=request.query_params.get("q", "").strip(),
            view=request.query_params.get("view", ""),
        )
        html = page.of_missing_mail() if status == 404 else page.of_mail(mail) if mail else page.of_list()
        return _response(html, "text/html; charset=utf-8", PAGE_POLICY, status)


def _disposition(name: str) -> str:
    plain = name.encode("ascii", "replace").decode().replace("?", "_").replace("%", "_")
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def _response(content: str | bytes, media_type: str, policy: str, status: int = 200) -> Response:
    # A lone surrogate, which JSON can hold, has no UTF-8.
    body = content.encode("utf-8", "replace") if isinstance(content, str) else content
    return Response(body, status, {**HEADERS, "Content-Type": media_type, "Content-Security-Policy": policy})


def _file(name: str, media_type: str) -> Callable[[Request], Awaitable[Response]]:
    content = files("mailpartner.sandbox").joinpath(name).read_bytes()

    async def answer(_request: Request) -> Response:
        return _response(content, media_type, PAGE_POLICY)

    return answer
