"""A request that the record has: found whatever became of the key, told by a dry run, and not lost with the file."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from cli_runner import KEY, Cli, objects, record_of, recorded_requests
from kit.responses import envelope, response
from kit.server import Exchange, Server, Step, take

from mailpartner.cli.record import Record
from mailpartner.sandbox import Sandbox

SENT = response(json.dumps({"success": True, "code": 200, "messageId": "m-1", "nbMail": 1, "cost": 0.01,
                            "currency": "EUR"}))  # fmt: skip
MAIL = ("messages", "send", "--subject", "News", "--html", "mail.html", "ann@example.com")
REAL = {"MAILPARTNER_BASE_URL": "https://mailpartner.invalid", "MAILPARTNER_API_KEY": "production-key"}
"""Where no server is: what is refused is refused before one is called."""


@pytest.fixture
def cli(scripted: Cli, server: Server) -> Cli:
    """The command with a mail in its folder, and a server that takes it."""
    scripted.file("mail.html", "<p>Hello</p>")
    server.set_script(SENT)
    return scripted


def plant(cli: Cli, url: str, **changes: Any) -> None:
    """Give the record a request that was made elsewhere: that of `MAIL`, if it has no digest."""
    if "digest" not in changes:
        assert cli.inside(*MAIL, "--yes").returncode == 0
        changes["digest"] = recorded_requests(cli)[-1]["digest"]
        record_of(cli).unlink()
    record_of(cli).parent.mkdir(parents=True, exist_ok=True)
    details = {"base_url": url, "key_fingerprint": "0123456789abcdef", **changes.pop("details", {})}
    with closing(Record(record_of(cli))) as record:
        record.bind({"kind": "mailpartner record of single deletions, 1"})
        number = record.begin_request("message", changes["digest"], details)
        record.end_request(number, "sent", {"message_id": "m-0"})


def test_a_new_key_of_the_account(cli: Cli, server: Server) -> None:
    """A mail that went out with another key is refused, with a word about the key; --again sends it."""
    assert cli.inside(*MAIL, "--yes").returncode == 0
    fingerprint = recorded_requests(cli)[0]["key_fingerprint"]
    rotated = {"MAILPARTNER_API_KEY": f"{KEY}-2"}
    refused = cli.inside(*MAIL, "--yes", env=rotated)
    assert (refused.returncode, len(server.requests)) == (2, 1), refused.stderr
    assert f"That was with another key or server, {fingerprint} at {server.url}" in refused.stderr
    assert "with another key" not in cli.inside(*MAIL, "--yes").stderr
    assert cli.inside(*MAIL, "--yes", "--again", env=rotated).returncode == 0


def test_another_time_for_a_mail_in_doubt(cli: Cli, server: Server) -> None:
    """Whoever lost the answer and schedules the same instead might send it twice: that takes --again, too."""
    server.set_script(Exchange.hang_up)
    later = ("--at", "2099-03-27 10:30")
    assert cli.inside(*MAIL, "--yes").returncode == 69
    for options in (later, ("--tag", "again")):
        refused = cli.inside(*MAIL, *options, "--yes")
        assert (refused.returncode, len(server.requests)) == (2, 1), refused.stderr
        assert "may have been done" in refused.stderr
    server.set_script(SENT, SENT)
    assert cli.inside(*MAIL, "--yes", "--again").returncode == 0
    assert cli.inside(*MAIL, *later, "--yes", "--again").returncode == 0


def test_credit_that_was_moved_with_another_key(cli: Cli, server: Server) -> None:
    """A move that is in doubt refuses the same one with a new key, too."""
    server.set_script(Exchange.hang_up)
    move = ("subaccounts", "add-credit", "t-1", "--amount", "10.50", "--yes")
    assert cli.inside(*move).returncode == 69
    refused = cli.inside(*move, env={"MAILPARTNER_API_KEY": f"{KEY}-2"})
    assert (refused.returncode, len(server.requests)) == (2, 1)
    assert "with another key" in refused.stderr


@pytest.mark.parametrize(
    ("url", "env", "refused"),
    [
        ("https://mailpartner.invalid", REAL, True),
        ("https://api.mailpartner.invalid", REAL, True),
        ("http://127.0.0.1:1", REAL, False),
        ("http://sandbox:8025", REAL, False),
        ("https://mailpartner.invalid", {}, False),
        ("http://127.0.0.1:1", {}, False),
    ],
)
def test_what_is_real_and_what_is_a_sandbox(cli: Cli, url: str, env: dict[str, str | None], refused: bool) -> None:
    """A real mail refuses the next at any server of the vendor; a sandbox has to do with itself alone."""
    plant(cli, url)
    done = cli.inside(*MAIL, "--dry-run", env=env)
    assert (done.returncode, "That was with another key or server" in done.stderr) == (
        (2, True) if refused else (0, False)
    )


def test_a_sandbox_key_elsewhere(cli: Cli) -> None:
    """What was sent with a sandbox's key to another machine is not real, either."""
    plant(cli, "https://sandbox.invalid", details={"sandbox": True})
    assert cli.inside(*MAIL, "--dry-run", env=REAL).returncode == 0


