"""The pages of the site are made of what stands elsewhere in the repository."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from docs import markdown
from docs.pages import Links, Page, PageError, guide

ROOT = Path(__file__).resolve().parent.parent.parent


def rewritten(text: str, root: Path = ROOT, source: str = "docs/about.md") -> str:
    _, pages = guide("# Title\n\n## Errors\n\n### Inner one\n\n## The list: find, add\n")
    about = Page("about", source, f"# About\n\n## Here\n\n{text}")
    return Links(root, [*pages, about], "index").rewritten(about).splitlines()[-1]


def test_each_section_of_the_readme_is_a_page_and_nothing_is_lost() -> None:
    """The head and the pages of the guide hold every line of README.md, headings one level higher."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    head, pages = guide(text)
    made = [line.lstrip("#").strip() for part in (head, *(page.text for page in pages)) for line in part.splitlines()]
    assert [line for line in made if line] == [line.lstrip("#").strip() for line in text.splitlines() if line]
    assert all(re.match(r"# \S", page.text) for page in pages)
    assert len({page.name for page in pages}) == len(pages)


def test_what_looks_like_a_heading_in_code_is_none() -> None:
    """A # comment between fences begins no section, whatever the fence is made of."""
    head, found = markdown.sections("a\n````\n```\n## no\n```\n## nor\n````\n~~~sh\n## neither\n~~~\n## yes\nb\n")
    assert [title for title, _ in found] == ["yes"]
    assert "## neither" in head


@pytest.mark.parametrize(
    ("link", "made"),
    [
        ("[x](../README.md#errors)", "[x](guide/errors.md)"),
        ("[x](../README.md#inner-one)", "[x](guide/errors.md#inner-one)"),
        ("[x](../README.md#the-list-find-add)", "[x](guide/the-list-find-add.md)"),
        ("[x](../README.md)", "[x](index.md)"),
        ("[x](#here)", "[x](about.md#here)"),
        ("[`x`](../openapi.yaml)", '<a href="files/openapi.yaml">`x`</a>'),
        ("[x](../examples)", "x"),
        ("[x](https://example.com/a#b)", "[x](https://example.com/a#b)"),
        ("`[x](../README.md#errors)`", "`[x](../README.md#errors)`"),
    ],
)
def test_a_link_that_works_in_the_repository_works_on_the_site(link: str, made: str) -> None:
    """A link leads to the page that shows its target, else to a copy of the file; other hosts and code stay."""
    assert rewritten(link) == made


@pytest.mark.parametrize("link", ["[x](missing.md)", "[x](../README.md#missing)", "[x](#missing)", "[x](../../out.md)"])
def test_a_dead_link_stops_the_build(link: str) -> None:
    """A link to a file or a heading that is not there is an error that names it."""
    with pytest.raises(PageError, match=r"missing|out\.md"):
        rewritten(link)


def test_an_image_is_copied_along(tmp_path: Path) -> None:
    """An image of the repository is shown from a copy on the site."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "one.png").touch()
    assert rewritten("![One](one.png)", tmp_path) == '<img src="files/docs/one.png" alt="One">'


def test_the_picture_of_the_site_is_not_shown_on_it() -> None:
    """What README.md shows of the site is left out where the reader has it before his eyes."""
    assert rewritten("Before ![The site](site.png)") == "Before "
