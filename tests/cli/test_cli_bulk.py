"""Bulk removals: asked for, recorded, interrupted, resumed."""

from __future__ import annotations

import json
import os
import resource
import signal
import stat
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from cli_runner import KEY, WHY, Cli, objects, wait_until

from mailpartner.sandbox import Sandbox


def numbers(cli: Cli, count: int, name: str = "ids.csv") -> Path:
    return cli.file(name, "id;nom\n" + "".join(f"{number};x\n" for number in range(1, count + 1)))


def audit_of(path: Path) -> tuple[dict[str, Any], list[dict[str, Any]], dict[str, Any]]:
    head, *lines, total = objects(path.read_text(encoding="ascii"))
    return head, lines, total


def check_audit(path: Path, count: int) -> dict[str, Any]:
    """Each id of the run is in the audit file once, with an end; there is no address, no key and no other reader."""
    head, lines, total = audit_of(path)
    lines = [line for line in lines if line["type"] == "deletion"]
    assert Counter(line["id"] for line in lines) == Counter(range(1, count + 1))
    assert {line["outcome"] for line in lines} <= {"deleted", "already_gone"}
    assert (total["complete"], total["deleted"] + total["already_gone"]) == (True, count)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    text = path.read_text(encoding="ascii")
    assert "@" not in text
    assert KEY not in text
    return head


def test_a_file_is_removed_and_recorded(cli: Cli, sandbox: Sandbox) -> None:
    """The journal and the audit file are beside the input, the lines that were not read in a side file."""
    path = cli.file(
        "ids.csv", b"id;email\n1;user1@example.com\n;user2@example.com\n1e5;\n;user2@EXAMPLE.com\n3;user3@example.com\n"
    )
    done = cli("unsubscribes", "delete", "--from-file", path, *WHY, "--rate", "none")
    assert sorted(done.stdout.splitlines()) == ["1 deleted", "2 deleted", "3 deleted"]
    assert (done.returncode, sandbox.count()) == (1, 1997)  # a line was not read
    head = check_audit(cli.folder / "ids.csv.audit.jsonl", 3)
    assert head["reason"] == WHY[1]
    assert head["input"]["name"] == "ids.csv"
    assert len(head["input"]["sha256"]) == 64
    assert head["base_url"] == sandbox.url
    assert head["who"].keys() == {"user", "host"}
    assert head["when"].endswith("+00:00")
    assert head["counts"] == {
        "ids": 3, "lines": 6, "addresses": 1, "rejected": 1, "duplicates": 1, "not_listed": 0,
    }  # fmt: skip
    assert len(head["key_fingerprint"]) == 16
    rejects = cli.folder / "ids.csv.rejects.csv"
    assert rejects.read_text(encoding="utf-8-sig").splitlines()[1].startswith('4;"1e5;";a spreadsheet')
    assert stat.S_IMODE(rejects.stat().st_mode) == 0o600
    assert "ids.csv.journal" in done.stderr


def test_addresses_are_looked_up_with_one_call(cli: Cli, sandbox: Sandbox) -> None:
    """All entries of an address are removed; those that are not listed are in the side file, with their lines."""
    sandbox.load(["ann@example.com", "bob@example.com", "ann@EXAMPLE.com", "joe@example.com"])
    sandbox.clear_requests()
    path = cli.file("mails.txt", "ann@example.com\neve@example.com\njoe@example.com\n")
    done = cli("unsubscribes", "delete", "--from-file", path, *WHY, "--json")
    assert [entry.email for entry in sandbox.entries().values()] == ["bob@example.com"]
    assert Counter(seen["operation"] for seen in sandbox.requests()) == {"listUnsubscribes": 1, "deleteUnsubscribe": 3}
    summary = objects(done.stdout)[-1]
    assert (summary["deleted"], summary["not_listed"], summary["exit"], done.returncode) == (3, 1, 0, 0)
    assert "2;eve@example.com;not on the list" in (cli.folder / "mails.txt.rejects.csv").read_text()
    assert "@" not in done.stdout + (cli.folder / "mails.txt.audit.jsonl").read_text()


def test_nothing_is_sent_without_a_reason_or_a_yes(cli: Cli, sandbox: Sandbox) -> None:
    """From a file or with more than ten ids, where nobody can be asked the answer is no."""
    path = numbers(cli, 3)
    sandbox.clear_requests()
    for arguments in (["--from-file", path], range(1, 12), ["--from-file", "-"]):
        for why in ([], ["--yes"], ["--reason", "x"], ["--reason", " ", "--yes"]):
            done = cli.inside("unsubscribes", "delete", *arguments, *why)
            assert (done.returncode, done.stdout) == (2, "")
            assert "Nothing was sent" in done.stderr
    assert sandbox.requests() == []
    assert list(cli.folder.iterdir()) == [path]


