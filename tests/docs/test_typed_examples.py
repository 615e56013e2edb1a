"""The Python that users copy passes their type checker."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FENCED = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)
CHECK = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", ROOT / ".mypy_cache/examples", "--config-file="]
UNTYPED = "--allow-untyped-decorators", "--disable-error-code=import-untyped"  # Celery has no types


def test_the_blocks_of_the_pages_and_the_examples(tmp_path: Path) -> None:
    """mypy --strict accepts each, as it is."""
    for page in (ROOT / "README.md", *(ROOT / "docs").rglob("*.md")):
        name = re.sub(r"\W", "_", str(page.relative_to(ROOT)))
        for number, block in enumerate(FENCED.findall(page.read_text(encoding="utf-8"))):
            tmp_path.joinpath(f"{name}_{number}.py").write_text(block)
    files = [*tmp_path.glob("*.py"), *(ROOT / "examples").glob("*.py")]
    assert len(files) > 25
    done = subprocess.run([*CHECK, *UNTYPED, *files], capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
