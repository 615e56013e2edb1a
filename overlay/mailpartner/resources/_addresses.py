"""Mail addresses: what is accepted as one, and which are equal."""

from __future__ import annotations

import re
import unicodedata

_LOCAL = r"(?:[^\s<>(),;:\[\]]+|\"(?:[^\"\\]|\\.)+\")"
_DOMAIN = r"(?:[^\s@<>(),;:\"\[\]\\]+|\[[^\s@\[\]\\]+\])"
_ADDRESS = re.compile(f"{_LOCAL}@{_DOMAIN}")


def is_address(text: str) -> bool:
    """Return whether `text` looks like one address and nothing else; the server judges the rest.

    A quoted local part (`"ann smith"@example.com`) and an address literal (`x@[192.0.2.1]`) are addresses (RFC 5321).
    """
    return _ADDRESS.fullmatch(text) is not None and text.isprintable() and "\ufffd" not in text


def is_mailbox(text: str) -> bool:
    """Return whether mail can be sent to `text`. An entry of a list may be worse: with a second @, not quoted."""
    local, _, _ = text.rpartition("@")
    return is_address(text) and ("@" not in local or local.startswith('"'))


def check_address(email: object) -> None:
    """Check that `email` looks like an address.

    Raises:
        TypeError: If it is not a str.
        ValueError: If it cannot be an address.
    """
    if not isinstance(email, str):
        raise TypeError(f"email must be a str, not {type(email).__name__}. Nothing was sent.")
    if not is_address(email):
        raise ValueError("email must be an address such as name@example.com. Nothing was sent.")


def normalize_email(email: str) -> str:
    """Return what equal addresses have in common: case matters before the @ (RFC 5321, 2.4), never after it."""
    # Not casefold(): straße.example is not strasse.example.
    local, at, domain = email.rpartition("@")
    return f"{local}{at}{domain.lower()}"


def fold_email(email: str) -> str:
    """Return what addresses have in common that differ only in capitals, or in how Unicode or a domain is spelled.

    Two such addresses may still be two people's: this finds spelling mistakes, it does not make addresses equal.
    """
    if email.isascii() and "xn--" not in email:
        return email.lower()
    local, at, domain = unicodedata.normalize("NFC", email).lower().rpartition("@")
    labels = ".".join(map(_decode_label, re.split(r"[.\u3002]", domain)))
    return unicodedata.normalize("NFC", f"{local}{at}{labels}")


def mailbox_key(email: str) -> tuple[str, str]:
    """Return what addresses of one mailbox share: case matters before the @, and a domain has several forms."""
    return email.rpartition("@")[0], fold_email(email)


def _decode_label(label: str) -> str:
    """Return a label of a domain in Unicode. The idna codec is not used: it makes ss of ß, another domain."""
    if not label.startswith("xn--"):
        return label
    try:
        return label[4:].encode("ascii").decode("punycode").lower()
    except (UnicodeError, OverflowError, ValueError):
        return label
