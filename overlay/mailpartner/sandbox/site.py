"""What is at `/`: static files, as the documentation with its "try it" forms, or a few lines for someone with curl."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from mimetypes import MimeTypes
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send

from mailpartner._transport.credential import SANDBOX_PREFIX

from .database import Clock
from .document import FORMAT, Document, Operation, Parameter
from .exchange import html_page
from .request_log import WRONG_KEY

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

# Python's own table: the machine's files and registry differ from one machine to the next.
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


LANDING_PAGE = """\
Mail Partner sandbox: plays the API of openapi.yaml on this machine. Nothing reaches Mail Partner.

The API takes any key that begins with {prefix}; {wrong} is a wrong one:
{calls}
With _format=xml in the query the answers are XML. What is in capitals is yours to fill in.

The sandbox itself, without a key: what it holds, what arrived, settings, faults:
  curl {base}/sandbox/
Everything back to the start:
  curl -X POST {base}/sandbox/reset
The mails that were sent: {base}/sandbox/inbox

Documentation: docs/sandbox.md beside the source. --site FOLDER serves the documentation site here.
"""


class Site:
    """The files of a folder by GET and HEAD; `index.html` stands for its folder. Raises ValueError for no folder."""

    def __init__(self, folder: str | Path) -> None:
        if not Path(folder).is_dir():
            raise ValueError(f"there is no folder {folder} to serve as the site")
        self._files = StaticFiles(directory=folder, html=True)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = self._files.get_path(scope)
        try:
            if any(part.startswith(".") for part in Path(path).parts):  # .git, .env and the like
                raise HTTPException(404)
            response = await self._files.get_response(path, scope)
        except HTTPException as error:
            sentence = "The site is for reading only." if error.status_code == 405 else "The site has no such page."
            response = html_page(error.status_code, sentence, error.headers)
        except ValueError:  # a path that no file can have, which not every version of Starlette expects
            response = html_page(404, "The site has no such page.")
        file = getattr(response, "path", None)
        if file is not None:
            response.headers["Content-Type"] = content_type(str(file))
        response.headers.update(HEADERS)
        await response(scope, receive, send)


def content_type(name: str) -> str:
    """Return the Content-Type of a file, by its name."""
    kind, packed = _TYPES.guess_type(name)
    if kind is None or packed:
        return "application/octet-stream"
    is_text = kind.startswith("text/") or kind in ("application/json", "application/yaml")
    return f"{kind}; charset=utf-8" if is_text else kind


def landing_page(document: Document, clock: Clock) -> Callable[[Request], Awaitable[Response]]:
    """Return an endpoint with plain text that says what the sandbox is, and what to try next."""

    async def answer(request: Request) -> Response:
        base = str(request.base_url).rstrip("/")
        calls = [f"  {_curl(operation, document.key, base, clock)}" for operation in document.main_operations.values()]
        return PlainTextResponse(
            LANDING_PAGE.format(base=base, prefix=SANDBOX_PREFIX, wrong=WRONG_KEY, calls="\n".join(calls))
        )

    return answer


def _curl(operation: Operation, key: str, base: str, clock: Clock) -> str:
    """Return a call as one pastes it into a shell."""
    given: dict[str, Any] = {key: ""}  # comes first
    given |= {item.name: _value(item) for handle, item in operation.parameters.items() if handle != FORMAT}
    given |= {name: value for name, value in (operation.example or {}).items() if name in given}
    given[key] = f"{SANDBOX_PREFIX}me"
    if "scheduledDeliveryDate" in given:  # the document's example is in the past one day
        given["scheduledDeliveryDate"] = f"{clock.now() + timedelta(days=30):%d/%m/%Y}"
    if operation.in_body:
        return f"curl -X {operation.method} {base}{operation.path} -d '{json.dumps(given)}'"
    return f"curl -X {operation.method} '{base}{operation.path}?{urlencode(given)}'"


def _value(parameter: Parameter) -> Any:
    """Return an example; of an object those of its properties, of a secret a place to fill in."""
    schema = parameter.schema
    if schema.get("format") == "password":
        return parameter.name.upper()
    if "properties" in schema:
        return schema.get("example", {name: item.get("example", "") for name, item in schema["properties"].items()})
    return schema.get("example", schema.get("minimum", parameter.example))
