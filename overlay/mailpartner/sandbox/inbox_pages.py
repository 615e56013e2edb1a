"""The HTML of the inbox: the list of mails next to one mail."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple
from urllib.parse import quote, urlencode

from .inbox_formats import PLACE, Markup, counted, file_name, fill, join, local, size_of, time_of, when
from .mail_html import MAX_SHOWN, PLACEHOLDER, Preview, preview
from .mails import StoredDelivery, StoredMail

SHOWN = 100
"""Mails in the list; the search goes through all."""
ICON = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E%3Crect width='32' height='32' "
    "rx='7' fill='%232456c7'/%3E%3Cpath d='M7 10h18v12H7zl9 7 9-7' fill='none' stroke='%23fff' stroke-width='2'/%3E"
    "%3C/svg%3E"
)
LAYOUT = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="icon" href="{icon}">
<link rel="stylesheet" href="{base}/inbox.css">
<script src="{base}/inbox.js" defer></script>
</head>
<body class="{kind}" data-version="{version}" data-version-url="{base}/version">
<a class="skip" href="#content">Skip the list</a>
<header class="bar">
<{brand} class="brand"><a href="{base}/"><img src="{icon}" alt="" width="28" height="28">Sandbox inbox</a></{brand}>
<p class="about">Nothing here left this machine.</p>
<p id="connection" role="status"></p>
</header>
<main class="panes">
<nav class="list" aria-label="Mails">
<form class="search" action="{home}" role="search">
<input type="search" name="q" value="{search}" aria-label="Search subject, recipient, tag or id" placeholder="Search">
</form>
<p class="count" id="count" aria-live="polite" data-live>{count}</p>
<ol id="mails" data-live>{mails}</ol>
</nav>
<section class="content" id="content" tabindex="-1">{content}</section>
</main>
</body>
</html>
"""
ROW = """
<li><a href="{url}"{current}>
<span class="who">{who}</span> {time}
<span class="subject">{subject}</span>{clip} {state}
</a></li>"""
MAIL = """
<p class="back"><a href="{home}">← All mails</a></p>
<article>
<header class="head">
<h1>{subject}</h1>
<div id="facts" data-live>
<p class="states">{state}</p>
<dl>{facts}</dl>
</div>
{attachments}
</header>
<nav class="tabs" aria-label="Parts of the mail">{tabs}</nav>
{body}
</article>
"""
FRAME = """
<div class="tools">{notices}<fieldset class="width"><legend>Width</legend>
<label><input type="radio" name="width" checked><span>Full</span></label>
<label><input type="radio" name="width" id="phone"><span>Phone</span></label></fieldset></div>
<div class="stage"><iframe title="The mail" sandbox src="{url}"></iframe></div>"""
EMPTY = '<div class="empty"><h2>{title}</h2><p>{text}</p></div>'


class State(NamedTuple):
    """What became of a mail; `kind` is its class in the style sheet."""

    kind: str
    text: str


def state_of(mail: StoredMail) -> State:
    """Return the state of a mail."""
    if mail.cancelled_at is not None:
        return State("cancelled", "Cancelled")
    if mail.test:
        return State("test", "Test, not sent")
    if mail.send_at is not None and all(each.status == "Scheduled" for each in mail.deliveries):
        return State("scheduled", f"Scheduled for {local(mail.send_at):%Y-%m-%d %H:%M} {PLACE}")
    return State("sent", "Sent")


