"""Write conformance/cases.json, which programs read, from the cases that people write.

Usage:
    python tools/derive.py            writes it
    python tools/derive.py --check    exits 1 where it is not what openapi.yaml and the cases make
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # conformance/ is no package of this project's own, and is installed nowhere

from conformance.referee.cases import CaseError, as_json, document  # noqa: E402


def derived(root: Path = ROOT) -> dict[str, str]:
    """The text of each derived file, by its path below `root`. Raises CaseError."""
    contract = root / "generated" / "openapi" / "full.yaml"
    return {"conformance/cases.json": as_json(document(root / "conformance", contract))}


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="compare only; write nothing")
    parser.add_argument("--root", type=Path, default=ROOT, help="the checkout to read and write")
    options = parser.parse_args(arguments)
    try:
        texts = derived(options.root)
    except CaseError as error:
        print(f"cannot derive: {error}", file=sys.stderr)
        return 1
    changed = [name for name, text in texts.items() if _text_of(options.root / name) != text]
    if options.check:
        for name in changed:
            print(f"{name} is not what openapi.yaml and the cases make: run `make generate`.", file=sys.stderr)
        return 1 if changed else 0
    for name in changed:
        (options.root / name).write_text(texts[name], encoding="utf-8")
    return 0


def _text_of(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None


if __name__ == "__main__":
    sys.exit(main())
