"""The inbox page of the sandbox over HTTP."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import httpx
import pytest
from api_client import send
from kit.inbox import PATH, TOKEN, Mails, serving

from mailpartner.sandbox import Sandbox
from mailpartner.sandbox.mail_html import preview
from mailpartner.sandbox.mails import StoredAttachment

HOSTILE = (Path(__file__).with_name("inbox") / "hostile.html").read_text(encoding="utf-8")
VIEWS = ("", "source", "recipients", "variables", "links")
SCRIPT = "</title></textarea></pre>\"'><script>alert(1)</script><img src=x onerror=alert(1)>{name}#X#"


class Tags(HTMLParser):
    """The tags of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def of(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.found if name == tag]


@pytest.fixture
def mails() -> Mails:
    return Mails()


@pytest.fixture
def inbox(mails: Mails) -> Iterator[httpx.Client]:
    with serving(mails) as base, httpx.Client(base_url=f"{base}{PATH}", trust_env=False) as client:
        yield client


def text_of(page: httpx.Response) -> str:
    """What a person reads on a page."""
    return " ".join(unescape(re.sub("<[^>]*>", " ", page.text)).split())


def page_of(inbox: httpx.Client, path: str = "/") -> str:
    answer = inbox.get(path)
    assert answer.status_code == 200
    return text_of(answer)


def test_mails_are_listed_newest_first_with_their_state(inbox: httpx.Client, mails: Mails) -> None:
    """The list has subject, recipients and state of each mail; an empty one says what to do."""
    assert "Mails that you send to this sandbox appear here at once." in page_of(inbox)
    when = datetime(2027, 7, 1, 8, 0, tzinfo=UTC)
    mails.add(subject="One")
    mails.add(subject="Two", send_at=when, status="Scheduled")
    mails.add(subject="Three", send_at=when, status="Cancelled", cancelled_at=when)
    mails.add(subject="Four", send_at=when)
    mails.add([("a@b.example", None), ("c@d.example", "Cy"), ("e@f.example", None)], subject="Five", test=True)
    shown = page_of(inbox)
    states = re.findall(r"(Five|Four|Three|Two|One) (Test|Sent|Cancelled|Scheduled for 2027-07-01 10:00)", shown)
    assert states == [
        ("Five", "Test"),
        ("Four", "Sent"),
        ("Three", "Cancelled"),
        ("Two", "Scheduled for 2027-07-01 10:00"),
        ("One", "Sent"),
    ]
    assert "a@b.example, Cy and 1 more" in shown
    assert "5 mails" in shown


def test_the_search_goes_through_all_mails(inbox: httpx.Client, mails: Mails) -> None:
    """Subject, recipient, tag and id find a mail that is too old for the list, whatever the case."""
    mails.add([("Zoe@example.org", "Zoé")], subject="The oldest", tag="rare", message_id="m-first")
    for number in range(120):
        mails.add(subject=f"Number {number}")
    assert "121 mails; the newest 100 are listed" in page_of(inbox)
    assert "The oldest" not in page_of(inbox)
    for words in ("oldest", "zoe@EXAMPLE", "ZOÉ", "rare", "m-first"):
        assert "1 mail found" in page_of(inbox, f"/?q={words}")
        assert "The oldest" in page_of(inbox, f"/?q={words}")
    assert "0 mails found" in page_of(inbox, "/?q=nothing")


def test_a_mail_shows_what_was_sent(inbox: httpx.Client, mails: Mails) -> None:
    """Facts, schedule in Paris time and UTC, each recipient with its state, variables, links, source."""
    mail = mails.add(
        [("ann@example.com", "Ann"), ("bob@example.com", None)],
        html='<p>#NAME# <a href="https://shop.example/#ID#">x</a></p>',
        variables={"NAME": "Tom & <b>Jo</b>", "ID": "7&8", "SPARE": "z"},
        reply_to="Shop <shop@example.com>",
        tag="orders",
        send_at=datetime(2027, 6, 30, 22, 30, tzinfo=UTC),
    )
    path = f"/mails/{mail.message_id}"
    shown = page_of(inbox, path)
    for fact in ("Account shop@example.com", "Reply to Shop <shop@example.com>", "Tag orders", "Delivery 2 Delivered"):
        assert fact in shown
    assert "Scheduled for 2027-07-01 00:30 Paris 2027-06-30 22:30 UTC" in shown
    assert "Ann ann@example.com Delivered" in page_of(inbox, f"{path}?view=recipients")
    assert "#NAME# Tom & <b>Jo</b> Yes" in page_of(inbox, f"{path}?view=variables")
    assert "#SPARE# z No" in page_of(inbox, f"{path}?view=variables")
    (link,) = [each for each in Tags(inbox.get(f"{path}?view=links").text).of("a") if each.get("target")]
    assert (link["href"], link["rel"]) == ("https://shop.example/7&8", "noreferrer")
    assert '<p> #NAME# <a href="https://shop.example/ #ID# ">x</a></p>' in page_of(inbox, f"{path}?view=source")
    html = inbox.get(f"{path}/html").text
    assert html.startswith("<p>Tom &amp; &lt;b&gt;Jo&lt;/b&gt; <a ")
    assert [each["href"] for each in Tags(html).of("a")] == ["https://shop.example/7&8"]


