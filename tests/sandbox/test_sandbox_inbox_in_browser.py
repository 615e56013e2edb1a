"""The inbox page, and a hostile page, in Chromium: `make test-inbox`."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import threading
from datetime import timedelta
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from kit.inbox import NOW, Mails, serving
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from mailpartner.sandbox import Sandbox
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


HOSTILE_PAGE = """
<img src="{api}1"><img src="{api}2" referrerpolicy="no-referrer"><script src="{api}3"></script>
<video src="{api}4"></video>
<link rel="stylesheet" href="{api}5"><link rel="prefetch" href="{api}6"><iframe src="{api}7"></iframe>
<script>
const headers = {{"Accept-Language": "", "User-Agent": "curl"}};
fetch("{api}8", {{mode: "no-cors", referrerPolicy: "no-referrer", headers}});
fetch("{api}9", {{method: "POST", mode: "no-cors", referrerPolicy: "no-referrer"}});
navigator.sendBeacon("{api}10");
</script>"""
OWN_PAGE = """<script>fetch("/v1/unsubscribe/delete?apiKey=sandbox-key&id=20")</script>"""


@pytest.mark.skipif(shutil.which("chromium") is None, reason="needs Chromium: make test-inbox")
@pytest.mark.parametrize("host", ["127.0.0.1", "mail.test"])
def test_a_page_of_another_origin_deletes_nothing(tmp_path: Path, host: str) -> None:
    """By no kind of request does a hostile page change a sandbox, also one of a name, over http; its own page may."""
    site = tmp_path / "site"
    site.mkdir()
    (site / "own.html").write_text(OWN_PAGE)
    with Sandbox(entries=20, site=site, host="0.0.0.0", allow_hosts="mail.test") as sandbox:
        own = sandbox.url.replace("127.0.0.1", host)
        (site / "index.html").write_text(HOSTILE_PAGE.format(api=f"{own}/v1/unsubscribe/delete?apiKey=sandbox-key&id="))
        handler = functools.partial(SimpleHTTPRequestHandler, directory=site)
        with ThreadingHTTPServer(("127.0.0.1", 0), handler) as other:
            threading.Thread(target=other.serve_forever, daemon=True).start()
            visit(f"http://evil.test:{other.server_port}/", tmp_path)
            other.shutdown()
        assert (sandbox.count(), sandbox.requests()) == (20, [])
        visit(f"{own}/own.html", tmp_path)
        assert 20 not in sandbox.entries()


def visit(url: str, folder: Path) -> None:
    """Open a page in Chromium, all names being this machine's."""
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=3000", f"--user-data-dir={folder}"]
    command = ["chromium", *options, "--host-resolver-rules=MAP *.test 127.0.0.1", "--dump-dom", url]
    subprocess.run(command, capture_output=True, timeout=60, check=True)
