"""What may be asked of the sandbox itself, under /sandbox/: look, load, set, break, reset. Never part of the API."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import Field, asdict, fields
from typing import Any

from .state import LARGEST_ID
from .vendor import Vendor

Query = Mapping[str, str]
Action = Callable[[Query, Any], Any]

LOAD = 'send {"count": N} or {"entries": [{"email": ..., "id": ..., "created_at": ...}, ...]}'
ENTRY = 'an entry is {"email": ...}, and if you like an "id" from 1 to 2**63-1 and a "created_at"'
CHANGE = 'send the switches to change, as in {"post": "405"}; GET /sandbox/ lists them'
BREAK = 'send a fault, as in {"fault": "latency", "seconds": 2}; GET /sandbox/ lists them'


class ControlError(Exception):
    """The sandbox was asked for something that it cannot do. `status` is the HTTP status that says so."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


class Control:
    """The control of one sandbox. What goes in and comes out is what JSON can carry."""

    def __init__(self, vendor: Vendor) -> None:
        self._vendor = vendor
        self._actions: dict[tuple[str, str], tuple[Action, str]] = {
            ("GET", ""): (self._index, "this list, with all switches and faults"),
            ("GET", "entries"): (self._show_entries, "the entries, the first N with ?limit=N, and how many there are"),
            ("PUT", "entries"): (
                self._load_entries,
                'replace all entries: {"count": 3} or {"entries": [{"email": ...}]}',
            ),
            ("DELETE", "entries"): (self._reset_entries, "put the entries of the start back"),
            ("GET", "settings"): (self._show_settings, "the switches as they stand"),
            ("PATCH", "settings"): (self._change_settings, 'change switches: {"post": "405"}'),
            ("GET", "faults"): (self._show_faults, "the faults that wait"),
            ("POST", "faults"): (self._add_fault, 'break requests to come: {"fault": "status", "times": 2}'),
            ("DELETE", "faults"): (self._clear_faults, "forget the faults that wait"),
            ("GET", "requests"): (self._show_requests, "the requests to the API that arrived, the last N with ?last=N"),
            ("DELETE", "requests"): (self._clear_requests, "forget the requests"),
            ("POST", "reset"): (self._reset, "put everything back to the start: entries, switches, faults, requests"),
        }

    def answer(self, method: str, name: str, query: Query, body: Any) -> Any:
        """Do one thing: `name` is what follows /sandbox/, `body` the JSON value sent, None for none."""
        if (method, name) not in self._actions:
            raise ControlError(self._unknown(method, name), 404)
        action, _ = self._actions[method, name]
        try:
            return action(query, body)
        except ValueError as error:
            raise ControlError(str(error)) from None

    def _unknown(self, method: str, name: str) -> str:
        methods = [known for known, known_name in self._actions if known_name == name]
        if methods:
            return f"/sandbox/{name} takes {', '.join(methods)}, not {method}: curl -X {methods[-1]} ..."
        names = ", ".join(dict.fromkeys(f"/sandbox/{known_name}" for _, known_name in self._actions))
        return f"there is no /sandbox/{name}; there are {names}"

    def _index(self, _query: Query, _body: Any) -> Any:
        settings = asdict(self._vendor.settings)
        return {
            "endpoints": {f"{method} /sandbox/{name}": about for (method, name), (_, about) in self._actions.items()},
            "settings": {
                item.name: {"about": item.metadata["about"], "values": _values(item), "now": settings[item.name]}
                for item in fields(self._vendor.settings)
            },
            "faults": {
                kind.name: {"about": kind.about, "parameters": dict(kind.defaults)}
                for kind in self._vendor.faults.kinds.values()
            },
        }

    def _show_entries(self, query: Query, _body: Any) -> Any:
        entries = self._vendor.entries.first(_number(query, "limit"))
        return {"count": self._vendor.entries.count(), "entries": [entry._asdict() for entry in entries]}

    def _load_entries(self, _query: Query, body: Any) -> Any:
        wanted = _object(body, LOAD)
        if wanted.keys() == {"count"} and _is_whole(_as_number(wanted["count"]), 0):
            self._vendor.entries.make_up(_as_number(wanted["count"]))
        elif wanted.keys() == {"entries"} and isinstance(wanted["entries"], list):
            self._vendor.entries.replace([_entry(item) for item in wanted["entries"]])
        else:
            raise ValueError(LOAD)
        return {"count": self._vendor.entries.count()}

    def _reset_entries(self, _query: Query, _body: Any) -> Any:
        self._vendor.entries.reset()
        return {"count": self._vendor.entries.count()}

    def _show_settings(self, _query: Query, _body: Any) -> Any:
        return asdict(self._vendor.settings)

    def _change_settings(self, _query: Query, body: Any) -> Any:
        self._vendor.settings = self._vendor.settings.changed(_object(body, CHANGE))
        return asdict(self._vendor.settings)

    def _show_faults(self, _query: Query, _body: Any) -> Any:
        return [fault.shown() for fault in self._vendor.faults.waiting()]

    def _add_fault(self, _query: Query, body: Any) -> Any:
        wanted = _object(body, BREAK)
        if "fault" not in wanted:
            raise ValueError(BREAK)
        return self._vendor.faults.add(wanted).shown()

    def _clear_faults(self, _query: Query, _body: Any) -> Any:
        self._vendor.faults.clear()
        return []

    def _show_requests(self, query: Query, _body: Any) -> Any:
        last, requests = _number(query, "last"), self._vendor.logbook.all()
        return requests if last is None else requests[len(requests) - min(last, len(requests)) :]

    def _clear_requests(self, _query: Query, _body: Any) -> Any:
        self._vendor.logbook.clear()
        return []

    def _reset(self, _query: Query, _body: Any) -> Any:
        self._vendor.reset()
        return {"count": self._vendor.entries.count()}


def _object(body: Any, otherwise: str) -> dict[str, Any]:
    if not isinstance(body, dict):
        raise ValueError(otherwise)
    return body


def _values(item: Field[Any]) -> str:
    return str(item.metadata["form"]).replace("none", "null") or "{true,false}"


def _number(query: Query, name: str) -> int | None:
    text = query.get(name)
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise ValueError(f"{name} must be a whole number from 0")
    return int(text)


def _as_number(value: Any) -> Any:
    """A number that a form sent as text."""
    is_number = isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 20
    return int(value) if is_number else value


def _is_whole(value: Any, least: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= LARGEST_ID


def _entry(item: Any) -> tuple[int | None, str, str | None]:
    given = {"id": None, "created_at": None, **_object(item, ENTRY)}
    entry_id, email, created_at = given.pop("id"), given.pop("email", None), given.pop("created_at")
    fits = entry_id is None or _is_whole(entry_id, 1)
    if given or not fits or not isinstance(email, str) or not isinstance(created_at, (str, type(None))):
        raise ValueError(ENTRY)
    return entry_id, email, created_at
