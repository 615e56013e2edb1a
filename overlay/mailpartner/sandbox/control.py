"""The control of the sandbox over HTTP, under /sandbox/: look, load, set, break, reset. It is not part of the API."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import Field, asdict, fields
from datetime import datetime
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response

from .accounts import MAIN, MAX_BALANCE, MAX_SUBACCOUNTS, Account, as_amount
from .answers import to_json
from .exchange import INT64
from .fault_kinds import KINDS
from .mails import mail_to_json
from .security import HEADERS
from .settings import at_most, checked, seconds_up_to
from .state import State
from .unsubscribes import MAX_ENTRIES

Query = Mapping[str, str]
Action = Callable[[Query, Any], Any]

METHODS = ["GET", "PUT", "PATCH", "POST", "DELETE", "OPTIONS"]
MAX_ADVANCE = 10**11  # seconds: more than there are to the year 9999
WIDTH = 110
LONG = 100_000  # bytes of JSON that nobody reads line by line, and that take time to lay out
MAX_PAIRS = 100  # of a body that is not JSON
ENTRY = 'an entry is {"email": ...}, and if you like an "id" from 1 to 2**63-1 and a "created_at"'


class _BodyError(ValueError):
    """The body is not what the request takes."""


class Control:
    """What can be asked of one sandbox. What goes in and comes out is what JSON can carry."""

    def __init__(self, state: State) -> None:
        self._state = state
        self.actions: dict[tuple[str, str], tuple[Action, str]] = {
            ("GET", ""): (self._index, "this list, with all settings and faults"),
            ("GET", "entries"): (self._show_entries, "the entries, the first N with ?limit=N, and how many there are"),
            ("PUT", "entries"): (
                self._load_entries,
                'replace all entries: {"count": 3} or {"entries": [{"email": ...}]}',
            ),
            ("DELETE", "entries"): (
                self._done(state.unsubscribes.reset, self._count_entries),
                "put the entries of the start back",
            ),
            ("GET", "mails"): (self._show_mails, "the mails that were sent, newest first; the first N with ?limit=N"),
            ("DELETE", "mails"): (self._done(state.mailbox.clear), "forget the mails"),
            ("GET", "account"): (lambda *_: self._account(), "what the account may spend"),
            ("PATCH", "account"): (self._change_account, 'set its balance: {"balance": "12.5"}'),
            ("GET", "subaccounts"): (self._show_subaccounts, "the sub-accounts, without their keys and tokens"),
            ("PUT", "subaccounts"): (self._load_subaccounts, 'replace them by made-up ones: {"count": 25}'),
            ("GET", "clock"): (lambda *_: self._clock(), "the time of the sandbox"),
            ("PUT", "clock"): (
                self._set_clock,
                'stop it: {"at": "2027-01-31T12:00:00Z"}, or move it: {"advance": 300}',
            ),
            ("DELETE", "clock"): (self._done(state.clock.reset, self._clock), "go by the time of this machine again"),
            ("GET", "settings"): (lambda *_: asdict(state.settings), "the settings as they stand"),
            ("PATCH", "settings"): (self._change_settings, 'change settings: {"post": "405"}'),
            ("GET", "faults"): (
                lambda *_: [fault.as_written() for fault in state.faults.waiting()],
                "the faults that wait",
            ),
            ("POST", "faults"): (self._add_fault, 'break requests to come: {"fault": "status", "times": 2}'),
            ("DELETE", "faults"): (self._done(state.faults.clear), "forget the faults that wait"),
            ("GET", "requests"): (self._show_requests, "the requests to the API that arrived, the last N with ?last=N"),
            ("DELETE", "requests"): (self._done(state.requests.clear), "forget the requests"),
            ("POST", "reset"): (self._done(state.reset, self._count_entries), "put everything back to the start"),
        }

    async def endpoint(self, request: Request) -> Response:
        """Answer one request."""
        method = "GET" if request.method == "HEAD" else request.method
        name = request.path_params.get("name", "").rstrip("/")
        if (method, name) not in self.actions:
            return _json({"error": self._unknown(method, name)}, 404)
        action, about = self.actions[method, name]
        try:
            return _json(action(request.query_params, read_body(await request.body())))
        except _BodyError:
            error = f"the body is not what {method} /sandbox/{name} takes ({about}); GET /sandbox/ says more"
            return _json({"error": error}, 400)
        except ValueError as error:
            return _json({"error": str(error)}, 400)

    def _unknown(self, method: str, name: str) -> str:
        methods = [known for known, known_name in self.actions if known_name == name]
        if methods:
            return f"/sandbox/{name} takes {', '.join(methods)}, not {method}: curl -X {methods[-1]} ..."
        names = dict.fromkeys(f"/sandbox/{known_name}" for _, known_name in self.actions)
        return f"there is no /sandbox/{name}; there are {', '.join(names)}"

    @staticmethod
    def _done(action: Callable[[], object], show: Callable[[], Any] = list) -> Action:
        """Return an action that needs nothing more, and shows an empty list or what `show` returns."""
        return lambda *_: action() or show()

    def _index(self, _query: Query, _body: Any) -> Any:
        settings = asdict(self._state.settings)
        return {
            "endpoints": {f"{method} /sandbox/{name}": about for (method, name), (_, about) in self.actions.items()},
            "settings": {
                item.name: {"about": item.metadata["about"], "values": _values(item), "now": settings[item.name]}
                for item in fields(self._state.settings)
            },
            "faults": {kind.name: {"about": kind.about, "parameters": dict(kind.defaults)} for kind in KINDS.values()},
        }

    def _show_entries(self, query: Query, _body: Any) -> Any:
        entries = self._state.unsubscribes.first(_number(query, "limit"))
        return {"count": self._state.unsubscribes.count(), "entries": [entry._asdict() for entry in entries]}

    def _load_entries(self, _query: Query, body: Any) -> Any:
        name, value = _only(body, "count", "entries")
        if name == "count":
            self._state.unsubscribes.make_up(checked(name, at_most(MAX_ENTRIES), value))
        elif isinstance(value, list):
            self._state.unsubscribes.replace([_entry(item) for item in value])
        else:
            raise _BodyError
        return self._count_entries()

    def _count_entries(self) -> Any:
        return {"count": self._state.unsubscribes.count()}

    def _show_mails(self, query: Query, _body: Any) -> Any:
        return [mail_to_json(mail) for mail in self._state.mailbox.mails()[: _number(query, "limit")]]

    def _account(self) -> Any:
        accounts = self._state.accounts
        account = accounts.get(MAIN)
        spendable = {"mails": accounts.mails_left(account), "price": str(accounts.price)}
        return {"username": account.email, **spendable, **self._balance(account)}

    def _change_account(self, _query: Query, body: Any) -> Any:
        name, value = _only(body, "balance")
        self._state.accounts.set_balance(MAIN, checked(name, _balance, value))
        return self._account()

    def _show_subaccounts(self, _query: Query, _body: Any) -> Any:
        return [
            {"id": item.id, "email": item.email, "type": item.type, "created_at": item.created_at} | self._balance(item)
            for item in self._state.accounts.subaccounts()
        ]

    def _load_subaccounts(self, _query: Query, body: Any) -> Any:
        name, value = _only(body, "count")
        self._state.replace_subaccounts(checked(name, at_most(MAX_SUBACCOUNTS), value))
        return {"count": len(self._state.accounts.subaccounts())}

    def _balance(self, account: Account) -> dict[str, str]:
        return {"balance": f"{account.balance:f}", "currency": self._state.accounts.currency}

    def _clock(self) -> Any:
        return {"now": self._state.clock.now().isoformat(), "stopped": self._state.clock.is_stopped}

    def _set_clock(self, _query: Query, body: Any) -> Any:
        name, value = _only(body, "at", "advance")
        if name == "at":
            self._state.clock.set(checked(name, read_time, value))
        else:
            self._state.clock.advance(checked(name, seconds_up_to(MAX_ADVANCE), value))
        return self._clock()

    def _change_settings(self, _query: Query, body: Any) -> Any:
        self._state.settings = self._state.settings.changed(_object(body))
        return asdict(self._state.settings)

    def _add_fault(self, _query: Query, body: Any) -> Any:
        wanted = _object(body)
        if "fault" not in wanted:
            raise _BodyError
        return self._state.faults.add(wanted).as_written()

    def _show_requests(self, query: Query, _body: Any) -> Any:
        last, requests = _number(query, "last"), self._state.requests.all()
        return requests if last is None else requests[len(requests) - min(last, len(requests)) :]


def read_body(body: bytes) -> Any:
    """Return the value of a body: JSON, or `name=value&name=value` as a form or `curl -d` sends it; None for none.

    What a form holds is text, which means what it means on the command line. Raises ValueError.
    """
    try:
        text = body.decode()
        if "=" in text and text.lstrip()[0] not in '[{"':
            return dict(parse_qsl(text, keep_blank_values=True, strict_parsing=True, max_num_fields=MAX_PAIRS))
        return json.loads(text) if text else None
    except (ValueError, RecursionError) as error:
        reason = f": {error}" if isinstance(error, json.JSONDecodeError) else ""
        raise ValueError(
            f"the body is not JSON{reason}; send JSON in single quotes, as in -d '{{\"count\": 3}}', or -d count=3"
        ) from None


def read_time(text: Any) -> datetime:
    """Return a time that someone wrote; without a zone it is in the API's. Raises ValueError."""
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        moment = datetime.min
    if not 1970 < moment.year < 9990:
        raise ValueError("must be a time, as 2027-01-31T12:00:00+01:00, from 1971 to 9989")
    return moment


