"""Read one cell: an id, an address, or why it is neither.

A wrong id lets mail go to somebody else who objected. So what can mean only one thing is read, and what can mean two
things is rejected.
"""

from __future__ import annotations

import re
import unicodedata

from mailpartner.cli.language import N_
from mailpartner.resources._addresses import is_address

LARGEST_ID = (1 << 63) - 1
LONGEST_CELL = 400
BLANKS = " \t\u00a0\u202f\u2007\u200b\ufeff"

_DIGITS = re.compile(r"[0-9]+")
_WHOLE = re.compile(r"([0-9]+)[.,]0{1,2}")
_GROUPS = re.compile(r"[0-9]{1,3}(?:[.,' \u2019\u00a0\u202f\u2007][0-9]{3})+([.,]0+)?")
_NUMBERS = (
    (re.compile(r"[-\u2212][0-9.,]+"), N_("it is negative; ids begin at 1")),
    (re.compile(r"[0-9]+([.,][0-9]+)?[eE][+-]?[0-9]+"), N_("a spreadsheet shortened it, and digits may be lost:"
                                                         " format the column as a whole number and save again")),
    (_GROUPS, N_("it may be one number with thousands separators, or two: write it with digits alone")),
    (re.compile(r"[0-9]+[.,][0-9]+"), N_("it is not a whole number")),
    (re.compile(r"0[xX][0-9a-fA-F]+"), N_("it is hexadecimal; write it with the digits 0 to 9")),
)  # fmt: skip
_TEXTS = (
    (re.compile(r"[\x00-\x1f\x7f-\x9f]"), N_("it holds a control character")),
    (
        re.compile("\ufffd"),
        N_("it holds bytes that are not text in this encoding; --encoding takes another, such as utf-8 or cp1252"),
    ),
    (re.compile("@"), N_("it is not an address by itself, such as name@example.com")),
)
_EMBEDDED = re.compile(r"(?:[^\s<>(),;:\"\[\]\\]+|\"(?:[^\"\\]|\\.)+\")@(?:[^\s<>(),;:\"\[\]\\]+|\[[^\s\[\]\\]+\])")


def words_of(text: str) -> str:
    """Return the words of a text in lower case, without accents and punctuation."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    return " ".join(
        "".join(each if each.isalnum() else "" if unicodedata.combining(each) else " " for each in plain).split()
    )


class RejectedError(ValueError):
    """Why a cell is not read. `is_number` if it holds a number, even if not one that can be an id."""

    def __init__(self, reason: str, is_number: bool = False) -> None:
        super().__init__(reason)
        self.is_number = is_number


def parse_cell(cell: str) -> int | str | None:
    """Return the id (int) or address (str) that a cell holds, None for a blank one. Raise RejectedError for others."""
    text = cell.strip(BLANKS)
    if not text:
        return None
    if len(text) > LONGEST_CELL:
        raise RejectedError(N_("a field that is too long to be an id or an address"))
    if _DIGITS.fullmatch(text):
        return _parse_id(text)
    if "@" in text and is_address(text):
        return text
    whole = _WHOLE.fullmatch(text)
    if whole is not None:
        return _parse_id(whole[1])
    raise _rejected(text)


def is_data(cell: str) -> bool:
    """Return whether a cell holds an id or an address, or something that was meant as one: then it is no heading."""
    try:
        return parse_cell(cell) is not None
    except RejectedError as reason:
        return reason.is_number or "@" in cell


def is_one_number(line: str) -> bool:
    """Return whether a line may be one number with thousands separators: then a comma in it separates no cells."""
    return _GROUPS.fullmatch(line.strip(BLANKS)) is not None


def embedded_addresses(cell: str) -> list[str]:
    """Return the addresses in a longer text."""
    return [found.rstrip(".") for found in _EMBEDDED.findall(cell)] if "@" in cell else []


def _parse_id(digits: str) -> int:
    number = int(digits)
    if not number:
        raise RejectedError(N_("it is 0; ids begin at 1"), is_number=True)
    if number > LARGEST_ID:
        raise RejectedError(N_("it is above the largest id there can be"), is_number=True)
    return number


def _rejected(text: str) -> RejectedError:
    for pattern, reason in _NUMBERS:
        if pattern.fullmatch(text):
            return RejectedError(reason, is_number=True)
    for pattern, reason in _TEXTS:
        if pattern.search(text):
            return RejectedError(reason)
    if any(character.isdigit() and not character.isascii() for character in text):
        return RejectedError(N_("its digits are not the plain 0 to 9"), is_number=True)
    return RejectedError(N_("it is neither an id nor an address"))
