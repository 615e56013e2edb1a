"""Which declared character sets can be ignored.

Responses are read as UTF-8, else as ISO-8859-1, whatever is declared: `success` and `code` are ASCII in both, so that
a wrong declaration costs an accent in a message and not the outcome. Only a character set in which ASCII bytes mean
something else (UTF-7, UTF-16, EBCDIC) changes the outcome, so a response that declares one is refused.
"""

from __future__ import annotations

import codecs
from functools import lru_cache

# The backslash at the end: before a bracket Python's unicode_escape would warn of it.
_ASCII = bytes(byte for byte in range(0x20, 0x7F) if byte != 0x5C) + b"\\"


@lru_cache(maxsize=64)
def reads_ascii(charset: str) -> bool:
    """Whether ASCII bytes mean the same in `charset`; True for names that Python does not know."""
    try:
        codecs.lookup(charset)
    except LookupError:
        return True
    try:
        return _ASCII.decode(charset) == _ASCII.decode("ascii")
    except (LookupError, UnicodeError):  # LookupError: a codec between bytes and bytes, or text and text
        return False
