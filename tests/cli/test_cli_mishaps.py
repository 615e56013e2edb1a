"""What goes wrong around a run, and not with its ids: the output, the signals, the files and the folder."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from cli_runner import COMMAND, ONE_BY_ONE, WHY, Cli, objects, wait_until

from mailpartner.sandbox import Sandbox

FULL = Path("/dev/full")
needs_full = pytest.mark.skipif(not FULL.exists(), reason="this system has no /dev/full")


def numbers(cli: Cli, count: int, name: str = "ids.csv", start: int = 1) -> Path:
    return cli.file(name, "id\n" + "".join(f"{number}\n" for number in range(start, start + count)))


def into_a_full_disk(cli: Cli, *arguments: object) -> Any:
    with FULL.open("w") as full:
        process = cli.start(*arguments, stdout=full)
        _, err = process.communicate(timeout=20)
    assert "Traceback" not in err
    return subprocess.CompletedProcess(arguments, process.returncode, "", err)


@needs_full
@pytest.mark.parametrize("more", [[], ["--json"]])
@pytest.mark.parametrize(
    "command", [["delete", "5", "--yes"], ["add", "new@example.com"], ["find", "user1@example.com"]]
)
def test_output_that_cannot_be_written_is_no_request_that_was_not_sent(
    cli: Cli, sandbox: Sandbox, command: list[str], more: list[str]
) -> None:
    """What was done was done: the output's fault is said as one, and ends with 1 and not with 2."""
    done = into_a_full_disk(cli, "unsubscribes", *command, *more)
    assert (done.returncode, "The output cannot be written: No space left" in done.stderr) == (1, True), done.stderr
    assert "Nothing was sent" not in done.stderr
    assert sandbox.count() == {"delete": 1999, "add": 2001, "find": 2000}[command[0]]


@needs_full
@pytest.mark.parametrize("more", [[], ["--json"]])
def test_a_run_whose_output_cannot_be_written_can_be_resumed(cli: Cli, sandbox: Sandbox, more: list[str]) -> None:
    """It stops, names the command that goes on, and the audit file has what was done."""
    path = numbers(cli, 50)
    done = into_a_full_disk(cli, "unsubscribes", "delete", "--from-file", path, *WHY, *ONE_BY_ONE, *more)
    assert (done.returncode, f"To go on:\n    mailpartner resume {path}.journal" in done.stderr) == (75, True), (
        done.stderr
    )
    assert f"{2000 - sandbox.count()} of 50 done" in done.stderr
    assert cli("resume", f"{path}.journal").returncode == 0
    assert sandbox.count() == 1950


def test_a_closed_output_is_no_traceback(cli: Cli, sandbox: Sandbox) -> None:
    """`>&-` is as good as /dev/null."""
    command = subprocess.list2cmdline([*COMMAND, "unsubscribes", "delete", "5", "--yes"])
    done = subprocess.run(
        ["bash", "-c", f"{command} >&-"], cwd=cli.folder, env=cli.env(None), capture_output=True, text=True, timeout=20
    )
    assert (done.returncode, sandbox.count(), "Traceback" in done.stderr) == (0, 1999, False), done.stderr


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGINT, signal.SIGTERM])
def test_a_signal_that_was_ignored_at_the_start_stays_so(cli: Cli, sandbox: Sandbox, number: signal.Signals) -> None:
    """Under nohup a run outlives its terminal, and a script's background job no Ctrl-C in the foreground."""
    path = numbers(cli, 40)
    sandbox.fault("latency", seconds=0.5)
    process = cli.start(
        "unsubscribes", "delete", "--from-file", path, *WHY, *ONE_BY_ONE,
        preexec_fn=lambda: signal.signal(number, signal.SIG_IGN),
    )  # fmt: skip
    wait_until(process, sandbox.requests)
    process.send_signal(number)
    process.communicate(timeout=20)
    assert (process.returncode, sandbox.count()) == (0, 1960)


