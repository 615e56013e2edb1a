"""The main job, run against a sandbox that this program starts and ends: `make demo`.

Each step shows what went over the wire (-> and <-, the key hidden) and what the SDK made of it (=). The exit status is
1 if any outcome was not the expected one.
"""

from __future__ import annotations

import os
import re
import shlex
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from mailpartner import MailPartner, MailPartnerError, Recipient
from mailpartner.sandbox import SandboxProcess

KEY = "sandbox-demo-key"
BULK = 2_000


class Wire:
    """Prints what an httpx client sends and gets. Its hooks see requests as the SDK shows them: without the key."""

    def __init__(self, sandbox: SandboxProcess) -> None:
        self._sandbox = sandbox
        self._answered = True

    def client(self) -> httpx.Client:
        return httpx.Client(event_hooks={"request": [self._request], "response": [self._response]})

    def _request(self, request: httpx.Request) -> None:
        self.say_if_lost()
        self._answered = False
        target = request.url.raw_path.decode("ascii").replace("?", "?apiKey=[hidden]&", 1)
        print(f"   -> {request.method} {target}")

    def _response(self, response: httpx.Response) -> None:
        self._answered = True
        kind = response.headers.get("content-type", "no type").partition(";")[0]
        text = re.sub(r'"(token|apiKey)":"[^"]*"', r'"\1":"[hidden]"', " ".join(response.text.split()))
        print(f"   <- HTTP {response.status_code}, {kind}: {text[:160]}")

    def say_if_lost(self) -> None:
        if not self._answered:
            self._answered = True
            seen = self._sandbox.requests()[-1]
            print(f"   <- nothing: connection lost ({seen['fault']}; at the server: {seen['done']})")


class Demo:
    def __init__(self, sandbox: SandboxProcess) -> None:
        self.sandbox = sandbox
        self.wire = Wire(sandbox)
        self.wrong: list[str] = []
        self.steps = 0

    def group(self, title: str) -> None:
        print(f"\n{title}\n{'-' * len(title)}")

    def step(self, title: str, expected: str, act: Callable[[], Any]) -> Any:
        """Do something and return its result; `expected` is its outcome, or the class of its result or error."""
        result = None
        self.steps += 1
        print(f"\n{self.steps}. {title}")
        try:
            result = act()
            outcome = getattr(result, "outcome", None)
            came = type(result).__name__ if outcome is None else outcome.name
            line = f"{result}" if outcome is None else f"{came} after {_attempts(result.attempts)}"
        except (MailPartnerError, ValueError) as error:
            came, line = type(error).__name__, f"{type(error).__name__}: {error}"
        self.wire.say_if_lost()
        print(f"   =  {line}")
        if came != expected:
            self.wrong.append(title)
            print(f"   !  expected {expected}")
        return result

    def command(
        self, folder: str, title: str, expected: int, *arguments: str, stop_at: int = 0, quiet: bool = True
    ) -> int:
        """Run `mailpartner`; with `stop_at`, press Ctrl-C when so many entries are left."""
        self.steps += 1
        into = " >> results.txt" if quiet else ""
        print(f"\n{self.steps}. {title}\n   $ mailpartner {shlex.join(arguments)}{into}", flush=True)
        environment = {**os.environ, "MAILPARTNER_API_KEY": KEY, "MAILPARTNER_BASE_URL": self.sandbox.url}
        command = [sys.executable, "-m", "mailpartner", *arguments]
        results = open(Path(folder) / "results.txt", "a", encoding="utf-8")  # noqa: SIM115 - closed below, with the process
        process = subprocess.Popen(  # noqa: S603 - this Python, our own module
            command, cwd=folder, env=environment, stdout=results if quiet else None, start_new_session=True
        )
        with results, process:
            while stop_at and process.poll() is None and self.sandbox.count() > stop_at:
                time.sleep(0.02)
            if stop_at:
                process.send_signal(signal.SIGINT)
            status = process.wait()
        if status != expected:
            self.wrong.append(title)
            print(f"   !  expected exit status {expected}, not {status}")
        return status


def _attempts(number: int) -> str:
    return "1 attempt" if number == 1 else f"{number} attempts"


def main() -> int:
    with SandboxProcess(entries=100, rate_limit="none") as sandbox:
        print(f"A sandbox runs at {sandbox.url} with {sandbox.count()} entries.")
        demo = Demo(sandbox)
        with demo.wire.client() as http_client:
            options: dict[str, Any] = {"base_url": sandbox.url, "http_client": http_client}
            mp = MailPartner(KEY, **options)
            account_and_messages(demo, mp)
            subaccounts(demo, mp)
            unsubscribes(demo, mp, options)
        bulk(demo)
        print(f"\n{demo.steps - len(demo.wrong)} of {demo.steps} outcomes as expected. ", end="")
        print(f"{sandbox.count()} entries are left. The sandbox ends now.")
    return 1 if demo.wrong else 0


