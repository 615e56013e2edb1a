"""The control over HTTP: what a request's body says, and the answer in JSON that a person can read."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from .answers import as_json
from .control import Control, ControlError

WIDTH = 110
LONG = 100_000  # bytes of JSON that nobody reads line by line, and that take time to lay out


class ControlEndpoint:
    """Requests about the sandbox itself."""

    def __init__(self, control: Control) -> None:
        self._control = control

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = Request(scope, receive)
        method, name = _method(request.method), scope["path_params"].get("name", "").rstrip("/")
        try:
            value = read_body(await request.body())
            answer, status = self._control.answer(method, name, request.query_params, value), 200
        except ControlError as error:
            answer, status = {"error": _writable(str(error))}, error.status
        except ClientDisconnect:
            return
        await Response(laid_out(answer), status, media_type="application/json")(scope, receive, send)


def read_body(body: bytes) -> Any:
    """The value of a body: JSON, or `name=value&name=value` as a form or `curl -d name=value` sends it; None for none.

    What a form says is text, which means what it means on the command line. Raises ControlError.
    """
    try:
        text = body.decode()
        if "=" in text and text.lstrip()[0] not in '[{"':
            return dict(parse_qsl(text, keep_blank_values=True, strict_parsing=True))
        return json.loads(text) if text else None
    except (ValueError, RecursionError) as error:
        reason = f": {error}" if isinstance(error, json.JSONDecodeError) else ""
        raise ControlError(
            f"the body is not JSON{reason}; send JSON in single quotes, as in -d '{{\"count\": 3}}', or -d count=3"
        ) from None


def laid_out(answer: Any) -> bytes:
    """An answer as JSON: in lines for people, in one line where it is long."""
    compact = as_json(answer)
    if len(compact) > LONG:
        return compact + b"\n"
    return _lines(answer).encode() + b"\n"


def _lines(value: Any, indent: str = "") -> str:
    """JSON in which everything that fits a line is on one."""
    line = json.dumps(value, ensure_ascii=False)
    if len(indent + line) <= WIDTH or not isinstance(value, (dict, list)):
        return line
    inner = indent + "  "
    if isinstance(value, dict):
        parts = [f"{inner}{json.dumps(name)}: {_lines(item, inner)}" for name, item in value.items()]
    else:
        parts = [inner + _lines(item, inner) for item in value]
    left, right = "{}" if isinstance(value, dict) else "[]"
    return f"{left}\n" + ",\n".join(parts) + f"\n{indent}{right}"


def _writable(text: str) -> str:
    """Words that repeat what was sent, of which a lone surrogate is in no UTF-8."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _method(method: str) -> str:
    return "GET" if method == "HEAD" else method