def test_the_summary_has_the_exit_code_of_the_process(cli: Cli, sandbox: Sandbox) -> None:
    """Whoever reads the last line, and whoever reads the status, come to the same."""
    nobody = ("--email", "nobody@example.com")
    for arguments, code in [
        (["find", "nobody@example.com"], 1),
        (["find", "user1@example.com"], 0),
        (["delete", *nobody], 1),
        (["delete", *nobody, "--missing-ok"], 0),
        (["delete", "--email", "user2@example.com", *nobody], 1),
        (["delete", "--email", "user3@example.com", *nobody, "--missing-ok"], 0),
        (["delete", "5", "9999"], 1),
    ]:
        yes = ["--yes"] if arguments[0] == "delete" else []
        done = cli.inside("unsubscribes", *arguments, "--json", *yes)
        assert (done.returncode, objects(done.stdout)[-1]["exit"]) == (code, code), arguments


@pytest.mark.parametrize(("fault", "code"), [({"name": "html", "status": 502}, 69), ({"name": "rate-limit"}, 75)])
def test_a_handful_that_all_failed_alike_ends_as_one_call_does(
    cli: Cli, sandbox: Sandbox, fault: dict[str, Any], code: int
) -> None:
    """No readable answer and too many requests have codes of their own, for one id as for a list."""
    sandbox.fault(**fault, times=None)
    for arguments in (["list"], ["delete", "5", "--yes"]):
        done = cli.inside("unsubscribes", *arguments, "--max-retries", 0, "--json")
        assert done.returncode == code, arguments
    assert objects(done.stdout)[-1]["exit"] == code


def stopped(cli: Cli, sandbox: Sandbox, path: Path, *more: object) -> Path:
    """A run over `path` that a lost connection stopped at one id; its journal."""
    sandbox.fault("reset-before")
    done = cli.inside("unsubscribes", "delete", "--from-file", path, *WHY, *ONE_BY_ONE, *more)
    assert done.returncode == 1, done.stderr
    return Path(f"{path}.journal")


def test_a_run_goes_on_in_a_folder_that_was_moved(cli: Cli, sandbox: Sandbox) -> None:
    """The audit file beside the journal is found beside the journal."""
    (cli.folder / "before").mkdir()
    stopped(cli, sandbox, numbers(cli, 5, "before/ids.csv"))
    (cli.folder / "before").rename(cli.folder / "after")
    done = cli.inside("resume", "after/ids.csv.journal")
    assert (done.returncode, sandbox.count()) == (0, 1995), done.stderr
    assert f"Audit: {cli.folder / 'after' / 'ids.csv.audit.jsonl'}" in done.stderr
    assert objects((cli.folder / "after" / "ids.csv.audit.jsonl").read_text())[-1]["deleted"] == 5


def test_an_audit_file_that_cannot_be_written_is_told_by_the_code(cli: Cli, sandbox: Sandbox) -> None:
    """The run is not done before its record is: the end is one that can be resumed, and resuming writes it."""
    (cli.folder / "audits").mkdir()
    path = numbers(cli, 3)
    sandbox.fault("latency", seconds=1)
    process = cli.start(
        "unsubscribes", "delete", "--from-file", path, *WHY, *ONE_BY_ONE, "--audit", "audits/a.jsonl", "--json"
    )
    wait_until(process, sandbox.requests)
    shutil.rmtree(cli.folder / "audits")
    out, err = process.communicate(timeout=20)
    assert (process.returncode, objects(out)[-1]["exit"]) == (75, 75), err
    assert "could not be written" in err
    assert "\nmailpartner: Audit:" not in err
    assert f"To go on:\n    mailpartner resume {path}.journal" in err
    (cli.folder / "audits").mkdir()
    assert cli("resume", f"{path}.journal").returncode == 0
    assert objects((cli.folder / "audits" / "a.jsonl").read_text())[-1]["deleted"] == 3


def test_an_audit_file_that_became_anothers_is_told_by_the_code(cli: Cli, sandbox: Sandbox) -> None:
    """Replaced in mid-run it is left as it is; the run has its counts, its summary, and a code that says what lacks."""
    path = numbers(cli, 3)
    sandbox.fault("latency", seconds=1)
    process = cli.start("unsubscribes", "delete", "--from-file", path, *WHY, *ONE_BY_ONE, "--json")
    wait_until(process, sandbox.requests)
    record = cli.file("ids.csv.audit.jsonl", "mine\n")
    out, err = process.communicate(timeout=20)
    assert (process.returncode, objects(out)[-1]["exit"], objects(out)[-1]["deleted"]) == (75, 75, 3), err
    assert "is not the audit file of this run" in err
    assert record.read_text() == "mine\n"


