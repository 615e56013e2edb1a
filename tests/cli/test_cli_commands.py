"""The commands in pipes: what they write where, and how they end."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from typing import Any

import pytest
from cli_runner import KEY, Cli, objects
from kit.responses import envelope, response
from kit.server import Server

from mailpartner.sandbox import Sandbox

ACCOUNT: dict[str, str | None] = {"MAILPARTNER_API_KEY": "account-5ecret-of-the-tests"}
NO_WAY_OUT: dict[str, str | None] = {"HTTPS_PROXY": "http://127.0.0.1:9"}
"""No proxy listens there: whatever a command does with the vendor's URL, nothing reaches the vendor."""


def test_help_lists_the_commands_and_the_exit_codes(cli: Cli) -> None:
    """`--help` is written to stdout and ends with 0."""
    done = cli("--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert all(
        word in done.stdout for word in ("unsubscribes", "resume", "report", "doctor", "sandbox", "completion", "75")
    )


def test_help_imports_nothing_that_a_command_needs(cli: Cli) -> None:
    """What costs time is imported by the command that needs it."""
    heavy = "{'httpx', 'rich', 'attrs', 'sqlite3', 'csv', 'importlib.metadata', 'mailpartner.client'}"
    script = (
        "import sys; from mailpartner.cli import main\n"
        f"main(['--help']); print(sorted({heavy} & sys.modules.keys()), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, env=cli.env({}), check=True)
    assert done.stderr == "[]\n"


@pytest.mark.parametrize("package", ["click", "rich"])
def test_without_the_extra_one_line_says_what_to_install(cli: Cli, package: str) -> None:
    """Where click or rich is missing, there is a plain line and no traceback."""
    script = (
        "import sys\nfrom importlib.machinery import PathFinder\nfind = PathFinder.find_spec\n"
        f"def hidden(name, *rest): return None if name.split('.')[0] == {package!r} else find(name, *rest)\n"
        "PathFinder.find_spec = hidden\nfrom mailpartner.cli import main\nsys.exit(main(['--help']))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, env=cli.env({}), check=False)
    assert done.returncode == 78
    assert done.stderr == "mailpartner: the command line needs click and rich: pip install 'mailpartner[cli]'\n"


def test_list_find_and_add(cli: Cli, sandbox: Sandbox) -> None:
    """In a pipe each entry is a line of words without tabs."""
    sandbox.load(["ann@example.com", "bob@example.com"])
    first, second = sandbox.entries()
    assert [line.split()[:2] for line in cli("unsubscribes", "list").stdout.splitlines()] == [
        [str(first), "ann@example.com"],
        [str(second), "bob@example.com"],
    ]
    assert cli("unsubscribes", "find", "bob@EXAMPLE.com").stdout.split()[0] == str(second)
    missing = cli.inside("unsubscribes", "find", "eve@example.com")
    assert (missing.returncode, missing.stdout) == (1, "")
    added = cli("unsubscribes", "add", "eve@example.com", "ann@example.com", "--json")
    assert [item.get("outcome") for item in objects(added.stdout)] == ["added", "already_listed", None]
    assert objects(added.stdout)[-1]["exit"] == added.returncode == 0
    assert "\t" not in cli.inside("unsubscribes", "list").stdout


def test_delete_a_handful(cli: Cli, sandbox: Sandbox) -> None:
    """An unknown id is a failure unless told otherwise. With --yes nothing is asked."""
    done = cli("unsubscribes", "delete", 300, 301, "999999", "--yes")
    assert done.returncode == 1
    assert {line.split(" ")[0]: line.split(" ")[1] for line in done.stdout.splitlines()} == {
        "300": "deleted",
        "301": "deleted",
        "999999": "failed",
    }
    assert "--missing-ok" in done.stdout
    assert sandbox.count() == 1998
    assert cli("unsubscribes", "delete", 300, "--missing-ok", "--yes").stdout == "300 already_gone\n"
    assert [path.name for path in cli.folder.iterdir()] == ["home"], "the record, and no other file"


def test_delete_by_address(cli: Cli, sandbox: Sandbox) -> None:
    """All entries of an address go; one that is not listed is said, and is a failure unless told otherwise."""
    sandbox.load(["ann@example.com", "bob@example.com", "ann@EXAMPLE.com"])
    done = cli("unsubscribes", "delete", "--email", "ann@example.com", "--email", "eve@example.com", "--json", "--yes")
    assert (done.returncode, sandbox.count()) == (1, 1)
    *items, summary = objects(done.stdout)
    assert [item["outcome"] for item in items] == ["deleted", "deleted"]
    assert (summary["deleted"], summary["not_listed"]) == (2, 1)
    assert "ann@" not in done.stdout + done.stderr
    assert "eve@example.com is not on the list" in done.stderr
    assert cli("unsubscribes", "delete", "--email", "eve@example.com", "--missing-ok", "--yes").returncode == 0


def test_each_line_of_json_has_its_schema(cli: Cli) -> None:
    """With --json each line is an object with the number of its schema, and the last is the summary."""
    done = cli.inside("unsubscribes", "delete", "--json", 5, 6, "999999", "--yes")
    lines = objects(done.stdout)
    assert [(line["schema"], line["type"]) for line in lines] == [(2, "deletion")] * 3 + [(2, "summary")]
    failed = next(line for line in lines if line.get("outcome") == "failed")
    assert (failed["error"]["code"], failed["error"]["maybe_applied"]) == (4, False)
    assert (lines[-1]["deleted"], lines[-1]["failed"], lines[-1]["exit"]) == (2, 1, 1)


def test_xml(cli: Cli) -> None:
    """--format xml asks for XML, and brings the same."""
    assert cli.inside("unsubscribes", "delete", "--format", "xml", 5, "--yes").stdout == "5 deleted\n"
    assert len(cli.inside("unsubscribes", "list", "--format", "xml").stdout.splitlines()) == 1999


@pytest.mark.parametrize(
    ("arguments", "env", "code", "words"),
    [
        (["unsubscribes", "list"], {"MAILPARTNER_API_KEY": None}, 78, "MAILPARTNER_API_KEY"),
        (["unsubscribes", "list"], {"MAILPARTNER_API_KEY": "a b"}, 78, "space"),
        (["unsubscribes", "list", "--base-url", "http://example.com"], ACCOUNT, 78, "loopback"),
        (["unsubscribes", "list", "--base-url", "https://api.mailpartner.fr"], NO_WAY_OUT, 78, "begins with sandbox-"),
        (["unsubscribes", "list"], {"MAILPARTNER_BASE_URL": None, **NO_WAY_OUT}, 78, "begins with sandbox-"),
        (["unsubscribes", "list"], ACCOUNT, 77, "a sandbox takes only keys that begin with sandbox-"),
        (["unsubscribes", "list", "--api-key-file", "none.txt"], {}, 78, "cannot be read"),
        (["unsubscribes", "list"], {"MAILPARTNER_API_KEY": "sandbox-wrong"}, 77, "code 10"),
        (["unsubscribes", "delete", "1", "--yes"], {"MAILPARTNER_API_KEY": "sandbox-wrong"}, 77, "code 10"),
        (["unsubscribes", "delete"], {}, 2, "Say what to delete"),
        (["unsubscribes", "delete", "12x"], {}, 2, "Argument 1 is not an id"),
        (["unsubscribes", "delete", "stops.csv"], {}, 2, "--from-file"),
        (["unsubscribes", "delete", "--from-file", ".", "--reason", "x", "--yes"], {}, 65, " . cannot be read"),
        (["unsubscribes", "list", "--json", "--csv"], {}, 2, "not both"),
        (["unsubscribes", "list", "--since", "yesterday"], {}, 2, "2026-01-31"),
        (["unsubscribes", "delete", "0"], {}, 2, "begin at 1"),
        (["unsubscribes", "delete", "--email", "x"], {}, 2, "not an address"),
        (["unsubscribes", "delete", "5", "--yes", "--timeout", "-1"], {}, 2, "timeout"),
        (["unsubscribes", "delete", "5", "--yes", "--concurrency", "0"], {}, 2, "concurrency"),
        (["unsubscribes", "delete", "5", "--yes", "--rate", "0"], {}, 2, "requests a minute"),
        (["unsubscribes", "delete", "5", "--nonsense"], {}, 2, "No such option"),
        (["nonsense"], {}, 2, "No such command"),
        (["delete", "300"], {}, 2, "Did you mean: mailpartner unsubscribes delete"),
        (["unsubscribes", "delete", "--from-file", "none.csv", "--reason", "x", "--yes"], {}, 65, "none.csv"),
        (["resume", "none.journal"], {}, 65, "There is no journal"),
        (["unsubscribes", "add", "nobody"], {}, 2, "is not an address such as"),
    ],
)
def test_what_goes_wrong_is_one_line_and_a_code(
    cli: Cli, arguments: list[str], env: dict[str, str | None], code: int, words: str
) -> None:
    """Every error is a line for people on stderr, nothing on stdout, and its exit code."""
    done = cli.inside(*arguments, env=env)
    assert done.returncode == code, done.stderr
    assert words in done.stderr
    lines = [line for line in done.stderr.splitlines() if " done: " not in line and "may have been" not in line]
    assert len(lines) == 1
    assert all(line.startswith("mailpartner: ") for line in lines)


@pytest.mark.parametrize("arguments", [["list"], ["find", "a@b.fr"], ["add", "a@b.fr"], ["delete", "1", "2", "--yes"]])
def test_unreachable_is_69(cli: Cli, arguments: list[str]) -> None:
    """Where nobody listens, nothing was done, and the code says that it may work later."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
    done = cli.inside("unsubscribes", *arguments, "--base-url", url, "--max-retries", 0)
    assert done.returncode == 69
    assert "Nothing was done" in done.stdout + done.stderr


def test_a_key_in_the_arguments_is_refused_unseen(cli: Cli, sandbox: Sandbox) -> None:
    """It is neither used nor repeated, wherever it stands."""
    sandbox.clear_requests()
    for arguments in (
        ["--api-key", KEY, "unsubscribes", "list"], ["unsubscribes", "list", f"--api-key={KEY}"],
        ["unsubscribes", "delete", "--key", KEY, "5"], ["doctor", "--apikey", KEY],
        ["resume", "x", "--api-key", KEY], ["unsubscribes", "delete", KEY], ["unsubscribes", KEY], [KEY],
        ["unsubscribes", "list", f"--token={KEY}"], ["unsubscribes", "delete", "--email", KEY],
    ):  # fmt: skip
        assert cli.inside(*arguments).returncode == 2
    assert sandbox.requests() == []


def test_the_key_from_a_file_or_stdin(cli: Cli) -> None:
    """A line break after it, or a byte order mark before it, is not part of it."""
    for data in (KEY, "\ufeff" + KEY + "\r\n"):
        path = cli.file("key.txt", data)
        assert cli.inside("unsubscribes", "delete", 5, "--missing-ok", "--yes", "--api-key-file", path,
                   env={"MAILPARTNER_API_KEY": None}).returncode == 0  # fmt: skip
    stdin = ("--api-key-file", "-", "--yes")
    done = cli("unsubscribes", "delete", 6, *stdin, env={"MAILPARTNER_API_KEY": None}, input=KEY + "\n")
    assert (done.returncode, done.stdout) == (0, "6 deleted\n")


@pytest.mark.skipif(os.name != "posix", reason="other systems have no such modes")
@pytest.mark.parametrize(("mode", "warnings"), [(0o600, 0), (0o400, 0), (0o640, 1), (0o604, 1), (0o644, 1)])
def test_a_key_file_that_others_can_read(cli: Cli, mode: int, warnings: int) -> None:
    """It is warned about in one line on stderr that says what to do, and used all the same."""
    path = cli.file("my key.txt", KEY)
    path.chmod(mode)
    done = cli.inside("unsubscribes", "delete", 5, "--yes", "--api-key-file", path, env={"MAILPARTNER_API_KEY": None})
    assert (done.returncode, done.stdout) == (0, "5 deleted\n")
    told = [line for line in done.stderr.splitlines() if "key file" in line]
    assert [line.endswith(f"Run: chmod 600 '{path}'") for line in told] == [True] * warnings


@pytest.mark.parametrize(
    ("env", "words"),
    [
        ({}, "present, from MAILPARTNER_API_KEY; for a sandbox account"),
        ({"MAILPARTNER_BASE_URL": "http://mail-sandbox:8025"}, "for a sandbox account"),
        ({"MAILPARTNER_BASE_URL": "https://api.mailpartner.fr", **ACCOUNT}, "for a production account"),
        (ACCOUNT, "for a production account, but the base URL is on this machine, and a sandbox refuses such a key"),
    ],
)
def test_doctor_says_whose_the_key_is(cli: Cli, env: dict[str, str | None], words: str) -> None:
    """The line of the key says sandbox or production, and whether a sandbox would refuse it, without the key."""
    done = cli.inside("doctor", "--offline", "--json", env=env)
    (detail,) = [item["detail"] for item in objects(done.stdout)[:-1] if item["name"] == "key"]
    assert done.returncode == 0
    assert detail.endswith(words)
    assert str(ACCOUNT["MAILPARTNER_API_KEY"]) not in done.stdout + done.stderr


def test_verbose_logs_attempts_without_the_key(cli: Cli) -> None:
    """--verbose writes what is sent to stderr; `cli` itself holds that the key is not in it."""
    done = cli("unsubscribes", "delete", 5, "-v", "--yes")
    assert done.stdout == "5 deleted\n"
    assert "attempt 1: HTTP 200, done" in done.stderr


def test_doctor(cli: Cli, sandbox: Sandbox) -> None:
    """It checks what there is without showing the key, and sends nothing when told so."""
    done = cli("doctor", "--json")
    checks = {item["name"]: item for item in objects(done.stdout)[:-1]}
    assert done.returncode == 0
    assert "2000 entries" in checks["call"]["detail"]
    assert checks["credit"]["detail"].endswith(" EUR")
    assert " mails, " in checks["credit"]["detail"]
    assert {"key", "base URL", "TLS", "httpx", "Python", "expat", "proxy", "mailpartner"} <= checks.keys()
    sandbox.clear_requests()
    assert cli.inside("doctor", "--offline").returncode == 0
    assert sandbox.requests() == []
    assert cli.inside("doctor", env={"MAILPARTNER_API_KEY": "sandbox-wrong"}).returncode == 77
    assert cli.inside("doctor", env={"MAILPARTNER_API_KEY": None}).returncode == 78
    proxied = cli.inside("doctor", "--offline", "--base-url", "https://api.mailpartner.fr",
                  env={"HTTPS_PROXY": "http://joe:hunter2@proxy.example:3128", **ACCOUNT})  # fmt: skip
    assert "http://proxy.example:3128" in proxied.stdout
    assert "hunter2" not in proxied.stdout


def test_doctor_without_credits(scripted: Cli, server: Server) -> None:
    """Where they cannot be read, that is what is wrong."""
    server.set_script(response('{"success": true, "code": 200, "data": []}'), response(envelope("json", False, 10)))
    done = scripted.inside("doctor", "--json")
    *checks, summary = objects(done.stdout)
    assert (done.returncode, summary["failed"], checks[-1]["ok"]) == (77, 1, False)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion(cli: Cli, shell: str) -> None:
    """Each shell gets its script, and asked as by bash the command names what can follow."""
    assert "_MAILPARTNER_COMPLETE" in cli("completion", shell).stdout
    asked = {"_MAILPARTNER_COMPLETE": "bash_complete", "COMP_WORDS": "mailpartner unsubscribes f", "COMP_CWORD": "2"}
    assert cli(env=asked).stdout == "plain,find\n"


def test_sandbox_is_passed_on(cli: Cli) -> None:
    """`mailpartner sandbox --help` is the sandbox's own help."""
    assert "--fault" in cli("sandbox", "--help").stdout


@pytest.mark.parametrize("size", [1, 5_000])
def test_nobody_reads_the_output(cli: Cli, sandbox: Sandbox, size: int) -> None:
    """`mailpartner unsubscribes list | head -1` ends in silence."""
    sandbox.load(size)
    reading, writing = os.pipe()
    process: Any = cli.start("unsubscribes", "list", stdout=writing)
    os.close(writing)
    os.close(reading)
    assert process.communicate(timeout=20)[1] == ""
    assert process.returncode == 141
