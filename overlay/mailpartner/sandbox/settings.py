"""The switches: one for each thing that the vendor does not document, so that every answer it may give can be met."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, field, fields, replace
from typing import Any

from .document import SUCCESS

STATUS_OF_KIND = {
    "authentication": 401,
    "permission_denied": 403,
    "not_found": 404,
    "invalid_request": 400,
    "rate_limit": 429,
    "server": 500,
}
A_DAY = 86_400.0


def one_of(*choices: str) -> Callable[[Any], str]:
    """A check that lets only these words pass."""

    def check(value: Any) -> str:
        if str(value) not in choices:
            raise ValueError(f"must be one of {', '.join(choices)}")
        return str(value)

    return check


def http_status(value: Any) -> int:
    """An HTTP status from 200 to 599, also one that no registry knows."""
    if isinstance(value, bool) or not str(value).isascii() or not str(value).isdigit() or not 200 <= int(value) <= 599:
        raise ValueError("must be an HTTP status from 200 to 599")
    return int(value)


def header_text(value: Any) -> str:
    """Text that fits a header, as it is."""
    text = str(value) if isinstance(value, (str, int, float)) and not isinstance(value, bool) else "\n"
    if not text.isascii() or not text.isprintable() or text != text.strip():
        raise ValueError("must be printable ASCII text, without spaces around it")
    return text


def flag(value: Any) -> bool:
    """True or false; the words too, for the command line."""
    words = {"true": True, "false": False}
    if not isinstance(value, bool) and value not in words:
        raise ValueError("must be true or false")
    return value if isinstance(value, bool) else words[value]


def whole_number(value: Any) -> int:
    """A number from 0."""
    if isinstance(value, bool) or not str(value).isascii() or not str(value).isdigit():
        raise ValueError("must be a whole number from 0")
    return int(value)


def window(value: Any) -> float:
    """A time above 0, up to a day."""
    try:
        number = math.nan if isinstance(value, bool) else float(value)
    except (TypeError, ValueError):
        number = math.nan
    if not 0 < number <= A_DAY:
        raise ValueError(f"must be more than 0 seconds and at most {A_DAY:g}")
    return number


def maybe(check: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """The check, or None to switch it off."""
    return lambda value: None if value is None else check(value)


def switchable(check: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """The same, where the command line writes None as the word none."""
    return lambda value: maybe(check)(None if value == "none" else value)


def _error_status(value: Any) -> str:
    return "4xx" if value == "4xx" else str(http_status(value))


def _switch(default: Any, check: Callable[[Any], Any], form: str, about: str) -> Any:
    return field(default=default, metadata={"check": check, "form": form, "about": about})


@dataclass(frozen=True, kw_only=True)
class Settings:
    """All switches as they stand. The metadata of each says its values and what it does; those without a default have
    that of the document."""

    unknown_id: str = _switch(
        "code", one_of("code", "success"), "{code,success}", "an unknown id: the error code, or a success"
    )
    error_status: str = _switch(
        "200",
        _error_status,
        "{200,4xx,NUMBER}",
        "HTTP status of errors: 200, 4xx (401, 403, 404, 400, 429 or 500 by the kind of error), or always this one",
    )
    post: str = _switch(
        "accept",
        one_of("accept", "405", "unheard"),
        "{accept,405,unheard}",
        "where POST and GET do the same, POST: is accepted, gets HTTP 405, or arrives without its query",
    )
    get: str = _switch("accept", one_of("accept", "405"), "{accept,405}", "there, GET: is accepted, or gets HTTP 405")
    rate_limit: int | None = _switch(
        MISSING,
        switchable(whole_number),
        "{N,none}",
        "requests from one address in any --rate-window seconds; more are refused",
    )
    rate_window: float = _switch(MISSING, window, "SECONDS", "the seconds that --rate-limit counts in")
    retry_after: str | None = _switch(
        None, switchable(header_text), "TEXT", "what is over the rate limit gets HTTP 429 and this Retry-After"
    )
    cdata: bool = _switch(False, flag, "", "XML texts come as CDATA")
    xml_rows: str = _switch(
        "positional",
        one_of("positional", "named"),
        "{positional,named}",
        "in XML, a row of a list: entries without names, as on every sample, or elements with names, as in one",
    )
    nb_data: str = _switch(
        "right", one_of("right", "absent", "wrong"), "{right,absent,wrong}", "the count of a list; wrong: one too many"
    )
    letters: str = _switch(
        "kept", one_of("kept", "lowered"), "{kept,lowered}", "the letters of an address that is added, and compared"
    )

    def changed(self, changes: Mapping[str, Any]) -> Settings:
        """The settings with these changes; a ValueError names the first that cannot be."""
        checks = {item.name: item.metadata["check"] for item in fields(self)}
        checked = {}
        for name, value in changes.items():
            if name not in checks:
                raise ValueError(f"no setting is called {name}; there are {', '.join(checks)}")
            try:
                checked[name] = checks[name](value)
            except ValueError as error:
                raise ValueError(f"{name} {error}") from None
        return replace(self, **checked)

    def status_of(self, kind: str) -> int:
        """The HTTP status of an answer whose code is of this kind."""
        if kind == SUCCESS:
            return 200
        return STATUS_OF_KIND.get(kind, 400) if self.error_status == "4xx" else int(self.error_status)
