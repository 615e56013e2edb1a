"""Find the texts in a module that are shown to people and not marked for translation."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

MARKS = {"_", "N_", "result_text", "plural", "translate"}
TEXT_ARGUMENTS = {"help", "metavar"}  # of options: translated in one place
TWO_WORDS = re.compile(r"[A-Za-z]{2,}[,;:]? [a-z]{2,}")
SQL = re.compile(r"\s*(?:CREATE|DELETE|INSERT|PRAGMA|SELECT|UPDATE)\b")


def unmarked_texts(path: Path) -> Iterator[str]:
    """Yield each string of two words or more that no mark surrounds, docstrings and SQL aside."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    excused = set(_excused(tree))
    for node in ast.walk(tree):
        text = node.value if isinstance(node, ast.Constant) and id(node) not in excused else None
        if isinstance(text, str) and TWO_WORDS.search(text) and not SQL.match(text):
            yield f"{path.name}:{node.lineno}: {text!r}"


def _excused(tree: ast.Module) -> Iterator[int]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else ""
            marked = [*node.args] if name in MARKS else []
            marked += [keyword.value for keyword in node.keywords if keyword.arg in TEXT_ARGUMENTS]
            yield from (id(each) for argument in marked for each in ast.walk(argument))
        elif isinstance(node, ast.Expr):  # docstrings
            yield id(node.value)
