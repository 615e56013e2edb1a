"""The pages of the site that are written elsewhere in the repository, and the links between them.

README.md gives one page for each of its sections, so that nothing is written twice. A link that works in the repository
works on the site: to the page that shows its target, else to a copy of the file.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from pathlib import Path

from . import markdown

README = "README.md"
FILES = "files"
PICTURE_OF_THE_SITE = "docs/site.png"
ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)


class PageError(Exception):
    """A page cannot be made; the text says where and why."""


@dataclass(frozen=True)
class Page:
    """A page: its name on the site without a suffix, the file that it comes from, its text."""

    name: str
    source: str
    text: str


def guide(readme: str) -> tuple[str, list[Page]]:
    """The head of the README, and a page for each of its sections, named after its heading."""
    head, found = markdown.sections(readme)
    pages = [
        Page(f"guide/{markdown.slug(title)}", README, f"# {title}\n\n{markdown.raised(body).strip()}\n")
        for title, body in found
    ]
    return head.strip() + "\n", pages


class Links:
    """Where each file of the repository, and each of its headings, is to be found on the site."""

    def __init__(self, root: Path, pages: Iterable[Page], front: str) -> None:
        self._root = root
        self._pages: dict[str, str] = {README: front}
        self._anchors: dict[tuple[str, str], tuple[str, str]] = {}
        self.files: set[str] = set()
        for page in pages:
            self._pages.setdefault(page.source, page.name)
            top, *inner = [markdown.slug(heading) for heading in markdown.headings(page.text)]
            self._anchors[page.source, top] = page.name, ""
            for anchor in inner:
                self._anchors.setdefault((page.source, anchor), (page.name, anchor))

    def rewritten(self, page: Page) -> str:
        """The text of a page with its links leading to where their targets are on the site. Raises PageError."""

        def rewrite(image: bool, text: str, target: str) -> str:
            if ELSEWHERE.match(target):
                return f"{'!' * image}[{text}]({target})"
            path, _, anchor = target.partition("#")
            path = posixpath.normpath(posixpath.join(posixpath.dirname(page.source), path)) if path else page.source
            found = None if image else self._on_site(path, anchor)
            if found is None:
                return self._file(page, path, image, text)
            name, inner = found
            relative = posixpath.relpath(name, posixpath.dirname(page.name) or ".")
            return f"[{text}]({relative}.md{inner and '#' + inner})"

        return markdown.with_links(page.text, rewrite)

    def _on_site(self, path: str, anchor: str) -> tuple[str, str] | None:
        if not anchor:
            return (self._pages[path], "") if path in self._pages else None
        if path in self._pages and (path, anchor) not in self._anchors:
            raise PageError(f"a link leads to {path}#{anchor}, and {path} has no such heading")
        return self._anchors.get((path, anchor))

    def _file(self, page: Page, path: str, image: bool, text: str) -> str:
        if (self._root / path).is_dir():
            return text
        if path.startswith("..") or not (self._root / path).is_file():
            raise PageError(f"{page.source} links to {path}, which is no file of this repository")
        if path == PICTURE_OF_THE_SITE:
            return ""
        self.files.add(path)
        address = posixpath.relpath(f"{FILES}/{path}", posixpath.dirname(page.name) or ".")
        if image:
            return f'<img src="{escape(address)}" alt="{escape(text)}">'
        return f'<a href="{escape(address)}">{text}</a>'