def test_more_than_a_handful_as_arguments(cli: Cli, sandbox: Sandbox) -> None:
    """Their journal and audit file are in the state folder."""
    done = cli("unsubscribes", "delete", *range(1, 12), *WHY, "--rate", "none")
    assert (done.returncode, sandbox.count()) == (0, 1989)
    [audit] = (cli.folder / "home/.local/state/mailpartner").glob("*.audit.jsonl")
    assert check_audit(audit, 11)["input"]["name"] == "arguments"


def test_stdin(cli: Cli, sandbox: Sandbox) -> None:
    """Ids come from a pipe too; a yes is needed then."""
    done = cli("unsubscribes", "delete", "--from-file", "-", *WHY, input="1\n2\n")
    assert (done.returncode, sandbox.count()) == (0, 1998)


def test_dry_run_offline_opens_no_connection(cli: Cli) -> None:
    """It needs no key and no server: not even a socket could be opened. It counts, shows lines and writes no file."""
    path = cli.file("ids.csv", "id\n1\n2\n2\n1e5\na@b.fr\n")
    site = cli.folder / "site"
    site.mkdir()
    (site / "sitecustomize.py").write_text(
        "import socket\ndef no(*_, **__): raise SystemExit(99)\nsocket.socket.connect = no\n"
    )
    env = {"MAILPARTNER_API_KEY": None, "PYTHONPATH": f"{site}{os.pathsep}{cli.environment.get('PYTHONPATH', '')}"}
    command = ["unsubscribes", "delete", "--from-file", path, "--dry-run"]
    done = cli(*command, "--offline", "--json", env=env)
    *rejects, summary = objects(done.stdout)
    assert [(reject["line"], reject["raw"]) for reject in rejects] == [(5, "1e5"), (6, "a@b.fr")]
    wanted = {"ids": 2, "addresses": 0, "rejected": 2, "duplicates": 1, "lines": 6, "exit": 1, "listed": None}
    assert {name: summary[name] for name in wanted} == wanted
    assert "line 5: 1e5" in cli(*command, "--offline", env=env).stdout
    refused = cli(*command, env=env)
    assert (refused.returncode, "--offline" in refused.stderr) == (78, True)
    assert cli(*command, env={**env, "MAILPARTNER_API_KEY": KEY}).returncode != 1
    assert sorted(each.name for each in cli.folder.iterdir()) == ["ids.csv", "site"]


@pytest.mark.parametrize("data", [b"", b"\n\n", b"abc\n", b"1;2\n3;4\n", b"\xff\xfe"])
def test_a_file_without_use_is_65(cli: Cli, sandbox: Sandbox, data: bytes) -> None:
    """Where there is nothing to be sent, nothing is left behind either."""
    path = cli.file("ids.csv", data)
    sandbox.clear_requests()
    done = cli.inside("unsubscribes", "delete", "--from-file", path, *WHY)
    assert (done.returncode, sandbox.requests(), list(cli.folder.iterdir())) == (65, [], [path])


def test_no_file_is_overwritten(cli: Cli) -> None:
    """A journal, an audit file or a side file that is there already is left as it is."""
    path = numbers(cli, 2)
    kept = cli.file("old.jsonl", "old")
    for option in ("--audit", "--rejects", "--journal"):
        done = cli.inside("unsubscribes", "delete", "--from-file", path, *WHY, option, kept)
        assert (done.returncode, kept.read_text()) == (2, "old")
    cli.inside("unsubscribes", "delete", "--from-file", path, *WHY)
    first = (cli.folder / "ids.csv.audit.jsonl").read_text()
    again = cli.inside("unsubscribes", "delete", "--from-file", path, *WHY)
    assert "ids.csv.2.journal" in again.stderr
    assert (cli.folder / "ids.csv.audit.jsonl").read_text() == first
    assert audit_of(cli.folder / "ids.csv.2.audit.jsonl")[2]["already_gone"] == 2


