"""The faults that wait, and how one is written."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from .document import Document
from .exchange import Exchange
from .fault_kinds import KINDS, Kind
from .settings import Check, checked, flag, header_text, http_status, one_of, optional, seconds_up_to, whole_number

ALWAYS = "always"
FORM = "NAME[:TIMES][,PARAMETER=VALUE...]"
Written = str | Mapping[str, Any]  # in this form, or {"fault": NAME, "times": TIMES, ...}


def text(value: Any) -> str:
    """Check text that UTF-8 can carry."""
    str(value).encode()
    return str(value)


PARAMETERS: dict[str, Check] = {
    "seconds": optional(seconds_up_to(3600)),
    "status": http_status,
    "after": flag,
    "retry_after": optional(header_text),
    "location": header_text,
    "bytes": optional(whole_number),
    "message": optional(text),
    "where": one_of("html", "message"),
}


@dataclass
class Fault:
    """A fault that waits.

    Attributes:
        times: How many requests it still hits; None: all, until it is cleared.
        operation: The operationId of the requests that it hits; None: all.
    """

    kind: Kind
    times: int | None
    operation: str | None
    parameters: Mapping[str, Any]

    async def hit(self, exchange: Exchange) -> None:
        """Let it happen to a request."""
        exchange.record["fault"] = self.kind.name
        await self.kind.behave(exchange, **self.parameters)

    def as_written(self) -> dict[str, Any]:
        """Return it as it is written."""
        only = {} if self.operation is None else {"operation": self.operation}
        return {"fault": self.kind.name, "times": self.times, **only, **self.parameters}


class FaultQueue:
    """The faults that wait, first come, first served; one without an end comes after all that are counted."""

    def __init__(self, document: Document, waiting: Iterable[Written]) -> None:
        """Queue the faults of the start. Raises ValueError if one does not fit."""
        self._checks: dict[str, Check] = {**PARAMETERS, "code": partial(_code_text, document.codes.keys())}
        self._operation = optional(one_of(*document.main_operations))
        self._at_start = [waiting] if isinstance(waiting, str) else list(waiting)
        self._faults: list[Fault] = []
        self.reset()

    def add(self, written: Written) -> Fault:
        """Queue `{"fault": NAME, "times": 1, "operation": None, ...}`. Raises ValueError if it does not fit."""
        if not isinstance(written, (str, Mapping)):
            raise ValueError(f"a fault is written {FORM}, or as a mapping with fault=NAME; not {written!r}")
        given = read_fault(written) if isinstance(written, str) else dict(written)
        name, times, operation = given.pop("fault", None), given.pop("times", 1), given.pop("operation", None)
        if not isinstance(name, str) or name not in KINDS:
            raise ValueError(f"no fault is called {name}; there are {', '.join(KINDS)}")
        times = None if times == ALWAYS else checked("times", optional(whole_number), times)
        operation = checked("operation", self._operation, operation)
        fault = Fault(KINDS[name], times, operation, KINDS[name].checked(given, self._checks))
        self._faults.append(fault)
        return fault

    def take(self, operation: str) -> Fault | None:
        """Return the fault for the next request to this operation, used up by one."""
        fitting = [fault for fault in self.waiting() if fault.operation in (None, operation)]
        fault = next((fault for fault in fitting if fault.times is not None), next(iter(fitting), None))
        if fault is not None and fault.times is not None:
            fault.times -= 1
        return fault

    def waiting(self) -> list[Fault]:
        """Return those still to come."""
        self._faults = [fault for fault in self._faults if fault.times != 0]
        return self._faults

    def clear(self) -> None:
        """Let none of them happen."""
        self._faults = []

    def reset(self) -> None:
        """Put the faults of the start back."""
        self.clear()
        for written in self._at_start:
            self.add(written)


def read_fault(written: str) -> dict[str, Any]:
    """Return a fault that is written as text."""
    head, *rest = written.split(",")
    name, _, times = head.partition(":")
    pairs = [piece.partition("=") for piece in rest]
    values: dict[str, Any] = {parameter: value for parameter, _, value in pairs}
    return {**values, "fault": name, "times": None if times == ALWAYS else times or 1}


def _code_text(names: Collection[str], value: Any) -> str:
    code = str(value)
    if code not in names and not (code.isascii() and code.isdigit() and len(code) < 20):
        raise ValueError(f"must be a number or one of {', '.join(sorted(names))}")
    return code