@dataclass(frozen=True, slots=True)
class Page:
    """What all pages of the inbox show."""

    base: str
    mails: Sequence[StoredMail]
    today: date
    version: str
    search: str
    view: str

    def of_list(self) -> str:
        """Return the list alone."""
        if self.mails:
            content = fill(EMPTY, title="No mail selected", text="Choose a mail from the list to read it.")
        else:
            content = fill(EMPTY, title="No mails yet", text="Mails that you send to this sandbox appear here at once.")
        return self._layout("is-list" if self.mails else "is-empty", "Sandbox inbox", content)

    def of_missing_mail(self) -> str:
        """Return the page for an id that no mail has."""
        text = "It was deleted, or the sandbox was restarted."
        content = fill(EMPTY, title="This mail is not in the sandbox", text=text)
        back = fill('<p class="back"><a href="{home}">← All mails</a></p>', home=self._url("/"))
        return self._layout("is-mail", "Not found", join([back, content]))

    def of_mail(self, mail: StoredMail) -> str:
        """Return a mail, and the list next to it."""
        shown = preview(mail.html, mail.variables)
        tabs = {
            "": ("Mail", self._frame(mail, shown)),
            "source": (
                "Source",
                fill('<pre class="source" tabindex="0">{source}</pre>', source=_marked(mail.html, "A placeholder")),
            ),
            "recipients": (f"Recipients ({len(mail.deliveries)})", _deliveries(mail.deliveries)),
            "variables": (f"Variables ({len(mail.variables)})", _variables(mail)),
            "links": (f"Links ({len(shown.links)})", _links(shown.links)),
        }
        view = self.view if self.view in tabs else ""
        content = fill(
            MAIL,
            home=self._url("/"),
            subject=_marked(mail.subject, "Variables are filled in the HTML only, not in the subject"),
            state=_pill(state_of(mail)),
            facts=_facts(mail),
            attachments=self._attachments(mail),
            tabs=join(self._tab(mail, name, tabs[name][0], name == view) for name in tabs),
            body=tabs[view][1],
        )
        return self._layout("is-mail", f"{mail.subject} - Sandbox inbox", content, mail)

    def _layout(self, kind: str, title: str, content: Markup, current: StoredMail | None = None) -> str:
        words = self.search.casefold()
        found = [mail for mail in self.mails if not words or words in _searched(mail)]
        count = counted(len(found), "mail", "mails") + (" found" if self.search else "")
        return fill(
            LAYOUT,
            base=self.base,
            home=f"{self.base}/",
            icon=ICON,
            title=title,
            kind=kind,
            brand="p" if current else "h1",
            version=self.version,
            search=self.search,
            count=f"{count}; the newest {SHOWN} are listed" if len(found) > SHOWN else count,
            mails=join(self._row(mail, current) for mail in found[:SHOWN]),
            content=content,
        )

    def _row(self, mail: StoredMail, current: StoredMail | None) -> Markup:
        accepted = local(mail.accepted_at)
        is_current = current is not None and mail.message_id == current.message_id
        shown = f"{accepted:%H:%M}" if accepted.date() == self.today else f"{accepted:%Y-%m-%d}"
        return fill(
            ROW,
            url=self._url(_path(mail)),
            current=_current(is_current),
            who=_names(mail),
            time=time_of(mail.accepted_at, shown),
            subject=mail.subject,
            clip=Markup(' <span class="clip" role="img" aria-label="has attachments"></span>' * bool(mail.attachments)),
            state=_pill(state_of(mail)),
        )

    def _frame(self, mail: StoredMail, shown: Preview) -> Markup:
        notices = []
        if len(mail.html) > MAX_SHOWN:
            notices.append(f"Only the first {MAX_SHOWN:,} characters are shown.")
        if shown.remote:
            images = counted(shown.remote, "image on another server was", "images on other servers were")
            notices.append(f"{images} not loaded.")
        if shown.unreachable:
            images = counted(shown.unreachable, "image has", "images have")
            notices.append(f"{images} no full address; no mail reader can show that.")
        if shown.unfilled:
            notices.append(f"Not filled in, as no variable has the name: {', '.join(sorted(shown.unfilled))}.")
        return fill(
            FRAME,
            notices=join(fill('<p class="notice">{text}</p>', text=text) for text in notices),
            url=f"{self.base}{_path(mail)}/html",
        )

    def _attachments(self, mail: StoredMail) -> Markup:
        if not mail.attachments:
            return Markup("")
        link, url = '<li><a href="{url}" download>{name} <small>{size}</small></a></li>', f"{self.base}{_path(mail)}"
        items = (
            fill(link, url=f"{url}/attachments/{number}", name=file_name(each), size=size_of(len(each.content)))
            for number, each in enumerate(mail.attachments)
        )
        return fill('<ul class="files" aria-label="Attachments">{items}</ul>', items=join(items))

    def _tab(self, mail: StoredMail, view: str, text: str, is_current: bool) -> Markup:
        link, url = '<a href="{url}"{current}>{text}</a>', self._url(_path(mail), view)
        return fill(link, url=url, current=_current(is_current), text=text)

    def _url(self, path: str, view: str = "") -> str:
        query = urlencode({name: value for name, value in (("view", view), ("q", self.search)) if value})
        return f"{self.base}{path}{query and '?'}{query}"


