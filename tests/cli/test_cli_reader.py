"""The corpus of files as people have them: each id read as a person would mean it, or rejected with its line."""

from __future__ import annotations

import io
import tracemalloc
from collections.abc import Iterator
from contextlib import closing

import pytest
from reading import Found

from mailpartner.cli.reader.columns import UndecidedError
from mailpartner.cli.reader.reader import FileOptions, read_file
from mailpartner.cli.reader.staging import NOT_LISTED, Staging

MOST = 2**63 - 1

FILES = {
    "plain lines": (b"300\n301\n", [300, 301]),
    "no final newline": (b"300\n301", [300, 301]),
    "CR LF": (b"300\r\n301\r\n", [300, 301]),
    "CR": (b"300\r301\r", [300, 301]),
    "blank lines and spaces": (b"\n 300 \n\n\t301\n\xc2\xa0302\xc2\xa0\n  \n", [300, 301, 302]),
    "byte order mark": (b"\xef\xbb\xbf300\n301\n", [300, 301]),
    "byte order mark and header": (b"\xef\xbb\xbfid;nom\n300;x\n", [300]),
    "UTF-16, as Excel's Unicode text": ("id\tnom\r\n300\té\r\n".encode("utf-16"), [300]),
    "UTF-32": ("300\n301\n".encode("utf-32"), [300, 301]),
    "French Excel": ("id;nom;créé\r\n300;Zoé;1\r\n301;Noël;2\r\n".encode("cp1252"), [300, 301]),
    "commas": (b"id,name\n300,x\n301,y\n", [300, 301]),
    "tabs": (b"name\tid\nx\t300\ny\t301\n", [300, 301]),
    "bars": (b"name|id\nx|300\n", [300]),
    "sep=": (b"sep=;\nnom;id\nx;300\n", [300]),
    "a header of capitals": (b"ID\n300\n", [300]),
    "stopId": (b"Ville;stopId\nParis;300\n", [300]),
    "two headings that would be one, too": (b"Stop;id\nx;300\n", [300]),
    "identifiant": (b"Nom;Identifiant\nx;300\n", [300]),
    "accents, case and punctuation in a heading": ("Nom;N° ;ID_Désabonnement\nx;7;300\n".encode(), [300]),
    "quoted": (b'"id";"nom"\n"300";"a;b"\n"301";"say ""hi"""\n', [300, 301]),
    "a line break in quotes": (b'id;nom\n300;"a\nb"\n301;c\n', [300, 301]),
    "an inch in a name": (b'id;nom\n300;12" pipe\n301;c\n', [300, 301]),
    "trailing delimiters": (b"id;nom\n300;x;;\n301;y;;\n;;;\n", [300, 301]),
    "Excel's 12.0": (b"id\n12.0\n13,0\n14.00\n", [12, 13, 14]),
    "leading zeros": (b"0300\n", [300]),
    "the largest": (b"9223372036854775807\n", [MOST]),
    "empty": (b"", []),
    "a header alone": (b"id;email\n", []),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_read_as_a_person_would_mean_it(name: str) -> None:
    """Whatever wrote it: all its ids are found, and nothing is rejected."""
    data, ids = FILES[name]
    found = Found(data)
    assert (found.ids, found.items, found.rejects) == (ids, [], [])


CELLS = {
    b"1e5": "shortened", b"1E+05": "shortened", b"1,2E+05": "shortened", "１２".encode(): "plain 0 to 9",
    "٣٠٠".encode(): "plain 0 to 9", b"0": "begin at 1", b"00": "begin at 1", b"-5": "negative",
    b"9223372036854775808": "above", b"9" * 399: "above", b"1 234": "thousands", b"1.234": "thousands",
    b"1,234": "thousands", "1\u202f234".encode(): "thousands", b"1'234": "thousands", b"12,5": "whole", b"0x1F": "hexa",
    b"30\x000": "control", b"\x00": "control", b"abc": "neither", b"300 301": "thousands", b"+5": "neither",
    b"\x81\x8d": "encoding", b"x" * 5000: "a field that is too long",
    b"x" * 70_000: "too long",
}  # fmt: skip


@pytest.mark.parametrize("cell", CELLS, ids=lambda cell: repr(cell[:12]))
def test_what_can_be_meant_in_two_ways_is_rejected_with_its_line(cell: bytes) -> None:
    """The good lines around it go on."""
    found = Found(b"300\n" + cell + b"\n301\n", delimiter="")
    assert found.ids == [300, 301]
    [(line, reason)] = found.rejects
    assert line == 2
    assert CELLS[cell] in reason


def test_a_cell_in_a_table_is_rejected_too() -> None:
    """The same in a file of several columns, with the number of the line and not of the row."""
    found = Found(b'id;nom\n\n1e5;"a\nb"\n300;c\n;d\n12;e;f;g\n')
    assert found.ids == [300]
    assert [line for line, _ in found.rejects] == [3, 6, 7]


@pytest.mark.parametrize("data", [b"17,000\n18,000\n", b"1,000\n2,000,000\n", b"5,000\n", b"id\n17,000\n18,000\n"])
def test_a_comma_in_a_number_separates_no_cells(data: bytes) -> None:
    """17,000 on every line is not the id 17 beside 000: it may be one number or two, and is rejected."""
    found = Found(data)
    assert (found.ids, {reason.partition(",")[0] for _, reason in found.rejects}) == (
        [],
        {"it may be one number with thousands separators"},
    )


def test_duplicates_are_dropped_and_counted() -> None:
    """The first of each counts, however it is written."""
    found = Found(b"300\n300.0\n0300\n301\n")
    assert (found.ids, found.duplicates) == ([300, 301], 2)


def test_addresses_are_compared_as_the_list_compares_them() -> None:
    """Case does not count in the domain."""
    found = Found(b"email\nann@Example.com\nann@example.COM\nBob@example.com\n")
    assert (found.items, found.duplicates) == (["ann@example.com", "Bob@example.com"], 1)


ROWS = [
    (b"id;email;createdAt\n19;a@b.fr;2015-07-20\n", ["19 a@b.fr"], {}),
    (b"id;email\n;a@b.fr\n9f1c2d34-aaaa-bbbb-cccc-000000000000;c@b.fr\nN/A;d@b.fr\n",
     ["a@b.fr", "c@b.fr", "d@b.fr"], {}),
    (b"id;email\n1e5;a@b.fr\n-5;b@b.fr\n0;c@b.fr\n", [], {2: "shortened", 3: "negative", 4: "begin at 1"}),
    (b"id;email\n5;\nx;\n6;a@b.fr\n", ["6 a@b.fr"], {2: "without an address", 3: "neither"}),
    (b"id;email\na@b.fr;a@b.fr\n7;12\n8;n/a\n", [],
     {2: "in the column of ids", 3: "in the column of addr", 4: "neither"}),
    (b"nom,email,ville\nDupont, 12,user502@example.com,\nx,a@b.fr,y\n", ["a@b.fr"], {2: "column of addresses"}),
    (b"nom,email,ville\nDupont,12,user502@example.com\n,,c@b.fr\n", [],
     {2: "column of addresses", 3: "another address"}),
    (b"email;cc\na@b.fr;a@B.fr\na@b.fr;c@b.fr\nd@b.fr;see e@b.fr\n", ["a@b.fr"],
     {3: "another address", 4: "another address"}),
    (b"id;contact\n5;Ann <a@b.fr>\n6;a@b.fr, c@b.fr\n7;none\n", ["5 a@b.fr"],
     {3: "another address", 4: "--column NAME or NUMBER takes it"}),
    (b"300;a@b.fr;2020\n301;c@b.fr;2021\n", ["a@b.fr", "c@b.fr"], {}),
    (b"a@b.fr\n2024\nc@b.fr\n", ["a@b.fr", "c@b.fr"], {2: "--column NAME or NUMBER takes it"}),
    (b"300\nEve <a@b.fr>\n", [], {1: "--column NAME or NUMBER takes it", 2: "by itself"}),
    (b"a@b.fr\nTo: a@b.fr; b@b.fr\nc@b.fr, d@b.fr\n[1, 2]\n", ["a@b.fr"],
     {2: "by itself", 3: "by itself", 4: "neither"}),
    (b'a@b.fr\n"ann smith"@b.fr\nx@[192.0.2.1]\na@b@c.fr\n',
     ["a@b.fr", '"ann smith"@b.fr', "x@[192.0.2.1]", "a@b@c.fr"], {}),
    (b'email;nom\n"""ann; smith""@b.fr";x\n"ann; smith"@c.fr;y\n', ['"ann; smith"@b.fr', '"ann; smith"@c.fr'], {}),
    ("email;nom\nzo\u00e9@b.fr;x\na@b.fr;Zo\u00e9\n".encode("cp1252"), ["a@b.fr"], {2: "--encoding"}),
    (b"Adresse;CP;E-mail\n1 rue X;75001;a@b.fr\n", ["a@b.fr"], {}),
    (b"Nom;Adresse\nDupont;1 rue X\nMartin;a@b.fr\n", ["a@b.fr"], {2: "neither"}),
]  # fmt: skip


@pytest.mark.parametrize(("data", "items", "rejects"), ROWS, ids=lambda value: repr(value)[:30])
def test_each_row_is_taken_or_rejected(data: bytes, items: list[str], rejects: dict[int, str]) -> None:
    """Headings decide, an id goes with its row's address, and nothing that looks like an address vanishes."""
    found = Found(data)
    assert (found.ids, found.items) == ([], items)
    reasons = {line: reason for line, reason in found.rejects if reason != NOT_LISTED}
    assert reasons.keys() == rejects.keys()
    assert all(words in reasons[line] for line, words in rejects.items()), reasons


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"300;2024\n301;2025\n", "--column"),
        (b"x;300\ny;301\n", "--column"),
        (b"300;301;302\n", "--delimiter"),
        (b"[300, 301, 302]\n", "--column"),
        (b"To: a@x; b@x; Eve <c@x>\n", "columns 1, 2, 3 hold addresses"),
        (b"a@b.fr;c@b.fr\nd@b.fr;e@b.fr\n", "--column"),
        (b"id;stopId\n1;300\n", "2 headings say an id; --column"),
        (b"Email;E-mail\na@b.fr;c@b.fr\n", "2 headings say an address; --column"),
        (b"a;b\nx;y\n", "--column"),
        (b"numero;nom\n300;x\n301;y\n", "--column NAME"),
        ("T\u00e9l\u00e9phone\n0612345678\n".encode(), "--column NAME"),
        (b"date\n20240101\n", "--column NAME"),
        (b"id client\n300\n", "--column NAME"),
        (b"# client\n300\n", "--no-header"),
        (b"Ne pas supprimer\na@b.fr\n", "--column NAME"),
        (b"Code client;Ville\n75001;Paris\n", "--column NAME"),
        (b"sep=;\nid,email\n300,a@b.fr\n", "sep= names another delimiter"),
        (b"17,5;3\n18,5;4\n", "two characters could separate"),
    ],
)
def test_what_is_not_clear_names_the_option_that_settles_it(data: bytes, words: str) -> None:
    """No column is guessed: a wrong one would remove other people's objections."""
    with pytest.raises(UndecidedError, match=words):
        Found(data)


