"""Calls of the sandbox's operations that say what came back, for the tests of the resources."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

from kit.raw_client import ask

from mailpartner.sandbox import Sandbox

KEY = "sandbox-key"


def get(sandbox: Sandbox, path: str, /, **arguments: Any) -> dict[str, Any]:
    """The JSON answer to a GET."""
    query = urlencode({"apiKey": KEY, **arguments})
    return dict(json.loads(ask(sandbox, f"/v1/{path}?{query}", "GET").body))


def post(sandbox: Sandbox, path: str, /, **arguments: Any) -> dict[str, Any]:
    """The JSON answer to a POST; an argument of None is left out."""
    sent = {name: value for name, value in {"apiKey": KEY, **arguments}.items() if value is not None}
    return dict(json.loads(ask(sandbox, f"/v1/{path}", body=json.dumps(sent).encode()).body))


def send(sandbox: Sandbox, /, *emails: str, **arguments: Any) -> dict[str, Any]:
    """The answer to a message, to one recipient if none is named."""
    to = [{"email": email} for email in emails or ("ann@example.com",)]
    return post(sandbox, "send", **{"subject": "s", "htmlContent": "<p>h</p>", "params": {"to": to}, **arguments})
