"""Faults on request: what one is, the queue of those that wait, and how a person writes one."""

from __future__ import annotations

import inspect
import math
from collections.abc import Awaitable, Callable, Iterable, Mapping, Set
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from .settings import flag, header_text, http_status, maybe, one_of, whole_number

if TYPE_CHECKING:
    from .exchange import Exchange

Behaviour = Callable[..., Awaitable[None]]
LONGEST = 3600.0
ALWAYS = "always"


def text(value: Any) -> str:
    """Any text that UTF-8 can carry."""
    str(value).encode()
    return str(value)


def seconds(value: Any) -> float:
    """A time from 0 to an hour."""
    try:
        number = math.nan if isinstance(value, bool) else float(value)
    except (TypeError, ValueError):
        number = math.nan
    if not 0 <= number <= LONGEST:
        raise ValueError(f"must be seconds from 0 to {LONGEST:g}")
    return number


PARAMETERS: dict[str, Callable[[Any], Any]] = {
    "seconds": maybe(seconds),
    "status": http_status,
    "after": flag,
    "retry_after": maybe(header_text),
    "location": header_text,
    "bytes": maybe(whole_number),
    "message": maybe(text),
    "where": one_of("html", "message"),
}


@dataclass(frozen=True)
class Kind:
    """A kind of fault: a coroutine function, its keyword-only parameters the fault's own."""

    name: str
    about: str
    behave: Behaviour
    defaults: Mapping[str, Any]

    @classmethod
    def of(cls, behave: Behaviour) -> Kind:
        """The kind that a function describes by its name, docstring and parameters."""
        parameters = inspect.signature(behave).parameters.values()
        defaults = {item.name: item.default for item in parameters if item.kind is item.KEYWORD_ONLY}
        return cls(behave.__name__.replace("_", "-"), inspect.getdoc(behave) or "", behave, defaults)

    def checked(self, given: Mapping[str, Any], checks: Mapping[str, Callable[[Any], Any]]) -> dict[str, Any]:
        """All parameters of a fault of this kind; a ValueError where one does not fit."""
        checked = dict(self.defaults)
        for name, value in given.items():
            if name not in self.defaults:
                raise ValueError(f"{self.name} has no {name}; it has {', '.join(self.defaults) or 'no parameters'}")
            try:
                checked[name] = checks[name](value)
            except ValueError as error:
                raise ValueError(f"{self.name}: {name} {error}") from None
        return checked


@dataclass
class Fault:
    """A fault that waits. `times`: for how many requests still; None until it is cleared."""

    kind: Kind
    times: int | None
    parameters: Mapping[str, Any]

    async def hit(self, exchange: Exchange) -> None:
        """Let it happen to a request."""
        await self.kind.behave(exchange, **self.parameters)

    def shown(self) -> dict[str, Any]:
        """As it is written."""
        return {"fault": self.kind.name, "times": self.times, **self.parameters}


class FaultQueue:
    """The faults that wait, first come, first served. One without an end comes after all that are counted.

    codes: the names that the parameter `code` takes beside numbers. waiting: the faults of the start.
    """

    def __init__(self, kinds: Iterable[Kind], codes: Set[str], waiting: Iterable[Mapping[str, Any]]) -> None:
        self.kinds = {kind.name: kind for kind in kinds}
        self._checks: dict[str, Callable[[Any], Any]] = {**PARAMETERS, "code": partial(_code, codes)}
        self._at_start = list(waiting)
        self._faults: list[Fault] = []
        self.reset()

    def add(self, written: Mapping[str, Any]) -> Fault:
        """Queue `{"fault": NAME, "times": 1, ...}`; a ValueError says what does not fit."""
        given = dict(written)
        name, times = given.pop("fault", None), given.pop("times", 1)
        if not isinstance(name, str) or name not in self.kinds:
            raise ValueError(f"no fault is called {name}; there are {', '.join(self.kinds)}")
        try:
            times = maybe(whole_number)(None if times == ALWAYS else times)
        except ValueError as error:
            raise ValueError(f"times {error}, or {ALWAYS}") from None
        fault = Fault(self.kinds[name], times, self.kinds[name].checked(given, self._checks))
        self._faults.append(fault)
        return fault

    def take(self) -> Fault | None:
        """The fault for the next request, used up by one."""
        self._faults = [fault for fault in self._faults if fault.times != 0]
        fault = next((fault for fault in self._faults if fault.times is not None), None)
        if fault is None or fault.times is None:
            return next(iter(self._faults), None)
        fault.times -= 1
        return fault

    def waiting(self) -> list[Fault]:
        """Those still to come."""
        return [fault for fault in self._faults if fault.times != 0]

    def clear(self) -> None:
        """Let none happen."""
        self._faults = []

    def reset(self) -> None:
        """As at the start."""
        self.clear()
        for written in self._at_start:
            self.add(written)


def read_fault(text: str) -> dict[str, Any]:
    """A fault as the command line writes it: `NAME[:TIMES][,PARAMETER=VALUE...]`, TIMES a number or `always`."""
    head, *rest = text.split(",")
    name, _, times = head.partition(":")
    pairs = [piece.partition("=") for piece in rest]
    written: dict[str, Any] = {parameter: value for parameter, _, value in pairs}
    return {**written, "fault": name, "times": None if times == ALWAYS else times or 1}


def _code(names: Set[str], value: Any) -> str:
    code = str(value)
    if code not in names and not (code.isascii() and code.isdigit() and len(code) < 20):
        raise ValueError(f"must be a number or one of {', '.join(sorted(names))}")
    return code
