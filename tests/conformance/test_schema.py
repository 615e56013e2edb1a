"""The files of the cases are of the form that conformance/schema.json, which other teams read, gives them."""

from __future__ import annotations

import copy
import json
import shutil
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from conformance.harness.cases import FOLDER, VERSION, CaseError, document

SCHEMA: dict[str, Any] = json.loads((FOLDER / "schema.json").read_text(encoding="utf-8"))
FILE = {"$ref": "#/$defs/file", "$defs": SCHEMA["$defs"]}
CASES = document()


def faults(value: Any, schema: dict[str, Any]) -> list[str]:
    return [error.message for error in jsonschema.Draft202012Validator(schema).iter_errors(value)]


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.yaml")), ids=lambda path: path.name)
def test_the_written_files_have_the_form(path: Path) -> None:
    """Each conformance/*.yaml is of the form of $defs/file."""
    assert faults(yaml.safe_load(path.read_text(encoding="utf-8")), FILE) == []


def test_what_is_made_of_them_has_the_form() -> None:
    """cases.json is of the form of the schema, and the schema is a JSON Schema of this version."""
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["properties"]["version"] == {"const": VERSION}
    assert faults(CASES, SCHEMA) == []


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("id", "No Id"),
        ("call", {"operation": "deleteUnsubscribe"}),
        ("outcome", {"result": "done"}),
        ("outcome", {**CASES["cases"][0]["outcome"], "result": "fine"}),
        ("exchanges", [{"request": CASES["cases"][0]["exchanges"][0]["request"], "answer": {"status": 99}}]),
        ("surplus", 1),
    ],
)
def test_the_schema_finds_what_is_not_a_case(part: str, value: Any) -> None:
    """The schema refuses a case with a part of another form, or with one that it does not know."""
    damaged = copy.deepcopy(CASES)
    damaged["cases"][0][part] = value
    assert faults(damaged, SCHEMA)


def test_another_version_is_refused(tmp_path: Path) -> None:
    """Files of a version that this harness does not read are refused in one line."""
    (tmp_path / "new.yaml").write_text("version: 3\ncases: []\n", encoding="utf-8")
    with pytest.raises(CaseError, match=r"new\.yaml has version 3, this reads version 2"):
        document(tmp_path)


@pytest.mark.parametrize("text", ["", "cases: [}", "version: 2\ncases: [*no-such-mark]"])
def test_a_file_that_is_no_yaml_is_refused(tmp_path: Path, text: str) -> None:
    """A slip in a file is said in one line with the file's name, not with a traceback."""
    (tmp_path / "slip.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(CaseError, match=r"\Aslip\.yaml.*\Z"):
        document(tmp_path)


def test_an_id_that_stands_twice_is_refused(tmp_path: Path) -> None:
    """Two cases of one id are refused: the id is the key that tells the server which case it is."""
    case = "- {id: a, title: A., answer: {body: ''}, outcome: {result: done}}"
    given = "given: {call: {operation: x}, request: {query: {}}}"
    (tmp_path / "twice.yaml").write_text(f"version: 2\n{given}\ncases:\n{case}\n{case}\n", encoding="utf-8")
    with pytest.raises(CaseError, match="stand twice: a"):
        document(tmp_path)


def test_one_case_is_written_for_many(tmp_path: Path) -> None:
    """`of` makes a case of each file, `codes` one of each code, and `with` changes the example that is answered."""
    for name in ("account", "send"):
        shutil.copy(FOLDER / f"{name}.yaml", tmp_path)
    (tmp_path / "common.yaml").write_text(
        """
        version: 2
        given: {source: here}
        cases:
          - {id: more, of: [account, send], title: A., answer: {example: 200, with: {new: 1}}, outcome: {result: done}}
          - id: refused
            of: [send]
            title: B.
            codes: {authentication: [3], rate_limit: [429]}
            outcome: {result: refused}
        """,
        encoding="utf-8",
    )
    cases = {case["id"]: case for case in document(tmp_path)["cases"] if case["group"] == "common"}
    assert list(cases) == ["account-more", "send-more", "send-refused-3", "send-refused-429"]
    assert {case["source"] for case in cases.values()} == {"here"}
    assert cases["account-more"]["call"]["operation"] == "getCredits"
    answer = json.loads(cases["send-more"]["exchanges"][0]["answer"]["body"])
    assert (answer["messageId"], answer["new"]) == ("xxx", 1)
    refused = cases["send-refused-3"]["outcome"]
    assert (refused["error"], refused["code"], refused["name"]) == ("authentication", 3, "API_KEY_REQUIRED_3")
    assert refused["message"] == "La clé API est requise"


def test_a_code_that_is_not_listed_is_refused(tmp_path: Path) -> None:
    """A code in `codes` that the operation does not list is a slip, said in one line."""
    shutil.copy(FOLDER / "send.yaml", tmp_path)
    case = "{id: refused, of: [send], title: B., codes: {authentication: [7777]}, outcome: {result: refused}}"
    (tmp_path / "common.yaml").write_text(f"version: 2\ncases: [{case}]\n", encoding="utf-8")
    with pytest.raises(CaseError, match=r"\Acommon\.yaml: refused: KeyError: 7777\Z"):
        document(tmp_path)
