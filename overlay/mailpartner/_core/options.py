"""The options of a client and of a call, each checked when it is given."""

from __future__ import annotations

from typing import Any, Final, Literal, TypedDict, Unpack

import attrs

FORMATS: Final = ("json", "xml")
METHODS: Final = ("auto", "POST", "GET")
DAY: Final = 86_400.0


def _one_of(*allowed: str) -> Any:
    def check(_: object, attribute: attrs.Attribute[str], value: object) -> None:
        if value not in allowed:
            shown = ", ".join(f'"{choice}"' for choice in allowed)
            raise ValueError(f"{attribute.name} must be one of {shown}.")

    return check


def _seconds(_: object, attribute: attrs.Attribute[float], value: object) -> None:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TypeError(f"{attribute.name} must be a number of seconds, not {type(value).__name__}.")
    if not 0 < value <= DAY:
        raise ValueError(f"{attribute.name} must be more than 0 seconds and at most a day.")


def _count(_: object, attribute: attrs.Attribute[int], value: object) -> None:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{attribute.name} must be an int, not {type(value).__name__}.")
    if value < 0:
        raise ValueError(f"{attribute.name} must not be negative.")


class CallOptions(TypedDict, total=False):
    """The options of a single call, which replace the client's. None is the same as not given."""

    format: Literal["json", "xml"] | None
    method: Literal["auto", "POST", "GET"] | None
    timeout: float | None
    deadline: float | None
    max_retries: int | None


_METHOD_ARGUMENTS: Final = (
    "missing_ok", "exist_ok", "concurrency", "rate", "journal", "stop_on_error", "executor",
    "subject", "html", "to", "reply_to", "variables", "attachments", "tag", "send_at", "test",
    "page", "type", "email", "credit", "is_buyer", "title", "first_name", "last_name", "amount",
)  # fmt: skip
"""What methods take besides options; for suggestions where a name is mistyped."""


_NOT_IN_THE_API: Final = {
    "text": "messages have HTML alone: put it into html",
    "cc": "there is no copy: put all recipients into to",
    "bcc": "there is no copy: put all recipients into to",
    **dict.fromkeys(("from_", "from_email", "sender"), "no parameter names the sender, whom the account determines"),
}
"""Arguments that other mail APIs take, and what to use instead."""


def _unknown_option(name: str) -> str:
    if name in _NOT_IN_THE_API:
        return f"{name} is not in the API: {_NOT_IN_THE_API[name]}. Nothing was sent."
    from difflib import get_close_matches

    close = get_close_matches(name, [*CallOptions.__annotations__, *_METHOD_ARGUMENTS], 1)
    suggestion = f" Did you mean {close[0]}?" if close else ""
    return f"Unknown option {name!r}. Valid options: {', '.join(CallOptions.__annotations__)}.{suggestion}"


@attrs.frozen
class Options:
    """How calls are made; `MailPartner` documents each option."""

    format: str = attrs.field(default="json", validator=_one_of(*FORMATS))
    method: str = attrs.field(default="auto", validator=_one_of(*METHODS))
    timeout: float = attrs.field(default=10.0, validator=_seconds)
    deadline: float = attrs.field(default=60.0, validator=_seconds)
    max_retries: int = attrs.field(default=2, validator=_count)

    def changed(self, **given: Unpack[CallOptions]) -> Options:
        """Return these options with those given that are not None.

        Raises:
            TypeError: For an unknown option, or one of the wrong type.
            ValueError: For an option out of range.
        """
        for name in given:
            if name not in CallOptions.__annotations__:
                raise TypeError(_unknown_option(name))
        changes: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
        return attrs.evolve(self, **changes) if changes else self
