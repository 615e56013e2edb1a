"""The settings: one for each thing that the vendor does not document, so that a client can meet every answer."""

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
    "insufficient_credit": 402,
    "rate_limit": 429,
    "server": 500,
}
A_DAY = 86_400.0
Check = Callable[[Any], Any]


def checked(name: str, check: Check, value: Any) -> Any:
    """Return a value that passed its check. Raises ValueError with the name."""
    try:
        return check(value)
    except ValueError as error:
        raise ValueError(f"{name} {error}") from None


def one_of(*choices: str) -> Check:
    """Return a check that accepts only these words."""

    def check(value: Any) -> str:
        if str(value) not in choices:
            raise ValueError(f"must be one of {', '.join(choices)}")
        return str(value)

    return check


def http_status(value: Any) -> int:
    """Check an HTTP status from 200 to 599, registered or not."""
    if isinstance(value, bool) or str(value) not in map(str, range(200, 600)):
        raise ValueError("must be an HTTP status from 200 to 599")
    return int(value)


def header_text(value: Any) -> str:
    """Check text that fits a header as it is."""
    text = str(value) if isinstance(value, (str, int, float)) and not isinstance(value, bool) else "\n"
    if not text.isascii() or not text.isprintable() or text != text.strip():
        raise ValueError("must be printable ASCII text, without spaces around it")
    return text


def flag(value: Any) -> bool:
    """Check true or false; the words too, for the command line."""
    words = {"true": True, "false": False}
    if not isinstance(value, bool) and str(value) not in words:
        raise ValueError("must be true or false")
    return value if isinstance(value, bool) else words[str(value)]


def whole_number(value: Any) -> int:
    """Check a number from 0."""
    if isinstance(value, bool) or not str(value).isascii() or not str(value).isdigit() or len(str(value)) > 19:
        raise ValueError("must be a whole number from 0")
    return int(value)


def at_most(limit: int) -> Check:
    """Return a check for a number from 0 to `limit`."""

    def check(value: Any) -> int:
        number = whole_number(value)
        if number > limit:
            raise ValueError(f"must be at most {limit}")
        return number

    return check


def seconds_up_to(limit: float, *, zero: bool = True) -> Check:
    """Return a check for seconds up to `limit`, from 0 or above it."""

    def check(value: Any) -> float:
        try:
            number = math.nan if isinstance(value, bool) else float(value)
        except (TypeError, ValueError):
            number = math.nan
        if not 0 <= number <= limit or (number == 0 and not zero):
            raise ValueError(
                f"must be {'seconds from 0 to' if zero else 'more than 0 seconds and at most'} {limit:.0f}"
            )
        return number

    return check


def optional(check: Check) -> Check:
    """Return the check, or None to switch it off; the command line writes None as the word none."""
    return lambda value: None if value in (None, "none") else check(value)


def _error_status(value: Any) -> str:
    return "4xx" if value == "4xx" else str(http_status(value))


def _setting(default: Any, check: Check, form: str, about: str) -> Any:
    return field(default=default, metadata={"check": check, "form": form, "about": about})


def _words(*words: str, about: str) -> Any:
    """Return a setting that takes these words; the first is the default."""
    return _setting(words[0], one_of(*words), f"{{{','.join(words)}}}", about)


@dataclass(frozen=True, kw_only=True)
class Settings:
    """All settings. The metadata of each holds its values and what it does; without a default it is the document's."""

    unknown_id: str = _words("code", "success", about="an unknown id: the error code, or a success")
    error_status: str = _setting(
        "200",
        _error_status,
        "{200,4xx,NUMBER}",
        "HTTP status of errors: 200, 4xx (400, 401, 402, 403, 404, 429 or 500 by the kind of error), or this one",
    )
    success_code: int | None = _setting(
        None, optional(at_most(2**31 - 1)), "{N,none}", "the code of every success; none: as in openapi.yaml"
    )
    post: str = _words(
        *("accept", "405", "unheard"),
        about="where POST and GET do the same, POST: is accepted, gets HTTP 405, or arrives without its query",
    )
    get: str = _words("accept", "405", about="there, GET: is accepted, or gets HTTP 405")
    rate_limit: int | None = _setting(
        MISSING,
        optional(whole_number),
        "{N,none}",
        "requests from one address in any --rate-window seconds; more are refused",
    )
    rate_window: float = _setting(
        MISSING, seconds_up_to(A_DAY, zero=False), "SECONDS", "the seconds that --rate-limit counts in"
    )
    retry_after: str | None = _setting(
        None, optional(header_text), "TEXT", "what is over the rate limit gets HTTP 429 and this Retry-After"
    )
    formats: str = _words(
        *("listed", "all", "ignored"),
        about="_format is known where openapi.yaml lists it, to all operations, or is ignored and the answer JSON",
    )
    cdata: bool = _setting(False, flag, "", "XML texts come as CDATA")
    xml_rows: str = _words(
        *("positional", "named"),
        about="in XML, a row of a list: entries without names, as on every sample, or elements with names, as in one",
    )
    xml_objects: str = _words(
        *("positional", "named"), about="in XML, an object such as user: entries without names, or elements with names"
    )
    nb_data: str = _words("right", "absent", "wrong", about="the count of a list; wrong: one too many")
    pages: str = _words("heard", "ignored", about="the page of the sub-accounts: as asked for, or always the first")
    letters: str = _words("kept", "lowered", about="the letters of an address that is added, and compared")
    recipients: str = _words(
        *("params", "top", "either"), about="where a message has its recipients: params.to, to at the top, or either"
    )
    unsubscribed: str = _words(
        *("refuse", "skip"), about="a message to an unsubscribed address: refused, or sent to all others"
    )
    scheduled_date: str = _words(
        *("scheduled", "always"), about="scheduledDeliveryDate is answered for a scheduled message, or for all"
    )
    delivery_seconds: float = _setting(
        5.0, seconds_up_to(A_DAY), "SECONDS", "until a delivery that is under way has its final status"
    )

    def changed(self, changes: Mapping[str, Any]) -> Settings:
        """Return the settings with these changes. Raises ValueError, which names the first that is not possible."""
        checks = {item.name: item.metadata["check"] for item in fields(self)}
        for name in changes.keys() - checks.keys():
            raise ValueError(f"no setting is called {name}; there are {', '.join(checks)}")
        return replace(self, **{name: checked(name, checks[name], value) for name, value in changes.items()})

    def status_of(self, kind: str) -> int:
        """Return the HTTP status of an answer whose code is of this kind."""
        if kind == SUCCESS:
            return 200
        return STATUS_OF_KIND.get(kind, 400) if self.error_status == "4xx" else int(self.error_status)