@pytest.mark.parametrize("fingerprint", ["the same key", "another key"])
def test_records_of_the_first_form(cli: Cli, server: Server, fingerprint: str) -> None:
    """A digest with the server and the key in it, as records had it before, is found with each key."""
    content = ("message", "News", ["<p>Hello</p>"], ["ann@example.com"], None, {}, [], None, None, False)
    assert cli.inside(*MAIL, "--yes").returncode == 0
    used = recorded_requests(cli)[0]["key_fingerprint"] if fingerprint == "the same key" else "0123456789abcdef"
    record_of(cli).unlink()
    text = json.dumps([server.url, used, *content], sort_keys=True)
    plant(cli, server.url, digest=hashlib.sha256(text.encode()).hexdigest(), details={"key_fingerprint": used})
    refused = cli.inside(*MAIL, "--yes")
    assert (refused.returncode, len(server.requests)) == (2, 1), refused.stderr
    assert "message id m-0" in refused.stderr
    assert ("with another key" in refused.stderr) == (fingerprint == "another key")


def test_a_dry_run_looks_into_the_record(cli: Cli, server: Server) -> None:
    """It says that the mail went out, ends as the real run would, and makes no record."""
    assert cli.inside(*MAIL, "--dry-run").returncode == 0
    assert not record_of(cli).exists()
    assert cli.inside(*MAIL, "--yes").returncode == 0
    dry = cli.inside(*MAIL, "--dry-run")
    assert (dry.returncode, "To do it:" in dry.stdout) == (2, False)
    assert "message id m-1. Nothing was sent. To send it once more, give --again." in dry.stderr
    (summary,) = objects(cli.inside(*MAIL, "--dry-run", "--json").stdout)
    assert (summary["exit"], "message id m-1" in summary["refusal"]) == (2, True)
    for option in ("--again", "--no-record", "--test"):
        assert cli.inside(*MAIL, "--dry-run", option).returncode == 0
    assert len(server.requests) == 1


def moved(path: Path, change: str, answer: Step) -> Step:
    """Return a step that does something to the record before it answers."""

    def step(exchange: Exchange) -> None:
        if change == "deleted":
            path.unlink()
        else:
            path.rename(path.with_suffix(".old"))
        if change == "replaced":
            path.write_bytes(b"")
        take(answer, exchange)

    return step


@pytest.mark.parametrize("change", ["deleted", "moved", "replaced"])
@pytest.mark.parametrize(("answer", "code"), [(SENT, 0), (response(envelope("json", False, 4)), 1)])
def test_a_record_that_is_moved_meanwhile(cli: Cli, server: Server, change: str, answer: Step, code: int) -> None:
    """It is said that the outcome is not in the record, in French too; the outcome itself is shown as always."""
    server.set_script(moved(record_of(cli), change, answer))
    done = cli.inside(*MAIL, "--yes", "--max-retries", 0)
    assert done.returncode == code, done.stderr
    assert f"The record {record_of(cli)} was deleted, moved or replaced meanwhile" in done.stderr
    assert ("m-1  sent" in done.stdout) == (code == 0)


LIMITED = response("Too many requests", 429, "text/html", ["Retry-After: 0"])


