"""`unsubscribes add --from-file`: the same reader, preview, journal, pace and report as for deletions."""

from __future__ import annotations

import csv
import io
import random
import re
import resource
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


def test_a_second_spelling_of_an_address_is_a_duplicate(cli: Cli, sandbox: Sandbox) -> None:
    """The domain may be in capitals or in ASCII; capitals before the @ may be another person's, who is added too."""
    spellings = ("ann@café.example", "ann@CAFÉ.example", "ann@xn--caf-dma.example", "Ann@café.example")
    done = add(cli, cli.file("stop.csv", "\n".join(spellings)), "--json")
    summary = objects(done.stdout)[-1]
    assert (summary["total"], summary["duplicates"], sandbox.count()) == (2, 2, 2002)


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


DECORATED = [
    "'ann@example.org'", "“ann@example.org”", "«ann@example.org»", "ann@example.org.", "ann@example.org…",
    "ann@example.org?subject=STOP", "*ann@example.org*", "{ann@example.org}", "=ann@example.org",
    "ann@example.org/STOP", "ann@example.org|12", "ann@example.org^Dupont", "ann@example.org#12",
    "www.site.fr/?m=ann@example.org", "ann@example.org&nbsp", "ann@example.org%20", "ann@.", "ann@-",
    "ann@@example.org",
    "ann@example.org/bob@example.org", "ann@example.org|bob@example.org", "ann@example.org&bob@example.org",
]  # fmt: skip
PLAIN = [
    "o'neil@example.org",
    "ann+stop@example.org",
    "_ann@example.org",
    "zoé@café.example",
    "a.b-c@sub.example.co.uk",
]


def test_what_is_more_than_an_address_is_rejected(cli: Cli, sandbox: Sandbox) -> None:
    """The list would take it as it is, and the person would go on receiving mail: it is a reject, and plain ones go."""
    path = cli.file("stop.csv", "E-mail\n" + "\n".join([*DECORATED, *PLAIN]) + "\n")
    done = add(cli, path, "--json")
    added = [line["email"] for line in objects(done.stdout) if line["type"] == "addition"]
    assert (done.returncode, sorted(added)) == (1, sorted(PLAIN)), done.stderr
    audit = lines_of(cli.folder / "stop.csv.audit.jsonl")
    assert [line for kind, line, _ in audit if kind == "reject"] == list(range(2, 2 + len(DECORATED)))


@pytest.mark.parametrize("more", ["|2026-05-01", "|", "|Lyon|x"])
def test_bars_separate_cells(cli: Cli, sandbox: Sandbox, more: str) -> None:
    """A bar may stand in an address, but between an address and a word it is a delimiter."""
    path = cli.file("stop.txt", "".join(f"Dupont|{address}{more}\n" for address in NEW))
    done = add(cli, path)
    assert (done.returncode, sandbox.count()) == (0, 2005), done.stderr
    assert {entry.email for entry in sandbox.entries().values()} >= set(NEW)


@pytest.mark.parametrize("command", ["add", "delete"])
@pytest.mark.parametrize(
    ("content", "more"),
    [
        ("ann@example.org;mail\nbob@example.org;mail\n", ("--column", 1)),
        ("ann@example.org\tadresse\nbob@example.org\tadresse\n", ("--column", 1)),
        ("mail,ann@example.org\nmail,bob@example.org\n", ("--column", 2)),
        ("E-mail;ann@example.org\n;bob@example.org\n", ()),
        ("12;mail\n13;mail\n", ("--column", 1)),
    ],
)
def test_a_first_line_with_data_is_no_header_in_silence(
    cli: Cli, sandbox: Sandbox, command: str, content: str, more: tuple[Any, ...]
) -> None:
    """Where it also has a word that could be a heading, the file is refused, and the options are named."""
    done = cli.inside("unsubscribes", command, "--from-file", cli.file("stop.csv", content), *WHY, *more)
    assert (done.returncode, "--no-header" in done.stderr, sandbox.requests()) == (65, True, []), done.stderr


def test_an_unfinished_run_of_the_other_command_is_not_offered(cli: Cli, sandbox: Sandbox) -> None:
    """Who wants to add the people of an unfinished deletion is told of it, and not to resume it as if it were theirs;
    a resumed run says what it does."""
    path = cli.file("stop.csv", "email\nuser1@example.com\nuser2@example.com\n")
    sandbox.fault("latency", seconds=0)  # the list
    sandbox.fault("code", code="INVALID_API_KEY")
    cli.inside("unsubscribes", "delete", "--from-file", path, *WHY, *ONE_BY_ONE)
    done = add(cli, path)
    assert (done.returncode, sandbox.count()) == (2, 2000)
    assert "unfinished run of another command already: mailpartner unsubscribes delete" in done.stderr
    done = cli.inside("resume", f"{path}.journal")
    assert "Resuming mailpartner unsubscribes delete: 2 items of stop.csv" in done.stderr


