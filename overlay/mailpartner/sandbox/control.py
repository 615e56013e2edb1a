"""What may be asked of the sandbox itself, under /sandbox/: look, load, set, break, reset. Never part of the API."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from .state import LARGEST_ID
from .vendor import Vendor

Query = Mapping[str, str]
Action = Callable[[Query, Any], Any]


class ControlError(Exception):
    """The sandbox was asked for something that it cannot do. `status` is the HTTP status that says so."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


class Control:
    """The control of one sandbox. What goes in and comes out is what JSON can carry."""

    def __init__(self, vendor: Vendor) -> None:
        self._vendor = vendor
        self._actions: dict[tuple[str, str], Action] = {
            ("GET", ""): self._index,
            ("GET", "entries"): self._show_entries,
            ("PUT", "entries"): self._load_entries,
            ("DELETE", "entries"): self._reset_entries,
            ("GET", "settings"): self._show_settings,
            ("PATCH", "settings"): self._change_settings,
            ("GET", "faults"): self._show_faults,
            ("POST", "faults"): self._add_fault,
            ("DELETE", "faults"): self._clear_faults,
            ("GET", "requests"): self._show_requests,
            ("DELETE", "requests"): self._clear_requests,
            ("POST", "reset"): self._reset,
        }

    def answer(self, method: str, name: str, query: Query, body: Any) -> Any:
        """Do one thing: `name` is what follows /sandbox/, `body` the JSON value sent, None for none."""
        action = self._actions.get((method, name))
        if action is None:
            known = ", ".join(f"{method} /sandbox/{name}" for method, name in self._actions)
            raise ControlError(f"there is no {method} /sandbox/{name}; there are {known}", 404)
        try:
            return action(query, body)
        except ValueError as error:
            raise ControlError(str(error)) from None

    def _index(self, _query: Query, _body: Any) -> Any:
        return {
            "endpoints": [f"{method} /sandbox/{name}" for method, name in self._actions],
            "faults": {
                kind.name: {"about": kind.about, "parameters": dict(kind.defaults)}
                for kind in self._vendor.faults.kinds.values()
            },
        }

    def _show_entries(self, query: Query, _body: Any) -> Any:
        limit = query.get("limit")
        if limit is not None and not (limit.isascii() and limit.isdigit() and len(limit) < 19):
            raise ValueError("limit must be a whole number from 0")
        entries = self._vendor.entries.first(None if limit is None else int(limit))
        return {"count": self._vendor.entries.count(), "entries": [entry._asdict() for entry in entries]}

    def _load_entries(self, _query: Query, body: Any) -> Any:
        wanted = _object(body)
        if wanted.keys() == {"count"} and _is_whole(wanted["count"], 0):
            self._vendor.entries.make_up(wanted["count"])
        elif wanted.keys() == {"entries"} and isinstance(wanted["entries"], list):
            self._vendor.entries.replace([_entry(item) for item in wanted["entries"]])
        else:
            raise ValueError('send {"count": N} or {"entries": [{"email": ..., "id": ..., "created_at": ...}, ...]}')
        return {"count": self._vendor.entries.count()}

    def _reset_entries(self, _query: Query, _body: Any) -> Any:
        self._vendor.entries.reset()
        return {"count": self._vendor.entries.count()}

    def _show_settings(self, _query: Query, _body: Any) -> Any:
        return asdict(self._vendor.settings)

    def _change_settings(self, _query: Query, body: Any) -> Any:
        self._vendor.settings = self._vendor.settings.changed(_object(body))
        return asdict(self._vendor.settings)

    def _show_faults(self, _query: Query, _body: Any) -> Any:
        return [fault.shown() for fault in self._vendor.faults.waiting()]

    def _add_fault(self, _query: Query, body: Any) -> Any:
        return self._vendor.faults.add(_object(body)).shown()

    def _clear_faults(self, _query: Query, _body: Any) -> Any:
        self._vendor.faults.clear()
        return []

    def _show_requests(self, _query: Query, _body: Any) -> Any:
        return self._vendor.logbook.all()

    def _clear_requests(self, _query: Query, _body: Any) -> Any:
        self._vendor.logbook.clear()
        return []

    def _reset(self, _query: Query, _body: Any) -> Any:
        self._vendor.reset()
        return {"count": self._vendor.entries.count()}


def _object(body: Any) -> dict[str, Any]:
    if not isinstance(body, dict):
        raise ValueError("send a JSON object")
    return body


def _is_whole(value: Any, least: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= LARGEST_ID


def _entry(item: Any) -> tuple[int | None, str, str | None]:
    given = {"id": None, "created_at": None, **_object(item)}
    entry_id, email, created_at = given.pop("id"), given.pop("email", None), given.pop("created_at")
    fits = entry_id is None or _is_whole(entry_id, 1)
    if given or not fits or not isinstance(email, str) or not isinstance(created_at, (str, type(None))):
        raise ValueError("an entry is an email, and if you like an id from 1 to 2**63-1 and a created_at")
    return entry_id, email, created_at
