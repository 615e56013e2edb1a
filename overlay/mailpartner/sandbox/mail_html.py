"""The HTML of a mail as a mail reader shows it: variables filled in, nothing loaded from elsewhere."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser

from mailpartner.contract import SENDING

PLACEHOLDER = re.compile(SENDING.placeholder)
OWN_LINK = "#mail-partner"  # leads nowhere, in place of the links that the vendor makes
MISSING_IMAGE = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' width='96' height='64' viewBox='0 0 96 64'%3E"
    "%3Crect x='.5' y='.5' width='95' height='63' rx='6' fill='%23eef1f5' stroke='%23c3cad5'/%3E%3Cpath fill='none' "
    "stroke='%238a94a6' stroke-width='2' d='M34 20h28v24H34zM34 40l8-9 6 6 5-5 9 9M53 26h3'/%3E%3C/svg%3E"
)
MAX_SHOWN = 1_000_000  # characters: about a second
_REMOTE = re.compile(r"\s*(https?:)?[\\/]{2}", re.IGNORECASE)
_REMOTE_IN_CSS = re.compile(r"url\(\s*+['\"]?\s*+(?:https?:)?//[^)]*+\)?", re.IGNORECASE)
_LONG_NUMBER = re.compile(r"&#[0-9]{100,};?")  # no character has one, and Python reads at most 4300 digits
_LOADING = ("srcset", "background", "poster")
_RAW = ("script", "title", "textarea")  # what stands in them is not read as HTML


@dataclass(slots=True)
class Preview:
    """A mail that is ready to be shown, and what there is to say about it.

    links: the addresses that it links to. remote: the number of its images on other servers. unreachable: the number
    of those that no recipient will see, as they have no full address. unfilled: placeholders that no variable fills.
    """

    html: str = ""
    links: dict[str, None] = field(default_factory=dict)
    remote: int = 0
    unreachable: int = 0
    unfilled: set[str] = field(default_factory=set)


def preview(html: str, variables: Mapping[str, str]) -> Preview:
    """Return a mail ready to be shown.

    What it must not do is prevented by the frame and the headers that it is shown with; here it is made to look right
    without.
    """
    rewriter = _Rewriter(variables)
    rewriter.feed(_closed(_LONG_NUMBER.sub("\ufffd", html[:MAX_SHOWN])))
    rewriter.close()
    rewriter.result.html = "".join(rewriter.parts)
    return rewriter.result


def _closed(html: str) -> str:
    """Return HTML without a tag at its end that never closes, and with its last comment closed, as browsers read it.

    Python's parser looks to the end of the text for each tag or comment that does not close.
    """
    end = html.rfind(">") + 1
    html = html[:end] + re.split("<[a-zA-Z/!?]", html[end:], maxsplit=1)[0]
    return html + "-->" if html.rfind("<!--") > html.rfind("-->") else html


class _Rewriter(HTMLParser):
    """Writes what it reads, changed where need be; comments, which browsers do not show, are left out."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.result = Preview()
        self._variables = variables
        self._inside = ""

    def parse_html_declaration(self, i: int) -> int:
        """Read `<![...>` as browsers do, as a comment; Python fails for one that SGML does not know."""
        is_section = self.rawdata.startswith("<![", i)
        return self.parse_bogus_comment(i) if is_section else super().parse_html_declaration(i)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._inside = tag
        names = dict(attrs)
        if tag in ("base", "link") or (tag == "meta" and "http-equiv" in names):
            return
        filled = {name: None if value is None else self._fill(value, OWN_LINK) for name, value in names.items()}
        self._without_images(tag, filled)
        href = filled.get("href")
        if tag in ("a", "area") and href and not href.startswith("#"):
            filled |= {"target": "_blank", "rel": "noreferrer"}  # the frame opens no windows, so it stays as it is
            self.result.links[href] = None
        source = self.get_starttag_text() or ""
        if filled == names and len(names) == len(attrs):
            self.parts.append(source)
        else:
            written = "".join(
                f" {name}" if text is None else f' {name}="{escape(text)}"' for name, text in filled.items()
            )
            self.parts.append(f"<{tag}{written}{' /' if source.endswith('/>') else ''}>")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""
        self.parts.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        if self._inside == "style":
            self.parts.append(self._without_urls(self._fill(data, OWN_LINK)))
        elif self._inside in _RAW:
            text = self._fill(data, OWN_LINK)
            self.parts.append(text if self._inside == "script" else escape(text, quote=False))
        else:
            self.parts.append(PLACEHOLDER.sub(self._in_text, escape(data, quote=False)))

    def handle_decl(self, decl: str) -> None:
        self.parts.append(f"<!{decl}>")

    def _without_images(self, tag: str, attributes: dict[str, str | None]) -> None:
        for name in _LOADING:
            value = attributes.get(name)
            if value and not value.startswith("data:"):
                self.result.remote += name == "background" and _REMOTE.match(value) is not None
                del attributes[name]
        source = (attributes.get("src") or "").strip()
        if (tag == "img" or (tag == "input" and source)) and not source.lower().startswith("data:"):
            is_remote = _REMOTE.match(source) is not None
            self.result.remote += is_remote
            self.result.unreachable += not is_remote
            attributes |= {"src": MISSING_IMAGE, "title": f"Not loaded: {source}"}
        if style := attributes.get("style"):
            attributes["style"] = self._without_urls(style)

    def _without_urls(self, css: str) -> str:
        css, number = _REMOTE_IN_CSS.subn("none", css)
        self.result.remote += number
        return css

    def _fill(self, text: str, own: str) -> str:
        return PLACEHOLDER.sub(lambda found: self._value(found, own, found[0]), text)

    def _in_text(self, found: re.Match[str]) -> str:
        own = f'<a href="{OWN_LINK}" title="Mail Partner puts its own link here">{found[0]}</a>'
        unfilled = f'<mark title="No variable has this name">{found[0]}</mark>'
        return self._value(found, own, unfilled, escape)

    def _value(self, found: re.Match[str], own: str, unfilled: str, write: Callable[[str], str] = str) -> str:
        if found[1] in SENDING.own_placeholders:
            return own
        if found[1] in self._variables:
            return write(self._variables[found[1]])
        self.result.unfilled.add(found[0])
        return unfilled
