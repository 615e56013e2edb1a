"""`unsubscribes add --from-file`: the same reader, preview, journal, pace and report as for deletions."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from cli_runner import ONE_BY_ONE, WHY, Cli, objects, wait_until

from mailpartner.sandbox import Sandbox

NEW = [f"new{number}@example.org" for number in range(1, 6)]
FILE = "Contact;E-mail\nA17;new1@example.org\nB2;user5@example.com\n;new2@example.org\nC;new1@example.org\nD;nobody\n"
"""Ids of another system beside the addresses; one is listed, one twice, one is no address."""


def add(cli: Cli, path: Path, *more: object) -> Any:
    return cli.inside("unsubscribes", "add", "--from-file", path, *WHY, *more)


def lines_of(path: Path) -> list[tuple[Any, ...]]:
    """The type, line and outcome of each line between the head and the total of an audit file."""
    return [(line["type"], line["line"], line.get("outcome")) for line in objects(path.read_text())[1:-1]]


def test_a_file_is_added_and_recorded(cli: Cli, sandbox: Sandbox) -> None:
    """What is new is added, what is listed is told as such, the rest is a reject; each line is in the audit file."""
    path = cli.file("stop.csv", FILE)
    done = add(cli, path, "--rate", "none")
    assert (done.returncode, sandbox.count()) == (1, 2002), done.stderr
    assert sorted(done.stdout.splitlines()) == [
        "new1@example.org added",
        "new2@example.org added",
        "user5@example.com already_listed",
    ]
    assert "3 of 3 done: 2 added, 1 already listed, 0 failed." in done.stderr
    assert lines_of(cli.folder / "stop.csv.audit.jsonl") == [
        ("reject", 6, None),
        ("addition", 2, "added"),
        ("addition", 3, "already_listed"),
        ("addition", 4, "added"),
    ]
    rejects = (cli.folder / "stop.csv.rejects.csv").read_text(encoding="utf-8-sig")
    assert rejects.splitlines()[1].startswith("6;")


def test_a_complete_run_keeps_no_address(cli: Cli, sandbox: Sandbox) -> None:
    """While it is under way the journal needs the addresses; once each has its outcome there is none, but people are
    found."""
    path = cli.file("stop.csv", "\n".join(NEW))
    sandbox.fault("code", code="INVALID_API_KEY")
    assert add(cli, path, *ONE_BY_ONE).returncode == 77
    journal = cli.folder / "stop.csv.journal"
    assert b"new5@example.org" in journal.read_bytes()
    assert cli.inside("resume", journal).returncode == 0
    assert sandbox.count() == 2005
    kept = b"".join(each.read_bytes() for each in cli.folder.glob("stop.csv.*"))
    assert b"@example.org" not in kept
    assert cli.inside("report", journal, "--find", "NEW5@example.org").stdout.split() == ["5", "added"]
    assert "complete already" in cli.inside("resume", journal).stderr


def test_addresses_are_kept_where_that_is_asked_for(cli: Cli, sandbox: Sandbox) -> None:
    """With --record-addresses the reports name them."""
    add(cli, cli.file("stop.csv", "\n".join(NEW)), "--record-addresses")
    cli.inside("report", "stop.csv.journal", "--csv", "r.csv", "--html", "r.html")
    text = (cli.folder / "r.csv").read_text(encoding="utf-8-sig")
    rows = [(row["id"], row["outcome"], row["address"]) for row in csv.DictReader(io.StringIO(text), delimiter=";")]
    assert rows == [("", "added", address) for address in NEW]
    page = (cli.folder / "r.html").read_text(encoding="utf-8")
    assert "Addition of unsubscribes: stop.csv" in page
    assert "new3@example.org" in page


def test_a_stopped_addition_is_resumed(cli: Cli, sandbox: Sandbox) -> None:
    """After kill -9 the command goes on: each address is added once, and what was in doubt is already listed."""
    sandbox.fault("silence-after")
    process = cli.start("unsubscribes", "add", "--from-file", cli.file("stop.csv", "\n".join(NEW)), *WHY, *ONE_BY_ONE)
    wait_until(process, lambda: sandbox.count() > 2000)
    process.kill()
    process.communicate()
    done = cli.inside("resume", "stop.csv.journal", "--json")
    assert (done.returncode, sandbox.count()) == (0, 2005)
    told = {line["email"]: line["outcome"] for line in objects(done.stdout) if line["type"] == "addition"}
    assert told == {NEW[0]: "already_listed", **dict.fromkeys(NEW[1:], "added")}


def test_a_dry_run_shows_who_would_be_added(cli: Cli, sandbox: Sandbox) -> None:
    """How many are listed already, also in another spelling, who they are, and the command; nothing is sent but the
    list is read."""
    path = cli.file("stop.csv", "E-mail\nnew1@example.org\nuser5@example.com\nUSER6@example.com\n12\n")
    done = cli.inside("unsubscribes", "add", "--from-file", path, "--dry-run", "--json")
    *rejects, summary = objects(done.stdout)
    assert (done.returncode, sandbox.count()) == (1, 2000)
    assert [(reject["line"], reject["raw"]) for reject in rejects] == [(5, "12")]
    named = ("targets", "listed", "similar", "rejected")
    assert [summary[name] for name in named] == [3, 1, 1, 1]
    assert [person["email"] for person in summary["first"]] == [
        "new1@example.org",
        "user5@example.com",
        "USER6@example.com",
    ]
    assert summary["command"].startswith("mailpartner unsubscribes add --from-file")


@pytest.mark.parametrize(
    ("content", "code", "words"),
    [
        ("id\n5\n6\n", 65, "it has ids and no addresses"),
        ("5\n6\n", 65, "holds no address"),
        ("téléphone\n0612345678\n", 65, ""),
    ],
)
def test_a_file_without_addresses_is_refused(cli: Cli, sandbox: Sandbox, content: str, code: int, words: str) -> None:
    """In one line, and nothing is sent."""
    done = add(cli, cli.file("stop.csv", content))
    assert (done.returncode, words in done.stderr, "Nothing was sent." in done.stderr) == (code, True, True), (
        done.stderr
    )
    assert sandbox.requests() == []


def test_nobody_is_added_unasked(cli: Cli, sandbox: Sandbox) -> None:
    """Without a terminal --yes is needed, and --reason always."""
    path = cli.file("stop.csv", "\n".join(NEW))
    for words, option in (((), "--reason"), (("--reason", "they objected"), "--yes")):
        done = cli.inside("unsubscribes", "add", "--from-file", path, *words)
        assert (done.returncode, option in done.stderr, sandbox.requests()) == (2, True, [])


def test_the_count_is_typed(cli: Cli, sandbox: Sandbox) -> None:
    """On a terminal the addresses are shown, and the count is asked for."""
    path = cli.file("stop.csv", "\n".join(NEW))
    terminal = cli.terminal("unsubscribes", "add", "--from-file", path, "--reason", "they objected")
    screen = terminal.until("Type 5 to add them: ")
    assert "new3@example.org" in screen
    assert "This adds 5 addresses to the list of unsubscribes: no more mailings go to them." in " ".join(screen.split())
    terminal.type("5\n")
    assert terminal.finish() == 0
    assert sandbox.count() == 2005
