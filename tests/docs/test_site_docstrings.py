"""Docstrings, which are plain text, become the Python reference."""

from __future__ import annotations

from docs.docstrings import as_rst


def test_an_indented_block_is_code() -> None:
    """Code in a docstring stays code, also where it holds an empty line."""
    made = as_rst(["Use it:", "", "    import x", "", "    with x:", "        pass", "", "That is all."], set())
    code = ["    import x", "", "    with x:", "        pass"]
    assert made == ["Use it:", "", "::", "", *code, "", "That is all.", ""]


def test_parameters_stand_below_one_another() -> None:
    """A paragraph that describes parameters is a list of them; what is raised stands after it."""
    made = as_rst(
        ["id: the entry's id, from the", "list. missing_ok: whether. Raises TypeError."], {"id", "missing_ok"}
    )
    assert made == [
        "* ``id``: the entry's id, from the list.",
        "* ``missing_ok``: whether.",
        "",
        "Raises TypeError.",
        "",
    ]


def test_other_words_before_a_colon_describe_nothing() -> None:
    """A colon after a word that is no parameter stays prose."""
    assert as_rst(["Two things: this", "and that."], {"id"}) == ["Two things: this", "and that.", ""]
