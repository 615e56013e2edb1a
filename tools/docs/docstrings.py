"""A Sphinx extension that reads the docstrings of this project as they are written.

They are plain text: an indented block is code, and a paragraph such as `id: the entry's id. missing_ok: whether ...`
describes parameters or attributes, which the site shows one below the other.
"""

from __future__ import annotations

import inspect
import re
from typing import Any

PUBLIC = "mailpartner"


def setup(app: Any) -> dict[str, Any]:
    """What Sphinx calls."""
    app.connect("autodoc-process-docstring", _on_docstring)
    app.connect("autodoc-process-bases", _on_bases)
    app.connect("autodoc-process-signature", _on_signature)
    app.connect("html-page-context", _on_page, priority=900)  # after Furo has made its tree of pages
    return {"version": "1", "parallel_read_safe": True}


def _on_docstring(_app: Any, _what: str, _name: str, subject: Any, _options: Any, lines: list[str]) -> None:
    lines[:] = as_rst(lines, _names(subject))


def _on_signature(_app: Any, what: str, _name: str, *_rest: Any) -> tuple[str, str] | None:
    return ("", "") if what == "exception" else None  # they are caught, not made


def _on_bases(_app: Any, _name: str, _subject: Any, _unused: Any, bases: list[Any]) -> None:
    public = [base for base in bases if not getattr(base, "__name__", "_").startswith("_")]
    bases[:] = [_reference(base) for base in public]


def _on_page(_app: Any, _page: str, _template: str, context: dict[str, Any], _doctree: Any) -> None:
    # A signature's parameters are a list of descriptions without anything described, which screen readers stumble over.
    context["body"] = context.get("body", "").replace(
        '<dl>\n<dd><em class="sig-param">', '<dl role="presentation">\n<dd><em class="sig-param">'
    )
    # A heading by role needs a level; Sphinx gives its captions none.
    tree = context.get("furo_navigation_tree", "")
    context["furo_navigation_tree"] = tree.replace('role="heading"', 'role="heading" aria-level="2"')


def _reference(base: type) -> str:
    module = PUBLIC if base.__module__.startswith(f"{PUBLIC}.") else base.__module__
    return f":py:class:`~{module}.{base.__qualname__}`"


def _names(subject: Any) -> set[str]:
    """The parameters of a function, or those and the attributes of a class."""
    names = set(getattr(subject, "__annotations__", ()))
    if inspect.isclass(subject):
        names |= {name for base in subject.__mro__ for name in vars(base) if not name.startswith("_")}
    try:
        return names | set(inspect.signature(subject).parameters)
    except (TypeError, ValueError):
        return names


def as_rst(lines: list[str], names: set[str]) -> list[str]:
    """A docstring's lines as reStructuredText; `names` are those that it may describe."""
    made: list[str] = []
    in_code = False
    for paragraph in "\n".join(lines).split("\n\n"):
        block = paragraph.strip("\n")
        opens, in_code = not in_code, block.startswith("    ")
        if in_code:
            made += [*(["::", ""] if opens else []), *block.splitlines(), ""]
        else:
            made += [*_described(block, names), ""]
    return made


def _described(paragraph: str, names: set[str]) -> list[str]:
    """A paragraph with the names that it describes as a list; one that describes none stays as it is."""
    text = " ".join(paragraph.split("\n"))
    starts = [match for match in re.finditer(r"(?:(?<=\. )|^)(\w+): ", text) if match[1] in names]
    raises = re.search(r"(?<=\. )(?:Raises|Returns) ", text)
    if not starts:
        return paragraph.splitlines()
    before, end = text[: starts[0].start()].strip(), raises.start() if raises else len(text)
    ends = [*(match.start() for match in starts[1:]), end if end > starts[-1].start() else len(text)]
    items = [f"* ``{match[1]}``: {text[match.end() : stop].strip()}" for match, stop in zip(starts, ends, strict=True)]
    after = text[ends[-1] :].strip()
    return [*([before, ""] if before else []), *items, *(["", after] if after else [])]
