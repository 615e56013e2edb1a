"""`report`: what became of each id, from the journal alone, in each format and at any time."""

from __future__ import annotations

import csv
import io
import os
import resource
import signal
import stat
from pathlib import Path
from typing import Any

import pytest
from cli_runner import ONE_BY_ONE, WHY, Cli, objects, wait_until

from mailpartner.cli.report import spreadsheet
from mailpartner.sandbox import Sandbox

OUTCOMES = ["in_doubt", "failed", "already_gone", "deleted", "failed", "not_sent", "not_sent"]
OFFLINE: dict[str, str | None] = {"MAILPARTNER_API_KEY": None, "MAILPARTNER_BASE_URL": None}


def delete(cli: Cli, count: int, name: str = "ids.csv") -> Any:
    path = cli.file(name, "id\n" + "".join(f"{number}\n" for number in range(1, count + 1)))
    return cli.inside("unsubscribes", "delete", "--from-file", path, *WHY, *ONE_BY_ONE)


@pytest.fixture
def journal(cli: Cli, sandbox: Sandbox) -> Path:
    """The journal of a run of the ids 1 to 7 that a refused key stopped, with OUTCOMES."""
    sandbox.fault("reset-after")
    sandbox.fault("code", code="ID_REQUIRED")
    sandbox.fault("code", code="UNKNOWN_ID")
    sandbox.fault("latency", seconds=0)
    sandbox.fault("code", code="INVALID_API_KEY")
    assert delete(cli, len(OUTCOMES)).returncode == 77
    return cli.folder / "ids.csv.journal"


def started(cli: Cli, sandbox: Sandbox) -> Any:
    """The process of a run of the ids 1 and 2 whose first answer never comes."""
    path = cli.file("ids.csv", "id\n1\n2\n")
    sandbox.fault("silence-after")
    process = cli.start("unsubscribes", "delete", "--from-file", path, *WHY, *ONE_BY_ONE)
    wait_until(process, lambda: sandbox.count() < 2000)
    return process


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def rows(data: bytes, delimiter: str = ";") -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=delimiter))


def test_each_format_says_what_the_audit_file_says(cli: Cli, journal: Path) -> None:
    """All formats are written in one call, with neither a key nor a server, and agree on each id."""
    done = cli.inside("report", journal, "--jsonl", "r.jsonl", "--csv", "r.csv", "--html", "r.html", env=OFFLINE)
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr.splitlines() == [f"mailpartner: Report: r.{name}" for name in ("jsonl", "csv", "html")]
    *lines, total = objects((cli.folder / "r.jsonl").read_text())
    *audited, audited_total = objects((cli.folder / "ids.csv.audit.jsonl").read_text())
    assert (lines, {**total, "when": 0}) == (audited, {**audited_total, "when": 0})
    assert [line["outcome"] for line in lines[1:]] == OUTCOMES
    assert rows((cli.folder / "r.csv").read_bytes()) == [
        ["id", "outcome", "error", "code", "may have been done", "line", "address"],
        ["1", "in_doubt", "APIConnectionError", "", "yes", "2", ""],
        ["2", "failed", "InvalidRequestError", "3", "no", "3", ""],
        ["3", "already_gone", "", "", "", "4", ""],
        ["4", "deleted", "", "", "", "5", ""],
        ["5", "failed", "AuthenticationError", "", "no", "6", ""],
        ["6", "not_sent", "", "", "no", "7", ""],
        ["7", "not_sent", "", "", "no", "8", ""],
    ]
    page = (cli.folder / "r.html").read_text(encoding="utf-8")
    assert page.startswith("<!DOCTYPE html>")
    assert page.endswith("</html>\n")
    assert {stat.S_IMODE((cli.folder / f"r.{name}").stat().st_mode) for name in ("jsonl", "csv", "html")} == {0o600}


