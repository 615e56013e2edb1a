"""What a person sees: in pseudo-terminals of two widths, without colours, in plain locales."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from cli_runner import Cli

from mailpartner.cli.actions import DELETION
from mailpartner.cli.progress import Tally, bar
from mailpartner.results import BulkFailure, BulkSuccess, DeletionOutcome
from mailpartner.sandbox import Sandbox

ASKED = ("--reason", "asked for")


def numbers(cli: Cli, count: int) -> Path:
    return cli.file("ids.txt", "".join(f"{number}\n" for number in range(1, count + 1)))


@pytest.mark.parametrize("columns", [80, 200])
def test_a_bulk_removal_on_a_terminal(cli: Cli, sandbox: Sandbox, columns: int) -> None:
    """The count is asked for, a bar shows rate, counts and time left in one line, the end is a line."""
    path = numbers(cli, 60)
    terminal = cli.terminal("unsubscribes", "delete", "--from-file", path, *ASKED, columns=columns)
    terminal.until("Type 60 to remove them: ")
    assert sandbox.count() == 2000
    terminal.type("60\n")
    assert terminal.finish() == 0
    assert sandbox.count() == 1940
    bars = [line for line in terminal.text.splitlines() if "━" in line]
    assert re.search(r"/min .* left$" if columns == 80 else r" a minute, .* left$", bars[-1])
    assert max(len(line.rstrip()) for line in bars) <= columns
    assert "60 of 60 done: 60 deleted, 0 already gone, 0 failed." in terminal.text


@pytest.mark.parametrize("typed", ["59", "", "yes", "60 "])
def test_another_count_removes_nothing(cli: Cli, sandbox: Sandbox, typed: str) -> None:
    """Only the count itself is a yes; a space after it does no harm."""
    path = numbers(cli, 60)
    terminal = cli.terminal("unsubscribes", "delete", "--from-file", path, *ASKED, "--rate", "none")
    terminal.until("Type 60 to remove them: ")
    terminal.type(typed + "\n")
    code, meant = terminal.finish(), typed.strip() == "60"
    assert (code, sandbox.count()) == ((0, 1940) if meant else (2, 2000))
    assert list(cli.folder.iterdir()) == [path] or meant


def test_ctrl_c_on_a_terminal(cli: Cli, sandbox: Sandbox) -> None:
    """At the question it sends nothing; in a run it stops it, and says how to go on."""
    path = numbers(cli, 600)
    terminal = cli.terminal("unsubscribes", "delete", "--from-file", path, *ASKED)
    terminal.until("Type 600")
    terminal.type("\x03")
    assert (terminal.finish(), sandbox.count()) == (130, 2000)
    terminal = cli.terminal("unsubscribes", "delete", "--from-file", path, *ASKED, "--yes")
    terminal.until("min 0:0")
    terminal.type("\x03")
    assert terminal.finish() == 130
    assert re.search(r"To go on:\s+mailpartner resume", terminal.text)
    assert 1400 < sandbox.count() < 2000


def test_tables(cli: Cli, sandbox: Sandbox) -> None:
    """A table has headings, fits the terminal, and shows nothing that would steer it."""
    sandbox.load(["ann@example.com", "x" * 120 + "@example.com"])
    terminal = cli.terminal("unsubscribes", "list")
    assert terminal.finish() == 0
    lines = terminal.text.splitlines()
    assert any(line.split() == ["id", "address", "since"] for line in lines)
    assert max(len(line.rstrip()) for line in lines) <= 80
    failed = cli.terminal("unsubscribes", "delete", 999999, "--yes")
    assert failed.finish() == 1
    assert "outcome" in failed.text
    assert "failed" in failed.text


@pytest.mark.parametrize("env", [{"NO_COLOR": "1"}, {"TERM": "dumb"}, {"LC_ALL": "C"}], ids=str)
def test_plain_terminals(cli: Cli, env: dict[str, str | None]) -> None:
    """Without colours where they are not wanted, without animation on a dumb terminal, in ASCII in a C locale."""
    path = numbers(cli, 40)
    terminal = cli.terminal("unsubscribes", "delete", "--from-file", path, *ASKED, "--yes", env=env)
    assert terminal.finish() == 0
    listed = cli.terminal("unsubscribes", "find", "user1999@example.com", env=env)
    assert listed.finish() == 0
    raw = terminal.raw + listed.raw
    assert b"40 of 40 done" in raw
    if "NO_COLOR" in env:
        assert not re.search(rb"\x1b\[[0-9;]*3[0-9][0-9;]*m", raw)
    if "TERM" in env:
        assert b"\x1b" not in raw
    if "LC_ALL" in env:
        assert raw.isascii()


@pytest.mark.parametrize("env", [{"LC_ALL": "C"}, {"LC_ALL": "C.UTF-8"}, {"PYTHONIOENCODING": "ascii"}], ids=str)
def test_any_locale_in_a_pipe(cli: Cli, sandbox: Sandbox, env: dict[str, str | None]) -> None:
    """No character of an address ends the program."""
    sandbox.load(["zoé@example.com", "евa@example.com"])
    done = cli("unsubscribes", "list", env=env)
    assert (done.returncode, len(done.stdout.splitlines()), done.stderr) == (0, 2, "")


def test_colours_are_for_terminals(cli: Cli) -> None:
    """FORCE_COLOR changes nothing in a pipe."""
    done = cli("unsubscribes", "delete", 5, "--yes", env={"FORCE_COLOR": "1"})
    assert done.stdout == "5 deleted\n"


def test_the_rate_is_that_of_the_last_minute() -> None:
    """A laptop that slept an hour does not spoil it for long."""
    moment = [0.0]
    tally = Tally.of(DELETION, 2000, {})
    made = bar(tally, lambda: moment[0])
    for first in (0, 1000):
        for done in range(first, first + 1000, 10):
            made.update(made.tasks[0].id, completed=done)
            moment[0] += 1
        assert round((made.tasks[0].speed or 0) * 60) == 600
        moment[0] += 3600


def test_a_tally_counts_outcomes() -> None:
    """What has no outcome has failed."""
    tally = Tally.of(DELETION, 3, {})
    for outcome in (DeletionOutcome.DELETED, DeletionOutcome.ALREADY_GONE):
        tally.count(BulkSuccess(1, outcome))
    tally.count(BulkFailure(1, ValueError()))
    assert tally.words() == "1 deleted, 1 already gone, 1 failed"
    assert tally.done == 3


def test_a_colour_means_one_thing(cli: Cli, sandbox: Sandbox) -> None:
    """What is done is green, in doubt yellow, failed red, in tables and messages; nothing is where colours are off."""

    def shown(*arguments: object, **env: str) -> bytes:
        terminal = cli.terminal(*arguments, env={**env})
        terminal.finish()
        return terminal.raw

    delete = ("unsubscribes", "delete", "--yes", "--max-retries", 0)
    mixed = shown(*delete, 5, 999999)
    assert [colour in mixed for colour in (b"[32mdeleted", b"[31mfailed", b"[31mmailpartner: 2 of 2")] == [True] * 3
    assert b"[32mmailpartner: 1 of 1" in shown(*delete, 6)
    sandbox.fault("close-after")
    lost = shown(*delete, 7)
    assert b"[33min_doubt" in lost
    assert b"[33mmailpartner: 1 of 1" in lost
    assert b"[32mIt works" in shown("doctor")
    assert b"[31mIt does not work" in shown("doctor", MAILPARTNER_API_KEY="sandbox-wrong")
    assert b"[3" not in shown(*delete, 8, NO_COLOR="1")
    assert b"\x1b" not in shown(*delete, 9, TERM="dumb")