def test_too_many_requests_is_not_sent(cli: Cli, server: Server) -> None:
    """HTTP 429 is a refusal, after which the same mail goes out; one that is in doubt from before stays so."""
    server.set_script(LIMITED, SENT)
    refused = cli.inside(*MAIL, "--yes", "--max-retries", 0)
    assert (refused.returncode, "Nothing was done." in refused.stderr) == (75, True), refused.stderr
    assert cli.inside(*MAIL, "--yes").returncode == 0
    assert [each["outcome"] for each in recorded_requests(cli)] == ["refused", "sent"]
    server.set_script(Exchange.hang_up, LIMITED)
    other = (*MAIL, "--yes", "--subject", "Other", "--max-retries", 0)
    assert [cli.inside(*other).returncode, cli.inside(*other, "--again").returncode] == [69, 75]
    assert cli.inside(*other).returncode == 2, "the first one is in doubt, whatever came of the second"
    server.set_script(Exchange.hang_up, LIMITED, LIMITED)
    cancelled = cli.inside("messages", "cancel", "m-1", "--max-retries", 2, "--json", "--yes")
    assert objects(cancelled.stdout)[0]["outcome"] == "in_doubt", "an earlier attempt of the same call is"


MOVED = response(json.dumps({"success": True, "code": 200, "credit": 1, "subaccountCredit": 2, "currency": "EUR"}))


def test_a_report_on_a_record(cli: Cli, server: Server, sandbox: Sandbox) -> None:
    """The page and the table have the mails and the moves: when, who, how many, and what became of them."""
    server.set_script(SENT, Exchange.hang_up, response(envelope("json", False, 4)), MOVED)
    assert cli.inside(*MAIL, "--yes").returncode == 0
    assert cli.inside(*MAIL, "--yes", "--subject", "Lost").returncode == 69
    assert cli.inside(*MAIL, "--yes", "--subject", "Refused").returncode == 1
    assert cli.inside("subaccounts", "remove-credit", "t-1", "--amount", "10.50", "--yes").returncode == 0
    done = cli("report", record_of(cli), "--csv", "r.csv", "--html", "r.html", "--lang", "fr")
    assert done.returncode == 0, done.stderr
    text = (cli.folder / "r.csv").read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text, newline=""), delimiter=";"))
    columns = ("type", "outcome", "error", "may have been done", "recipients", "message_id", "move", "amount")
    assert [tuple(row[name] for name in columns) for row in rows] == [
        ("message", "sent", "", "", "1", "m-1", "", ""),
        ("message", "in_doubt", "APIConnectionError", "yes", "1", "", "", ""),
        ("message", "refused", "InvalidRequestError", "", "1", "", "", ""),
        ("credit_move", "moved", "", "", "", "", "remove", "10.50"),
    ]
    names = ("when", "user", "host", "key_fingerprint", "base_url")
    assert all(row[name] for row in rows for name in names)
    page = (cli.folder / "r.html").read_text(encoding="utf-8")
    for word in ("Mails et autres demandes", "id de message m-1", "10.50 euros", "Incertain", "Incomplet", "Envoyé"):
        assert word in page
    assert page.count("<tr><td><time") == 4
    assert rows[0]["key_fingerprint"] in page
    assert not [word for word in ("rien n'a été envoyé", "Supprimé", "Motif") if word in page], "nothing was deleted"
    cli.environment["MAILPARTNER_BASE_URL"] = sandbox.url
    assert cli.inside("unsubscribes", "delete", 5, "--yes").returncode == 0
    assert cli("report", record_of(cli), "--html", "r.html", "--force", "--lang", "fr").returncode == 0
    both = (cli.folder / "r.html").read_text(encoding="utf-8")
    assert ("Supprimé" in both, both.count("<tr><td><time")) == (True, 4)
    assert "ann@example.com" not in page + text


@pytest.mark.parametrize(
    "command",
    [
        MAIL, ("subaccounts", "create", "--type", "simple"),
        ("subaccounts", "add-credit", "t-1", "--amount", "10.50"),
    ],
    ids=lambda words: words[1],
)  # fmt: skip
def test_what_is_refused_is_not_asked_about(cli: Cli, server: Server, command: tuple[str, ...]) -> None:
    """The record is looked into before the question, and nobody confirms what is then refused."""
    server.set_script(Exchange.hang_up)
    assert cli.inside(*command, "--yes", "--max-retries", 0).returncode == 69
    sent = len(server.requests)
    terminal = cli.terminal(*command, columns=120)
    assert terminal.finish() == 2
    assert "The same was asked for at" in terminal.text
    assert "[y/N]" not in terminal.text
    assert len(server.requests) == sent
