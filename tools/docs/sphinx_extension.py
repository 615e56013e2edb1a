"""A Sphinx extension: what the site shows of classes, and headings and lists that screen readers understand."""

from __future__ import annotations

from typing import Any

PUBLIC = "mailpartner"


def setup(app: Any) -> dict[str, Any]:
    """Register the extension; Sphinx calls this."""
    app.connect("autodoc-process-bases", _on_bases)
    app.connect("autodoc-process-signature", _on_signature)
    app.connect("html-page-context", _on_page, priority=900)  # after Furo has made its tree of pages
    return {"version": "1", "parallel_read_safe": True}


def _on_signature(_app: Any, what: str, _name: str, *_rest: Any) -> tuple[str, str] | None:
    return ("", "") if what == "exception" else None  # they are caught, not made


def _on_bases(_app: Any, _name: str, _subject: Any, _unused: Any, bases: list[Any]) -> None:
    public = [base for base in bases if not getattr(base, "__name__", "_").startswith("_")]
    bases[:] = [_reference(base) if isinstance(base, type) else base for base in public]


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
