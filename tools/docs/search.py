"""Make Sphinx's search find numbers, names with underscores, and words typed without their accents."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from sphinx.search.en import SearchEnglish

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

    def __init__(self, options: dict[str, str]) -> None:
        """Start with the options of the site's settings."""
        super().__init__(options)

    def split(self, input: str) -> list[str]:
        """Return the words of a text."""
        return [f"{NUMBER_MARK}{word}" if word.isdigit() else word for word in _WORD.findall(fold(input))]


def setup(app: Any) -> None:
    """Register the language; Sphinx calls this."""
    app.add_search_language(FoldedEnglish)
