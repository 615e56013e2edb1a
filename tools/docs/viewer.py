"""Write the page that shows openapi.yaml in Scalar, with its scripts and the document that is derived for it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from openapi import Node, operations

from .markdown import code_rows, page_of, page_of_codes

EXAMPLE_KEY, SANDBOX_KEY = "YOUR_API_KEY", "sandbox-try-it"
SCALAR = Path(".work/node/node_modules/@scalar/api-reference/dist/browser")


def write(root: Path, spec: Node, site: Path) -> None:
    """Write the folder `viewer` of a site."""
    target = site / "viewer"
    shutil.copytree(root / "docs/viewer", target, dirs_exist_ok=True)
    (target / "scalar/chunks").mkdir(parents=True, exist_ok=True)
    for script in ("standalone.esm.js", *(f"chunks/{path.name}" for path in (root / SCALAR / "chunks").glob("*.js"))):
        shutil.copyfile(root / SCALAR / script, target / "scalar" / script)
    (target / "openapi.json").write_text(json.dumps(document(spec), ensure_ascii=False), encoding="utf-8")


def document(spec: Node) -> Node:
    """Return `spec` as Scalar shows it best: with links to the code lists, sandbox keys, and few extensions."""
    derived: Node = json.loads(json.dumps(spec).replace(EXAMPLE_KEY, SANDBOX_KEY))
    derived["info"].pop("contact")
    derived["info"].pop("license")
    derived["servers"] = [{"url": "/"}]
    for _, _, operation in operations(derived):
        lists = ", ".join(_link(spec, name) for name in operation["x-codes"])
        text = page_of(operation["tags"][0])
        about = f"Codes: {lists}. [This operation as text](../{text}.html#{operation['operationId'].lower()})."
        operation["description"] = f"{operation['description']}\n{about}\n"
    for name, schema in derived["components"]["schemas"].items():
        if "x-enum-texts" in schema:
            schema["x-enum-descriptions"] = [
                f"{row.meaning} Class {row.kind}." + (f" Text: {row.text}" if row.text else "")
                for row in code_rows(spec, name)
            ]
    shown: Node = _without_extensions(derived)
    return shown


def _link(spec: Node, name: str) -> str:
    numbers = ", ".join(str(row.code) for row in code_rows(spec, name))
    return f"[{numbers}](../{page_of_codes(spec, name)}.html#{name.lower()})"


def _without_extensions(node: Any) -> Any:
    if isinstance(node, dict):
        kept = ("x-enum-varnames", "x-enum-descriptions")
        return {key: _without_extensions(value) for key, value in node.items() if key[:2] != "x-" or key in kept}
    return [_without_extensions(item) for item in node] if isinstance(node, list) else node
