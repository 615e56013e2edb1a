"""`list` and `find`: several addresses, since a date, as CSV."""

from __future__ import annotations

import csv
import io

import pytest
from cli_runner import WHY, Cli, objects

from mailpartner.sandbox import Entry, Sandbox

HEADINGS = ["id", "email", "createdAt"]


@pytest.fixture
def listed(sandbox: Sandbox) -> Sandbox:
    sandbox.load(
        [
            Entry(1, "ann@example.com", "2025-12-31 23:59:59"),
            Entry(2, "bob@example.com", "2026-01-01 00:00:00"),
            Entry(3, "=1+1@example.com", "2026-02-01 12:00:00"),
            Entry(4, "ann@EXAMPLE.com", "2026-03-01 12:00:00"),
        ]
    )
    return sandbox


def test_several_addresses_cost_one_call(cli: Cli, listed: Sandbox) -> None:
    """Each address is looked for in one reading of the list; those that are not on it are named, with exit code 1."""
    done = cli.inside("unsubscribes", "find", "ann@example.com", "eve@example.com", "bob@example.com", "--json")
    *found, summary = objects(done.stdout)
    assert [entry["id"] for entry in found] == [1, 2, 4]
    assert (done.returncode, summary["exit"]) == (1, 1)
    assert done.stderr == "mailpartner: eve@example.com is not on the list of unsubscribes.\n"
    assert len(listed.requests()) == 1


@pytest.mark.parametrize("since", ["2026-01-01", "01/01/2026"])
def test_since_a_date(cli: Cli, listed: Sandbox, since: str) -> None:
    """Entries of that day count, those before do not."""
    done = cli.inside("unsubscribes", "list", "--since", since)
    assert [line.split()[0] for line in done.stdout.splitlines()] == ["2", "3", "4"]


def test_csv_opens_in_a_spreadsheet_program(cli: Cli, listed: Sandbox) -> None:
    """In a pipe it is UTF-8 with a BOM, semicolons and CRLF, and what begins as a formula is text."""
    done = cli("unsubscribes", "list", "--csv", env={"LC_ALL": "C"}, encoding="utf-8")
    assert done.stdout.startswith("\ufeffid;email;createdAt\n")  # text mode reads CRLF as LF
    rows = list(csv.reader(io.StringIO(done.stdout.removeprefix("\ufeff")), delimiter=";"))
    assert rows[0] == HEADINGS
    assert rows[3] == ["3", "'=1+1@example.com", "2026-02-01 12:00:00"]
    assert len(rows) == 5


def test_csv_can_be_given_back(cli: Cli, listed: Sandbox) -> None:
    """What --csv wrote is a file that --from-file reads."""
    done = cli("unsubscribes", "list", "--csv", "--since", "2026-03-01")
    path = cli.file("list.csv", done.stdout)
    removed = cli.inside("unsubscribes", "delete", "--from-file", path, *WHY)
    assert (removed.returncode, set(listed.entries())) == (0, {1, 2, 3}), removed.stderr