def test_a_long_run_leaves_no_address_in_the_file(cli: Cli, sandbox: Sandbox) -> None:
    """Nor in what SQLite does not use of its pages, with outcomes out of order and addresses of all lengths."""
    chance = random.Random(5)
    addresses = [f"{'x' * chance.randrange(1, 60)}{number}@example.org" for number in range(1500)]
    path = cli.file("stop.csv", "\n".join(addresses))
    assert add(cli, path, "--rate", "none", "--concurrency", 16).returncode == 0
    assert b"@example.org" not in (cli.folder / "stop.csv.journal").read_bytes()


def test_a_refused_key_may_be_replaced(cli: Cli, sandbox: Sandbox) -> None:
    """Addresses are no account's: a run whose every request was refused goes on with the right key."""
    path = cli.file("stop.csv", "\n".join(NEW))
    sandbox.fault("code", code="INVALID_API_KEY")
    done = cli.inside(
        "unsubscribes", "add", "--from-file", path, *WHY, *ONE_BY_ONE, env={"MAILPARTNER_API_KEY": "sandbox-mistyped"}
    )
    assert done.returncode == 77
    assert cli.inside("resume", f"{path}.journal").returncode == 0
    assert sandbox.count() == 2005


def test_rejects_are_written_whole_or_not_at_all(cli: Cli, sandbox: Sandbox) -> None:
    """On a full disk nothing is sent, and neither half a file nor a journal stays."""
    limit = 64 * 1024
    path = cli.file("stop.csv", "\n".join([*NEW, *(f"bad {number}" for number in range(5000))]))
    process = cli.start(
        "unsubscribes", "add", "--from-file", path, *WHY, "--encoding", "utf-8",
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
        env={"PYTHONDONTWRITEBYTECODE": "1"},
    )  # fmt: skip
    _, err = process.communicate(timeout=20)
    assert (process.returncode, "Nothing was sent." in err) == (2, True), err
    assert [each.name for each in cli.folder.iterdir() if each.is_file()] == ["stop.csv"]
    assert sandbox.requests() == []


def test_a_person_on_a_rejected_line_is_found(cli: Cli, sandbox: Sandbox) -> None:
    """Each of the addresses on it: a lost objection must not be denied."""
    path = cli.file(
        "stop.csv", "email\nnew1@example.org\nbad one <carl@example.org>\ndora@example.org, eve@example.org\n"
    )
    add(cli, path, "--delimiter", "none")
    for name, line in (("carl", "3"), ("dora", "4"), ("EVE", "4")):
        done = cli.inside("report", "stop.csv.journal", "--find", f"{name}@example.org")
        assert (done.returncode, done.stdout.split()[:2]) == (0, [line, "rejected"]), done.stderr


def test_options_without_effect_are_refused(cli: Cli, sandbox: Sandbox) -> None:
    """A reason that nothing would record is not taken in silence."""
    done = cli.inside("unsubscribes", "add", NEW[0], "--reason", "they objected")
    assert (done.returncode, "--from-file" in done.stderr, sandbox.requests()) == (2, True, [])


def test_the_question_says_who_is_listed_already(cli: Cli, sandbox: Sandbox) -> None:
    """Before it: how many of them are on the list already."""
    path = cli.file("stop.csv", "new1@example.org\nuser5@example.com\n")
    terminal = cli.terminal("unsubscribes", "add", "--from-file", path, "--reason", "they objected")
    assert "already on the list: 1" in terminal.until("Type 1 to add it: ")
    terminal.type("\n")
    assert (terminal.finish(), sandbox.count()) == (2, 2000)


def test_a_second_run_of_the_same_file(cli: Cli, sandbox: Sandbox) -> None:
    """What is listed is not to be added: neither counted in the preview nor in the question; alone it needs none."""
    path = cli.file("stop.csv", "\n".join(NEW))
    assert add(cli, path, "--rate", "none").returncode == 0
    command = ("unsubscribes", "add", "--from-file", path, "--reason", "they objected")
    preview = cli.terminal(*command, "--dry-run", columns=120)
    assert preview.finish() == 0
    assert re.findall(r"(addresses to add|already on the list) +(\d+)", preview.text) == [
        ("addresses to add", "0"), ("already on the list", "5"),
    ]  # fmt: skip
    assert "To do it" not in preview.text
    again = cli.terminal(*command, columns=120)
    assert again.finish() == 0
    assert "There is nothing to add: every address that was taken is on the list" in again.text
    path = cli.file("more.csv", "\n".join([*NEW, "new6@example.org"]))
    more = cli.terminal("unsubscribes", "add", "--from-file", path, "--reason", "they objected", columns=120)
    screen = more.until("Type 1 to add it: ")
    assert "1 to add, already on the list: 5." in screen
    assert "This adds 1 address to the list" in screen
    more.type("1\n")
    assert more.finish() == 0
    assert "1 added, 5 already listed" in more.text
