"""The API reference and the table of cases hold all that openapi.yaml and the cases say."""

from __future__ import annotations

import json
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from contract_examples import document, examples
from docs import build, cases
from docs.reference import Contract

import mailpartner
from mailpartner import errors, sandbox, testing
from mailpartner.contract import OPERATIONS

ROOT = Path(__file__).resolve().parent.parent.parent
SPEC = document()


@pytest.fixture(scope="module")
def gathered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    source = tmp_path_factory.mktemp("site") / "pages"
    build.gather(ROOT, source)
    return source


@pytest.fixture(scope="module")
def reference(gathered: Path) -> str:
    return unescape((gathered / "reference.md").read_text(encoding="utf-8"))


def test_every_code_is_readable_on_the_reference(reference: str) -> None:
    """Each code of each list stands there with its name, its meaning, the vendor's French text and its class."""
    lists = [schema for name, schema in SPEC["components"]["schemas"].items() if "x-enum-texts" in schema]
    assert len(lists) >= 4
    for schema in lists:
        columns = ("enum", "x-enum-varnames", "x-enum-texts", "x-enum-descriptions", "x-enum-classes")
        for row in zip(*(schema[column] for column in columns), strict=True):
            assert [cell for cell in row if cell is not None and str(cell) not in reference] == []


def test_every_operation_has_a_form_with_all_its_inputs(reference: str) -> None:
    """Each operation has one form, with a field for the key and for each parameter or property of its body."""
    for path, item in SPEC["paths"].items():
        for method, operation in item.items():
            if method != "parameters":
                form = reference.partition(f'aria-label="Try {operation["operationId"]}"')[2].partition("</form>")[0]
                assert f'data-method="{method.upper()}" data-path="{path}"' in reference
                assert 'data-name="apiKey"' in form
                assert ('data-name="_format"' in form) == OPERATIONS[method.upper(), path].takes_format
                assert ('data-name="id"' in form) == ("delete" in path)


def test_every_example_stands_in_both_formats(reference: str) -> None:
    """Each example is shown, as JSON and as XML, to the letter."""
    for operation in OPERATIONS.values():
        for name, example in examples(operation.id).items():
            assert json.dumps(example.value, indent=2, ensure_ascii=False) in reference, name
            assert example.xml.strip() in reference, name


def test_the_exceptions_of_the_reference_are_those_of_the_sdk() -> None:
    """The exception that the page shows for a class of codes is the one that the SDK raises."""
    shown = Contract(SPEC).shown()
    rows = [*shown["shared_codes"], *(row for operation in shown["operations"] for row in operation["codes"])]
    named = {row["name"]: row["error"] for row in rows}
    assert (named["UNKNOWN_ID"], named["OK"]) == ("NotFoundError", None)
    assert all(named[row["name"]] is None or issubclass(getattr(errors, row["error"]), errors.APIError) for row in rows)


def test_a_new_operation_appears_by_itself() -> None:
    """An operation that is added to openapi.yaml is on the page without a change here."""
    spec: dict[str, Any] = json.loads(json.dumps(SPEC))
    twin = {**spec["paths"]["/v1/unsubscribe/list"]["get"], "operationId": "listOthers", "summary": "List the others"}
    spec["paths"]["/v1/others/list"] = {"get": twin}
    shown = Contract(spec).shown()
    assert [operation["id"] for operation in shown["operations"]][-1] == "listOthers"
    assert len(shown["shared_codes"]) == len(SPEC["components"]["schemas"]["AccountCode"]["enum"])


def test_every_case_is_in_the_table(gathered: Path) -> None:
    """Each compiled case is a row that can be linked to, with what is sent, what is answered and the outcome."""
    page = unescape((gathered / "cases.md").read_text(encoding="utf-8"))
    compiled = json.loads((ROOT / "conformance" / "cases.json").read_text(encoding="utf-8"))["cases"]
    assert compiled
    for case in compiled:
        row = page.partition(f'<tr id="{case["id"]}"')[2].partition("</tr>")[0]
        assert case["title"] in row
        for exchange in case["exchanges"]:
            assert f"{exchange['request']['method']} {exchange['request']['path']}" in row
            assert exchange["answer"].get("body", "").rstrip() in row
    assert page.count("<tr id=") == len(compiled)


def test_a_case_shows_its_lost_answer_and_its_bytes() -> None:
    """What is no text is shown too: a lost answer in words, other bytes in base64 with their number."""
    call = {"operation": "x", "arguments": {}, "format": "json", "already_ok": False, "retries": 1, "method": "fixed"}
    request = {"method": "GET", "path": "/x", "query": {"apiKey": "{key}"}, "headers": {}, "body": None}
    outcome = {"result": "no_answer", "error": None, "code": None, "maybe_applied": True}
    answers = [{"lost": "reset"}, {"status": 200, "headers": {}, "base64": "AAE="}]
    exchanges = [{"request": request, "answer": answer} for answer in answers]
    about = {"id": "one", "group": "x", "title": "T", "source": "S", "requires": ["retry"]}
    document = {"cases": [{**about, "call": call, "exchanges": exchanges, "outcome": outcome}]}
    [group] = cases.groups(document, {"x": "About."})
    [shown] = group["cases"]
    assert shown["call"] == 'x(format="json", retries=1)'
    assert shown["outcome"] == "no answer, may have been done"
    assert "reset" in shown["exchanges"][0]["answer"]
    assert "2 bytes" in shown["exchanges"][1]["answer"]
    assert shown["exchanges"][0]["request"] == "GET /x?apiKey={key}"


@pytest.mark.parametrize(
    ("module", "page"), [(mailpartner, "client errors"), (testing, "testing"), (sandbox, "sandbox")]
)
def test_the_python_reference_has_every_public_name(module: Any, page: str) -> None:
    """Each name in __all__ of a public module stands in the reference."""
    texts = [(ROOT / "docs" / "python" / f"{name}.md").read_text(encoding="utf-8") for name in page.split()]
    listed = {word for text in texts for word in text.split()}
    assert [name for name in module.__all__ if f"{module.__name__}.{name}" not in listed] == []
