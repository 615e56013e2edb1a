"""Write the conformance cases as Markdown: what each holds, and the outcome."""

from __future__ import annotations

from itertools import groupby
from typing import Any

Node = dict[str, Any]


def tables(document: Node) -> str:
    """Return a section with a table for each group of cases."""
    return "\n\n".join(
        f"## {name.capitalize()}\n\n| Case | Outcome |\n| --- | --- |\n" + "\n".join(map(_row, cases))
        for name, cases in groupby(document["cases"], key=lambda case: str(case["group"]))
    )


def _row(case: Node) -> str:
    title = case["title"].replace("|", "\\|").replace("<", "&lt;")
    return f"| `{case['id']}`<br>{title} | {_outcome(case['outcome'])} |"


def _outcome(outcome: Node) -> str:
    parts = [str(outcome["result"]).replace("_", " ")]
    if outcome["code"] is not None:
        parts.append(f"code {outcome['code']}")
    if outcome["result"] == "refused":
        parts.append(outcome["error"] or "a code that is not listed")
    if outcome["maybe_applied"]:
        parts.append("may have been done")
    return ", ".join(parts)