def test_a_run_is_reported_without_touching_its_journal(cli: Cli, sandbox: Sandbox) -> None:
    """After kill -9, and complete, the journal and what lies next to it stay as they are; the run can go on."""
    process = started(cli, sandbox)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    before = contents(cli.folder)
    assert before["ids.csv.journal-wal"]
    for outcomes in (["in_doubt", "not_sent"], ["already_gone", "deleted"]):
        done = cli("report", "ids.csv.journal", "--jsonl", "-", env=OFFLINE)
        assert [line["outcome"] for line in objects(done.stdout)[1:-1]] == outcomes
        assert contents(cli.folder) == before
        assert cli("resume", "ids.csv.journal").returncode == 0
        before = contents(cli.folder)


def test_a_link_to_a_journal_is_reported_with_its_latest_outcomes(cli: Cli, sandbox: Sandbox) -> None:
    """What SQLite keeps next to the file itself is read, too."""
    process = started(cli, sandbox)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    (cli.folder / "links").mkdir()
    (cli.folder / "links" / "run.journal").symlink_to(cli.folder / "ids.csv.journal")
    done = cli("report", "links/run.journal", "--jsonl", "-")
    assert [line["outcome"] for line in objects(done.stdout)[1:-1]] == ["in_doubt", "not_sent"]


def test_the_journal_of_a_run_in_progress_is_left_to_it(cli: Cli, sandbox: Sandbox) -> None:
    """One line says so, with code 75; no report is written, and the run goes on to its end."""
    sandbox.fault("latency", seconds=1)
    path = cli.file("ids.csv", "id\n1\n2\n")
    process = cli.start("unsubscribes", "delete", "--from-file", path, *WHY, *ONE_BY_ONE)
    wait_until(process, sandbox.requests)
    done = cli("report", f"{path}.journal", "--html", "r.html")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (75, "", 1)
    assert f"A run is using the journal {path}.journal. Nothing was written." in done.stderr
    assert not (cli.folder / "r.html").exists()
    process.communicate(timeout=20)
    assert (process.returncode, sandbox.count()) == (0, 1998)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "There is no journal run.journal"),
        (b"", "run.journal is empty"),
        (b"id\n1\n2\n", "run.journal is no journal"),
        (b"SQLite format 3\0" + bytes(5000), "run.journal"),
    ],
)
def test_what_is_no_journal_is_named_in_one_line(cli: Cli, content: bytes | None, words: str) -> None:
    """The line names the file that was given, and the code is that of bad input."""
    if content is not None:
        cli.file("run.journal", content)
    done = cli.inside("report", "run.journal", "--html", "r.html")
    assert (done.returncode, done.stderr.count("\n"), words in done.stderr) == (65, 1, True), done.stderr
    assert not (cli.folder / "r.html").exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--since", "2026-01-01"], "--since and --until are for the record of a year."),
        (["--csv", "-", "--html", "-"], "Two formats have the same target"),
        (["--csv", "new", "--html", "./new"], "Two formats have the same target"),
        (["--csv", "there"], "there exists and is not replaced"),
        (["--csv", "new", "--html", "there"], "there exists and is not replaced"),
        (["--csv", "ids.csv.journal", "--force"], "belongs to the journal"),
        (["--csv", "ids.csv.journal-wal", "--force"], "belongs to the journal"),
        (["--csv", "link", "--force"], "link is not a regular file"),
        (["--csv", ".", "--force"], ". is not a regular file"),
        (["--csv", "missing/new"], "missing/new cannot be written: No such file or directory"),
        (["--csv", "new", "--delimiter", "x"], "--delimiter"),
        (["--csv", "new", "--api-key", "x"], "A key is not taken from an argument"),
    ],
)
def test_a_target_that_must_not_be_written_is_refused(
    cli: Cli, journal: Path, arguments: list[str], words: str
) -> None:
    """A call that would replace something, or cannot be carried out whole, changes no file and ends with 2."""
    cli.file("there", "mine")
    (cli.folder / "link").symlink_to("there")
    before = contents(cli.folder)
    done = cli.inside("report", journal, *arguments)
    assert (done.returncode, words in done.stderr) == (2, True), done.stderr
    assert contents(cli.folder) == before


def test_force_replaces_a_file(cli: Cli, journal: Path) -> None:
    """With --force a file is replaced whole, and gets mode 0600."""
    path = cli.file("r.csv", "x" * 10_000)
    assert cli.inside("report", journal, "--csv", "r.csv", "--force").returncode == 0
    assert (len(rows(path.read_bytes())), stat.S_IMODE(path.stat().st_mode)) == (8, 0o600)


