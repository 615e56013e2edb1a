"""The last requests the sandbox received, and what became of each."""

from __future__ import annotations

from collections import deque
from typing import Any, TypedDict

from .curtain import Curtain

KEPT = 1000


class Seen(TypedDict):
    """A request the sandbox received, with keys hidden.

    number: counts from 1. at: seconds since the sandbox started. connection: counts its TCP connections from 1.
    query: as it came, values hidden that are not the document's. headers: values of harmless ones;
    header_names: all. body: None, the JSON object, or its size. operation: its operationId, if there is one.
    done: "deleted", "added", "listed", "refused" (by an answer of the API), or "nothing".
    code: the API's code, answered or lost.
    fault: the fault that hit it. status: the HTTP status sent, in whole or in part.
    """

    number: int
    at: float
    connection: int
    method: str
    path: str
    query: str
    headers: dict[str, str]
    header_names: list[str]
    body: dict[str, Any] | str | None
    operation: str | None
    done: str
    code: int | None
    fault: str | None
    status: int | None


class Logbook:
    """The last 1000 requests."""

    def __init__(self) -> None:
        self._seen: deque[Seen] = deque(maxlen=KEPT)
        self._number = 0

    def open(self, curtain: Curtain, *, method: str, operation: str | None, connection: int, at: float) -> Seen:
        """Note a request; what becomes of it is filled in by who treats it."""
        self._number += 1
        seen = Seen(
            number=self._number,
            at=round(at, 6),
            connection=connection,
            method=method,
            path=curtain.path(),
            query=curtain.query(),
            headers=curtain.headers(),
            header_names=curtain.header_names(),
            body=curtain.body(),
            operation=operation,
            done="nothing",
            code=None,
            fault=None,
            status=None,
        )
        self._seen.append(seen)
        return seen

    def all(self) -> list[Seen]:
        """The requests, oldest first."""
        return [seen.copy() for seen in self._seen]

    def clear(self) -> None:
        """Forget them, and count from 1 again."""
        self._seen.clear()
        self._number = 0