def test_options_settle_it() -> None:
    """A column by name or number, a delimiter, a header and an encoding can be given."""
    assert Found(b"numero;nom\n300;x\n301;y\n", column="numero").ids == [300, 301]
    assert Found(b"300;2024\n301;2025\n", column="1").ids == [300, 301]
    assert Found(b"1;2024\n2;2025\n", column="1").ids == [1, 2]
    assert Found(b"n;an\n300;2024\n", column="AN").ids == [2024]
    assert Found(b"300\na@b.fr\n", column="1").ids == [300]
    assert Found(b"id;email\n300;\n", column="id").ids == [300]
    assert Found(b"id;email\n300;a@b.fr\n", column="id").items == ["300 a@b.fr"]
    assert Found(b"id;email\n300;a@b.fr\n", column="email").items == ["a@b.fr"]
    assert Found(b"300\n301\n", header=True, column="1").ids == [301]
    assert Found(b"id\n300\n", header=False).rejects[0][0] == 1
    assert Found(b"301\n300:x\n", delimiter="").rejects == [(2, "it is neither an id nor an address")]
    assert Found("id;é\n300;x\n".encode("utf-16-le"), encoding="utf-16-le").ids == [300]
    assert Found("email\nzoé@b.fr\n".encode("cp1252"), encoding="cp1252").items == ["zoé@b.fr"]
    with pytest.raises(UndecidedError):
        Found(b"300;x\n", column="3")


