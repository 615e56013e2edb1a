"""What a program holds of a running sandbox: the same names whether it runs in this process or in another one."""

from __future__ import annotations

import abc
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Self

from .state import Entry

if TYPE_CHECKING:
    from .logbook import Seen


class Handle(abc.ABC):
    """A sandbox to be used in a `with` block. `url` is its base URL, without a slash at the end."""

    url: str = ""

    def __enter__(self) -> Self:
        """Start it."""
        self.start()
        return self

    def __exit__(self, *exc_info: object) -> None:
        """End it."""
        self.close()

    @abc.abstractmethod
    def start(self) -> None:
        """Start it; it listens when this returns."""

    @abc.abstractmethod
    def close(self) -> None:
        """End it, with all its connections, within seconds. Harmless when it has ended."""

    def fault(self, name: str, *, times: int | None = 1, **parameters: str | float | bool | None) -> None:
        """Let a fault hit the next `times` requests; None: all, until it is cleared. A ValueError if it cannot be."""
        self._ask("POST", "faults", {**parameters, "fault": name, "times": times})

    def clear_faults(self) -> None:
        """Let no fault that still waits happen."""
        self._ask("DELETE", "faults")

    def requests(self) -> list[Seen]:
        """The last 1000 requests to the API, oldest first, keys hidden."""
        seen: list[Seen] = self._ask("GET", "requests")
        return seen

    def clear_requests(self) -> None:
        """Forget the requests, and count from 1 again."""
        self._ask("DELETE", "requests")

    def entries(self, limit: int | None = None) -> dict[int, Entry]:
        """The entries by id, in the order of the ids, at most `limit`."""
        answer = self._ask("GET", "entries" if limit is None else f"entries?limit={limit}")
        return {item["id"]: Entry(**item) for item in answer["entries"]}

    def count(self) -> int:
        """How many entries there are."""
        return int(self._ask("GET", "entries?limit=0")["count"])

    def load(self, entries: int | Iterable[Entry | str]) -> None:
        """Replace all entries: by so many made-up ones, or by these; an address alone gets an id that never was."""
        if isinstance(entries, int):
            self._ask("PUT", "entries", {"count": entries})
        else:
            items = [{"email": item} if isinstance(item, str) else item._asdict() for item in entries]
            self._ask("PUT", "entries", {"entries": items})

    def settings(self, **changes: str | float | bool | None) -> dict[str, Any]:
        """Change switches, if any are given, and return all as they stand. A ValueError if one cannot be."""
        settings: dict[str, Any] = self._ask("PATCH", "settings", changes)
        return settings

    def reset(self) -> None:
        """Put everything back to the start: entries, switches, faults, requests."""
        self._ask("POST", "reset")

    @abc.abstractmethod
    def _ask(self, method: str, target: str, body: Any = None) -> Any:
        """Ask the control of the sandbox; `target` is what follows /sandbox/."""