def test_a_report_that_cannot_be_finished_leaves_what_was_there(cli: Cli, sandbox: Sandbox) -> None:
    """When the disk takes no more, the file that is to be replaced stays whole, and nothing lies next to it."""
    assert delete(cli, 500).returncode == 0
    cli.file("r.jsonl", "mine")
    before = contents(cli.folder)
    limit = 38 * 1024
    assert len(before["ids.csv.journal"]) < limit < len(before["ids.csv.audit.jsonl"])
    process = cli.start(
        "report", "ids.csv.journal", "--jsonl", "r.jsonl", "--force",
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
    )  # fmt: skip
    _, err = process.communicate(timeout=20)
    assert (process.returncode, "r.jsonl cannot be written: File too large" in err) == (2, True), err
    assert contents(cli.folder) == before


def test_the_temporary_copy_of_the_journal_is_deleted(cli: Cli, journal: Path) -> None:
    """Nothing stays in the folder for temporary files."""
    temporary = cli.folder / "temporary"
    temporary.mkdir()
    assert cli("report", journal, "--csv", "r.csv", env={"TMPDIR": str(temporary)}).returncode == 0
    assert list(temporary.iterdir()) == []


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="this system has no /dev/full")
def test_a_full_disk_behind_stdout_is_said(cli: Cli, journal: Path) -> None:
    """What stdout does not take is an error of the output, with code 1."""
    with open("/dev/full", "w") as full:
        process = cli.start("report", journal, "--csv", "-", stdout=full)
        _, err = process.communicate(timeout=20)
    assert (process.returncode, "The output cannot be written" in err) == (1, True), err


def test_a_report_that_nobody_reads_ends_quietly(cli: Cli, journal: Path) -> None:
    """A closed pipe ends it with 141, and without a word."""
    reader, writer = os.pipe()
    os.close(reader)
    process = cli.start("report", journal, "--html", "-", stdout=writer)
    os.close(writer)
    _, err = process.communicate(timeout=20)
    assert (process.returncode, err) == (141, "")


@pytest.mark.parametrize(("option", "mark"), [(None, b";"), (";", b";"), (",", b","), ("tab", b"\t"), ("|", b"|")])
def test_the_csv_opens_in_excel(cli: Cli, journal: Path, option: str | None, mark: bytes) -> None:
    """It begins with a byte order mark, in every locale, has CRLF line ends, and the delimiter of a French Excel or
    the one that is given."""
    given = ["--delimiter", option] if option else []
    done = cli("report", journal, "--csv", "r.csv", *given, env={"LC_ALL": "C", "PYTHONUTF8": "0"})
    data = (cli.folder / "r.csv").read_bytes()
    assert done.returncode == 0
    assert data.startswith(b"\xef\xbb\xbfid" + mark + b"outcome" + mark)
    assert data.count(b"\n") == data.count(b"\r\n") == 8
    on_stdout = cli.start("report", journal, "--csv", "-", *given)
    assert on_stdout.communicate(timeout=20)[0].encode() == data.replace(b"\r\n", b"\n")  # text=True reads CRLF as LF


@pytest.mark.parametrize(
    ("address", "cell"),
    [
        ("ann@example.com", "ann@example.com"),
        ('é=1;"x"@example.com', 'é=1;"x"@example.com'),
        ('=HYPERLINK("http://example.com")', '\'=HYPERLINK("http://example.com")'),
        ("+1@example.com", "'+1@example.com"),
        ("-1@example.com", "'-1@example.com"),
        ("@example.com", "'@example.com"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("\udc80@example.com", "\udc80@example.com"),
    ],
)
def test_no_address_is_a_formula(address: str, cell: str) -> None:
    """What a spreadsheet would run as a formula has an apostrophe before it; all else is as it was recorded."""
    line = {"type": "deletion", "id": 5, "outcome": "deleted", "line": 2, "email": address}
    text = "".join(spreadsheet(lambda: iter([{"type": "head"}, line, {"type": "total"}]), ";"))
    assert list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))[1] == ["5", "deleted", "", "", "", "2", cell]
