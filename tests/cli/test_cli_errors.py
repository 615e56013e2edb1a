"""What errors tell: a program the same in each command, and nobody what may be a secret."""

from __future__ import annotations

import pytest
from cli_runner import Cli, objects
from kit.responses import envelope, response
from kit.server import Server

from mailpartner.sandbox import Sandbox


@pytest.mark.parametrize(
    "command",
    [
        ("account", "credits"), ("messages", "status", "m-1"), ("subaccounts", "list"), ("unsubscribes", "list"),
        ("unsubscribes", "find", "ann@example.com"), ("unsubscribes", "delete", "--email", "ann@example.com", "--yes"),
    ],
    ids=" ".join,
)  # fmt: skip
def test_json_has_a_summary_of_a_failure(scripted: Cli, server: Server, command: tuple[str, ...]) -> None:
    """The last line is the summary, with the error as all commands have it, whatever it was that failed."""
    server.set_script(response(envelope("json", False, 10)))
    done = scripted.inside(*command, "--json", env={"LANG": "fr_FR.UTF-8"})
    summary = objects(done.stdout)[-1]
    assert (done.returncode, summary["type"], summary["exit"]) == (77, "summary", 77)
    assert (summary["error"]["class"], summary["error"]["code"]) == ("AuthenticationError", 10)
    assert "Nothing was done." in summary["error"]["text"]


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [("html", "in_doubt"), ("close-after", "in_doubt"), ("close-before", "in_doubt"), ("code", "failed")],
)
@pytest.mark.parametrize("command", [("add", "z@example.fr"), ("delete", 300, "--yes")], ids=lambda words: words[0])
def test_a_lost_answer_is_in_doubt_by_hand_too(
    cli: Cli, sandbox: Sandbox, command: tuple[object, ...], fault: str, outcome: str
) -> None:
    """The table and JSON say of one address or id that it may have been done, with the fields of the error."""
    parameters = {"code": 1} if fault == "code" else {}
    for more in ((), ("--json",)):
        sandbox.fault(fault, times=None, **parameters)
        done = cli.inside("unsubscribes", *command, "--max-retries", 0, *more)
        sandbox.clear_faults()
        if not more:
            assert outcome in done.stdout.split()
    item, summary = objects(done.stdout)
    assert (item["outcome"], item["error"]["maybe_applied"]) == (outcome, outcome == "in_doubt")
    assert item["error"]["class"].endswith("Error")
    assert item["error"]["text"]
    assert (summary[outcome], sum(summary[each] for each in ("failed", "in_doubt"))) == (1, 1)


MISPLACED = "zq5ecret-9TOKEN"


@pytest.mark.parametrize(
    "words",
    [
        ("unsubscribes", "list", "--format", MISPLACED), ("unsubscribes", "list", "--timeout", MISPLACED),
        ("unsubscribes", "list", "--max-retries", MISPLACED), ("unsubscribes", "list", "--rate", MISPLACED),
        ("unsubscribes", "list", "--since", MISPLACED), ("unsubscribes", "list", "--lang", MISPLACED),
        ("unsubscribes", "list", "--base-url", MISPLACED), ("unsubscribes", "list", MISPLACED),
        ("unsubscribes", MISPLACED), (MISPLACED,), (f"--{MISPLACED}",), (f"-{MISPLACED}",), (f"--api-key={MISPLACED}",),
        ("unsubscribes", "list", f"--csv={MISPLACED}"), ("completion", MISPLACED),
        ("unsubscribes", "delete", MISPLACED), ("unsubscribes", "add", MISPLACED), ("unsubscribes", "find", MISPLACED),
        ("unsubscribes", "delete", "--from-file", "x.csv", "--delimiter", MISPLACED),
        ("unsubscribes", "delete", "--from-file", "x.csv", "--encoding", MISPLACED),
        ("report", "x.journal", "--delimiter", MISPLACED), ("report", "x.journal", "--find", MISPLACED),
        ("subaccounts", "create", "--type", MISPLACED), ("subaccounts", "add-credit", MISPLACED, MISPLACED),
        ("subaccounts", "add-credit", MISPLACED, "--amount", MISPLACED),
        ("subaccounts", "add-credit", "--token-file", MISPLACED, "--amount", "1", "--yes"),
        ("account", "credits", "--api-key-file", MISPLACED),
        ("messages", "send", MISPLACED, "--subject", "S", "--html", "mail.html"),
        ("messages", "send", "--subject", "S", "--html", "mail.html", "--at", MISPLACED),
        ("messages", "send", "--subject", "S", "--html", "mail.html", "--var", MISPLACED),
        ("messages", "cancel", "m-1", MISPLACED), ("messages", "cancel", f"{MISPLACED} x", "--yes"),
    ],
    ids=" ".join,
)  # fmt: skip
@pytest.mark.parametrize("lang", [(), ("--lang", "fr")])
def test_a_secret_in_a_wrong_place(
    scripted: Cli, server: Server, words: tuple[str, ...], lang: tuple[str, ...]
) -> None:
    """An error does not repeat the value that it is about: it may be a key or a token."""
    scripted.file("mail.html", "x")
    scripted.file("x.csv", "id\n1\n")
    done = scripted.inside(*lang, *words)
    assert done.returncode in (2, 65, 78), done.stderr
    assert MISPLACED not in done.stdout + done.stderr
    assert server.connections == 0