@pytest.mark.parametrize(
    ("number", "code", "rounds"),
    [
        (signal.SIGINT, 130, [1900, 1800]),
        (signal.SIGTERM, 143, [1850]),
        (signal.SIGHUP, 129, [1850]),
        (signal.SIGKILL, -9, [1950, 1850]),
    ],
)
def test_interrupted_and_resumed(
    cli: Cli, sandbox: Sandbox, number: signal.Signals, code: int, rounds: list[int]
) -> None:
    """Every id is deleted once, every id is in the audit file once, and no repeat is an error."""
    path = numbers(cli, 300)
    start = ["unsubscribes", "delete", "--from-file", str(path), *WHY, "--rate", "6000", "--json"]
    process = cli.start(*start)
    for left in rounds:
        wait_until(process, lambda left=left: sandbox.count() < left)
        process.send_signal(number)
        out, err = process.communicate(timeout=15)
        assert process.returncode == code
        if code > 0:
            assert f"To go on:\n    mailpartner resume {path}.journal\n" in err
            assert objects(out)[-1]["exit"] == code
            assert audit_of(cli.folder / "ids.csv.audit.jsonl")[2]["complete"] is False
        process = cli.start("resume", f"{path}.journal", "--json")
    out, err = process.communicate(timeout=15)
    assert process.returncode == 0, err
    assert sandbox.count() == 1700
    head = check_audit(cli.folder / "ids.csv.audit.jsonl", 300)
    assert len(head["sessions"]) == len(rounds) + 1
    assert objects(out)[-1]["total"] == 300
    assert cli("resume", f"{path}.journal").returncode == 0
    check_audit(cli.folder / "ids.csv.audit.jsonl", 300)


def test_an_unfinished_run_is_not_begun_a_second_time(cli: Cli) -> None:
    """The same input again names the command that goes on with it."""
    path = numbers(cli, 50)
    refused = cli("unsubscribes", "delete", "--from-file", path, *WHY, "--base-url", "http://127.0.0.1:9",
                  "--max-retries", 0)  # fmt: skip
    assert refused.returncode == 75
    assert "20 requests failed in a row" in refused.stderr
    again = cli.inside("unsubscribes", "delete", "--from-file", path, *WHY)
    assert again.returncode == 2
    assert f"mailpartner resume {path}.journal" in again.stderr
    elsewhere = cli.inside("resume", f"{path}.journal")
    assert (elsewhere.returncode, "begun at http://127.0.0.1:9" in elsewhere.stderr) == (65, True)


def test_a_refused_key_stops_a_run_at_once(cli: Cli, sandbox: Sandbox) -> None:
    """One answer is enough; the run can be resumed."""
    path = numbers(cli, 50)
    sandbox.clear_requests()
    done = cli("unsubscribes", "delete", "--from-file", path, *WHY, env={"MAILPARTNER_API_KEY": "sandbox-wrong"})
    assert done.returncode == 77
    assert "To go on" in done.stderr
    assert len(sandbox.requests()) <= 8
    right = cli("resume", f"{path}.journal")
    assert (right.returncode, sandbox.count()) == (0, 1950), right.stderr
    head = audit_of(cli.folder / "ids.csv.audit.jsonl")[0]
    first, second = (session["key_fingerprint"] for session in head["sessions"])
    assert (first != second, head["key_fingerprint"]) == (True, second)


def test_another_key_is_refused_in_mid_run(cli: Cli, sandbox: Sandbox) -> None:
    """What one key has begun to delete no other goes on with; the message says what to do with a new key."""
    path = numbers(cli, 4)
    sandbox.fault("reset-before", times=1)
    cli("unsubscribes", "delete", "--from-file", path, *WHY, "--max-retries", 0, "--concurrency", 1)
    other = cli.inside("resume", f"{path}.journal", env={"MAILPARTNER_API_KEY": "sandbox-another"})
    assert (other.returncode, "begun with another key" in other.stderr) == (65, True)
    assert "with another --journal" in other.stderr


def test_looked_up_ids_keep_their_account(cli: Cli, sandbox: Sandbox) -> None:
    """Ids of addresses are from the list of the first key's account; that key being refused later frees them not."""
    path = cli.file("mails.csv", "".join(f"user{number}@example.com\n" for number in range(1, 4)))
    sandbox.fault("latency", seconds=0)  # for the list
    sandbox.fault("code", code="INVALID_API_KEY", times=9)
    done = cli("unsubscribes", "delete", "--from-file", path, *WHY)
    assert done.returncode == 77
    other = cli.inside("resume", f"{path}.journal", env={"MAILPARTNER_API_KEY": "sandbox-another"})
    assert (other.returncode, "begun with another key" in other.stderr) == (65, True)