def account_and_messages(demo: Demo, mp: MailPartner) -> None:
    mail: dict[str, Any] = {"subject": "Bonjour", "to": Recipient("ann@example.com", "Ann")}
    html = "<p>Bonjour #NAME#</p>"
    demo.group("The account, and mail")
    demo.step("What is left to spend", "Credits", lambda: mp.account.credits())
    demo.step("A mail that misses a variable", "ValueError", lambda: mp.messages.send(html=html, **mail))
    mail["variables"] = {"NAME": "Ann"}
    sent = demo.step("The same with it", "SentMessage", lambda: mp.messages.send(html=html, **mail))
    demo.step("What became of it", "MessageStatus", lambda: mp.messages.status(sent.message_id))
    demo.sandbox.fault("reset-after")
    demo.step("The answer is lost: it is not sent twice", "APIConnectionError",
              lambda: mp.messages.send(html=html, **mail))  # fmt: skip
    tomorrow = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0) + timedelta(days=1)
    later = demo.step("A mail for tomorrow", "SentMessage",
                      lambda: mp.messages.send(html=html, send_at=tomorrow, **mail))  # fmt: skip
    demo.step("Cancelled", "CANCELLED", lambda: mp.messages.cancel(later.message_id))
    demo.step("Cancelled again", "ALREADY_CANCELLED", lambda: mp.messages.cancel(later.message_id))


def subaccounts(demo: Demo, mp: MailPartner) -> None:
    demo.group("Sub-accounts")
    demo.step("A sub-account, its key and token hidden", "Subaccount", lambda: mp.subaccounts.create(type="simple"))
    (token,) = [each.token for each in mp.subaccounts.list() if each.token is not None]
    demo.step("10.50 for it", "CreditMove", lambda: mp.subaccounts.add_credit(token, amount="10.50"))
    demo.step("More than it has", "InsufficientCreditError",
              lambda: mp.subaccounts.remove_credit(token, amount=1_000_000))  # fmt: skip


def unsubscribes(demo: Demo, mp: MailPartner, options: dict[str, Any]) -> None:
    sandbox = demo.sandbox
    demo.group("The list of unsubscribes")
    demo.step("A deletion, answered in JSON", "DELETED", lambda: mp.unsubscribes.delete(1))
    demo.step("A deletion, answered in XML", "DELETED", lambda: mp.unsubscribes.delete(2, format="xml"))
    demo.step("The same id again", "NotFoundError", lambda: mp.unsubscribes.delete(1))
    demo.step("The same id, missing_ok=True", "ALREADY_GONE", lambda: mp.unsubscribes.delete(1, missing_ok=True))
    demo.step("An id that never was", "NotFoundError", lambda: mp.unsubscribes.delete(999_999))
    wrong = MailPartner("sandbox-wrong", **options)
    demo.step("A wrong key", "AuthenticationError", lambda: wrong.unsubscribes.delete(3))
    sandbox.settings(post="405")
    choosy = MailPartner(KEY, **options)
    demo.step("A server that refuses POST: fall back to GET", "DELETED", lambda: choosy.unsubscribes.delete(3))
    demo.step("The client remembers it", "DELETED", lambda: choosy.unsubscribes.delete(4))
    sandbox.settings(post="accept")
    sandbox.fault("reset-after")
    demo.step("The answer is lost; the retry finds the entry gone", "ALREADY_GONE", lambda: mp.unsubscribes.delete(5))
    sandbox.fault("reset-after")
    demo.step(
        "The answer is lost, and no retry is allowed",
        "APIConnectionError",
        lambda: mp.unsubscribes.delete(6, max_retries=0),
    )
    sandbox.fault("status", status=503, after=False)
    demo.step("The server is busy for a moment", "DELETED", lambda: mp.unsubscribes.delete(7))


def bulk(demo: Demo) -> None:
    """2,000 entries from a file by the command line: previewed, interrupted in mid-run, resumed, and reported."""
    sandbox = demo.sandbox
    sandbox.clear_faults()
    sandbox.load(BULK)
    demo.group("A file of the list's keeper")
    with tempfile.TemporaryDirectory() as folder:
        # As Excel saves it in French: a byte order mark, semicolons, CRLF.
        file = Path(folder) / "stops.csv"
        rows = [f"{number};{entry.email};Zoé" for number, entry in sandbox.entries().items()]
        file.write_text("\r\n".join(["id;Adresse e-mail;Prénom", *rows, ""]), encoding="utf-8-sig", newline="")
        delete = ("unsubscribes", "delete", "--from-file", file.name, "--reason", "demo")
        demo.command(
            folder, "2,000 entries from a file of French Excel's: a preview", 0, *delete, "--dry-run", quiet=False
        )
        run = (*delete, "--yes", "--rate", "40000")  # three seconds in all, so that Ctrl-C comes in time
        first = demo.command(folder, "The same for good, interrupted by Ctrl-C", 130, *run, stop_at=BULK * 3 // 4)
        print(f"   =  exit status {first}; {sandbox.count()} of {BULK} entries are left")
        second = demo.command(folder, "Resumed", 0, "resume", f"{file.name}.journal")
        print(f"   =  exit status {second}; {sandbox.count()} of {BULK} entries are left")
        reports = ("--html", "stops.html", "--csv", "stops.report.csv")
        demo.command(folder, "Proved", 0, "report", f"{file.name}.journal", *reports)
        for name in ("stops.html", "stops.report.csv"):
            print(f"   =  {name}: {(Path(folder) / name).stat().st_size:,} bytes")
        if sandbox.count():
            demo.wrong.append("entries left after the bulk run")


if __name__ == "__main__":
    sys.exit(main())
