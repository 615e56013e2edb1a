"""What a program can do with a running sandbox, in a thread or in a process: it is asked over HTTP."""

from __future__ import annotations

import abc
import http.client
import json
import ssl
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any, Self
from urllib.parse import urlsplit

from .mails import StoredMail, mail_from_json
from .request_log import LoggedRequest
from .unsubscribes import Entry

ANSWER_WITHIN = 120.0  # seconds: millions of entries take long to make up

Setting = str | float | bool | None


class SandboxBase(abc.ABC):
    """A sandbox to be used in a `with` block. `url` is its base URL, without a slash at the end."""

    url: str = ""
    _is_running = False

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    @abc.abstractmethod
    def start(self) -> None:
        """Start it; it listens when this returns."""

    @abc.abstractmethod
    def close(self) -> None:
        """End it, with all its connections, within seconds. Harmless when it has ended."""

    def fault(self, name: str, *, times: int | None = 1, operation: str | None = None, **parameters: Setting) -> None:
        """Let a fault hit requests to come.

        Args:
            name: One of the faults of docs/sandbox.md: "reset-after", "status", ...
            times: How many requests it hits; None: all, until it is cleared.
            operation: The operationId of the requests that it hits, as "sendMessage"; None: all.
            **parameters: Those of the fault.

        Raises:
            ValueError: If there is no such fault, operation or parameter.
        """
        only = {} if operation is None else {"operation": operation}
        self._ask("POST", "faults", {**parameters, **only, "fault": name, "times": times})

    def clear_faults(self) -> None:
        """Let no fault that still waits happen."""
        self._ask("DELETE", "faults")

    def requests(self) -> list[LoggedRequest]:
        """Return the last 1000 requests to the API, oldest first, keys hidden."""
        logged: list[LoggedRequest] = self._ask("GET", "requests")
        return logged

    def clear_requests(self) -> None:
        """Forget the requests, and count from 1 again."""
        self._ask("DELETE", "requests")

    def mails(self) -> list[StoredMail]:
        """Return the mails that were sent, newest first."""
        return [mail_from_json(mail) for mail in self._ask("GET", "mails")]

    def clear_mails(self) -> None:
        """Forget the mails."""
        self._ask("DELETE", "mails")

    def credits(self) -> dict[str, Any]:
        """Return what the account may spend: username, mails, price, balance, currency."""
        account: dict[str, Any] = self._ask("GET", "account")
        return account

    def set_balance(self, balance: Decimal | int | str) -> None:
        """Let the account have so much."""
        self._ask("PATCH", "account", {"balance": str(balance)})

    def subaccounts(self) -> list[dict[str, Any]]:
        """Return the sub-accounts: id, email, type, created_at, balance, currency; the API answers key and token."""
        subaccounts: list[dict[str, Any]] = self._ask("GET", "subaccounts")
        return subaccounts

    def load_subaccounts(self, count: int) -> None:
        """Replace all sub-accounts by so many made-up ones."""
        self._ask("PUT", "subaccounts", {"count": count})

    def entries(self, limit: int | None = None) -> dict[int, Entry]:
        """Return the entries by id, in the order of the ids, at most `limit`."""
        answer = self._ask("GET", "entries" if limit is None else f"entries?limit={limit}")
        return {item["id"]: Entry(**item) for item in answer["entries"]}

    def count(self) -> int:
        """Return how many entries there are."""
        return int(self._ask("GET", "entries?limit=0")["count"])

    def load(self, entries: int | Iterable[Entry | str]) -> None:
        """Replace all entries: by so many made-up ones, or by these; an address alone gets an id that never was.

        Raises TypeError for a text: it would be read as a list of its letters.
        """
        if isinstance(entries, str):
            raise TypeError(f"load takes a list of addresses, as in load([{entries!r}]), or how many to make up")
        if isinstance(entries, int):
            self._ask("PUT", "entries", {"count": entries})
        else:
            items = [item._asdict() if isinstance(item, Entry) else {"email": item} for item in entries]
            self._ask("PUT", "entries", {"entries": items})

    def set_clock(self, moment: datetime) -> None:
        """Stop the clock at this time; one without a zone is in the API's."""
        self._ask("PUT", "clock", {"at": str(moment)})

    def advance(self, seconds: float) -> None:
        """Move the clock on."""
        self._ask("PUT", "clock", {"advance": str(seconds)})

    def now(self) -> datetime:
        """Return the time of the sandbox, in UTC."""
        return datetime.fromisoformat(self._ask("GET", "clock")["now"])

    def settings(self, **changes: Setting) -> dict[str, Any]:
        """Change settings, if any are given, and return all. Raises ValueError if one is not possible."""
        settings: dict[str, Any] = self._ask("PATCH", "settings", changes)
        return settings

    def reset(self) -> None:
        """Put everything back to the start."""
        self._ask("POST", "reset")

    def _ask(self, method: str, target: str, body: Any = None) -> Any:
        """Ask the control of the sandbox; `target` is what follows /sandbox/."""
        if not self._is_running:
            raise RuntimeError("this sandbox is not running")
        parts = urlsplit(self.url)
        connection: http.client.HTTPConnection
        if parts.scheme == "https":  # our own server: there is nobody else to be told from
            context = ssl.create_default_context()
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            connection = http.client.HTTPSConnection(parts.netloc, timeout=ANSWER_WITHIN, context=context)
        else:
            connection = http.client.HTTPConnection(parts.netloc, timeout=ANSWER_WITHIN)
        try:
            connection.request(method, f"/sandbox/{target}", None if body is None else json.dumps(body))
            response = connection.getresponse()
            answer = json.loads(response.read())
        finally:
            connection.close()
        if response.status != http.client.OK:
            raise ValueError(answer["error"])
        return answer
