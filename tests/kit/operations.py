"""An operation that openapi.yaml does not have, and arguments for it."""

from __future__ import annotations

import types
from typing import Any

import pytest

import mailpartner.contract

ADD = ("POST", "/v1/test/add")


class _Long(str):
    """Text whose repr is short, to spare the search."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "LONG"


LONG = _Long("a" * 6_000_000)
"""More than the buffers of a connection take."""


def add_operation(monkeypatch: pytest.MonkeyPatch) -> types.SimpleNamespace:
    """An operation whose key is in its JSON body, as the vendor's `unsubscribe/add` has it."""
    delete = mailpartner.contract.OPERATIONS["POST", "/v1/unsubscribe/delete"]
    operation = delete._replace(id="addTest", key_in="body", alternate_method=None, limits={})
    monkeypatch.setitem(mailpartner.contract.OPERATIONS, ADD, operation)

    def get_kwargs(email: Any) -> dict[str, Any]:
        return {"method": "post", "url": ADD[1], "json": {"apiKey": "", "email": email}}

    return types.SimpleNamespace(_get_kwargs=get_kwargs)
