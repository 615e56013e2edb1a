"""What a client can be told about a call, each value checked when it is given."""

from __future__ import annotations

from typing import Any, Final, TypedDict, Unpack

import attrs

FORMATS: Final = ("json", "xml")
METHODS: Final = ("auto", "POST", "GET")
A_DAY: Final = 86_400.0


def _one_of(*allowed: str) -> Any:
    def check(_: object, attribute: attrs.Attribute[str], value: object) -> None:
        if value not in allowed:
            shown = ", ".join(f'"{choice}"' for choice in allowed)
            raise ValueError(f"{attribute.name} must be one of {shown}.")

    return check


def _seconds(_: object, attribute: attrs.Attribute[float], value: object) -> None:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TypeError(f"{attribute.name} must be a number of seconds, not {type(value).__name__}.")
    if not 0 < value <= A_DAY:
        raise ValueError(f"{attribute.name} must be more than 0 seconds and at most a day.")


def _count(_: object, attribute: attrs.Attribute[int], value: object) -> None:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{attribute.name} must be an int, not {type(value).__name__}.")
    if value < 0:
        raise ValueError(f"{attribute.name} must not be negative.")


class CallOptions(TypedDict, total=False):
    """What can be given for a single call: the same as for a client, in place of it. None counts as not given."""

    format: str | None
    method: str | None
    timeout: float | None
    deadline: float | None
    max_retries: int | None


_OF_METHODS: Final = ("missing_ok", "concurrency", "rate", "journal", "stop_on_error", "executor")


def _no_option(name: str) -> str:
    from difflib import get_close_matches

    meant = get_close_matches(name, [*CallOptions.__annotations__, *_OF_METHODS], 1)
    hint = f" Did you mean {meant[0]}?" if meant else ""
    return f"{name!r} is no option of a call; there are {', '.join(CallOptions.__annotations__)}.{hint}"


@attrs.frozen
class Options:
    """How calls are made.

    format: what is asked for; what arrives decides how it is read. method: see MailPartner. timeout: seconds for one
    network step. deadline: seconds for the whole call. max_retries: how often a failed attempt is repeated.
    """

    format: str = attrs.field(default="json", validator=_one_of(*FORMATS))
    method: str = attrs.field(default="auto", validator=_one_of(*METHODS))
    timeout: float = attrs.field(default=10.0, validator=_seconds)
    deadline: float = attrs.field(default=60.0, validator=_seconds)
    max_retries: int = attrs.field(default=2, validator=_count)

    def changed(self, **given: Unpack[CallOptions]) -> Options:
        """These options with those given that are not None. Raises TypeError or ValueError for what is no option."""
        for name in given:
            if name not in CallOptions.__annotations__:
                raise TypeError(_no_option(name))
        changes: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
        return attrs.evolve(self, **changes) if changes else self
