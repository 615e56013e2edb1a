"""Find the cells of a row that count: by the headings, or as the only column that can be meant."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from typing import NamedTuple

from mailpartner.cli.language import _
from mailpartner.cli.reader.cells import BLANKS, embedded_addresses, is_data, words_of

_IDS = frozenset({
    "id", "ids", "stopid", "idstop", "unsubscribeid", "idunsubscribe", "identifiant", "iddesabonnement",
    "iddesinscription", "identifiantdesabonnement",
})  # fmt: skip
_ADDRESSES = frozenset({
    "email", "emails", "mail", "mails", "emailaddress", "emailaddresses", "mailaddress", "email1value",
    "contactemail", "emailcontact", "courriel", "courriels", "adressemail", "adressemails", "adressesmail",
    "adressesmails", "adresseemail", "adressesemail", "adresseelectronique", "adressecourriel", "adressedecourriel",
    "adressedemessagerie",
})  # fmt: skip
_MAYBE_ADDRESSES = frozenset({"adresse", "adresses", "address", "addresses"})  # often a street
_NAMES = frozenset({
    "name", "fullname", "displayname", "contactname", "nomcomplet", "nomducontact", "nomprenom", "nometprenom",
    "prenomnom", "prenometnom",
})  # fmt: skip
_FIRST_NAMES = frozenset({"prenom", "prenoms", "firstname", "givenname", "forename"})
_LAST_NAMES = frozenset({"nom", "nomdefamille", "lastname", "surname", "familyname"})


class UndecidedError(ValueError):
    """Nothing in the file says which column counts, or what it says is contradictory."""


class Layout(NamedTuple):
    """The columns of ids and addresses, from 0; `either` says itself what it holds. `chosen` if --column named one.

    `names` are the columns that make the name of a person, in this order.
    """

    width: int
    headings: list[str]
    id: int | None = None
    address: int | None = None
    either: int | None = None
    chosen: bool = False
    names: tuple[int, ...] = ()

    def with_names(self) -> Layout:
        """Return the layout with the columns of names, if the headings say plainly which ones they are."""
        words = [words_of(heading).replace(" ", "") for heading in self.headings]
        whole, first, last = (
            [index for index, word in enumerate(words) if word in known]
            for known in (_NAMES, _FIRST_NAMES, _LAST_NAMES)
        )
        if len(first) == len(last) == 1:
            return self._replace(names=(*first, *last))
        # "Nom" alone is the whole name, "Last name" alone is not.
        alone = whole + [index for index in last if words[index] == "nom"]
        plain = len(alone) == 1 and len(whole) + len(first) + len(last) == 1
        return self._replace(names=tuple(alone) if plain else ())

    def name(self, column: int, translate: Callable[[str], str] = _) -> str:
        """Return a column's number, and its heading if it has one."""
        heading = "".join(filter(str.isprintable, self._heading(column)))[:40]
        text = translate('column {number}, "{heading}"') if heading else translate("column {number}")
        return text.format(number=column + 1, heading=heading)

    def option(self, column: int) -> str:
        """Return --column for a column, as a shell takes it."""
        heading = self._heading(column)
        plain = heading.isprintable() and self.headings.count(heading) == 1
        return f"--column {shlex.quote(heading) if plain else column + 1}"

    def _heading(self, column: int) -> str:
        return self.headings[column].strip(BLANKS) if column < len(self.headings) else ""

    def __str__(self) -> str:
        named = (
            (_("ids in {column}"), self.id),
            (_("addresses in {column}"), self.address),
            (_("ids or addresses in {column}"), self.either),
        )
        found = [text.format(column=self.name(column)) for text, column in named if column is not None]
        if self.names:
            found.append(_("names in {column}").format(column=_(" and ").join(map(self.name, self.names))))
        text = _("{columns}, a header") if self.headings else _("{columns}, no header")
        return text.format(columns=_(" and ").join(found) or _("no columns"))


def kind_of(heading: str) -> str | None:
    """Return "id", "address" or "maybe address" for a heading that says so whatever its accents and case, else None."""
    word = words_of(heading).replace(" ", "")
    if word in _IDS:
        return "id"
    return "address" if word in _ADDRESSES else "maybe address" if word in _MAYBE_ADDRESSES else None