@pytest.mark.parametrize(
    ("html", "shown"),
    [
        ("<p>Dear #NAME#, a&b &copy; &lt;</p>", "<p>Dear Ann, a&amp;b © &lt;</p>"),
        ("#GONE#", '<mark title="No variable has this name">#GONE#</mark>'),
        ("<title>#GONE#</title>", "<title>#GONE#</title>"),
        ('<a href="#UNSUBSCRIBE_LINK#">x</a>', '<a href="#mail-partner">x</a>'),
        ("#READ_ONLINE#", '<a href="#mail-partner" title="Mail Partner puts its own link here">#READ_ONLINE#</a>'),
        ('<a href="#top">x</a>', '<a href="#top">x</a>'),
        ('<a HREF=//x.example/#NAME#>x</a>', '<a href="//x.example/Ann" target="_blank" rel="noreferrer">x</a>'),
        ("<p title='#QUOTE#'>", '<p title="&quot;&#x27;&gt;">'),
        ("<style>p { color: #NAME#; background: url( '//x.example/a.png' ) }</style>",
         "<style>p { color: Ann; background: none }</style>"),
        ('<p style="background: URL(https://x.example/a)">', '<p style="background: none">'),
        ("<!DOCTYPE html><!--[if mso]>a<![endif]--><![if !mso]>b<![endif]><Br/>", "<!DOCTYPE html>b<Br/>"),
        ("<link rel=preconnect href=//x.example><base href=//x.example><meta http-equiv=refresh content=0>a", "a"),
        ("#nothing# #ABC;#1#", "#nothing# #ABC;#1#"),
    ],
)  # fmt: skip
def test_the_html_is_filled_in_and_made_harmless(html: str, shown: str) -> None:
    """Variables are escaped where they stand, own links lead nowhere, what is missing is marked, the rest stays."""
    assert preview(html, {"NAME": "Ann", "QUOTE": "\"'>"}).html == shown


def test_images_on_other_servers_are_counted_and_not_loaded(inbox: httpx.Client, mails: Mails) -> None:
    """The page says how many images were left out, why, and which placeholders no variable fills."""
    html = (
        '<img src="https://x.example/1.png" srcset="https://x.example/2.png 2x"><IMG SRC=//x.example/3.png>'
        '<table background="http://x.example/4.png"></table><img src="logo.png"><img src="data:image/gif;base64,R0==">'
        "#GONE# <a href='/#LOST#'>x</a>"
    )
    mail = mails.add(html=html)
    shown = page_of(inbox, f"/mails/{mail.message_id}")
    assert "3 images on other servers were not loaded." in shown
    assert "1 image has no full address; no mail reader can show that." in shown
    assert "Not filled in, as no variable has the name: #GONE#, #LOST#." in shown
    served = Tags(inbox.get(f"/mails/{mail.message_id}/html").text)
    assert all((each["src"] or "").startswith("data:") and "srcset" not in each for each in served.of("img"))
    mail.html = "<p>plain</p>"
    assert "not loaded" not in page_of(inbox, f"/mails/{mail.message_id}")


def test_a_mail_is_shown_in_a_frame_that_may_do_nothing(inbox: httpx.Client, mails: Mails) -> None:
    """The frame has no permission, and the HTML itself forbids scripts, forms, windows and what is not in it."""
    mail = mails.add(html=HOSTILE)
    page, html = inbox.get(f"/mails/{mail.message_id}"), inbox.get(f"/mails/{mail.message_id}/html")
    (frame,) = Tags(page.text).of("iframe")
    assert (frame["sandbox"], frame["src"]) == (None, f"{PATH}/mails/{mail.message_id}/html")
    policies = [answer.headers["Content-Security-Policy"].split("; ") for answer in (page, html)]
    assert {"default-src 'none'", "frame-src 'self'", "script-src 'self'", "frame-ancestors 'none'"} <= set(policies[0])
    assert sorted(policies[1]) == [
        "base-uri 'none'",
        "default-src 'none'",
        "form-action 'none'",
        "frame-ancestors 'self'",
        "img-src data:",
        "sandbox",
        "style-src 'unsafe-inline'",
    ]
    for answer in (page, html, inbox.get("/inbox.js"), inbox.get("/version")):
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Cache-Control"] == "no-store"
        assert "Access-Control-Allow-Origin" not in answer.headers


