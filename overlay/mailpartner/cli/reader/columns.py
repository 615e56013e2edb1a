"""Which cell of a row counts: by the header, or as the only column that holds ids or addresses. Pure."""

from __future__ import annotations

import unicodedata
from typing import NamedTuple

from mailpartner.cli.reader.cells import SPACES, RejectedError, meaning

_IDS = frozenset({"id", "ids", "stopid", "unsubscribeid", "identifiant"})
_MAILS = frozenset({"email", "emails", "mail", "mails", "adresse", "adressemail", "adresseemail", "adressesmail",
                    "courriel", "address", "emailaddress", "mailaddress"})  # fmt: skip
_MOSTLY, _HARDLY = 0.9, 0.1


class UndecidedError(ValueError):
    """Nothing in the file says which column counts, or what it says is contradictory."""


class Column(NamedTuple):
    """The column that counts, from 0; its name, "" for none; whether the first row is a header; how many cells a row
    has."""

    position: int
    name: str
    header: bool
    width: int

    def __str__(self) -> str:
        return f'column {self.position + 1}, "{self.name}"' if self.name else f"column {self.position + 1}"


def kind_of(heading: str) -> str | None:
    """ "id" or "email" for a heading that says so, else None."""
    plain = unicodedata.normalize("NFKD", heading.strip(SPACES + "\"'")).casefold()
    word = "".join(character for character in plain if character.isalnum())
    return "id" if word in _IDS else "email" if word in _MAILS else None


def column_of(sample: list[list[str]], wanted: str | None, header: bool | None) -> Column:
    """The column of a file that begins with these rows.

    wanted: --column, a name or a number from 1. header: whether there is one, None to find out. Raises UndecidedError,
    with the option that settles it.
    """
    if not sample:
        return Column(0, "", False, 1)
    first = sample[0]
    has_header = header if header is not None else _is_header(first, sample[1:], wanted)
    width = max(map(len, sample))
    if wanted is not None:
        index = _wanted(first if has_header else [], wanted, width)
    else:
        named = _named(first) if has_header else None
        index = named if named is not None else _only(sample[1:] if has_header else sample, width)
        if named is None and has_header and width > 1:
            _check_heading(index, sample[1:])
    name = first[index].strip(SPACES) if has_header and index < len(first) else ""
    return Column(index, "".join(filter(str.isprintable, name))[:40], has_header, len(first) if has_header else width)


def _meant(cell: str) -> int | str | None:
    """What a cell says, None also where it is rejected."""
    try:
        return meaning(cell)
    except RejectedError:
        return None


def _is_header(first: list[str], rest: list[list[str]], wanted: str | None) -> bool:
    if any(map(kind_of, first)) or (wanted is not None and _position(first, wanted) is not None):
        return True
    # Words above numbers are a header; the words of a number that went wrong ("12,5") are not.
    words = all(cell.strip(SPACES)[:1].isalpha() or not cell.strip(SPACES) for cell in first)
    return words and "@" not in "".join(first) and any(_meant(cell) is not None for cells in rest for cell in cells)


def _position(first: list[str], wanted: str) -> int | None:
    names = [cell.strip(SPACES).casefold() for cell in first]
    found = [index for index, name in enumerate(names) if name == wanted.strip().casefold()]
    if len(found) > 1:
        raise UndecidedError(f"{len(found)} columns have the name given with --column; give its number instead")
    return found[0] if found else None


def _wanted(first: list[str], wanted: str, width: int) -> int:
    found = _position(first, wanted)
    if found is not None:
        return found
    if wanted.isascii() and wanted.isdigit() and 1 <= int(wanted[:9]) <= width:
        return int(wanted) - 1
    raise UndecidedError(
        f"no heading is all of what --column says; give the whole heading, or a number from 1 to {width}"
    )


def _named(first: list[str]) -> int | None:
    """The column whose heading says what it is; ids go before addresses, for they are exact."""
    kinds = [kind_of(cell) for cell in first]
    for kind in ("id", "email"):
        if kinds.count(kind) > 1:
            raise UndecidedError(f"{kinds.count(kind)} headings say {kind}; --column NAME or NUMBER says which counts")
        if kind in kinds:
            return kinds.index(kind)
    return None


def _only(rows: list[list[str]], width: int) -> int:
    """The only column with ids or addresses in it."""
    if width == 1:
        return 0
    shares = [_share(rows, index) for index in range(width)]
    candidates = [index for index, share in enumerate(shares) if share > 0]
    if not candidates:
        raise UndecidedError(
            f"none of its {width} columns holds ids or addresses; --delimiter and --column may settle it"
        )
    mostly = [index for index in candidates if shares[index] >= _MOSTLY]
    if len(candidates) > 1 and len(mostly) == 1 and all(share <= _HARDLY or share >= _MOSTLY for share in shares):
        candidates = mostly
    if len(candidates) > 1:
        listed = ", ".join(str(index + 1) for index in candidates)
        raise UndecidedError(
            f"columns {listed} could all be the one; --column NUMBER says which, or --delimiter how cells are separated"
        )
    return candidates[0]


def _check_heading(index: int, rows: list[list[str]]) -> None:
    """Addresses show what they are. Numbers do not: a telephone's or a town's below its own heading are no ids.

    Raises UndecidedError. Where there is one column only, it is what was meant.
    """
    cells = [row[index] for row in rows if index < len(row)]
    if any(isinstance(_meant(cell), int) for cell in cells):
        raise UndecidedError(
            f"column {index + 1} holds numbers, and its heading does not say that they are ids; --column {index + 1}"
            " says so"
        )


def _share(rows: list[list[str]], index: int) -> float:
    cells = [row[index] for row in rows if index < len(row) and row[index].strip(SPACES)]
    return sum(_meant(cell) is not None for cell in cells) / len(cells) if cells else 0.0