def find_columns(sample: list[list[str]], wanted: str | None, header: bool | None) -> Layout:
    """Return the layout of a file that begins with these rows, without blank ones.

    `wanted` is the value of --column, a heading or a number from 1. Raise UndecidedError if they are not certain.
    """
    if not sample:
        return Layout(1, [])
    first, width = sample[0], max(map(len, sample))
    if header is None and any(map(kind_of, first)) and any(map(is_data, first)):
        raise UndecidedError(_("its first line has a heading and data; --header or --no-header says which it is"))
    has_header = header if header is not None else _is_header(first, wanted)
    layout = Layout(len(first) if has_header else width, first if has_header else [])
    if wanted is not None:
        return _chosen(layout, _wanted_column(layout.headings, wanted, width))
    return _by_headings(layout) if has_header else _by_content(layout, sample)


def _is_header(first: list[str], wanted: str | None) -> bool:
    if any(map(kind_of, first)) or not any(map(is_data, first)):
        return True
    return wanted is not None and any(not is_data(first[index]) for index in _positions(first, wanted))


def _positions(first: list[str], wanted: str) -> list[int]:
    wanted = wanted.strip(BLANKS).casefold()
    return [index for index, cell in enumerate(first) if cell.strip(BLANKS).casefold() == wanted]


def _wanted_column(headings: list[str], wanted: str, width: int) -> int:
    found = _positions(headings, wanted)
    if len(found) > 1:
        text = _("{count} columns have the name given with --column; give its number instead")
        raise UndecidedError(text.format(count=len(found)))
    if found:
        return found[0]
    if wanted.isascii() and wanted.isdigit() and 1 <= int(wanted[:9]) <= width:
        return int(wanted) - 1
    text = _("no heading is what --column says; give the whole heading, or a number from 1 to {last}")
    raise UndecidedError(text.format(last=width))


def _chosen(layout: Layout, column: int) -> Layout:
    """Return the layout for --column. An id is compared with its address all the same."""
    kind = kind_of(layout.headings[column]) if column < len(layout.headings) else None
    layout = layout._replace(chosen=True)
    if kind is None:
        return layout._replace(either=column)
    if kind != "id":
        return layout._replace(address=column)
    addresses = _address_columns(layout.headings)
    return layout._replace(id=column, address=addresses[0] if len(addresses) == 1 else None)


def _address_columns(headings: list[str]) -> list[int]:
    kinds = list(map(kind_of, headings))
    kind = "address" if "address" in kinds else "maybe address"
    return [index for index, found in enumerate(kinds) if found == kind]


def _by_headings(layout: Layout) -> Layout:
    ids = [index for index, cell in enumerate(layout.headings) if kind_of(cell) == "id"]
    addresses = _address_columns(layout.headings)
    for text, found in (
        (_("{count} headings say an id; --column NAME or NUMBER says which counts"), ids),
        (_("{count} headings say an address; --column NAME or NUMBER says which counts"), addresses),
    ):
        if len(found) > 1:
            raise UndecidedError(text.format(count=len(found)))
    if not ids and not addresses:
        raise UndecidedError(
            _(
                "no heading says that it is an id or an address; --column NAME or NUMBER says which one counts,"
                " --no-header that the first line is not a header"
            )
        )
    return layout._replace(id=ids[0] if ids else None, address=addresses[0] if addresses else None)


def _by_content(layout: Layout, rows: list[list[str]]) -> Layout:
    """Return the only column of addresses. Numbers in several columns may be telephones or towns."""
    if layout.width == 1:
        return layout._replace(either=0)
    found = sorted({index for row in rows for index, cell in enumerate(row) if embedded_addresses(cell)})
    if len(found) == 1:
        return layout._replace(address=found[0])
    if found:
        listed = ", ".join(str(index + 1) for index in found)
        text = _("columns {numbers} hold addresses, and there is no header; --column NUMBER says which")
        raise UndecidedError(text.format(numbers=listed))
    if any(is_data(cell) for row in rows for cell in row):
        text = _(
            "it has {count} columns and no header, and its numbers may be anything; --column NUMBER says which"
            " are ids, --delimiter how cells are separated"
        )
    else:
        text = _("none of its {count} columns holds ids or addresses; --delimiter may settle it")
    raise UndecidedError(text.format(count=layout.width))