def test_a_record_without_a_head_is_begun_anew(cli: Cli, sandbox: Sandbox) -> None:
    """A crash or a full disk before its head leaves an empty file: that keeps no run from going on, with its head first
    and all of it at the end."""
    journal = stopped(cli, sandbox, numbers(cli, 5))
    record = cli.file("ids.csv.audit.jsonl", "")
    sandbox.clear_requests()
    sandbox.fault("latency", seconds=1)
    process = cli.start("resume", journal)
    wait_until(process, sandbox.requests)
    assert [line["type"] for line in objects(record.read_text())] == ["head"]
    process.communicate(timeout=20)
    assert (process.returncode, objects(record.read_text())[-1]["deleted"]) == (0, 5)


@pytest.mark.parametrize("sessions", [None, 3, {"when": "now"}])
def test_a_record_that_was_changed_is_left_as_it_is(cli: Cli, sandbox: Sandbox, sessions: object) -> None:
    """A head that no run wrote is refused in a line."""
    journal = stopped(cli, sandbox, numbers(cli, 5))
    record = cli.folder / "ids.csv.audit.jsonl"
    head = {**objects(record.read_text())[0], "sessions": sessions}
    record.write_text(json.dumps(head) + "\n")
    done = cli.inside("resume", journal)
    assert (done.returncode, objects(record.read_text())) == (2, [head]), done.stderr


def test_a_link_to_a_journal_makes_no_second_record(cli: Cli, sandbox: Sandbox) -> None:
    """The audit file is beside the journal itself, wherever the link to it is."""
    (cli.folder / "a").mkdir()
    (cli.folder / "b").mkdir()
    journal = stopped(cli, sandbox, numbers(cli, 5, "a/ids.csv"))
    (cli.folder / "b" / "run.journal").symlink_to(journal)
    assert cli.inside("resume", "b/run.journal").returncode == 0
    assert objects((cli.folder / "a" / "ids.csv.audit.jsonl").read_text())[-1]["deleted"] == 5
    assert [path.name for path in (cli.folder / "b").iterdir()] == ["run.journal"]


def test_an_older_copy_of_a_journal_does_not_replace_the_record(cli: Cli, sandbox: Sandbox) -> None:
    """A copy that knows nothing of a later session is refused, and nothing is sent."""
    journal = stopped(cli, sandbox, numbers(cli, 5))
    with closing(sqlite3.connect(journal)) as source, closing(sqlite3.connect(cli.folder / "copy.journal")) as copy:
        source.backup(copy)
    assert cli.inside("resume", journal).returncode == 0
    record = (cli.folder / "ids.csv.audit.jsonl").read_text()
    sandbox.clear_requests()
    done = cli.inside("resume", "copy.journal")
    assert (done.returncode, "the journal is an older copy" in done.stderr) == (2, True), done.stderr
    assert ((cli.folder / "ids.csv.audit.jsonl").read_text(), sandbox.requests()) == (record, [])


def test_a_copy_made_in_mid_run_does_not_replace_the_record(cli: Cli, sandbox: Sandbox) -> None:
    """A copy in which the session has no end, while the record has its end, is refused, and nothing is sent."""
    journal = stopped(cli, sandbox, numbers(cli, 5))
    with closing(sqlite3.connect(journal)) as source, closing(sqlite3.connect(cli.folder / "copy.journal")) as copy:
        source.backup(copy)
        copy.execute("UPDATE session SET ended = NULL, interrupted = 1")
        copy.commit()
    record = (cli.folder / "ids.csv.audit.jsonl").read_text()
    sandbox.clear_requests()
    done = cli.inside("resume", "copy.journal")
    assert (done.returncode, "the journal is an older copy" in done.stderr) == (2, True), done.stderr
    assert ((cli.folder / "ids.csv.audit.jsonl").read_text(), sandbox.requests()) == (record, [])


def test_two_files_are_not_one(cli: Cli, sandbox: Sandbox) -> None:
    """Nothing is read and nothing is sent where a file would be left out."""
    first, second = numbers(cli, 2, "a.csv"), numbers(cli, 2, "b.csv", start=10)
    sandbox.clear_requests()
    done = cli.inside("unsubscribes", "delete", "--from-file", first, "--from-file", second, *WHY)
    assert (done.returncode, "--from-file is given 2 times" in done.stderr) == (2, True), done.stderr
    assert sandbox.requests() == []


