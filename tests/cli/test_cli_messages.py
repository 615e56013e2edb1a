"""What is said: of mistyped commands, of internal errors, and how it is laid out."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from cli_runner import WHY, Cli, objects

from mailpartner.sandbox import Sandbox


def numbers(cli: Cli, count: int) -> Path:
    return cli.file("ids.txt", "".join(f"{number}\n" for number in range(1, count + 1)))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        (["unsubscribe", "list"], "mailpartner unsubscribes"),
        (["remove", "300"], "mailpartner unsubscribes delete"),
        (["unsubscribes", "rm", "300"], "mailpartner unsubscribes delete"),
        (["unsubscribes", "Delete", "300"], "mailpartner unsubscribes delete"),
        (["unsubscribes", "serch", "ann@example.com"], "mailpartner unsubscribes find"),
        (["unsubscribes", "resume"], "mailpartner resume"),
        (["unsubscribes", "delete", "300", "--mising-ok"], "--missing-ok"),
        (["unsubscribes", "list", "--jsno"], "--json"),
    ],
)
def test_what_was_probably_meant(cli: Cli, sandbox: Sandbox, typed: list[str], meant: str | None) -> None:
    """A mistyped command or option sends nothing and offers the likely one; the word itself is not repeated."""
    done = cli.inside(*typed)
    assert (done.returncode, "Nothing was sent" in done.stderr) == (2, True), done.stderr
    assert re.findall(r"Did you mean:? (.*?)[?.] ", done.stderr) == ([meant] if meant else [])
    assert "serch" not in done.stderr
    assert sandbox.requests() == []


BROKEN = (
    "import sys; from mailpartner.cli import main; from {module} import {name}\n"
    "def broken(*args, **options): raise RuntimeError('a bug')\n"
    "{name}.{method} = broken\nsys.exit(main(sys.argv[1:]))"
)


@pytest.mark.parametrize(
    ("where", "said"),
    [
        (("mailpartner.cli.options", "Common", "client"), "Internal error: RuntimeError. Nothing was sent."),
        (("mailpartner.cli.progress", "Tally", "count"), "What was sent is recorded in {path}.journal."),
    ],
)
def test_an_internal_error_says_what_was_sent(
    cli: Cli, sandbox: Sandbox, where: tuple[str, str, str], said: str
) -> None:
    """Before the first request it says that nothing was sent, later where the record is; with exit code 70."""
    path = numbers(cli, 20)
    script = BROKEN.format(module=where[0], name=where[1], method=where[2])
    command = ["unsubscribes", "delete", "--from-file", str(path), *WHY]
    done = subprocess.run(
        [sys.executable, "-c", script, *command], env=cli.env({}), check=False, capture_output=True, text=True,
        cwd=cli.folder,
    )  # fmt: skip
    assert done.returncode == 70
    assert said.format(path=path) in done.stderr
    assert ("recorded" in said) is bool(sandbox.requests())


def test_a_module_that_cannot_be_read_is_not_ctrl_c(cli: Cli, sandbox: Sandbox) -> None:
    """An EOFError is an internal error, although click takes it for the end of what a person types."""
    script = BROKEN.format(module="mailpartner.cli.options", name="Common", method="client")
    done = subprocess.run(
        [sys.executable, "-c", script.replace("RuntimeError", "EOFError"), "doctor"], env=cli.env({}), check=False,
        capture_output=True, text=True,
    )  # fmt: skip
    assert (done.returncode, "Internal error: EOFError. Nothing was sent." in done.stderr) == (70, True), done.stderr


def test_no_columns_are_eighty(cli: Cli, sandbox: Sandbox) -> None:
    """COLUMNS=0, as docker exec -t sets it, hides nothing."""
    terminal = cli.terminal("unsubscribes", "find", "user2@example.com", env={"COLUMNS": "0"})
    assert terminal.finish() == 0
    assert "user2@example.com" in terminal.text


@pytest.mark.parametrize("columns", [40, 80, 120])
def test_messages_are_wrapped_at_words(cli: Cli, sandbox: Sandbox, columns: int) -> None:
    """On a terminal no word is cut, and the command that goes on stands in one piece on a line of its own."""
    path = numbers(cli, 30)
    sandbox.fault("close-before", times=None)
    terminal = cli.terminal(
        "unsubscribes", "delete", "--from-file", path, *WHY, "--max-retries", 0, "--rate", "none", columns=columns
    )
    assert terminal.finish() == 75
    lines = [line.rstrip() for line in terminal.text.splitlines()]
    assert f"    mailpartner resume {path}.journal" in lines
    messages = [line for line in lines if line and str(path) not in line and "━" not in line]
    assert max(map(len, messages)) <= columns
    flat = " ".join(" ".join(lines).split())
    assert "The run stopped: 20 requests failed in a row. What is done is done; run it again later" in flat


def test_an_outage_is_told_in_the_words_of_the_record(cli: Cli, sandbox: Sandbox) -> None:
    """Lost answers are in doubt on the screen, in the summary and in the audit file, with what settles them."""
    path = numbers(cli, 30)
    sandbox.fault("close-after", times=None)
    options = ("--max-retries", 0, "--rate", "none", "--concurrency", 1)
    done = cli.inside("unsubscribes", "delete", "--from-file", path, *WHY, *options, "--json")
    *items, summary = objects(done.stdout)
    assert {item["outcome"] for item in items} == {"in_doubt"}
    assert all(item["error"]["text"].endswith("It may have been done all the same. Resume the run.") for item in items)
    total = objects(Path(f"{path}.audit.jsonl").read_text())[-1]
    assert (summary["failed"], summary["in_doubt"], summary["left"]) == (0, total["in_doubt"], total["not_sent"])
    assert f"0 failed, {total['in_doubt']} in doubt, {total['not_sent']} left." in done.stderr


def test_failures_are_grouped_by_their_cause(cli: Cli, sandbox: Sandbox) -> None:
    """On a terminal each cause is one row, with the first ids and how many more."""
    path = numbers(cli, 40)
    sandbox.fault("code", code="ID_REQUIRED", times=15)
    terminal = cli.terminal(
        "unsubscribes", "delete", "--from-file", path, *WHY, "--rate", "none", "--concurrency", 1, columns=120
    )
    assert terminal.finish() == 1
    assert "1 2 3 4 5 6 7 8 9 10 and 5 more" in terminal.text
    assert terminal.text.count("code 3") == 1
