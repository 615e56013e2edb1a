"""The clock of the sandbox, the control of the resources, the line for each request, and the pytest fixture."""

import json
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone

import pytest
from api_client import get, post, send
from kit.raw_client import ask, connect, read_all

from mailpartner.sandbox import SandboxProcess

NOON = datetime(2027, 1, 31, 12, 0, tzinfo=UTC)


def control(sandbox, method, target, body=b""):
    answer = ask(sandbox, f"/sandbox/{target}", method, body=body)
    return answer.status, json.loads(answer.body)


def test_the_clock_goes_until_it_is_set(sandbox):
    """It goes by the machine's time, moves on when told, stands still when set, and goes on after a reset."""
    assert abs(sandbox.now() - datetime.now(UTC)) < timedelta(seconds=30)
    sandbox.advance(3600)
    first = sandbox.now()
    assert timedelta(minutes=59) < first - datetime.now(UTC) < timedelta(minutes=61)
    assert sandbox.now() > first
    sandbox.set_clock(NOON.astimezone(timezone(timedelta(hours=5))))
    assert (sandbox.now(), sandbox.now()) == (NOON, NOON)
    sandbox.advance(0.5)
    assert sandbox.now() == NOON + timedelta(seconds=0.5)
    sandbox.set_clock(datetime(2027, 7, 1, 12, 0))
    assert sandbox.now() == datetime(2027, 7, 1, 10, 0, tzinfo=UTC)
    sandbox.reset()
    assert abs(sandbox.now() - datetime.now(UTC)) < timedelta(seconds=30)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        *((body, "at must be a time, as 2027-01-31T12:00:00") for body in (b"at=", b"at=noon", b"at=0001-01-01")),
        *((body, "advance must be seconds from 0 to ") for body in (b"advance=-1", b"advance=x", b"advance=nan")),
        *((body, '"at": "2027-01-31T12:00:00') for body in (b"", b"x=1", b"[]")),
    ],
)
def test_a_time_that_cannot_be_is_refused(sandbox, body, words):
    """What is no time is HTTP 400 with what to send, and so is one that is not in the calendar."""
    status, answer = control(sandbox, "PUT", "clock", body)
    assert (status, words in answer["error"]) == (400, True)
    sandbox.set_clock(datetime(9989, 12, 31))
    assert control(sandbox, "PUT", "clock", b"advance=999999999999")[0] == 400


def test_the_clock_over_http(sandbox):
    """PUT stops or moves the clock, GET shows it, DELETE lets it go by the machine's time again."""
    shown = {"now": "2027-01-31T12:00:00+00:00", "stopped": True}
    assert control(sandbox, "PUT", "clock", b"at=2027-01-31T13:00:00") == (200, shown)
    assert control(sandbox, "GET", "clock") == (200, shown)
    assert control(sandbox, "PUT", "clock", b'{"advance": 60}')[1]["now"] == "2027-01-31T12:01:00+00:00"
    assert control(sandbox, "DELETE", "clock")[1]["stopped"] is False


def test_what_is_added_has_the_time_of_the_clock(sandbox):
    """Entries and sub-accounts have the clock's time, in the zone of the API."""
    sandbox.set_clock(NOON)
    entry = post(sandbox, "unsubscribe/add", email="new@example.com")["stopId"]
    assert sandbox.entries()[entry].created_at == "2027-01-31 13:00:00"
    post(sandbox, "subaccount/create", type="simple", parameters={})
    assert sandbox.subaccounts()[0]["created_at"] == "2027-01-31 13:00:00"


def test_the_resources_over_http(sandbox):
    """Mails, the account and its sub-accounts can be looked at, set and forgotten."""
    assert control(sandbox, "PATCH", "account", b"balance=1.5")[1] == sandbox.credits()
    assert sandbox.credits()["mails"] == 39
    send(sandbox), send(sandbox, subject="last")
    status, shown = control(sandbox, "GET", "mails?limit=1")
    assert (status, [mail["subject"] for mail in shown]) == (200, ["last"])
    assert control(sandbox, "DELETE", "mails") == (200, [])
    assert control(sandbox, "PUT", "subaccounts", b"count=3") == (200, {"count": 3})
    assert [item["id"] for item in control(sandbox, "GET", "subaccounts")[1]] == [1, 2, 3]
    assert control(sandbox, "PUT", "subaccounts", b"count=100001")[0] == 400
    assert control(sandbox, "PUT", "account", b"")[0] == 404
    sandbox.reset()
    assert (sandbox.credits()["balance"], sandbox.subaccounts()) == ("10225.119", [])


def test_a_process_has_the_resources_too():
    """SandboxProcess gives what Sandbox gives: mails, credits, sub-accounts, the clock."""
    with SandboxProcess(entries=1, subaccounts=2) as sandbox:
        sandbox.set_clock(NOON)
        sandbox.set_balance("3.80")
        send(sandbox)
        assert [mail.accepted_at for mail in sandbox.mails()] == [NOON]
        assert (sandbox.credits()["balance"], len(sandbox.subaccounts())) == ("3.762", 2)
        sandbox.fault("reset-after", operation="sendMessage")
        assert get(sandbox, "me")["code"] == 200


def test_a_line_for_each_request_on_the_terminal():
    """The command prints a line for each request to the API and nothing else, keys hidden; --clock stops the clock."""
    command = [sys.executable, "-m", "mailpartner.sandbox", "--port=0", "--clock=2027-01-31T12:00:00", "--fault=status"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None

        class Running:
            url = process.stdout.readline().split()[4]

        ask(Running, "/v1/me?apiKey=sandbox-key", "GET")
        assert get(Running, "me")["code"] == 200
        ask(Running, "/v1/nothing/sandbox-key?apiKey=sandbox-key", "GET")
        upgrade = ("Upgrade: h2c", "Connection: Upgrade, HTTP2-Settings", "HTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA")
        ask(Running, "/v1/me?apiKey=sandbox-key", "GET", *upgrade)
        ask(Running, "/v1/%1b[2J%0aforged?apiKey=sandbox-key", "GET")
        with connect(Running) as connection:
            connection.sendall(b"\x16\x03\x01 this is TLS\r\n\r\n")
            assert read_all(connection).status == 400
        assert control(Running, "GET", "clock")[1]["now"] == "2027-01-31T11:00:00+00:00"
        process.terminate()
        _, err = process.communicate(timeout=10)
    assert [re.sub(r"^\d\d:\d\d:\d\d ", "", line) for line in err.splitlines()] == [
        "GET getCredits: HTTP 503, nothing, fault status",
        "GET getCredits: HTTP 200, code 200, read",
        "GET /v1/nothing/***: HTTP 404, nothing",
        "GET getCredits: HTTP 200, code 200, read",
        "GET /v1/?[2J?forged: HTTP 404, nothing",
    ]


def test_the_pytest_fixture(tmp_path):
    """A test that takes `mailpartner_sandbox` gets one as it starts, and MailPartner() calls it."""
    (tmp_path / "test_it.py").write_text(
        "import pytest\nfrom mailpartner import MailPartner\n"
        "@pytest.mark.parametrize('time', [1, 2])\n"
        "def test_it(mailpartner_sandbox, time):\n"
        "    with MailPartner() as mp:\n"
        "        mp.messages.send(subject='s', html='h', to='ann@example.com')\n"
        "    assert len(mailpartner_sandbox.mails()) == 1\n"
        "    assert mailpartner_sandbox.count() == 1000\n"
    )
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(tmp_path)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert "2 passed" in done.stdout, done.stdout + done.stderr