def _balance(value: Any) -> Decimal:
    amount = as_amount(value)
    if amount is None or amount >= MAX_BALANCE:
        raise ValueError(f'must be an amount from 0 and below {MAX_BALANCE}, as "12.5"')
    return amount


def _json(answer: Any, status: int = 200) -> Response:
    """Return an answer as JSON: in lines for people, in one line if it is long."""
    compact = to_json(answer)
    text = compact if len(compact) > LONG else _lines(answer).encode("utf-8", "backslashreplace")
    return Response(text + b"\n", status, HEADERS, media_type="application/json")


def _lines(value: Any, indent: str = "") -> str:
    """Return JSON in which everything that fits a line is on one."""
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


def _object(body: Any) -> dict[str, Any]:
    if not isinstance(body, dict):
        raise _BodyError
    return body


def _only(body: Any, *names: str) -> tuple[str, Any]:
    """Return the name and the value of an object that holds one of these names and nothing else."""
    items = list(_object(body).items())
    if len(items) != 1 or items[0][0] not in names:
        raise _BodyError
    return items[0]


def _values(item: Field[Any]) -> str:
    return str(item.metadata["form"]).replace("none}", "null}") or "{true,false}"


def _number(query: Query, name: str) -> int | None:
    return checked(name, at_most(INT64), query[name]) if name in query else None


def _entry(item: Any) -> tuple[int | None, str, str | None]:
    if not isinstance(item, dict):
        raise ValueError(ENTRY)
    given = {"id": None, "created_at": None, **item}
    entry_id, email, created_at = given.pop("id"), given.pop("email", None), given.pop("created_at")
    is_id = isinstance(entry_id, int) and not isinstance(entry_id, bool) and 1 <= entry_id <= INT64
    fits = (entry_id is None or is_id) and isinstance(created_at, (str, type(None)))
    if given or not fits or not isinstance(email, str):
        raise ValueError(ENTRY)
    return entry_id, email, created_at