@pytest.mark.parametrize("view", VIEWS)
def test_nothing_of_a_mail_becomes_html_of_the_page(inbox: httpx.Client, mails: Mails, view: str) -> None:
    """Markup in any text of a mail, in the search or in an id is text: the page has the tags that it has without."""

    def tags(text: str) -> list[str]:
        mails.add(
            [(text, text)],
            message_id="m",
            **dict.fromkeys(("account", "subject", "html", "reply_to", "tag", "status"), text),
            variables={"X": text, text: text},
            attachments=(StoredAttachment(text, text, b"x"),),
        )
        page = inbox.get("/mails/m", params={"view": view, "q": text})
        assert page.status_code == 200
        return [tag for tag, _ in Tags(page.text).found]

    plain = tags("a{name}#X#")
    mails.mails()[0].message_id = "older"
    hostile = tags(SCRIPT)
    assert [tag for tag in hostile if tag != "p"] == [tag for tag in plain if tag != "p"]  # notices are paragraphs
    missing = inbox.get("/mails/%3Cscript%3E", params={"q": SCRIPT, "view": SCRIPT})
    assert missing.status_code == 404
    assert len(Tags(missing.text).of("script")) == 1


@pytest.mark.parametrize(
    ("name", "media_type", "saved"),
    [
        ("invoice", "application/pdf", "invoice.pdf"),
        ("invoice.PDF", "application/pdf", "invoice.PDF"),
        ("report v1.2", "text/html", "report v1.2.html"),
        ("été 文", "text/plain", "été 文.txt"),
        ('a"; filename="b.exe', "text/plain", "a_; filename=_b.exe.txt"),
        ("a\r\nSet-Cookie: b=c", "text/plain", "aSet-Cookie_ b=c.txt"),
        ("../../etc/passwd", "text/plain", "_.._etc_passwd.txt"),
        ("..\\con\x00\u202efdp", "application/pdf", "_confdp.pdf"),
        ("%41\ud800", "text/plain", "%41.txt"),
        (" . ", "x/unknown", "attachment"),
        ("n" * 500, "image/png", "n" * 120 + ".png"),
        ("a", "text/plain\r\nX: y", "a"),
    ],
)
def test_an_attachment_is_downloaded_under_a_safe_name(
    inbox: httpx.Client, mails: Mails, name: str, media_type: str, saved: str
) -> None:
    """An attachment is never shown, and its name cannot leave the folder, add a header or hide its extension."""
    mail = mails.add(attachments=(StoredAttachment(name, media_type, b"<script>\x00"),))
    answer = inbox.get(f"/mails/{mail.message_id}/attachments/0")
    assert answer.content == b"<script>\x00"
    fits = re.fullmatch("[!-~]+", media_type) is not None
    assert answer.headers["Content-Type"] == (media_type if fits else "application/octet-stream")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert not {"set-cookie", "x"} & set(answer.headers)
    disposition = answer.headers["Content-Disposition"]
    kind, plain, coded = re.fullmatch(
        r"""(\w+); filename="([^"\\%]*)"; filename\*=UTF-8''(\S+)""", disposition
    ).groups()
    assert (kind, unquote(coded)) == ("attachment", saved)
    assert plain.isascii()
    assert saved in text_of(inbox.get(f"/mails/{mail.message_id}"))


def test_what_is_not_there_is_said(inbox: httpx.Client, mails: Mails) -> None:
    """Another id and another attachment are 404 pages, and nothing can be changed here."""
    mail = mails.add()
    for path in (
        "/mails/none",
        "/mails/none/html",
        "/mails/none/attachments/0",
        *(f"/mails/{mail.message_id}/attachments/{number}" for number in ("0", "-1", "x", "9" * 5000)),
    ):
        answer = inbox.get(path)
        assert (answer.status_code, "not in the sandbox" in text_of(answer)) == (404, True)
    for method in ("POST", "PUT", "DELETE"):
        assert inbox.request(method, f"/mails/{mail.message_id}").status_code == 405


def test_the_version_changes_with_the_mails(inbox: httpx.Client, mails: Mails) -> None:
    """The version is that of the page until a mail changes; another run of the sandbox has others."""
    versions = [inbox.get("/version").text]
    assert f'data-version="{versions[0]}"' in inbox.get("/").text
    mails.add()
    versions += [inbox.get("/version").text, inbox.get("/version").text]
    with serving(mails) as other:
        versions.append(httpx.get(f"{other}{PATH}/version", trust_env=False).text)
    assert versions[1] == versions[2]
    assert len(set(versions)) == 3


