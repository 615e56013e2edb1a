"""The programs in examples/, each run as its reader would. The demo has a file of its own."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from mailpartner.sandbox import Sandbox

EXAMPLES = Path(__file__).parent.parent / "examples"
KEY = "sandbox-example"


@pytest.fixture
def sandbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    with Sandbox(entries=20) as running:
        monkeypatch.setenv("MAILPARTNER_BASE_URL", running.url)
        monkeypatch.setenv("MAILPARTNER_API_KEY", KEY)
        yield running


@pytest.fixture
def service(sandbox: Sandbox) -> Iterator[str]:
    """The address of the FastAPI example, served by uvicorn."""
    command = [sys.executable, "-m", "uvicorn", "fastapi_app:app", "--port", "0", "--app-dir", EXAMPLES]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr
        said = "".join(iter_until(process.stderr, "Uvicorn running on"))
        yield re.findall(r"http://[\d.:]+", said)[-1]
        process.terminate()
        process.communicate(timeout=30)


def iter_until(lines: Any, words: str) -> Iterator[str]:
    for line in lines:
        yield line
        if words in line:
            return


def test_fastapi(service: str, sandbox: Sandbox) -> None:
    """It adds and removes people, says 422 for what is no address, and 502 with the doubt for a lost answer."""
    with httpx.Client(base_url=service, trust_env=False) as client:
        added = client.put("/unsubscribes/ann@example.com").json()
        assert added["outcome"] == "added"
        assert client.put("/unsubscribes/ann@example.com").json()["outcome"] == "already_listed"
        (deleted,) = client.delete("/unsubscribes/ann@example.com").json()
        assert (deleted["id"], deleted["outcome"]) == (added["id"], "deleted")
        assert client.delete("/unsubscribes/ann@example.com").json() == []
        assert client.put("/unsubscribes/nobody").status_code == 422
        sandbox.fault("close-after", times=10)
        lost = client.put("/unsubscribes/bob@example.com")
    assert (lost.status_code, lost.json()["maybe_applied"]) == (502, True)
    assert KEY not in lost.text


def test_celery(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker sends the mail; a lost answer fails the task at once, for it may have been sent."""
    monkeypatch.syspath_prepend(EXAMPLES)
    from celery.contrib.testing.worker import start_worker
    from celery_task import app, send_welcome

    app.conf.update(broker_url="memory://", result_backend="cache+memory://", worker_hijack_root_logger=False)
    with start_worker(app, pool="solo", perform_ping_check=False, loglevel="CRITICAL"):
        sent = send_welcome.delay("ann@example.com", "Ann").get(timeout=30)
        assert sent["message_id"]
        sandbox.fault("close-after", times=10)
        with pytest.raises(Exception, match="may have been done"):
            send_welcome.delay("bob@example.com", "Bob").get(timeout=30)
    assert len([seen for seen in sandbox.requests() if seen["operation"] == "sendMessage"]) == 2


@pytest.mark.parametrize("account", ["its own sandbox", "of the environment"])
def test_notebook(account: str, sandbox: Sandbox, capsys: pytest.CaptureFixture[str]) -> None:
    """Its cells run from the first to the last, and on an account of the environment changed as the notebook says."""
    cells = json.loads((EXAMPLES / "notebook.ipynb").read_text(encoding="utf-8"))["cells"]
    code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    if account == "of the environment":
        code = ["options = {}", *code[1:-1]]
    exec(compile("\n".join(code), "notebook.ipynb", "exec"), {"__name__": "__main__"})
    assert ("500 addresses" if account == "its own sandbox" else "20 addresses") in capsys.readouterr().out


def test_nightly(sandbox: Sandbox, tmp_path: Path) -> None:
    """Run again after it was stopped it goes on, and run a third time it sends nothing."""
    ids = tmp_path / "removed.txt"
    ids.write_text("1\n2\n3\n")
    command = [sys.executable, EXAMPLES / "nightly.py", ids]
    sandbox.fault("code", code="ACCOUNT_BLOCKED")
    codes = []
    for _ in range(3):
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ)
        codes.append(done.returncode)
    assert codes[1:] == [0, 0], done.stderr
    assert codes[0] in (1, 75)
    assert sandbox.count() == 17
    deletions = [seen for seen in sandbox.requests() if seen["operation"] == "deleteUnsubscribe"]
    assert len(deletions) == 4