@pytest.mark.parametrize("closed", [b"", b'"'])
def test_a_quote_that_is_not_closed_in_its_row_hides_no_rows(closed: bytes) -> None:
    """Its line is rejected, and those after it are read, also where a later line ends with a quote."""
    found = Found(b'id;nom\n300;"open\n301;a\n302;b' + closed + b"\n")
    assert (found.ids, [line for line, _ in found.rejects]) == ([301, 302], [2])


class Large(io.RawIOBase):
    """A stream of chunks that is nowhere at once."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks

    def read(self, size: int = -1) -> bytes:
        return next(self._chunks, b"")


def test_a_field_of_ten_megabytes_is_rejected_in_little_memory() -> None:
    """Quoted or not, its line is rejected and the others are read."""
    for quote in (b"", b'"'):
        chunks = iter([b"id;nom\n300;a\n301;" + quote, *[b"x" * 65_536] * 160, quote + b"\n302;b\n"])
        tracemalloc.start()
        found = Found(Large(chunks))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert (found.ids, found.rejects) == ([300, 302], [(3, "the line is too long to be one")])
        assert peak < 2_000_000


def test_many_lines_cost_little_memory() -> None:
    """Thirty thousand lines take no more than a thousand do."""

    def chunks() -> Iterator[bytes]:
        for start in range(1, 30_000, 1000):
            yield b"".join(b"%d;x\r\n" % number for number in range(start, start + 1000))

    with closing(Staging()) as staging:
        tracemalloc.start()
        read_file(Large(chunks()), FileOptions(column="1"), staging)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert (staging.counts()["ids"], peak < 4_000_000) == (30_000, True)


@pytest.mark.parametrize("chunk", [1, 2, 3, 7])
def test_lines_are_the_same_however_they_arrive(chunk: int) -> None:
    """A CR LF, a character or a mark cut in two by a read changes nothing."""
    data = "\ufeffid;nom\r\n300;é\r\r301;\u20ac\n\n302;x\r\n".encode()
    found = Found(Large(data[at : at + chunk] for at in range(0, len(data), chunk)))
    assert found.ids == [300, 301, 302]
