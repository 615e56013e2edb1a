"""What a sandbox without a site says at `/`: what it is, and what to try next, for someone who has only curl."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from .document import FORMAT, Document, Node, Operation
from .keys import PREFIX, WRONG

TRY_WITH = f"{PREFIX}me"


class Front:
    """Plain text about the sandbox that serves this document."""

    def __init__(self, document: Document) -> None:
        self._document = document

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        base = str(Request(scope).base_url).rstrip("/")
        await PlainTextResponse("\n".join(self._lines(base)) + "\n")(scope, receive, send)

    def _lines(self, base: str) -> Iterator[str]:
        yield "Mail Partner sandbox: plays the API of openapi.yaml on this machine. Nothing reaches Mail Partner."
        yield ""
        yield f"The API takes any key that begins with {PREFIX}; {WRONG} is a wrong one:"
        for operation in _main_forms(self._document):
            yield f"  {_curl(operation, base)}"
        yield "With _format=xml in the query the answers are XML."
        yield ""
        yield "The sandbox itself, without a key: its entries, what arrived, switches, faults, reset:"
        yield f"  curl {base}/sandbox/"
        yield ""
        yield "Documentation: docs/sandbox.md beside the source. --site FOLDER serves the documentation site here."


def _curl(operation: Operation, base: str) -> str:
    """A call as one pastes it into a shell."""
    values = {item.name: _value(item.schema) for name, item in operation.parameters.items() if name != FORMAT}
    given = {operation.key: TRY_WITH, **{name: value for name, value in values.items() if name != operation.key}}
    if operation.in_body:
        return f"curl -X {operation.method} {base}{operation.path} -d '{json.dumps(given)}'"
    return f"curl -X {operation.method} '{base}{operation.path}?{urlencode(given)}'"


def _value(schema: Node) -> Any:
    return schema.get("example", schema.get("minimum", ""))


def _main_forms(document: Document) -> Iterator[Operation]:
    for methods in document.operations.values():
        yield from (operation for operation in methods.values() if operation.form_of == operation.id)