def test_some_failed_is_1_and_resume_tries_them_again(cli: Cli, sandbox: Sandbox) -> None:
    """A failure that may pass is told, and not the end of it."""
    path = numbers(cli, 5)
    sandbox.fault("reset-before", times=1)
    done = cli("unsubscribes", "delete", "--from-file", path, *WHY, "--max-retries", 0, "--concurrency", 1)
    assert (done.returncode, sandbox.count()) == (1, 1996)
    assert [line["outcome"] for line in audit_of(cli.folder / "ids.csv.audit.jsonl")[1]].count("in_doubt") == 1
    resumed = cli("resume", f"{path}.journal")
    assert (resumed.returncode, sandbox.count()) == (0, 1995)
    check_audit(cli.folder / "ids.csv.audit.jsonl", 5)


def test_a_full_disk_stops_before_the_next_request(cli: Cli, sandbox: Sandbox) -> None:
    """With room again, it goes on."""
    path = numbers(cli, 600)

    def small() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (150_000, 150_000))

    done = cli("unsubscribes", "delete", "--from-file", path, *WHY, "--rate", "none", preexec_fn=small)
    assert done.returncode == 75, done.stderr
    assert 1400 < sandbox.count() < 2000
    resumed = cli("resume", f"{path}.journal", "--rate", "none")
    assert (resumed.returncode, sandbox.count()) == (0, 1400)
    check_audit(cli.folder / "ids.csv.audit.jsonl", 600)


def test_a_full_disk_at_the_begin_leaves_nothing(cli: Cli, sandbox: Sandbox) -> None:
    """Where the ids do not fit into the journal, nothing was sent and no journal is left."""
    path = numbers(cli, 2000)

    def small() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))

    done = cli("unsubscribes", "delete", "--from-file", path, *WHY, preexec_fn=small)
    assert (done.returncode, sandbox.count(), list(cli.folder.iterdir())) == (75, 2000, [path])


