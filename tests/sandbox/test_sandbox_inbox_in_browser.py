"""The inbox page in Chromium, as the site is checked: `make test-inbox`."""

from __future__ import annotations

import os
import shutil
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
from kit.inbox import NOW, Mails, serving
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from mailpartner.sandbox.mails import StoredAttachment

ROOT = Path(__file__).resolve().parents[2]
PLACE = Path(__file__).with_name("inbox")
ORDER, HOSTILE = ((PLACE / f"{name}.html").read_text(encoding="utf-8") for name in ("order", "hostile"))


def sample_mails() -> Mails:
    """Return mails as a shop sends them, and a hostile one."""
    mails = Mails()
    old = NOW - timedelta(days=12)
    mails.add([("press@example.org", None)], subject="The spring collection", status="Bounced", accepted_at=old)
    mails.add([("dev@example.com", "Dev")], subject="Checking the template", test=True, status="Not sent")
    script = "\"'</span></title><script>top.ran=1</script><img src=x onerror=top.ran=1>"
    mails.add([(f"{script}@example.com", script)], message_id="hostile", html=HOSTILE, subject=script, tag=script)
    mails.add(
        [(f"customer{number}@example.com", None) for number in range(240)],
        message_id="scheduled",
        subject="What is new in the workshop this winter, and a small present for you",
        status="Scheduled",
        html=ORDER,
        variables={"ORDER": "1"},
        send_at=NOW + timedelta(days=2),
    )
    mails.add(
        [("zoe.lefevre@example.com", "Zoé Lefèvre"), ("marc@example.com", None), ("li@example.com", "Li Wei")],
        message_id="full",
        subject="Your order 10-4821 is on its way",
        html=ORDER,
        reply_to="Maison Lavande <service@lavande.example>",
        tag="orders",
        variables={"FIRST_NAME": "Zoé & Marc", "ORDER": "10-4821", "SHOP": "Aix"},
        attachments=(
            StoredAttachment("invoice 10-4821", "application/pdf", b"%PDF-1.4" + b"x" * 48_000),
            StoredAttachment("conditions générales", "text/plain", b"..." * 500),
        ),
    )
    mails.mails()[0].deliveries[1].status_text = "Bounced"
    return mails


def has_browser() -> bool:
    return shutil.which("chromium") is not None and (ROOT / ".work" / "node" / "tools.stamp").exists()


@pytest.mark.skipif(not has_browser(), reason="needs Chromium and axe: make test-inbox")
def test_the_inbox_in_a_browser(tmp_path: Path) -> None:
    """Wide and narrow, light and dark: no error, no outside request, no script of a mail runs, axe is content; live."""
    mails = sample_mails()

    async def change(_request: Request) -> Response:
        (scheduled,) = (mail for mail in mails.mails() if mail.message_id == "scheduled")
        scheduled.cancelled_at = NOW
        mails.add(subject="Just arrived")
        return Response()

    folder = os.environ.get("INBOX_SCREENSHOTS", str(tmp_path))
    with serving(mails, Route("/change", change, methods=["POST"])) as base:
        script = [ROOT / "tools" / "node", PLACE / "browser.mjs", base, folder]
        done = subprocess.run(script, capture_output=True, text=True, timeout=170, check=False)
    assert (done.stdout, done.returncode) == ("", 0), done.stderr