def test_rejects_are_kept_where_no_address_is_listed(cli: Cli, sandbox: Sandbox) -> None:
    """Lines that were not read are told and written also where there is nothing to remove."""
    path = cli.file("mails.csv", "nobody1@example.com\nnobody2@example.com\n1e5\n-5\n")
    done = cli.inside("unsubscribes", "delete", "--from-file", path, *WHY, "--json")
    assert (done.returncode, objects(done.stdout)[-1]["exit"]) == (1, 1)
    assert "Lines of the input that were rejected: 2." in done.stderr
    rejects = (cli.folder / "mails.csv.rejects.csv").read_text(encoding="utf-8-sig").splitlines()
    assert [line.split(";")[0] for line in rejects] == ["line", "1", "2", "3", "4"]


def test_what_a_shell_substitutes_for_a_file_has_its_journal_elsewhere(cli: Cli, sandbox: Sandbox) -> None:
    """<(...) is no file beside which anything could be kept: the state folder takes it."""
    command = subprocess.list2cmdline([*COMMAND, "unsubscribes", "delete", "--from-file"])
    line = f"{command} <(printf '1\\n2\\n') --reason moved --yes"
    done = subprocess.run(
        ["bash", "-c", line], cwd=cli.folder, env=cli.env(None), capture_output=True, text=True, timeout=20
    )
    assert (done.returncode, sandbox.count()) == (0, 1998), done.stderr
    assert f"Journal: {cli.folder / 'home' / '.local' / 'state' / 'mailpartner'}{os.sep}" in done.stderr


def test_a_file_at_stdin_has_its_journal_elsewhere(cli: Cli, sandbox: Sandbox) -> None:
    """/dev/stdin is a file there, but no place beside which to keep anything."""
    with numbers(cli, 2).open("rb") as file:
        done = cli("unsubscribes", "delete", "--from-file", "/dev/stdin", *WHY, stdin=file)
    assert (done.returncode, sandbox.count()) == (0, 1998), done.stderr
    assert f"Journal: {cli.folder / 'home' / '.local' / 'state' / 'mailpartner'}{os.sep}" in done.stderr


def test_a_log_is_not_drawn_over(cli: Cli, sandbox: Sandbox) -> None:
    """With --verbose there is no bar, whose line each record would end in."""
    terminal = cli.terminal("unsubscribes", "delete", "--from-file", numbers(cli, 20), *WHY, "-v")
    assert terminal.finish() == 0
    assert "/min" not in terminal.text
    assert "DEBUG" in terminal.text


@pytest.mark.parametrize(
    "words",
    [
        "resume ",
        "report ",
        "report --html ",
        "unsubscribes delete --from-file ",
        "unsubscribes delete --journal ",
        "doctor --api-key-file ",
    ],
)
def test_the_shell_completes_file_names(cli: Cli, words: str) -> None:
    """Where a file is wanted the shell is told so."""
    env: dict[str, str | None] = {
        "_MAILPARTNER_COMPLETE": "bash_complete",
        "COMP_WORDS": f"mailpartner {words}",
        "COMP_CWORD": str(len(words.split()) + 1),
    }
    program = "from mailpartner.cli import main; raise SystemExit(main())"
    done = subprocess.run(
        [COMMAND[0], "-c", program], cwd=cli.folder, env=cli.env(env), capture_output=True, text=True, timeout=20
    )
    assert done.stdout.split(",")[0] in ("file", "dir"), (done.stdout, done.stderr, json.dumps(env))


@pytest.mark.parametrize("encoding", ["nope", "rot13", "hex", "a b"])
def test_an_encoding_that_is_none(cli: Cli, encoding: str) -> None:
    """What Python does not know, or what encodes no text, is a usage error in one line."""
    path = cli.file("ids.csv", "id\n1\n")
    refused = cli.inside("unsubscribes", "delete", "--from-file", path, *WHY, "--encoding", encoding)
    assert (refused.returncode, refused.stderr.count("\n")) == (2, 1)
    assert "--encoding must be one that Python knows" in refused.stderr
