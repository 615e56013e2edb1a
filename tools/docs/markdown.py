"""Markdown as far as the site needs it: its sections, its anchors, its links; never inside code."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

FENCE = re.compile(r"^ {0,3}(```+|~~~+)")
HEADING = re.compile(r"^(#{1,6}) +(.+?)(?: +#+)?$")
CODE_OR_LINK = re.compile(r"(`+)(?:(?!`).)*?\1|(!?)\[((?:`[^`]*`|[^\[\]`])*)\]\(([^()\s]+)\)")

Rewrite = Callable[[bool, str, str], str]


def slug(heading: str) -> str:
    """The anchor that GitHub gives a heading."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def lines_of(text: str) -> Iterator[tuple[bool, str]]:
    """Each line, and whether it is prose rather than code between fences."""
    fence = ""
    for line in text.splitlines():
        mark = FENCE.match(line)
        opens = mark is not None and not fence
        closes = mark is not None and bool(fence) and line.strip() == mark[1] and mark[1].startswith(fence)
        yield not fence and not opens, line
        if opens and mark is not None:
            fence = mark[1]
        elif closes:
            fence = ""


def sections(text: str) -> tuple[str, list[tuple[str, str]]]:
    """What stands before the first heading of level 2, and each such section as its heading and its text."""
    head: list[str] = []
    found: list[tuple[str, list[str]]] = []
    for prose, line in lines_of(text):
        heading = HEADING.match(line) if prose else None
        if heading and heading[1] == "##":
            found.append((heading[2], []))
        elif found:
            found[-1][1].append(line)
        else:
            head.append(line)
    return "\n".join(head), [(title, "\n".join(body)) for title, body in found]


def headings(text: str) -> list[str]:
    """All headings of a text."""
    return [heading[2] for prose, line in lines_of(text) if prose and (heading := HEADING.match(line))]


def raised(text: str) -> str:
    """The text with each heading one level higher."""
    return "\n".join(line[1:] if prose and HEADING.match(line) else line for prose, line in lines_of(text))


def with_links(text: str, rewrite: Rewrite) -> str:
    """The text with each link and image as `rewrite` makes it of: whether it is an image, its text, its target."""

    def replaced(match: re.Match[str]) -> str:
        return match[0] if match[1] else rewrite(match[2] == "!", match[3], match[4])

    return "\n".join(CODE_OR_LINK.sub(replaced, line) if prose else line for prose, line in lines_of(text)) + "\n"
