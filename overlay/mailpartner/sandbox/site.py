"""A folder of static files beside the API, on the same origin: the documentation with its "try it" forms."""

from __future__ import annotations

from mimetypes import MimeTypes
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send

from .messages import html_page

# What a page may load and send: things of this origin only.
POLICY = "; ".join(
    (
        "default-src 'self'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data:",
        "script-src 'self' 'unsafe-inline'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'self'",
    )
)
# no-cache: a browser asks again each time, so that a site that was built anew is shown.
HEADERS = {"Content-Security-Policy": POLICY, "X-Content-Type-Options": "nosniff", "Cache-Control": "no-cache"}

# Python's own table: what the machine's files and registry say differs from one machine to the next.
_TYPES = MimeTypes()
for _type, _suffixes in {
    "application/yaml": (".yaml", ".yml"),
    "font/woff": (".woff",),
    "font/woff2": (".woff2",),
    "image/webp": (".webp",),
    "text/javascript": (".js", ".mjs"),
    "text/markdown": (".md",),
    "text/plain": (".log", ".txt"),
}.items():
    for _suffix in _suffixes:
        _TYPES.add_type(_type, _suffix)


class Site:
    """The files of a folder by GET and HEAD; `index.html` stands for its folder. Raises ValueError for no folder."""

    def __init__(self, folder: str | Path) -> None:
        if not Path(folder).is_dir():
            raise ValueError(f"there is no folder {folder} to serve as the site")
        self._files = StaticFiles(directory=folder, html=True)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        try:
            response = await self._files.get_response(self._files.get_path(scope), scope)
        except HTTPException as error:
            response = _refused(error)
        except ValueError:  # a path that no file can have, of which not every version of Starlette thinks
            response = _refused(HTTPException(404))
        path = getattr(response, "path", None)
        if path is not None:
            response.headers["Content-Type"] = content_type(str(path))
        response.headers.update(HEADERS)
        await response(scope, receive, send)


def content_type(name: str) -> str:
    """The Content-Type of a file, by its name."""
    kind, packed = _TYPES.guess_type(name)
    if kind is None or packed:
        return "application/octet-stream"
    is_text = kind.startswith("text/") or kind in ("application/json", "application/yaml")
    return f"{kind}; charset=utf-8" if is_text else kind


def _refused(error: HTTPException) -> Response:
    sentence = "The site is for reading only." if error.status_code == 405 else "The site has no such page."
    reply = html_page(error.status_code, sentence, *(error.headers or {}).items())
    return Response(reply.body, reply.status, dict(reply.headers), reply.content_type)
