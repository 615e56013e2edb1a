"""The Python of the README and of the guides is run as it stands."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailpartner.sandbox import Sandbox

ROOT = Path(__file__).parent.parent
PAGES = ("README.md", *(f"docs/python/{name}.md" for name in ("tutorial", "how-to", "explanation")))
TEXTS = {page: (ROOT / page).read_text(encoding="utf-8") for page in PAGES}
FENCED = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)
BLOCKS = [
    pytest.param(page, block, id=f"{page}: {block.splitlines()[-1].strip()[:50]}")
    for page, text in TEXTS.items()
    for block in FENCED.findall(text)
]


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(entries=1000) as running:
        yield running


@pytest.fixture(autouse=True)
def _environment(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MAILPARTNER_BASE_URL", sandbox.url)
    monkeypatch.setenv("MAILPARTNER_API_KEY", "sandbox-readme")
    sandbox.reset()
    before = logging.root.handlers[:], logging.root.level, logging.getLogger("mailpartner").level
    yield
    logging.root.handlers[:] = before[0]
    logging.root.setLevel(before[1])
    logging.getLogger("mailpartner").setLevel(before[2])


def test_the_guides_have_python() -> None:
    """The blocks are found at all."""
    assert len(BLOCKS) >= 10


@pytest.mark.parametrize(("page", "block"), BLOCKS)
def test_each_python_block_runs(page: str, block: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Each fenced block runs against the sandbox without an error and without showing the key."""
    exec(compile(block, page, "exec"), {"__name__": "__main__"})
    captured = capsys.readouterr()
    assert "sandbox-readme" not in captured.out + captured.err


def test_the_errors_table_names_the_codes_of_the_contract() -> None:
    """The codes beside each class in the table are those that openapi.yaml gives that class.

    Of a deletion; where it has none of the class, of all operations.
    """
    from mailpartner.contract import OPERATIONS
    from mailpartner.errors import KINDS

    deletion = OPERATIONS["POST", "/v1/unsubscribe/delete"]
    for kind, cls in KINDS.items():
        has_it = any(entry.kind == kind for entry in deletion.codes.values())
        operations = [deletion] if has_it else OPERATIONS.values()
        rows = {item for operation in operations for item in operation.codes.items()}
        listed = {str(code) for code, entry in rows if entry.kind == kind}
        row = re.search(rf"^\| `{cls.__name__}` \| codes? ([\d, ]+)", TEXTS["docs/python/how-to.md"], re.MULTILINE)
        assert row is not None, cls
        assert row[1].replace(" ", "").split(",") == sorted(listed, key=int), cls
