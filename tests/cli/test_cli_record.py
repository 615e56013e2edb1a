"""Deletions by hand leave a record: a journal for each year in the state folder."""

from __future__ import annotations

import csv
import io
import re
import sqlite3
from contextlib import closing
from datetime import UTC, datetime

from cli_runner import Cli, objects, record_of

from mailpartner.cli.record import Record
from mailpartner.sandbox import Sandbox


def test_every_deletion_by_hand_is_recorded(cli: Cli, sandbox: Sandbox) -> None:
    """Ids and addresses alike, one run after the other: who, when, why, and what became of each."""
    cli.inside("unsubscribes", "delete", 300, 999999, "--yes", "--missing-ok")
    cli.inside("unsubscribes", "delete", "--email", "user5@example.com", "--yes", "--reason", "asked by telephone")
    told = cli.inside("report", record_of(cli), "--jsonl", "report.jsonl")
    assert told.returncode == 0, told.stderr
    head, *deletions, total = objects((cli.folder / "report.jsonl").read_text())
    outcomes = [(line["id"], line["outcome"]) for line in deletions]
    assert sorted(outcomes) == [(5, "deleted"), (300, "deleted"), (999999, "already_gone")]
    assert [session["reason"] for session in head["sessions"]] == [None, "asked by telephone"]
    assert all(session["user"] and session["ended"] and session["base_url"] == cli.url for session in head["sessions"])
    assert total["complete"] is True
    assert b"user5@example.com" not in record_of(cli).read_bytes()


def test_what_was_lost_is_in_doubt(cli: Cli, sandbox: Sandbox) -> None:
    """A deletion without an answer is recorded as one that may have been done."""
    sandbox.fault("close-after", times=None)
    assert cli.inside("unsubscribes", "delete", 300, "--yes", "--max-retries", 0).returncode == 69
    cli.inside("report", record_of(cli), "--jsonl", "report.jsonl")
    assert [line["outcome"] for line in objects((cli.folder / "report.jsonl").read_text())[1:-1]] == ["in_doubt"]


def test_without_a_record_nothing_is_sent(cli: Cli, sandbox: Sandbox) -> None:
    """Where none can be written, one line says so and names the option that does without."""
    record_of(cli).parent.mkdir(parents=True)
    record_of(cli).mkdir()
    refused = cli.inside("unsubscribes", "delete", 300, "--yes")
    assert (refused.returncode, "--no-record" in refused.stderr) == (75, True), refused.stderr
    assert sandbox.requests() == []
    assert cli.inside("unsubscribes", "delete", 300, "--yes", "--no-record").returncode == 0


def test_a_record_is_no_run(cli: Cli, sandbox: Sandbox) -> None:
    """It cannot be resumed."""
    cli.inside("unsubscribes", "delete", 300, "--yes")
    sandbox.clear_requests()
    done = cli.inside("resume", record_of(cli))
    assert (done.returncode, sandbox.requests()) == (65, []), done.stderr


def test_commands_at_the_same_time_wait_for_each_other(cli: Cli, sandbox: Sandbox) -> None:
    """Two deletions by hand at once are both done and both recorded."""
    started = [cli.start("unsubscribes", "delete", number, "--yes") for number in (300, 301, 302)]
    for process in started:
        _, error = process.communicate(timeout=30)
        assert process.returncode == 0, error
    cli.inside("report", record_of(cli), "--jsonl", "report.jsonl")
    assert {line.get("id") for line in objects((cli.folder / "report.jsonl").read_text())[1:-1]} == {300, 301, 302}


