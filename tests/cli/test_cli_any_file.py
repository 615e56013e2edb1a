"""Whatever is in a file: a line and a code, never a traceback."""

from __future__ import annotations

from pathlib import Path

import pytest
from cli_runner import Cli
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailpartner.sandbox import Sandbox

PIECES = st.sampled_from(
    [b"300", b"id", b"email", b"a@b.fr", b";", b",", b"\t", b"|", b'"', b'""', b"\n", b"\r\n", b"\r", b"\x00",
     b"\xff\xfe", b"\xef\xbb\xbf", b"1e5", b"12.0", b"-1", "é".encode("cp1252"), "１２".encode(), b"sep=;\n", b" "]
)  # fmt: skip
FILES = st.one_of(st.binary(max_size=300), st.lists(PIECES, max_size=60).map(b"".join))
RELAXED = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


@settings(max_examples=250, deadline=None, suppress_health_check=RELAXED)
@given(
    data=FILES,
    json=st.booleans(),
    more=st.sampled_from([[], ["--column", "1"], ["--encoding", "utf-16"], ["--delimiter", "none"], ["--no-header"]]),
)
def test_any_bytes_end_in_a_line_and_a_code(cli: Cli, data: bytes, json: bool, more: list[str]) -> None:
    """`Cli.inside` holds that there is no traceback."""
    path: Path = cli.file("any.csv", data)
    arguments = [
        "unsubscribes",
        "delete",
        "--from-file",
        path,
        "--dry-run",
        "--offline",
        *more,
        *(["--json"] if json else []),
    ]
    done = cli.inside(*arguments)
    assert done.returncode in (0, 1, 65), done.stderr
    assert all(line.startswith("mailpartner: ") for line in done.stderr.splitlines())


@settings(max_examples=60, deadline=None, suppress_health_check=RELAXED)
@given(data=st.binary(max_size=200))
def test_any_bytes_as_a_journal(cli: Cli, data: bytes) -> None:
    """What is no journal is bad input."""
    path = cli.file("any.journal", data)
    assert cli.inside("resume", path).returncode == 65


@pytest.mark.parametrize("head", [b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"])
def test_a_workbook_is_told_from_a_csv(cli: Cli, head: bytes) -> None:
    """A file of Excel itself is refused with the way out, in place of rows of rubbish."""
    path = cli.file("stops.xlsx", head + b"300\n301\n")
    done = cli.inside("unsubscribes", "delete", "--from-file", path, "--dry-run")
    assert (done.returncode, done.stdout) == (65, "")
    assert "stops.xlsx is a workbook" in done.stderr
    assert "Save it as CSV" in done.stderr


@pytest.mark.parametrize(
    ("content", "said"),
    [("", "stops.csv is empty."), ("id;email\n", "stops.csv has no rows, but a header or blank lines alone."),
     ("\n\n", "stops.csv has no rows, but a header or blank lines alone.")],
)  # fmt: skip
@pytest.mark.parametrize("more", [("--dry-run",), ("--reason", "x", "--yes")], ids=" ".join)
@pytest.mark.parametrize("command", ["delete", "add"])
def test_a_file_with_nothing_in_it(
    cli: Cli, sandbox: Sandbox, command: str, more: tuple[str, ...], content: str, said: str
) -> None:
    """It is said that it is empty, or has a header alone, and nothing is sent."""
    done = cli.inside("unsubscribes", command, "--from-file", cli.file("stops.csv", content), *more)
    assert (done.returncode, said in done.stderr, sandbox.requests()) == (65, True, []), done.stderr
    assert "othing was sent" in done.stderr


def test_the_encoding_to_give_is_named(cli: Cli, sandbox: Sandbox) -> None:
    """What --encoding takes for a file of Windows stands next to the line, and works."""
    path = cli.file("stops.csv", "email\nandr\u00e9@exemple.fr\n".encode("cp1252"))
    done = cli.inside("unsubscribes", "add", "--from-file", path, "--dry-run")
    assert "--encoding cp1252 reads them as Windows writes them" in done.stdout
    done = cli.inside("unsubscribes", "add", "--from-file", path, "--dry-run", "--encoding", "cp1252")
    assert done.returncode == 0, done.stdout
