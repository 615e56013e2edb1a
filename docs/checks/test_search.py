"""What the site's search indexes. Needs Sphinx, so `make check-docs` runs it."""

import pytest
from docs.sphinx_extension import FoldedEnglish


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Désabonnement refusé", ["Desabonnement", "refuse"]),
        ("code 429, INVALID_API_KEY", ["code", "n429", "INVALID_API_KEY"]),
        ("Cle\u0301 API", ["Cle", "API"]),
    ],
)
def test_words_are_indexed_without_accents_and_numbers_count(text: str, words: list[str]) -> None:
    """The index of the search holds words without accents, names with underscores, and numbers."""
    language = FoldedEnglish({})
    assert language.split(text) == words
    assert all(language.word_filter(language.stem(word)) for word in words)
