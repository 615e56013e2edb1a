"""Strange files that hold addresses: nobody is deleted whom the file does not name, and nobody is passed over."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable

import pytest
from cli_runner import WHY, Cli

from mailpartner.sandbox import Entry, Sandbox

COUNT = 40
LISTED = [Entry(number, f"user{number}@example.com", "2020-01-01 00:00:00") for number in range(1, COUNT + 1)]
TOKEN = re.compile(r"[\w.+-]+@[\w.-]*\w")
MAILS = ["user30@example.com", "user31@example.com", "user32@example.com"]


def lines(*rows: str) -> str:
    return "".join(f"{row}\n" for row in rows)


def each(pattern: str, *before: str) -> str:
    """Return the lines `before`, then `pattern` for each person: {id}, {email}, {other} (another system's id)."""
    rows = (pattern.format(id=29 + n, email=email, other=n, n=n) for n, email in enumerate(MAILS, 1))
    return lines(*before, *rows)


SHAPES: dict[str, str] = {
    "the vendor's own": each("{id};{email};2020", "id;email;createdAt"),
    "another system's ids": each("{n};{email};C{n};{other}", "ts;mail;custID;id"),
    "another system's ids, and one without an address": each("{other};{email}", "id;email") + "5;\n",
    "ids and addresses the other way round": each("{email};{id}", "id;email"),
    "ids that a spreadsheet moved by one row": lines("id;email", f"31;{MAILS[0]}", f"32;{MAILS[1]}", f"30;{MAILS[2]}"),
    "a sorted column": lines("id;email", f"1;{MAILS[0]}", f"30;{MAILS[1]}", f"31;{MAILS[2]}"),
    "ids that are UUIDs": each("9f1c2d34-0000-4000-8000-00000000000{n};{email}", "id;email"),
    "ids that are empty": each(";{email}", "id;email"),
    "ids as 1e5": each("{n}e5;{email}", "id;email"),
    "ids with thousands separators": each("1 00{n};{email}", "id;email"),
    "an id under an unknown heading": each("{other};{email}", "id client;email"),
    "addresses under an unknown heading": each("{other};{email}", "id;contact"),
    "two addresses under an unknown heading": each("{id};{email}, user1@example.com", "id;contact"),
    "an unknown header": each("{other};{email}", "numero;contact"),
    "one unknown heading": each("{email}", "Contact"),
    "telephones": each("061234567{n};{email}", "T\u00e9l\u00e9phone;Email"),
    "telephones that are ids": each("{other};{email}", "T\u00e9l\u00e9phone;Email"),
    "telephones among addresses": lines(MAILS[0], "5", MAILS[1], "6", MAILS[2]),
    "ids before an address": lines("5", "6", *MAILS),
    "ids and one malformed address": lines("5", "6", f"Ann <{MAILS[0]}>"),
    "a year as a title": lines("2", *MAILS),
    "a title": each("{email}", "Export du 12/03"),
    "a title above a header": each("{id};{email}", "Export;", "id;email"),
    "blank rows above a header": each("{id};{email}", "", ";", "id;email"),
    "a header twice": each("{email};x", "email;nom") + each("{email};x", "email;nom"),
    "a total below": each("{email};1", "email;n") + "Total;3\n",
    "a number below": each("{email}", "email") + "3\n",
    "shifted rows": lines("nom,email,ville", "Dupont, 12,user30@example.com,", "A,user31@example.com,B"),
    "a shifted row within the width": lines("nom,email,ville", "Dupont,12,user30@example.com"),
    "an address too many": each("{email};user1@example.com", "email;parrain"),
    "an address in a comment": each("{id};{email};voir user1@example.com", "id;email;note"),
    "an address only in a comment": lines("id;email;note", "5;;user30@example.com", "6;;user31@example.com"),
    "two columns of addresses": each("{email};user1@example.com", "Email;E-mail"),
    "two columns without a header": each("{email};user1@example.com"),
    "no header": each("{other};{email};2020"),
    "no header, a name": each("Dupont;{email}"),
    "a mail's header": lines(f"To: {MAILS[0]}; {MAILS[1]}; Eve <{MAILS[2]}>"),
    "a mail's header after addresses": lines(*MAILS, f"To: {MAILS[0]}; user1@example.com; Eve <user2@example.com>"),
    "all on one line": ", ".join(MAILS),
    "all on one line with semicolons": ";".join(MAILS),
    "all on one line with spaces": " ".join(MAILS),
    "some lines with several": lines(*MAILS, *MAILS, "user1@example.com;user2@example.com"),
    "names and addresses": each("Ann <{email}>"),
    "mailto links": each("mailto:{email}"),
    "a web page": each('<li>{n} <a href="mailto:{email}">{email}</a></li>', "<ul>"),
    "a numbered list": each("{n}. {email}"),
    "a table of Markdown": each("| {other} | {email} |", "| id | email |", "|---|---|"),
    "fixed widths": each("{other}      {email}"),
    "a list of JSON": json.dumps(MAILS),
    "JSON lines": each('{{"id": {other}, "email": "{email}"}}'),
    "a list of ids in JSON": "[1, 2, 3]\n" + lines(*MAILS),
    "a card": each("BEGIN:VCARD\nEMAIL;TYPE=work:{email}\nEND:VCARD"),
    "SQL": each("INSERT INTO stop VALUES ({other}, '{email}');"),
    "a quote that is never closed": each('{id};"Ann;{email}', "id;nom;email") + each("{id};b;{email}"),
    "a quote that a later row closes": lines("id;nom;email", '30;"A', f"31;b;{MAILS[1]}", f'32;c";{MAILS[2]}'),
    "a quote that hides ids": lines("id;email", f'30;"{MAILS[0]}', "5", "6", f'31;{MAILS[1]}"'),
    "quotes in quotes": each('"{id}";"{email}";"say ""hi"""', "id;email;note"),
    "line breaks in quotes": each('{id};{email};"a\nb"', "id;email;note"),
    "an address in a quoted line break": each('{id};{email};"a\nuser1@example.com"', "id;email;note"),
    "addresses with a quoted part": lines("email", '"ann smith"@example.com', *MAILS),
    "an address literal": lines("email", "x@[192.0.2.1]", *MAILS),
    "capitals": lines("email", *(email.upper() for email in MAILS)),
    "capitals with an id": each("{id};USER{id}@Example.com", "id;email"),
    "zero width blanks": each("\u200b{email}\u200b", "email"),
    "a zero width blank within": each("{email}", "email") + "user1\u200b@example.com\n",
    "a wide @": each("{email}", "email") + "user1\uff20example.com\n",
    "control characters": each("{email}", "email") + "5\x006\nuser1@example.com\x07\n",
    "formulas": each('="{email}"', "email"),
    "an apostrophe before": each("'{email}", "email"),
    "a dot after": each("{email}.", "email"),
    "a comma after": each("{email},"),
    "a comma after, and a header": each("{email},", "email"),
    "a delimiter in a name": each("{id},Dupont, Jean,{email}", "id,nom,email"),
    "another delimiter in the rows": each("{other},{email}", "id;email"),
    "sep= and another delimiter": each("{other},{email}", "sep=;", "id,email"),
    "sep= twice": each("{id};{email}", "sep=;", "sep=;", "id;email"),
    "two delimiters": each("{other};{email},x", "id;email,nom"),
    "a line that is too long": each("{email}", "email") + "x" * 70_000 + "user1@example.com\n",
    "a cell that is too long": each("{email};" + "y" * 500, "email;note") + "z" * 500 + ";user1@example.com\n",
    "two addresses run together": lines("email", MAILS[0] + MAILS[1], MAILS[2]),
    "no line break at the end": each("{id};{email}", "id;email").rstrip(),
    "an id twice with two addresses": lines("id;email", f"30;{MAILS[0]}", f"30;{MAILS[1]}"),
    "an address twice with two ids": lines("id;email", f"30;{MAILS[0]}", f"1;{MAILS[0]}"),
    "ids that are addresses' numbers": each("{email};{id}", "email;id") + ";5\n",
    "another's address beyond the sample": each("{email}", "email") + "x@b.fr\n" * 1200 + "5\n6 user1@example.com\n",
    "an id beyond the sample": each("{email}") + "x@b.fr\n" * 1200 + "5\n",
    "addresses beyond the sample": "5\n6\n" + "7\n" * 1200 + each("{email}"),
}  # fmt: skip
VARIANTS: dict[str, tuple[Callable[[str], bytes], tuple[str, ...]]] = {
    "UTF-8": (str.encode, ()),
    "with a mark, CR LF": (lambda text: text.replace("\n", "\r\n").encode("utf-8-sig"), ()),
    "UTF-16": (lambda text: text.encode("utf-16"), ()),
    "mismatches skipped": (str.encode, ("--skip-mismatches",)),
    "case ignored": (str.encode, ("--ignore-case",)),
}
LONGEST_TOKEN = 1000


def remaining(sandbox: Sandbox) -> set[str]:
    return {entry.email for entry in sandbox.entries().values()}


def rejected(cli: Cli) -> str:
    """The texts of the rejects file, without the quotes of CSV."""
    path = cli.folder / "people.csv.rejects.csv"
    if not path.exists():
        return ""
    text = path.read_text(encoding="utf-8-sig")
    delimiter = text[len("line")]
    return "\n".join(row[1] for row in csv.reader(io.StringIO(text), delimiter=delimiter) if row)


@pytest.mark.parametrize("shape", SHAPES)
def test_nobody_is_deleted_unnamed_and_nobody_is_passed_over(cli: Cli, sandbox: Sandbox, shape: str) -> None:
    """Whoever is deleted is named by address in the file, and each address of it is deleted, rejected or refused."""
    tokens = {token.lower() for token in TOKEN.findall(SHAPES[shape]) if len(token) < LONGEST_TOKEN}
    for variant, (encode, options) in VARIANTS.items():
        sandbox.load(LISTED)
        for leftover in cli.folder.glob("people.csv*"):
            leftover.unlink()
        path = cli.file("people.csv", encode(SHAPES[shape]))
        done = cli.inside("unsubscribes", "delete", "--from-file", path, *WHY, "--rate", "none", *options)
        deleted = {entry.email for entry in LISTED} - remaining(sandbox)
        assert deleted <= tokens, (variant, done.stderr)
        if done.returncode == 65:
            assert (deleted, "Nothing was sent" in done.stderr) == (set(), True), done.stderr
            continue
        assert done.returncode in (0, 1), done.stderr
        kept = rejected(cli).lower()
        assert [token for token in tokens - deleted if token not in kept] == [], (variant, done.stderr)


def test_the_table_is_long_enough() -> None:
    """At least sixty kinds of files are tried."""
    assert len(SHAPES) >= 60
