"""Limits of arguments, also inside bodies, are checked before anything is sent, with the name of the argument."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import pytest

from mailpartner.contract import OPERATIONS, Limits
from mailpartner.testing import ScriptedMailPartner, done

PATH = "/v1/send"
SEND = ModuleType("send")
SEND._get_kwargs = lambda **body: {"method": "post", "url": PATH, "json": body}  # type: ignore[attr-defined]
LIMITS = {
    "subject": Limits(min_length=1, max_length=10),
    "tag": Limits(pattern="^[a-z0-9]{3,20}$"),
    "params.to": Limits(min_items=1, max_items=2),
    "params.to[].email": Limits(max_length=20),
    "minute": Limits(minimum=0, maximum=55),
}
GOOD: dict[str, Any] = {"subject": "Hello", "tag": "news", "params": {"to": [{"email": "a@example.com"}]}, "minute": 5}


@pytest.fixture(autouse=True)
def send(monkeypatch: pytest.MonkeyPatch) -> None:
    """An operation with limits in its body, which openapi.yaml does not have yet."""
    known = OPERATIONS["POST", "/v1/unsubscribe/add"]
    monkeypatch.setitem(OPERATIONS, ("POST", PATH), known._replace(id="sendMessage", limits=LIMITS))


def test_what_is_within_the_limits_is_sent() -> None:
    """Absent arguments have no limits."""
    with ScriptedMailPartner(done(), done()) as mp:
        mp.call(SEND, **GOOD)  # type: ignore[arg-type]
        mp.call(SEND, subject="Hello")  # type: ignore[arg-type]
        assert mp.requests[0].body == GOOD


@pytest.mark.parametrize(
    ("change", "error", "text"),
    [
        ({"subject": ""}, ValueError, "subject must have from 1 to 10 characters, not 0"),
        ({"subject": "x" * 11}, ValueError, "subject must have from 1 to 10 characters, not 11"),
        ({"subject": 5}, TypeError, "subject must not be of type int"),
        ({"tag": "News"}, ValueError, "tag must match"),
        ({"tag": "news\n"}, ValueError, "tag must match"),
        ({"params": {"to": []}}, ValueError, "params.to must have from 1 to 2 items, not 0"),
        ({"params": {"to": [{"email": "a"}] * 3}}, ValueError, "params.to must have from 1 to 2 items, not 3"),
        ({"params": {"to": [{"email": "x" * 21}]}}, ValueError, "email must have at most 20 characters, not 21"),
        ({"minute": 60}, ValueError, "minute must be from 0 to 55"),
        ({"minute": True}, TypeError, "minute must be an int, not bool"),
    ],
)
def test_what_is_outside_the_limits_is_refused(change: dict[str, Any], error: type[Exception], text: str) -> None:
    """The error names the argument and the limit, and nothing is sent."""
    with ScriptedMailPartner() as mp, pytest.raises(error, match="Nothing was sent") as caught:
        mp.call(SEND, **{**GOOD, **change})  # type: ignore[arg-type]
    assert text in str(caught.value)
    assert mp.requests == []
