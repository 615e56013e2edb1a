"""What happens in one request is stored as a whole or not at all, and a disk that fails is said in one line."""

from __future__ import annotations

import contextlib
import json
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from api_client import get, post, send
from kit.raw_client import ask

from mailpartner.sandbox import Sandbox, SandboxProcess

TOKEN = "tokenSubaccount"
SOON = {"scheduledDeliveryDate": "31/01/2027", "time": "13", "minute": "00"}
SUBACCOUNT = {"email": "new@example.com", "creditToAttribute": "25"}
# What is asked, and the statement that fails: the last one of those that belong together.
FAILING: dict[str, tuple[Callable[[Sandbox, str], Any], str]] = {
    "send": (lambda sandbox, _: send(sandbox), "INSERT ON mails"),
    "cancel": (lambda sandbox, _: get(sandbox, "message-cancel", messageId="300"), "UPDATE ON accounts"),
    "create": (
        lambda sandbox, _: post(sandbox, "subaccount/create", type="simple", parameters=SUBACCOUNT),
        "INSERT ON accounts",
    ),
    "give": (
        lambda sandbox, token: post(sandbox, "subaccount/credit/add", credit="5", **{TOKEN: token}),
        "UPDATE ON accounts WHEN NEW.id > 0",
    ),
    "take": (
        lambda sandbox, token: post(sandbox, "subaccount/credit/remove", credit="5", **{TOKEN: token}),
        "UPDATE ON accounts WHEN NEW.id = 0",
    ),
    "set": (lambda sandbox, _: sandbox.load_subaccounts(3), "INSERT ON accounts"),
    "reset": (lambda sandbox, _: sandbox.reset(), "INSERT ON accounts"),
}


def shown(sandbox: Sandbox) -> list[object]:
    """All that the sandbox holds."""
    mails = [(mail.message_id, mail.cancelled_at) for mail in sandbox.mails()]
    return [sandbox.credits(), sandbox.subaccounts(), mails, sandbox.entries()]


@pytest.mark.parametrize("name", FAILING)
def test_what_cannot_be_stored_in_whole_is_not_stored_at_all(sandbox_with, tmp_path, caplog, name):
    """If one of the statements of a request fails, the others are undone, and the sandbox goes on."""
    state = tmp_path / "state.db"
    sandbox = sandbox_with(state=state, subaccounts=1)
    sandbox.set_clock("2027-01-31T12:00:00")
    send(sandbox, **SOON)
    token = get(sandbox, "subaccount/list")["data"][0]["token"]
    before = shown(sandbox)
    request, statement = FAILING[name]
    with closing(sqlite3.connect(state)) as database:
        database.execute(f"CREATE TRIGGER full BEFORE {statement} BEGIN SELECT RAISE(ABORT, 'disk is full'); END")
        try:
            answer = request(sandbox, token)
        except ValueError as error:
            answer = str(error)
        assert shown(sandbox) == before
        database.execute("DROP TRIGGER full")
    assert "disk is full" in answer if name in ("set", "reset") else answer["code"] == 500
    (record,) = caplog.records
    expected = "The sandbox cannot use its state: disk is full. Nothing was stored."
    assert (record.levelname, record.exc_info, record.getMessage()) == ("ERROR", None, expected)
    assert request(sandbox, token) != answer
    assert shown(sandbox) != before


def test_two_sandboxes_charge_and_pay_back_once(sandbox_with, tmp_path):
    """Of threads that send and cancel through two sandboxes on a file, each mail is charged, and paid back, once."""
    both = [sandbox_with(state=tmp_path / "state.db", rate_limit=None) for _ in range(2)]
    for sandbox in both:
        sandbox.set_clock("2027-01-31T12:00:00")
    answers: list[int] = []

    def work(sandbox: Sandbox) -> None:
        for number in range(300, 310):
            send(sandbox, **SOON)
            answers.append(get(sandbox, "message-cancel", messageId=str(number))["code"])

    threads = [threading.Thread(target=work, args=(sandbox,)) for sandbox in both * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    mails, credits = both[0].mails(), both[1].credits()
    assert (len(mails), answers.count(200)) == (40, sum(mail.cancelled_at is not None for mail in mails))
    charged = sum(Decimal(credits["price"]) for mail in mails if mail.cancelled_at is None)
    assert Decimal(credits["balance"]) == Decimal("10225.119") - charged


def test_a_killed_sandbox_has_charged_for_the_mails_that_it_has(tmp_path):
    """A sandbox that is killed while it takes mails has charged for as many as are in its file."""
    with SandboxProcess(state=tmp_path / "state.db", rate_limit=None) as sandbox:
        killer = threading.Timer(0.3, sandbox._process.kill)
        killer.start()
        with contextlib.suppress(OSError, IndexError, ValueError):  # how a lost answer looks
            while True:
                send(sandbox)
    with Sandbox(state=tmp_path / "state.db") as sandbox:
        credits = sandbox.credits()
        charged = len(sandbox.mails()) * Decimal(credits["price"])
        assert charged > 0
        assert Decimal(credits["balance"]) == Decimal("10225.119") - charged


FULL_DISK = """
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))  # no file may become longer, as on a full disk
from mailpartner.sandbox.__main__ import main
sys.exit(main(["--port=0", "--entries=5", "--state={state}", "--end-with-stdin"]))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs a limit on the size of files")
def test_a_full_disk_is_said_in_one_line(tmp_path: Path):
    """On a full disk the API answers its server error and the control HTTP 500; the terminal shows a line for each."""
    code = FULL_DISK.format(limit=200_000, state=tmp_path / "state.db")
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=-1, stdout=-1, stderr=-1, text=True, cwd=tmp_path
    ) as process:
        sandbox = Sandbox()
        sandbox.url = next(word for word in process.stdout.readline().split() if "://" in word)
        sent = 0
        while (answer := send(sandbox, htmlContent="x" * 50_000))["code"] == 200:
            sent += 1
        control = ask(sandbox, "/sandbox/reset")
        credits = json.loads(ask(sandbox, "/sandbox/account", "GET").body)
        process.stdin.close()
        lines = process.stderr.read().splitlines()
    assert (answer["code"], control.status, list(json.loads(control.body))) == (500, 500, ["error"])
    assert Decimal(credits["balance"]) == Decimal("10225.119") - sent * Decimal(credits["price"])
    said, request, last = lines[sent:]
    assert "The sandbox cannot use its state: " in said
    assert said.endswith(". Nothing was stored.")
    assert request.endswith("POST sendMessage: HTTP 200, code 500, refused")
    assert "The sandbox cannot use its state: " in last


def test_a_full_disk_at_the_start_is_said_in_one_line(tmp_path: Path):
    """A state file that cannot be written is one line on stderr, and exit status 1."""
    code = FULL_DISK.format(limit=9000, state=tmp_path / "state.db")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=20, check=False)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert done.stderr.startswith("the sandbox cannot run: cannot use ")
