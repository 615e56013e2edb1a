"""What one cell says: an id, an address, or why it is neither. Pure.

A wrong id lets mail go to somebody else who objected. So what can be meant in one way only is read, and what can be
meant in two is rejected.
"""

from __future__ import annotations

import re

LARGEST = (1 << 63) - 1
LONGEST = 400
SPACES = " \t\u00a0\u202f\u2007\u200b\ufeff"

_DIGITS = re.compile(r"[0-9]+")
_WHOLE = re.compile(r"([0-9]+)[.,]0{1,2}")
_GROUPS = re.compile(r"[0-9]{1,3}(?:[.,' \u2019\u00a0\u202f\u2007][0-9]{3})+([.,]0+)?")
_ADDRESS = re.compile(r"[^\s@<>(),;:\"\[\]\\]+@[^\s@<>(),;:\"\[\]\\]+")
_REASONS = (
    (re.compile(r"[\x00-\x1f\x7f-\x9f]"), "it holds a control character"),
    (re.compile("\ufffd"), "it holds bytes that are no text in this encoding; --encoding may settle it"),
    (re.compile(r"[-\u2212][0-9.,]+"), "it is negative; ids begin at 1"),
    (re.compile(r"[0-9]+([.,][0-9]+)?[eE][+-]?[0-9]+"), "a spreadsheet shortened it, and digits may be lost: format"
                                                         " the column as a whole number and save again"),
    (_GROUPS, "it may be one number with thousands separators, or two: write it with digits alone"),
    (re.compile(r"[0-9]+[.,][0-9]+"), "it is not a whole number"),
    (re.compile(r"0[xX][0-9a-fA-F]+"), "it is hexadecimal; write it with the digits 0 to 9"),
    (re.compile(r".*@.*", re.DOTALL), "it is not an address by itself, such as name@example.com"),
)  # fmt: skip


class RejectedError(ValueError):
    """Why a cell is not read; without its text."""


def meaning(cell: str) -> int | str | None:
    """The id (int) or address (str) that a cell holds, None for a blank one. Raises RejectedError."""
    text = cell.strip(SPACES)
    if not text:
        return None
    if len(text) > LONGEST:
        raise RejectedError(f"a field of more than {LONGEST} characters")
    if _DIGITS.fullmatch(text):
        return _id(text)
    if _ADDRESS.fullmatch(text) and text.isprintable() and "\ufffd" not in text:
        return text
    whole = _WHOLE.fullmatch(text)
    if whole is not None:
        return _id(whole[1])
    raise RejectedError(_reason(text))


def is_one_number(line: str) -> bool:
    """Whether a line may be one number with thousands separators: then a comma in it separates no cells."""
    return _GROUPS.fullmatch(line.strip(SPACES)) is not None


def _id(digits: str) -> int:
    number = int(digits)
    if not number:
        raise RejectedError("it is 0; ids begin at 1")
    if number > LARGEST:
        raise RejectedError(f"it is above {LARGEST}, the largest id there can be")
    return number


def _reason(text: str) -> str:
    for pattern, reason in _REASONS[:2]:
        if pattern.search(text):
            return reason
    for pattern, reason in _REASONS[2:]:
        if pattern.fullmatch(text):
            return reason
    if any(character.isdigit() and not character.isascii() for character in text):
        return "its digits are not the plain 0 to 9"
    return "it is neither an id nor an address"
