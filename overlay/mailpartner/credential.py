"""The API key: checked once, then held where no repr, pickle or traceback shows it, and wiped from what comes back."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import quote

from mailpartner.errors import ConfigurationError

VARIABLE = "MAILPARTNER_API_KEY"
HIDDEN = "[key hidden]"


def fault_of_key(value: object) -> str | None:
    """Why `value` cannot be a key, in words that do not show it; None if it can.

    It returns rather than raises: a traceback with locals would show the frame that holds the key.
    """
    if value is None:
        return f"No API key. Set {VARIABLE}, or pass it: MailPartner(api_key). It is on your Mail Partner dashboard."
    if not isinstance(value, str):
        return f"The API key must be a str, not {type(value).__name__}. Nothing was sent."
    if not value:
        return f"The API key is empty. Nothing was sent. Check {VARIABLE} or the api_key you pass."
    if value != value.strip():
        return "The API key begins or ends with white space, perhaps a line break from a file. Strip it first."
    if not (value.isascii() and value.isprintable()) or " " in value:
        return "The API key holds a space, a control or a non-ASCII character. Nothing was sent. Copy it once more."
    return None


class ApiKey:
    """A key that shows itself to nobody but the wire."""

    __slots__ = ("_pattern", "_reveal", "for_url")

    def __init__(self, value: str) -> None:
        self._reveal: Callable[[], str] = lambda: value
        self._pattern: re.Pattern[bytes] | None = None
        self.for_url = quote(value, safe="").encode("ascii")
        """The key, percent-encoded as a query value."""

    def __repr__(self) -> str:
        return "ApiKey(hidden)"

    def __reduce__(self) -> tuple[object, ...]:
        raise TypeError("An API key is not pickled or copied. Give it to the other process by its environment.")

    def for_body(self) -> str:
        """The key as it stands in a JSON body."""
        return self._reveal()

    def wipe(self, data: bytes) -> bytes:
        """`data` without the key, in whatever common spelling a server may echo it."""
        if self._pattern is None:
            self._pattern = re.compile(b"".join(map(_any_spelling, self._reveal())), re.IGNORECASE)
        return self._pattern.sub(HIDDEN.encode(), data)

    def wipe_text(self, text: str) -> str:
        """The same for text; lone surrogates, which no terminal or log can write, become question marks."""
        return self.wipe(text.encode("utf-8", "replace")).decode("utf-8")


def key_from(value: str | None, fallback: str | None) -> ApiKey | str:
    """The key, or why there is none, as text."""
    chosen = value if value is not None else fallback
    return fault_of_key(chosen) or ApiKey(str(chosen))


def require(key: ApiKey | str) -> ApiKey:
    """The key, or the error that says why there is none, raised where no frame holds a value."""
    if isinstance(key, str):
        raise ConfigurationError(key)
    return key


_NAMED = {"&": "amp", "<": "lt", ">": "gt", '"': "quot", "'": "apos"}


def _any_spelling(character: str) -> bytes:
    """A pattern for one ASCII character: plain, escaped for a URL, JSON or HTML up to a few times over, also in
    UTF-16 and UTF-32. Every repetition is bounded: a body may be all backslashes."""
    number = ord(character)
    spellings = [
        rf"\\{{0,8}}{re.escape(character)}",
        rf"%(?:25){{0,3}}{number:02x}",
        rf"\\{{1,8}}(?:u00|x){number:02x}",
        rf"&(?:amp;){{0,3}}#(?:0{{0,6}}{number}|x0{{0,6}}{number:x});",
    ]
    if character in _NAMED:
        spellings.append(f"&(?:amp;){{0,3}}{_NAMED[character]};")
    return b"(?:" + "|".join(spellings).encode("ascii") + rb")\x00{0,3}"
