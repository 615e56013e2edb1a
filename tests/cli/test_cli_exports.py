"""Files as real programs export them: what is found out about each, and what it holds."""

from __future__ import annotations

import pytest
from reading import Found

ROWS = (("Zo\u00e9", "ann@example.com", "0612345678"), ("L\u00e9a", "bob@example.com", "0712345678"))
PEOPLE = ["ann@example.com", "bob@example.com"]


def table(delimiter: str, *headings: str, end: str = "\r\n", quote: str = "") -> str:
    """Return a table of name, address and telephone."""
    rows = (headings, *ROWS)
    return "".join(delimiter.join(f"{quote}{cell}{quote}" for cell in row) + end for row in rows)


FRENCH = ("Pr\u00e9nom", "Adresse e-mail", "T\u00e9l\u00e9phone")
EXPORTS = {
    "Mail Partner": (b"id;email;createdAt\n19;ann@example.com;2015-07-20 10:19:45\n20;bob@example.com;2015-07-21\n",
                     ["19 ann@example.com", "20 bob@example.com"], "utf-8", ";"),
    "Mail Partner, quoted": (b'"id";"email";"createdAt"\n"19";"ann@example.com";"2015"\n',
                             ["19 ann@example.com"], "utf-8", ";"),
    "Excel in French": (table(";", *FRENCH).encode("cp1252"), PEOPLE, "cp1252", ";"),
    "Excel in French, CSV UTF-8": (table(";", *FRENCH).encode("utf-8-sig"), PEOPLE, "utf-8", ";"),
    "Excel, Unicode text": (table("\t", *FRENCH).encode("utf-16"), PEOPLE, "utf-16", "\t"),
    "Excel, Unicode text, big endian": (b"\xfe\xff" + table("\t", *FRENCH).encode("utf-16-be"), PEOPLE, "utf-16", "\t"),
    "UTF-16 without a mark": (table("\t", *FRENCH).encode("utf-16-le"), PEOPLE, "utf-16-le", "\t"),
    "UTF-16 without a mark, big endian": (table(";", *FRENCH).encode("utf-16-be"), PEOPLE, "utf-16-be", ";"),
    "Excel for Mac": (table(";", *FRENCH, end="\r").encode("mac-roman"), PEOPLE, "cp1252", ";"),
    "Excel, one column": (b"E-mail\r\nann@example.com\r\nbob@example.com\r\n", PEOPLE, "utf-8", ""),
    "LibreOffice": (table(",", *FRENCH, end="\n", quote='"').encode(), PEOPLE, "utf-8", ","),
    "Numbers": (table(";", *FRENCH, end="\n").encode(), PEOPLE, "utf-8", ";"),
    "Google Sheets": (table(",", *FRENCH).removesuffix("\r\n").encode(), PEOPLE, "utf-8", ","),
    "Google Contacts": (table(",", "Given Name", "E-mail 1 - Value", "Phone 1 - Value").encode(), PEOPLE, "utf-8", ","),
    "Outlook": (table(",", "Pr\u00e9nom", "Adresse de messagerie", "T\u00e9l.", quote='"').encode("cp1252"),
                PEOPLE, "cp1252", ","),
    "Brevo": (b"CONTACT ID;EMAIL;NOM\n1;ann@example.com;A\n2;bob@example.com;B\n", PEOPLE, "utf-8", ";"),
    "Mailjet": (b'"email","name","isunsub"\n"ann@example.com","A","false"\n"bob@example.com","B","true"\n',
                PEOPLE, "utf-8", ","),
    "Mailchimp": (b"Email Address,First Name,LEID\nann@example.com,A,7\nbob@example.com,B,8\n", PEOPLE, "utf-8", ","),
    "a street and an address": (table(";", "Adresse", "Courriel", "Ville").encode(), PEOPLE, "utf-8", ";"),
    **{
        f"sep= as {hint!r}": (f"{hint}\r\n{table(hint.strip(chr(34))[4], *FRENCH)}".encode(), PEOPLE, "utf-8",
                              hint.strip('"')[4])
        for hint in ("sep=;", '"sep=;"', "sep=;;", "SEP=,", "sep=\t", "Sep=|", "sep=;;;", '"sep=,",,')
    },
    "sep= after a mark": (("\ufeffsep=;\r\n" + table(";", *FRENCH)).encode(), PEOPLE, "utf-8", ";"),
}  # fmt: skip


@pytest.mark.parametrize("name", EXPORTS)
def test_an_export_is_read_without_options(name: str) -> None:
    """Encoding, delimiter and columns are found out, all people are found, and nothing is rejected."""
    data, people, encoding, delimiter = EXPORTS[name]
    found = Found(data)
    assert (found.items, found.reading.encoding, found.reading.delimiter) == (people, encoding, delimiter)
    assert (found.ids, [line for line, _ in found.rejects]) == ([], [])
