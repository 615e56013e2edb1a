"""The inbox page in Chromium, as the site is checked: `make test-inbox`."""

from __future__ import annotations

import base64
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
SVG = "<svg xmlns='http://www.w3.org/2000/svg' width='600' height='120'><rect width='600' height='120' fill='#0f766e'/>{}</svg>"
BANNER = base64.b64encode(
    SVG.format("<text x='32' y='74' font-family='sans-serif' font-size='40' fill='#fff'>Maison Lavande</text>").encode()
).decode()
ORDER = f"""<!DOCTYPE html><html><body style="margin:0;background:#f3f1ec;font-family:Georgia,serif;color:#333">
<table role="presentation" width="100%"><tr><td align="center"><table role="presentation" width="600" style="max-width:100%;background:#fff">
<tr><td><img alt="Maison Lavande" width="600" style="max-width:100%;display:block" src="data:image/svg+xml;base64,{BANNER}"></td></tr>
<tr><td style="padding:32px;line-height:1.6"><h1 style="font-size:26px;margin:0 0 16px">Thank you, #FIRST_NAME#!</h1>
<p>We have received your order <b>#ORDER#</b> and will send it on #DAY#. The invoice is attached.</p>
<p><img alt="Lavender soap" width="160" height="120" src="https://cdn.example/soap.jpg">
<img alt="Candle" width="160" height="120" src="//cdn.example/candle.jpg"></p>
<p><a href="https://shop.example/orders/#ORDER#" style="display:inline-block;background:#0f766e;color:#fff;padding:12px 24px">See your order</a></p>
<p style="font-size:13px;color:#666"><a href="#READ_ONLINE#">Read online</a> · <a href="#UNSUBSCRIBE_LINK#">Unsubscribe</a></p>
</td></tr></table></td></tr></table></body></html>"""
HOSTILE = """<html><head><base href="https://evil.example/"><meta http-equiv="refresh" content="0;url=https://evil.example/">
<link rel="stylesheet" href="https://evil.example/x.css"><link rel="preconnect" href="https://evil.example">
<link rel="prefetch" href="https://evil.example/p"><link rel="dns-prefetch" href="//evil.example">
<style>@import "https://evil.example/y.css"; body { background: url(https://evil.example/a.png) }
@font-face { font-family: x; src: url('//evil.example/f.woff') } p { font-family: x; list-style-image: u\\72l(https://evil.example/b) }</style>
</head><body><p id="proof">untouched</p>
<script>document.getElementById("proof").textContent = "changed"; parent.ran = top.ran = 1</script>
<script src="https://evil.example/x.js"></script>
<img src="x" onerror="proof.textContent='changed'"><svg onload="proof.textContent='changed'"><image href="https://evil.example/i"/></svg>
<iframe src="https://evil.example/frame"></iframe><iframe srcdoc="<script>top.ran=1</script>"></iframe></iframe>
<object data="https://evil.example/o"></object><embed src="https://evil.example/e"><video src="https://evil.example/v" poster="https://evil.example/w"></video>
<div style="background-image:url(&quot;https://evil.example/c.png&quot;)" background="https://evil.example/d.png">x</div>
<a id="away" href="https://evil.example/away" ping="https://evil.example/ping" target="_top">away</a>
<a href="javascript:proof.textContent='changed'">script</a>
<form action="https://evil.example/form"><input name="a" autofocus onfocus="proof.textContent='changed'"><button>send</button></form>
"""


def sample_mails() -> Mails:
    """Return mails as a shop sends them, and a hostile one."""
    mails = Mails()
    mails.add([("press@example.org", None)], subject="Invitation to the spring collection", status="Bounced",
              accepted_at=NOW - timedelta(days=12), tag="press")  # fmt: skip
    mails.add([("dev@example.com", "Dev")], subject="Checking the template", test=True, status="Not sent")
    mails.add(message_id="hostile", html=HOSTILE, subject="<img src=x onerror=alert(1)>\"'</title><script>top.ran=1</script>",
              to=[('"><script>top.ran=1</script>@example.com', "</span><script>top.ran=1</script>")])  # fmt: skip
    mails.add([(f"customer{number}@example.com", None) for number in range(240)], message_id="scheduled", status="Waiting",
              subject="Newsletter: what is new in the workshop this winter, and a small present for you", tag="newsletter",
              send_at=NOW + timedelta(days=2), html=ORDER, variables={"ORDER": "1"})  # fmt: skip
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
    return mails


def has_browser() -> bool:
    return shutil.which("chromium") is not None and (ROOT / ".work" / "node" / "tools.stamp").exists()


@pytest.mark.skipif(not has_browser(), reason="needs Chromium and axe: make test-inbox")
def test_the_inbox_in_a_browser(tmp_path: Path) -> None:
    """Wide and narrow, light and dark: no error, no outside request, no script of a mail, no fault by axe; it is live."""
    mails = sample_mails()

    async def change(_request: Request) -> Response:
        (scheduled,) = (mail for mail in mails.mails() if mail.message_id == "scheduled")
        scheduled.cancelled_at = NOW
        mails.add(subject="Just arrived")
        return Response()

    folder = os.environ.get("INBOX_SCREENSHOTS", str(tmp_path))
    with serving(mails, Route("/change", change, methods=["POST"])) as base:
        script = [ROOT / "tools" / "node", Path(__file__).with_name("inbox_browser.mjs"), base, folder]
        done = subprocess.run(script, capture_output=True, text=True, timeout=170, check=False)
    assert (done.stdout, done.returncode) == ("", 0), done.stderr