def test_each_deletion_says_when_by_whom_and_why(cli: Cli, sandbox: Sandbox) -> None:
    """The page and the table of a record have one row for each, and nothing of a file; no sentence denies another."""
    for arguments in ((300, 301), (300, 301), (302, "--reason", "asked by téléphone")):
        cli.inside("unsubscribes", "delete", *arguments, "--yes")
    done = cli("report", record_of(cli), "--html", "page.html", "--csv", "table.csv", "--jsonl", "r.jsonl",
               "--lang", "fr")  # fmt: skip
    assert done.returncode == 0, done.stderr
    rows = list(csv.DictReader(io.StringIO((cli.folder / "table.csv").read_text("utf-8-sig")), delimiter=";"))
    assert [(row["id"], row["outcome"], row["reason"], row["error"]) for row in rows] == [
        ("300", "deleted", "", ""), ("301", "deleted", "", ""),
        ("300", "failed", "", "NotFoundError"), ("301", "failed", "", "NotFoundError"),
        ("302", "deleted", "asked by téléphone", ""),
    ]  # fmt: skip
    assert all(row[name] for row in rows for name in ("when", "user", "host", "key_fingerprint", "base_url"))
    told = objects((cli.folder / "r.jsonl").read_text())[1:-1]
    assert [(line["when"], line["user"], line["reason"] or "") for line in told] == [
        (row["when"], row["user"], row["reason"]) for row in rows
    ]
    page = (cli.folder / "page.html").read_text(encoding="utf-8")
    table = re.findall(r"<tr><td>(\d+).*?</time><td><bdi>(.+?)</bdi>.*?<td>(.*?)<td>", page)
    assert table == [(row["id"], row["user"], row["reason"]) for row in rows]
    for absent in ("by hand", "SHA-256", "Fichier traité", "Ils sont encore sur la liste", "<dd></dd>", "Motif\xa0:"):
        assert absent not in page


def test_a_summary_on_the_screen(cli: Cli, sandbox: Sandbox) -> None:
    """`report` without an option shows what was done in a record, and in a run with who began it and why."""
    cli.inside("unsubscribes", "delete", 300, 301, "--yes")
    cli.inside("unsubscribes", "delete", 300, "--yes")
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    done = cli.inside("report", record_of(cli))
    assert done.returncode == 0, done.stderr
    for row in (r"deletion +deleted +2", r"deletion +failed +1", rf"first +{today}", rf"last +{today}"):
        assert re.search(row, done.stdout), done.stdout
    path = cli.file("ids.csv", "id\n5\nnix\n")
    cli.inside("unsubscribes", "delete", "--from-file", path, "--reason", "they asked", "--yes", "--no-header")
    done = cli.inside("report", f"{path}.journal")
    for row in (r"reason +they asked", r"input +ids.csv", r"deletion +deleted +1", r"line of the input +rejected +2"):
        assert re.search(row, done.stdout), done.stdout


def test_a_part_of_the_year(cli: Cli, sandbox: Sandbox) -> None:
    """`--since` and `--until` take days of a record, both of them included, in every format; totals are those days'."""
    cli.inside("unsubscribes", "delete", 300, "--yes")
    with closing(Record(record_of(cli))) as record:
        record.begin_request("message", "2:x", {"user": "ann", "base_url": cli.url, "key_fingerprint": "f"})
    with closing(sqlite3.connect(record_of(cli))) as db, db:
        db.execute("UPDATE session SET started = '2026-01-31T23:59:59+00:00'")
        db.execute("UPDATE request SET at = '2026-02-01T00:00:00+00:00'")
    for options, types in (
        ((), ["deletion", "message"]), (("--since", "2026-02-01"), ["message"]),
        (("--until", "31/01/2026"), ["deletion"]), (("--since", "2026-01-31", "--until", "2026-01-31"), ["deletion"]),
        (("--since", "2026-02-02"), []),
    ):  # fmt: skip
        done = cli.inside("report", record_of(cli), *options, "--jsonl", "r.jsonl", "--html", "r.html", "--force")
        assert done.returncode == 0, done.stderr
        _head, *lines, total = objects((cli.folder / "r.jsonl").read_text())
        assert ([line["type"] for line in lines], total["deleted"]) == (types, types.count("deletion"))


def test_there_is_no_list_of_mails(cli: Cli, sandbox: Sandbox) -> None:
    """Whoever asks for one is told so, and what shows those that were sent from here."""
    for word in ("list", "ls", "find"):
        done = cli.inside("messages", word)
        assert (done.returncode, sandbox.requests()) == (2, [])
        assert "The API lists no mails." in done.stderr
        assert f"mailpartner report {record_of(cli)}" in done.stderr
        assert "unsubscribes" not in done.stderr
