"""Mail addresses: what is accepted as one, and which are equal."""

from __future__ import annotations


def check_address(email: object) -> None:
    """Check that `email` looks like an address; the server judges the rest.

    Raises:
        TypeError: If it is not a str.
        ValueError: If it cannot be an address.
    """
    if not isinstance(email, str):
        raise TypeError(f"email must be a str, not {type(email).__name__}. Nothing was sent.")
    local, _, domain = email.rpartition("@")
    if not (local and domain) or email != email.strip() or not email.isprintable():
        raise ValueError("email must be an address such as name@example.com. Nothing was sent.")


def normalize_email(email: str) -> str:
    """Return what equal addresses have in common: case matters before the @ (RFC 5321, 2.4), never after it."""
    # Not casefold(): straße.example is not strasse.example.
    local, at, domain = email.rpartition("@")
    return f"{local}{at}{domain.lower()}"
