"""The API key: checked once, then held where no repr, pickle or traceback shows it, and wiped from what comes back."""

from __future__ import annotations

import hashlib
import html
import json
import re
from collections.abc import Callable
from urllib.parse import quote, unquote

from mailpartner.errors import ConfigurationError

VARIABLE = "MAILPARTNER_API_KEY"
REDACTED = "[key hidden]"
SANDBOX_PREFIX = "sandbox-"
"""With what the keys of sandboxes begin, and no account's does."""

_MARK = re.compile(rb"[%\\&\x00]")
"""With what every escape begins."""
_LAYERS = 6
_KEPT_IN_HEADS = re.compile(rb"HTTP/1\.[01] [0-9]{3} ?|[!#$%&'*+.^_`|~0-9A-Za-z-]+:[ \t]*")
"""The version and status of a status line, and the name of a header."""
_NO_CHARACTER = re.compile(r"&#0*[0-9]{8,}")
"""A number that is no character; html.unescape fails on one of more than 4,300 digits."""
_ESCAPE = re.compile(r"\\(?:u00([0-9a-f]{2})|x([0-9a-f]{2})|(.))", re.IGNORECASE | re.DOTALL)


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

    __slots__ = ("__weakref__", "_fingerprint", "_pattern", "_reveal", "for_json", "for_url", "is_sandbox")

    def __init__(self, value: str) -> None:
        # A method of str itself: calling it makes no frame in which the value stands.
        self._reveal: Callable[[], str] = value.__str__
        self._pattern: re.Pattern[bytes] | None = None
        self._fingerprint: str | None = None
        self.for_url = quote(value, safe="").encode("ascii")
        """The key, percent-encoded as a query value."""
        self.for_json = json.dumps(value)[1:-1].encode("ascii")
        """The key, escaped as it stands in a JSON body."""
        self.is_sandbox = value.startswith(SANDBOX_PREFIX)
        """True if the key is for a sandbox rather than an account."""

    def __repr__(self) -> str:
        return "ApiKey(hidden)"

    def __reduce__(self) -> tuple[object, ...]:
        raise TypeError("An API key is not pickled or copied. Give it to the other process by its environment.")

    def fingerprint(self) -> str:
        """Return text that is the same for the same key and from which the key cannot be found; for journals."""
        if self._fingerprint is None:
            self._fingerprint = hashlib.pbkdf2_hmac(
                "sha256", self._reveal().encode(), b"mailpartner key fingerprint", 100_000
            )[:8].hex()
        return self._fingerprint

    def redact(self, data: bytes) -> bytes:
        """Return `data` without the key, however a server may echo it.

        The usual encodings of the key are replaced; where it could still be decoded with some effort, all of `data` is.
        """
        if not _MARK.search(data) and self._reveal().lower().encode("ascii") not in data.lower():
            return data
        data = self._simple().sub(REDACTED.encode("ascii"), data)
        return REDACTED.encode("ascii") if self._can_be_read(data.decode("iso-8859-1")) else data

    def mask(self, data: bytes) -> bytes:
        """Return the head of a response with asterisks for the key, of the same length.

        A short key, which may be a header's name, is left as it is.
        """
        if len(self._reveal()) < 8 or self.redact(data) == data:
            return data
        masked = self._simple().sub(lambda match: b"*" * len(match[0]), data)
        if not self._can_be_read(masked.decode("iso-8859-1")):
            return masked
        # It is encoded more than once: hide the whole value, but not what says how to read the response.
        lines = (self._masked_line(line) for line in masked.split(b"\r\n"))
        masked = b"\r\n".join(lines)
        return re.sub(rb"[^\r\n:]", b"*", data) if self._can_be_read(masked.decode("iso-8859-1")) else masked

    def _masked_line(self, line: bytes) -> bytes:
        kept = _KEPT_IN_HEADS.match(line)
        if kept is None or not self._can_be_read(line.decode("iso-8859-1")):
            return line
        return kept[0] + re.sub(rb"[^\r\n]", b"*", line[kept.end() :])

    def _simple(self) -> re.Pattern[bytes]:
        if self._pattern is None:
            self._pattern = re.compile(b"".join(map(_simple_spellings, self._reveal())), re.IGNORECASE)
        return self._pattern

    def _can_be_read(self, text: str) -> bool:
        """Whether the key is in `text` once up to six layers of escapes are undone, and UTF-16 and UTF-32."""
        for _ in range(_LAYERS):
            text = text.replace("\x00", "")
            if self._reveal().lower() in text.lower():  # in no variable: a Ctrl-C may show this frame
                return True
            before, text = text, _unescaped(text)
            if text == before:
                return False
        return False

    def redact_text(self, text: str) -> str:
        """The same for text; lone surrogates, which no terminal or log can write, become question marks."""
        return self.redact(text.encode("utf-8", "replace")).decode("utf-8")


def key_from(value: str | None, fallback: str | None) -> ApiKey | str:
    """The key, or why there is none, as text."""
    chosen = value if value is not None else fallback
    return fault_of_key(chosen) or ApiKey(str(chosen))


def require(key: ApiKey | str) -> ApiKey:
    """The key, or the error that says why there is none, raised where no frame holds a value."""
    if isinstance(key, str):
        raise ConfigurationError(key)
    return key


def _simple_spellings(character: str) -> bytes:
    """A pattern for one ASCII character: plain, or escaped once for a URL, JSON or HTML."""
    number = ord(character)
    names = [f"&{html.escape(character)[1:]}"] if html.escape(character) != character else []
    spellings = [rf"\\?{re.escape(character)}", f"%{number:02x}", rf"\\u00{number:02x}", f"&#0*{number};", *names]
    return ("(?:" + "|".join(spellings) + ")").encode("ascii")


def _unescaped(text: str) -> str:
    """`text` with one layer of URL, JSON and HTML escapes undone."""
    return _ESCAPE.sub(_meant, html.unescape(_NO_CHARACTER.sub("", unquote(text, encoding="iso-8859-1"))))


def _meant(escape: re.Match[str]) -> str:
    digits = escape[1] or escape[2]
    return chr(int(digits, 16)) if digits else escape[3]
