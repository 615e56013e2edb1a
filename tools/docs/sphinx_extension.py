"""Extend Sphinx by what the site needs.

Text made of openapi.yaml and the cases, Scalar's page, mended HTML for screen readers, and a search that finds numbers,
names with underscores, and words typed without their accents.
"""

from __future__ import annotations

import json
import re
import unicodedata
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from sphinx.search.en import SearchEnglish

from . import markdown, viewer

ROOT = Path(__file__).resolve().parent.parent.parent
PUBLIC = "mailpartner"
PLACEHOLDER = re.compile(r"^% (group|codes|cases):(.*)$", re.MULTILINE)
NUMBER_MARK = "n"
"""Stands before a number, in the index and in what is searched for: Sphinx leaves out plain numbers."""

_WORD = re.compile(r"\w+")
_SPLIT_IN_BROWSER = f"""
var splitQuery = (query) => (query.normalize("NFD").replace(/\\p{{M}}/gu, "").match(/[\\p{{L}}\\p{{N}}_]+/gu) || [])
  .map((word) => /^\\d+$/.test(word) ? "{NUMBER_MARK}" + word : word);
"""


def fold(text: str) -> str:
    """Return `text` without accents."""
    return "".join(sign for sign in unicodedata.normalize("NFD", text) if not unicodedata.combining(sign))


class FoldedEnglish(SearchEnglish):
    """English, whose words are looked up without accents; numbers count as words."""

    js_splitter_code = _SPLIT_IN_BROWSER

    def split(self, input: str) -> list[str]:
        """Return the words of a text."""
        return [f"{NUMBER_MARK}{word}" if word.isdigit() else word for word in _WORD.findall(fold(input))]


def setup(app: Any) -> dict[str, Any]:
    """Register the extension; Sphinx calls this."""
    app.add_search_language(FoldedEnglish)
    app.connect("source-read", _on_source)
    app.connect("autodoc-process-bases", _on_bases)
    app.connect("autodoc-process-signature", _on_signature)
    app.connect("html-page-context", _on_page, priority=900)  # after Furo has made its tree of pages
    app.connect("build-finished", _on_end)
    return {"version": "1", "parallel_read_safe": True}


@cache
def contract() -> dict[str, Any]:
    """Return openapi.yaml with every example."""
    document: dict[str, Any] = yaml.safe_load((ROOT / "generated/openapi/full.yaml").read_text(encoding="utf-8"))
    return document


def _on_source(_app: Any, _page: str, source: list[str]) -> None:
    source[0] = PLACEHOLDER.sub(lambda match: text_for(match[1], match[2].strip()), source[0])


def text_for(kind: str, name: str) -> str:
    """Return the Markdown for a comment such as `% group: Messages` of a page."""
    if kind == "cases":
        return markdown.case_tables(json.loads((ROOT / "conformance/cases.json").read_text(encoding="utf-8")))
    return markdown.group(contract(), name) if kind == "group" else markdown.code_list(contract(), name)


def _on_end(app: Any, failure: Exception | None) -> None:
    if failure is None:
        viewer.write(ROOT, contract(), Path(app.outdir))


def _on_signature(_app: Any, what: str, _name: str, *_rest: Any) -> tuple[str, str] | None:
    return ("", "") if what == "exception" else None  # they are caught, not made


def _on_bases(_app: Any, _name: str, _subject: Any, _unused: Any, bases: list[Any]) -> None:
    public = [base for base in bases if not getattr(base, "__name__", "_").startswith("_")]
    bases[:] = [_reference(base) if isinstance(base, type) else base for base in public]


def _reference(base: type) -> str:
    module = PUBLIC if base.__module__.startswith(f"{PUBLIC}.") else base.__module__
    return f":py:class:`~{module}.{base.__qualname__}`"


def _on_page(_app: Any, _page: str, _template: str, context: dict[str, Any], _doctree: Any) -> None:
    context["language"] = (context.get("meta") or {}).get("lang", "en")
    # A signature's parameters are a list of descriptions without anything described, which screen readers stumble over.
    context["body"] = context.get("body", "").replace(
        '<dl>\n<dd><em class="sig-param">', '<dl role="presentation">\n<dd><em class="sig-param">'
    )
    # A heading by role needs a level; Sphinx gives its captions none.
    tree = context.get("furo_navigation_tree", "")
    context["furo_navigation_tree"] = tree.replace('role="heading"', 'role="heading" aria-level="2"')