def _facts(mail: StoredMail) -> Markup:
    deliveries = Counter(each.status_text for each in mail.deliveries)
    taken = "Taken, not sent" if mail.test else "Accepted" if mail.send_at else "Sent"
    facts: list[tuple[str, object]] = [
        ("To", _names(mail)),
        ("Delivery", ", ".join(f"{number:,} {text}" for text, number in deliveries.items())),
        ("Account", mail.account),
        ("Reply to", mail.reply_to),
        ("Scheduled for", mail.send_at and when(mail.send_at)),
        (taken, when(mail.accepted_at)),
        ("Cancelled", mail.cancelled_at and when(mail.cancelled_at)),
        ("Tag", mail.tag),
        ("Message id", fill("<code>{id}</code>", id=mail.message_id)),
    ]
    row = "<div><dt>{name}</dt><dd>{value}</dd></div>"
    return join(fill(row, name=name, value=value) for name, value in facts if value is not None)


def _deliveries(deliveries: Sequence[StoredDelivery]) -> Markup:
    rows = (
        (
            fill("{name}<br>{email}", name=each.name, email=each.email) if each.name else each.email,
            _pill(State(each.status_text.lower(), each.status_text)),
            when(each.changed_at),
            each.cost,
        )
        for each in deliveries
    )
    return _table("recipients", ("Recipient", "Delivery", "Since", "Cost"), rows)


def _variables(mail: StoredMail) -> Markup:
    if not mail.variables:
        return _note("This mail has no variables.")
    used = {found[1] for found in PLACEHOLDER.finditer(mail.html)}
    code = "<code>#{name}#</code>"
    rows = ((fill(code, name=name), value, "Yes" if name in used else "No") for name, value in mail.variables.items())
    note = (
        "They are the same for all recipients. It is not known whether Mail Partner escapes HTML in them; here it is."
    )
    return join([_note(note), _table("variables", ("Name", "Value", "Used"), rows)])


def _links(links: Collection[str]) -> Markup:
    if not links:
        return _note("This mail has no links, except those that Mail Partner makes.")
    plain, link = "<li>{url}</li>", '<li><a href="{url}" target="_blank" rel="noreferrer">{url}</a></li>'
    # Anything but http leads elsewhere than to a page, or is a script.
    items = (fill(link if re.match("https?://", url, re.IGNORECASE) else plain, url=url) for url in links)
    note = _note("Links do not open from the mail; they do from here.")
    return join([note, fill('<ol class="links">{items}</ol>', items=join(items))])


def _table(name: str, heads: Sequence[str], rows: Iterable[Sequence[object]]) -> Markup:
    cell = '<td data-head="{head}">{text}</td>'
    filled = (join(fill(cell, head=head, text=text) for head, text in zip(heads, row, strict=True)) for row in rows)
    body = join(fill("<tr>{row}</tr>", row=row) for row in filled)
    head = join(fill('<th scope="col">{head}</th>', head=head) for head in heads)
    table = fill("<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>", head=head, body=body)
    return fill('<div class="table" id="{name}" data-live>{table}</div>', name=name, table=table)


def _marked(text: str, title: str) -> Markup:
    """Return a text with its placeholders marked."""
    mark = '<mark title="{title}">#{text}#</mark>'
    parts = enumerate(PLACEHOLDER.split(text))  # every other one is a name
    return join(fill(mark if number % 2 else "{text}", text=part, title=title) for number, part in parts)


def _note(text: str) -> Markup:
    return fill('<p class="note">{text}</p>', text=text)


def _names(mail: StoredMail) -> str:
    names = [each.name or each.email for each in mail.deliveries]
    return ", ".join(names[:2]) + (f" and {len(names) - 2:,} more" if len(names) > 2 else "")


def _searched(mail: StoredMail) -> str:
    people = (text for each in mail.deliveries for text in (each.email, each.name or ""))
    return "\n".join((mail.subject, mail.tag or "", mail.message_id, *people)).casefold()


def _path(mail: StoredMail) -> str:
    return f"/mails/{quote(mail.message_id, safe='')}"


def _current(is_current: bool) -> Markup:
    return Markup(' aria-current="page"' if is_current else "")


def _pill(state: State) -> Markup:
    return fill('<span class="pill {kind}">{text}</span>', kind=state.kind, text=state.text)
