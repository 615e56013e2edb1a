"""The pages of the site hold all that openapi.yaml, the cases and the package say."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from contract_examples import document
from docs import markdown, viewer
from openapi import operations

import mailpartner
from mailpartner import sandbox, testing
from mailpartner._core.error_messages import HINTS
from mailpartner.contract import OPERATIONS

ROOT = Path(__file__).resolve().parent.parent.parent
DOCS = ROOT / "docs"
SPEC = document()
TAGS = [tag["name"] for tag in SPEC["tags"]]
CODE_LISTS = {name: schema for name, schema in SPEC["components"]["schemas"].items() if "x-enum-texts" in schema}


def page(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", CODE_LISTS)
def test_every_code_is_in_the_table_of_its_list(name: str) -> None:
    """Each code of a list is a row with its name, its meaning, the vendor's French text, its class and its effect."""
    schema = CODE_LISTS[name]
    rows = [line for line in markdown.code_list(SPEC, name).splitlines() if line.startswith("| {index}")]
    columns = ("enum", *(f"x-enum-{each}" for each in ("varnames", "texts", "descriptions", "classes")))
    assert len(rows) == len(schema["enum"])
    for row, effect, *cells in zip(rows, schema["x-enum-effects"], *(schema[each] for each in columns), strict=True):
        assert [cell for cell in cells if cell is not None and str(cell) not in row] == []
        assert markdown.EFFECTS[effect] in row


def test_every_operation_and_code_list_is_on_one_page() -> None:
    """The pages that ask for groups and code lists ask for all of them, and each operation shows its inputs."""
    texts = "".join(page(f"api/{path.name}") for path in (DOCS / "api").glob("*.md"))
    assert sorted(re.findall(r"^% group: (\w+)$", texts, re.MULTILINE)) == sorted(TAGS)
    made = "".join(markdown.group(SPEC, tag) for tag in TAGS)
    for (method, path), operation in OPERATIONS.items():
        about = made.partition(f"({operation.id.lower()})=\n")[2].partition("### Answer")[0]
        assert f"`{method} {path}`" in about
        assert "`apiKey`" in about
        assert ("`_format`" in about) == operation.takes_format
    shared = [name for name in CODE_LISTS if markdown.page_of_codes(SPEC, name) == "api/index"]
    assert re.findall(r"^% codes: (\w+)$", texts, re.MULTILINE) == shared
    assert [name for name in CODE_LISTS if f"({name.lower()})=" not in made] == shared


def test_a_new_operation_appears_by_itself() -> None:
    """An operation that is added to openapi.yaml is on the page of its tag without a change here."""
    spec: dict[str, Any] = json.loads(json.dumps(SPEC))
    spec["paths"]["/v1/others"] = {"get": {**spec["paths"]["/v1/me"]["get"], "operationId": "getOthers"}}
    assert "`GET /v1/others`" in markdown.group(spec, "Account")
    assert "getothers" in json.dumps(viewer.document(spec))


def test_the_document_for_the_viewer() -> None:
    """It holds sandbox keys, no extension that a reader cannot see, and links to the code lists of each operation."""
    before = json.dumps(SPEC)
    derived = viewer.document(SPEC)
    text = json.dumps(derived, ensure_ascii=False)
    assert viewer.SANDBOX_KEY in text
    assert viewer.EXAMPLE_KEY not in text
    assert "api.mailpartner.fr" not in json.dumps(derived["servers"])
    assert set(re.findall(r'"(x-[a-z-]+)":', text)) == {"x-enum-varnames", "x-enum-descriptions"}
    for _, _, node in operations(SPEC):
        assert all(f"#{name.lower()})" in text for name in node["x-codes"])
    assert json.dumps(SPEC) == before


def test_every_case_is_in_the_table() -> None:
    """Each compiled case is a row with its title and its outcome."""
    compiled = json.loads((ROOT / "conformance/cases.json").read_text(encoding="utf-8"))
    rows = [line for line in markdown.case_tables(compiled).splitlines() if line.startswith("| `")]
    assert [row.split("`")[1] for row in rows] == [case["id"] for case in compiled["cases"]]
    lost = {"result": "no_answer", "error": None, "code": None, "maybe_applied": True}
    [row] = [
        row
        for row in markdown.case_tables(
            {"cases": [{"group": "x", "id": "a", "title": "a | b", "outcome": lost}]}
        ).splitlines()
        if "`a`" in row
    ]
    assert row == r"| `a`<br>a \| b | no answer, may have been done |"


@pytest.mark.parametrize(
    ("module", "names"), [(mailpartner, "client errors"), (testing, "testing"), (sandbox, "sandbox")]
)
def test_the_python_reference_has_every_public_name(module: Any, names: str) -> None:
    """Each name in __all__ of a public module stands in the reference."""
    listed = {word for name in names.split() for word in page(f"python/{name}.md").split()}
    assert [name for name in module.__all__ if f"{module.__name__}.{name}" not in listed] == []


@pytest.mark.parametrize("hint", HINTS.values(), ids=lambda hint: str(hint.id))
def test_what_an_error_advises_can_be_looked_up(hint: mailpartner.Hint) -> None:
    """Each general hint, and its id, is a row of the table of sentences."""
    assert f"| {{index}}`!{hint}` | `{hint.id}` |" in page("python/how-to.md")


def test_the_french_guide_shows_what_the_english_one_shows() -> None:
    """Both guides for list keepers have the same sections, commands, options and outcomes."""
    english, french = page("list-keepers.md"), page("list-keepers.fr.md")
    assert english.count("\n## ") == french.count("\n## ")
    for pattern in (r"--[a-z-]+", r"\$ mailpartner [a-z ]+", r"^\| `.*?` \|"):
        assert set(re.findall(pattern, english, re.MULTILINE)) == set(re.findall(pattern, french, re.MULTILINE))