def test_no_page_shows_a_token(inbox: httpx.Client, mails: Mails) -> None:
    """The tokens of deliveries are on no page."""
    mail = mails.add(attachments=(StoredAttachment("a", "text/plain", b"x"),))
    paths = ["/", "/version", *(f"/mails/{mail.message_id}?view={view}" for view in VIEWS)]
    paths += [f"/mails/{mail.message_id}/{part}" for part in ("html", "attachments/0")]
    assert [path for path in paths if TOKEN in str(inbox.get(path).headers) + inbox.get(path).text] == []


def test_text_that_utf_8_cannot_hold_is_shown(inbox: httpx.Client, mails: Mails) -> None:
    """A lone surrogate, which JSON can carry, breaks no page."""
    mail = mails.add(subject="a\ud800b", html="<p>a\ud800b</p>", tag="\udfff")
    for path in ("/", f"/mails/{mail.message_id}", f"/mails/{mail.message_id}/html"):
        assert inbox.get(path).status_code == 200


def test_a_scheduled_message_is_not_shown_as_sent(sandbox: Sandbox) -> None:
    """The inbox of a running sandbox says when a message is due, and that it was sent only then."""
    sandbox.set_clock(datetime(2027, 7, 1, 7, 0, tzinfo=UTC))
    send(sandbox, scheduledDeliveryDate="01/07/2027", time="10", minute="00")
    with httpx.Client(base_url=f"{sandbox.url}{PATH}", trust_env=False) as inbox:
        assert "Scheduled for 2027-07-01 10:00 Paris" in page_of(inbox)
        sandbox.advance(3600)
        assert "Scheduled for" not in page_of(inbox)


@pytest.mark.parametrize("odd", ["<![foo bar]>", "<![foo[bar]]>", "<![if !mso]>", f"&#{'9' * 5000};"])
def test_odd_html_is_shown_all_the_same(inbox: httpx.Client, mails: Mails, odd: str) -> None:
    """A declaration that no browser knows and a number of thousands of digits leave the rest of the mail as it is."""
    mail = mails.add(html=f"{odd}<p>Hello</p>")
    assert inbox.get(f"/mails/{mail.message_id}").status_code == 200
    assert "<p>Hello</p>" in inbox.get(f"/mails/{mail.message_id}/html").text


ENDLESS = {
    "tags": "<a " * 33_000,
    "comments": "<!-- " * 20_000,
    "declarations": "<!doctype " * 10_000,
    "ends": "</a " * 25_000,
    "quotes": """<a x="'>'""" * 11_000 + "'",
    "style spaces": f"<style>url({' ' * 100_000}</style>",
    "style addresses": f"<style>{'url(//' * 16_000}</style>",
    "links": "".join(f"<a href={number}>" for number in range(8_000)),
}


@pytest.mark.parametrize("name", ENDLESS)
def test_html_of_100_kb_is_shown_in_seconds(inbox: httpx.Client, mails: Mails, name: str) -> None:
    """What never closes, and what there is a lot of, is read once and not once for each place where it begins."""
    mail = mails.add(html=f"<p>Hello</p>{ENDLESS[name]}")
    assert inbox.get(f"/mails/{mail.message_id}/html", timeout=4).text.startswith("<p>Hello</p>")


@pytest.mark.parametrize(
    ("html", "shown"),
    [
        ("<b>1 < 2</b> and 3 < 4", "<b>1 &lt; 2</b> and 3 &lt; 4"),
        ("<b>x</b> <img src='a", "<b>x</b> "),
        ("a<!-- b <b>c</b>", "a"),
        ("<style>a { b: url( '//c.example/d', e</style>", "<style>a { b: none</style>"),
    ],
)
def test_html_that_does_not_close_is_shown_as_browsers_do(html: str, shown: str) -> None:
    """A tag that the text ends in is left out, a comment goes to the end, and text stays text."""
    assert preview(html, {}).html == shown


def test_of_a_very_long_mail_the_beginning_is_shown(inbox: httpx.Client, mails: Mails) -> None:
    """A mail of megabytes is cut in the frame, which the page says, and whole in its source."""
    mail = mails.add(html=f"<p>Hello</p>{'x' * 1_100_000}the end")
    assert "Only the first 1,000,000 characters are shown." in page_of(inbox, f"/mails/{mail.message_id}")
    assert "the end" not in inbox.get(f"/mails/{mail.message_id}/html").text
    assert "the end" in page_of(inbox, f"/mails/{mail.message_id}?view=source")