@pytest.mark.parametrize("damage", ["cut", "text", "empty", "another's"])
def test_a_damaged_journal_is_65(cli: Cli, sandbox: Sandbox, damage: str) -> None:
    """It is said in a line, and nothing is sent."""
    path = numbers(cli, 300)
    cli.inside("unsubscribes", "delete", "--from-file", path, *WHY, "--rate", "none")
    journal = cli.folder / "ids.csv.journal"
    data = journal.read_bytes()
    journal.write_bytes({"cut": data[: len(data) // 2], "text": b"x" * 9000, "empty": b"", "another's": data}[damage])
    if damage == "another's":
        import sqlite3

        with sqlite3.connect(journal) as connection:
            connection.execute("DELETE FROM fact WHERE name='kind'")
        connection.close()
    sandbox.clear_requests()
    done = cli.inside("resume", journal)
    assert (done.returncode, sandbox.requests()) == (65, []), done.stderr


def test_what_a_crash_left_before_the_run_began_is_begun_anew(cli: Cli, sandbox: Sandbox) -> None:
    """A kill -9 while ids are taken in is no dead end: nothing was sent, and the same command works."""
    path = numbers(cli, 12)
    journal = cli.folder / "ids.csv.journal"
    script = (
        "import os, sys; from mailpartner.cli import run_journal, main\n"
        "from mailpartner._bulk.journal import Journal\nbind = Journal.bind\n"
        "def dying(self, new, **named):\n    os._exit(9) if 'taken' in new else bind(self, new, **named)\n"
        "Journal.bind = dying\nsys.exit(main(sys.argv[1:]))"
    )
    command = ["unsubscribes", "delete", "--from-file", str(path), *WHY, "--rate", "none"]
    for more in ([], ["--journal", str(journal)]):
        died = subprocess.run([sys.executable, "-c", script, *command, *more], env=cli.env({}), check=False,
                              capture_output=True)  # fmt: skip
        assert (died.returncode, journal.exists(), sandbox.count()) == (9, True, 2000), died.stderr
        refused = cli.inside("resume", journal)
        assert (refused.returncode, "never began" in refused.stderr) == (65, True)
    assert cli.inside(*command).returncode == 0
    check_audit(cli.folder / "ids.csv.audit.jsonl", 12)


def test_the_command_that_resumes_is_in_the_same_language(cli: Cli, sandbox: Sandbox) -> None:
    """--lang is repeated, wherever it stood; the journal is named as its input was."""
    numbers(cli, 12)
    sandbox.fault("code", code="INVALID_API_KEY")
    done = cli.inside("--lang", "fr", "unsubscribes", "delete", "--from-file", "ids.csv", *WHY)
    assert f"    mailpartner resume {cli.folder}/ids.csv.journal --lang fr\n" in done.stderr
    assert "mailpartner: Journal\u00a0: ids.csv.journal\n" in done.stderr


def test_ending_at_once_leaves_half_of_no_file(cli: Cli, sandbox: Sandbox) -> None:
    """A second signal while the audit file is written leaves the old one alone in its place."""
    path = numbers(cli, 12)
    script = (
        "import os, signal, sys; from mailpartner.cli import audit, main\nlines = audit.lines\n"
        "def stopped(journal):\n    yield from lines(journal)\n"
        "    os.kill(os.getpid(), signal.SIGINT)\n    os.kill(os.getpid(), signal.SIGINT)\n"
        "audit.lines = stopped\nsys.exit(main(sys.argv[1:]))"
    )
    command = [sys.executable, "-c", script, "unsubscribes", "delete", "--from-file", str(path), *WHY]
    died = subprocess.run([*command, "--rate", "none"], env=cli.env({}), check=False, capture_output=True)
    assert (died.returncode, sandbox.count()) == (130, 1988), died.stderr
    assert {each.name for each in cli.folder.iterdir()} >= {"ids.csv", "ids.csv.journal", "ids.csv.audit.jsonl"}
    assert list(cli.folder.glob(".*.part")) == []


def test_a_foreign_audit_file_is_left_alone(cli: Cli) -> None:
    """Whatever is in the place of the audit file on a resume, it is not overwritten."""
    path = numbers(cli, 3)
    cli.inside("unsubscribes", "delete", "--from-file", path, *WHY, "--rate", "none")
    audit = cli.folder / "ids.csv.audit.jsonl"
    audit.write_text("mine\n")
    done = cli.inside("resume", f"{path}.journal")
    assert (done.returncode, audit.read_text()) == (2, "mine\n")


def test_head_stops_a_run_as_resumable(cli: Cli, sandbox: Sandbox) -> None:
    """`| head -1`: nobody reads what is done, so no more is done, and the command that resumes is said."""
    path = numbers(cli, 400)
    process = cli.start("unsubscribes", "delete", "--from-file", path, *WHY, "--rate", "12000")
    assert process.stdout.readline().endswith(" deleted\n")
    process.stdout.close()
    err = process.communicate(timeout=15)[1]
    assert process.returncode == 141
    assert "Traceback" not in err
    assert f"mailpartner resume {path}.journal" in err
    assert sandbox.count() > 1700


def test_the_key_is_in_no_command_line(cli: Cli, sandbox: Sandbox) -> None:
    """While it runs, what every user of the machine can read of it has no key."""
    path = numbers(cli, 100)
    process = cli.start("unsubscribes", "delete", "--from-file", path, *WHY)
    wait_until(process, lambda: sandbox.count() < 2000)
    line = Path(f"/proc/{process.pid}/cmdline").read_bytes()
    process.terminate()
    process.communicate(timeout=15)
    assert b"--from-file" in line
    assert KEY.encode() not in line


def test_a_second_run_on_a_journal_in_use_is_refused(cli: Cli, sandbox: Sandbox) -> None:
    """It says so, and the first goes on."""
    path = numbers(cli, 60)
    process = cli.start("unsubscribes", "delete", "--from-file", path, *WHY)
    wait_until(process, lambda: sandbox.count() < 2000)
    second = cli("resume", f"{path}.journal")
    assert second.returncode == 75
    assert "another run has it open" in second.stderr
    assert process.communicate(timeout=15)[1]
    assert process.returncode == 0
    assert json.loads((cli.folder / "ids.csv.audit.jsonl").read_text().splitlines()[-1])["deleted"] == 60


def test_a_complete_run_is_told_as_such(cli: Cli, sandbox: Sandbox) -> None:
    """Resumed once more, it says so, sends nothing, and its record has no further session."""
    path = numbers(cli, 3)
    cli.inside("unsubscribes", "delete", "--from-file", path, *WHY)
    sandbox.clear_requests()
    done = cli.inside("resume", f"{path}.journal", "--json")
    assert (done.returncode, sandbox.requests()) == (0, [])
    assert "This run is complete already. Nothing was sent." in done.stderr
    assert "3 of 3 done: 3 deleted, 0 already gone, 0 failed." in done.stderr
    assert objects(done.stdout)[-1]["seconds"] == 0
    assert len(audit_of(cli.folder / "ids.csv.audit.jsonl")[0]["sessions"]) == 1
