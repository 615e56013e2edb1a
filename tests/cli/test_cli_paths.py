"""Where files are and what they are called: names that are no text, places that cannot be, streams that are closed."""

from __future__ import annotations

import os
import pwd
import subprocess
import sys
from pathlib import Path

import pytest
from cli_runner import COMMAND, WHY, Cli, objects

from mailpartner.sandbox import Sandbox

NAMES = [b"l\xe9gumes.csv", "é.csv".encode(), b"a b.csv", b"it's \xff\\.csv", b"a\x1b[31mb.csv"]


@pytest.mark.parametrize("env", [{}, {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}], ids=["", "C"])
@pytest.mark.parametrize("name", NAMES)
def test_a_name_that_is_no_text(cli: Cli, sandbox: Sandbox, name: bytes, env: dict[str, str]) -> None:
    """A run over a file of any name is stopped and resumed, by the command that it printed, given to a shell."""
    (cli.folder / os.fsdecode(name)).write_bytes(b"1\n2\n3\n4\n5\n")
    sandbox.fault("code", code="ACCOUNT_BLOCKED")
    command = [*COMMAND, "unsubscribes", "delete", "--from-file", name, "--concurrency", "1", *WHY]
    stopped = subprocess.run(command, cwd=cli.folder, env=cli.env(env), capture_output=True, text=True, check=False)
    assert stopped.returncode in (75, 77), stopped.stderr
    assert "\x1b" not in stopped.stderr
    printed = next(line.strip() for line in stopped.stderr.splitlines() if line.startswith("    mailpartner resume"))
    shell = printed.replace("mailpartner", f"{sys.executable} -m mailpartner", 1)
    resumed = subprocess.run(
        ["bash", "-c", shell], cwd=cli.folder, env=cli.env(env), capture_output=True, text=True, check=False
    )
    assert resumed.returncode == 0, resumed.stderr
    assert not sandbox.entries().keys() & {1, 2, 3, 4, 5}
    audit = (cli.folder / os.fsdecode(name + b".audit.jsonl")).read_text()
    assert objects(audit)[-1]["deleted"] == 5


def test_a_reason_that_is_no_text(cli: Cli, sandbox: Sandbox) -> None:
    """A reason in another encoding is kept, its bytes escaped."""
    cli.file("ids.csv", "1\n")
    command = [*COMMAND, "unsubscribes", "delete", "--from-file", "ids.csv", "--reason", b"demand\xe9", "--yes"]
    done = subprocess.run(command, cwd=cli.folder, env=cli.env({}), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert objects((cli.folder / "ids.csv.audit.jsonl").read_text())[0]["reason"] == "demand\\udce9"


def test_stdin_that_is_closed(cli: Cli, sandbox: Sandbox) -> None:
    """Without a stdin a file is read as ever, and `-` has no lines."""
    cli.file("ids.csv", "1\n2\n")
    for file, code in (("ids.csv", 0), ("-", 65)):
        done = subprocess.run(
            [*COMMAND, "unsubscribes", "delete", "--from-file", file, *WHY],
            cwd=cli.folder, env=cli.env({}), capture_output=True, text=True, check=False,
            preexec_fn=lambda: os.close(0),
        )  # fmt: skip
        assert done.returncode == code, done.stderr


def test_a_user_without_a_name(cli: Cli, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a container with an arbitrary uid the audit file has the number."""

    def nobody(uid: int) -> None:
        raise KeyError(uid)

    monkeypatch.setattr(pwd, "getpwuid", nobody)
    cli.file("ids.csv", "1\n")
    assert cli.inside("unsubscribes", "delete", "--from-file", "ids.csv", *WHY).returncode == 0
    assert objects((cli.folder / "ids.csv.audit.jsonl").read_text())[0]["who"]["user"] == f"uid {os.getuid()}"


def test_no_place_for_a_journal(cli: Cli, sandbox: Sandbox) -> None:
    """Where the state folder cannot be made, one line says so and names the option."""
    many = map(str, range(1, 21))
    cli.file("state", "")
    done = cli.inside("unsubscribes", "delete", *many, *WHY, env={"XDG_STATE_HOME": str(cli.folder / "state")})
    assert (done.returncode, "--journal PATH" in done.stderr) == (2, True), done.stderr
    assert sandbox.requests() == []


@pytest.mark.parametrize(
    "options",
    [
        ("--journal", ""),
        ("--audit", ""),
        ("--rejects", ""),
        ("--audit", "same", "--rejects", "same"),
        ("--journal", "same", "--audit", "same"),
        ("--audit", "fifo"),
        ("--rejects", "fifo"),
        ("--journal", "fifo"),
        ("--journal", "."),
    ],
    ids=" ".join,
)
def test_paths_that_cannot_be(cli: Cli, sandbox: Sandbox, options: tuple[str, ...]) -> None:
    """An empty path, one path for two files, a pipe or a folder in a file's place: one line, and nothing is sent."""
    cli.file("ids.csv", "1\nx\n")
    os.mkfifo(cli.folder / "fifo")
    done = cli("unsubscribes", "delete", "--from-file", "ids.csv", *WHY, *options)
    assert (done.returncode, "Nothing was sent" in done.stderr) == (2, True), done.stderr
    assert sandbox.requests() == []
    assert {path.name for path in cli.folder.iterdir()} == {"ids.csv", "fifo"}


def test_a_key_file_that_is_no_key(cli: Cli, sandbox: Sandbox) -> None:
    """A file of more than 4,096 bytes is refused rather than cut."""
    path: Path = cli.file("key", "sandbox-" + "x" * 5000)
    path.chmod(0o600)
    done = cli.inside("unsubscribes", "list", "--api-key-file", path, env={"MAILPARTNER_API_KEY": None})
    assert (done.returncode, "more than 4,096 bytes" in done.stderr) == (78, True), done.stderr
    assert sandbox.requests() == []
