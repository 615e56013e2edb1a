"""Who was in a run: the journal keeps keyed hashes of addresses, and `report --find` answers for a person."""

from __future__ import annotations

import csv
import io
import tempfile
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cli_runner import ONE_BY_ONE, WHY, Cli, objects, wait_until

from mailpartner import BulkFailure, InvalidRequestError
from mailpartner._bulk.journal import Journal
from mailpartner.cli.report import _snapshot
from mailpartner.sandbox import Sandbox

FILE = "Id;E-mail\n5;user5@example.com\n6;User6@example.com\n7;user7@example.com\n;nobody@example.com\n"
"""One of the list, one with another capital, one of the list, one who is not on it."""


@pytest.fixture
def journal(cli: Cli, sandbox: Sandbox) -> Path:
    """The journal of a run over FILE."""
    done = cli.inside("unsubscribes", "delete", "--from-file", cli.file("stop.csv", FILE), *WHY)
    assert (done.returncode, sandbox.count()) == (1, 1998), done.stderr
    return cli.folder / "stop.csv.journal"


def kept(folder: Path) -> bytes:
    """What the journal and the audit file have."""
    return b"".join(path.read_bytes() for path in folder.glob("*.journal*")) + (
        b"".join(path.read_bytes() for path in folder.glob("*.audit.jsonl"))
    )


def test_the_record_holds_no_address(cli: Cli, journal: Path) -> None:
    """Neither the journal nor the audit file has an address of the file or of the list."""
    assert b"@example.com" not in kept(cli.folder)


@pytest.mark.parametrize(
    ("address", "code", "words"),
    [
        ("user5@example.com", 0, ["5", "2", "deleted"]),
        ("USER5@EXAMPLE.COM", 0, ["5", "2", "deleted"]),
        ("user6@example.com", 0, ["3", "rejected"]),
        ("nobody@example.com", 0, ["5", "rejected"]),
        ("user9@example.com", 1, []),
    ],
)
def test_a_person_is_found(cli: Cli, journal: Path, address: str, code: int, words: list[str]) -> None:
    """The answer has the id, the line and what became of it; somebody who was not in the run ends it with 1."""
    done = cli.inside("report", journal, "--find", address)
    assert (done.returncode, done.stdout.split()[: len(words)]) == (code, words), done.stderr
    assert (f"{address} was not in this run" in done.stderr) == bool(code)


def test_it_is_said_that_addresses_are_not_known(cli: Cli, sandbox: Sandbox) -> None:
    """Bare ids that are deleted unseen have no address, so "was not in this run" is no more than half an answer."""
    cli.inside("unsubscribes", "delete", "--from-file", cli.file("ids.csv", "id\n5\n6\nx\n"), *WHY)
    done = cli.inside("report", "ids.csv.journal", "--find", "user5@example.com")
    assert (done.returncode, "Of 3 ids or lines of this run no address is known;" in done.stderr) == (1, True)


def test_addresses_are_recorded_where_that_is_asked_for(cli: Cli, sandbox: Sandbox) -> None:
    """With --record-addresses the reports name the people, and the text of what was rejected."""
    cli.inside("unsubscribes", "delete", "--from-file", cli.file("stop.csv", FILE), *WHY, "--record-addresses")
    cli.inside("report", "stop.csv.journal", "--csv", "r.csv", "--html", "r.html")
    text = (cli.folder / "r.csv").read_text(encoding="utf-8-sig")
    rows = [
        (row["id"], row["outcome"], row["line"], row["address"])
        for row in csv.DictReader(io.StringIO(text), delimiter=";")
    ]
    assert rows == [
        ("", "rejected", "3", "6 User6@example.com"),
        ("", "rejected", "5", "nobody@example.com"),
        ("5", "deleted", "2", "user5@example.com"),
        ("7", "deleted", "4", "user7@example.com"),
    ]
    assert "user7@example.com" in (cli.folder / "r.html").read_text(encoding="utf-8")


def test_each_rejected_line_is_in_the_audit_file(cli: Cli, journal: Path) -> None:
    """With its number and the reason; its text stands in the rejects file alone."""
    audit = objects((cli.folder / "stop.csv.audit.jsonl").read_text())
    rejects = [line for line in audit if line["type"] == "reject"]
    assert [(line["schema"], line["line"], set(line)) for line in rejects] == [
        (2, number, {"schema", "type", "line", "reason"}) for number in (3, 5)
    ]


def test_a_person_is_found_in_the_record_of_deletions_by_hand(cli: Cli, sandbox: Sandbox) -> None:
    """Those who were deleted one by one, too, in each run of the year."""
    cli.inside("unsubscribes", "delete", "--email", "user5@example.com", "--yes")
    cli.inside("unsubscribes", "delete", "--email", "user6@example.com", "--yes", "--record-addresses")
    record = cli.folder / "home" / ".local" / "state" / "mailpartner" / f"{datetime.now(UTC).year}.journal"
    for number in (5, 6):
        done = cli.inside("report", record, "--find", f"user{number}@example.com")
        assert done.stdout.split() == [str(number), "1", "deleted"]
    assert (b"user5@example.com" in record.read_bytes(), b"user6@example.com" in record.read_bytes()) == (False, True)


def test_what_is_no_address_is_not_looked_for(cli: Cli, journal: Path) -> None:
    """It is a usage error in one line."""
    done = cli.inside("report", journal, "--find", "user5")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)


def test_the_servers_words_are_kept_without_addresses(tmp_path: Path) -> None:
    """They may quote the address that they refuse; the run that keeps addresses keeps them as they are."""
    error = InvalidRequestError(
        "Refused: ann@example.org", name="INVALID_EMAIL", message="Le mail ann@example.org", code=9
    )
    for kept in (False, True):
        path = tmp_path / f"{kept}.journal"
        with closing(Journal(path)) as journal:
            journal.keep_addresses = kept
            journal.mark_sent(0, 300)
            journal.record(0, BulkFailure(300, error))
            journal.commit()
        assert (b"@example.org" in path.read_bytes()) == kept


def test_a_report_leaves_no_copy_however_it_ends(cli: Cli, journal: Path) -> None:
    """The copy of the journal that it reads has no name any more while it is read."""
    before = set(Path(tempfile.gettempdir()).glob("mailpartner-*/*"))
    with _snapshot(journal) as opened:
        assert opened.rejects()
        assert set(Path(tempfile.gettempdir()).glob("mailpartner-*/*")) <= before


def test_a_lost_log_is_told_in_a_line(cli: Cli, sandbox: Sandbox) -> None:
    """With the name that was given, by `report` and by `resume`, and without a line of Python."""
    sandbox.fault("silence-after")
    process = cli.start("unsubscribes", "delete", "--from-file", cli.file("ids.csv", "id\n1\n2\n"), *WHY, *ONE_BY_ONE)
    wait_until(process, lambda: sandbox.count() < 2000)
    process.kill()
    process.communicate()
    (cli.folder / "ids.csv.journal-wal").unlink()
    for command in (("report", "ids.csv.journal", "--jsonl", "r.jsonl"), ("resume", "ids.csv.journal")):
        told = cli(*command).stderr
        assert told.startswith("mailpartner: The journal ")
        assert "ids.csv.journal lost its write-ahead log" in told
        assert "RuntimeWarning" not in told
