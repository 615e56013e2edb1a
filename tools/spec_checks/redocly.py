"""What changed between two contracts as `redocly diff` rates it."""

from __future__ import annotations

import json
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from references import steps

from .changes import Change, Level
from .document import Document

ROOT = Path(__file__).resolve().parents[2]
COMMAND = [str(ROOT / "tools" / "node"), str(ROOT / ".work/node/node_modules/@redocly/cli/bin/cli.js"), "diff"]
OPTIONS = ["--config", str(ROOT / "tools" / "spec" / "redocly.lint.yaml"), "--format", "json", "--fail-on", "none"]
LEVELS = {"patch": Level.WORDING, "minor": Level.ADDITION, "major": Level.BREAKING}


class RedoclyError(Exception):
    """`redocly diff` did not give a report."""


def changes_by_redocly(old: Document, new: Document) -> list[Change]:
    """Each change of what OpenAPI has a word for. Raises RedoclyError."""
    with tempfile.TemporaryDirectory() as folder:
        files = [_without_aliases(old, Path(folder, "old.json")), _without_aliases(new, Path(folder, "new.json"))]
        done = subprocess.run([*COMMAND, *files, *OPTIONS], capture_output=True, text=True, check=False, cwd=ROOT)
    try:
        report = json.loads(done.stdout)
    except json.JSONDecodeError:
        raise RedoclyError(f"redocly diff gave no report:\n{done.stderr or done.stdout}") from None
    if done.returncode != 0:
        raise RedoclyError(f"redocly diff ended with {done.returncode}:\n{done.stderr}")
    return [_change(change) for change in report["changes"] if not _is_version(change)]


def _without_aliases(document: Document, path: Path) -> str:
    """Write a contract as JSON: Redocly compares a YAML alias only at the first of its places."""
    path.write_text(json.dumps(document.root), encoding="utf-8")
    return str(path)


def _is_version(change: dict[str, Any]) -> bool:
    return (change["path"], change.get("property")) == ("#/info", "version")


def _change(change: dict[str, Any]) -> Change:
    side = change.get("revision") or change["base"]
    told = "; ".join(verdict["message"] for verdict in change["verdicts"])
    property_ = f"{change['property']} " if "property" in change else ""
    return Change(LEVELS[change["impact"]], steps(side["pointer"]), told or f"{property_}{change['kind']}")
