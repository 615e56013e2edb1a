"""The check of the XML examples: full.yaml passes it, and each way in which one can be wrong is found."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from spec.checks.edits import FULL, Replacement, copy_with, edited
from spec_checks.document import Document
from spec_checks.examples import findings, main

IN = " " * 20
LISTED = "paths./v1/unsubscribe/list.get.responses.200.content"
ADDED = "paths./v1/unsubscribe/add.post.responses.200.content"
DELETED = "paths./v1/unsubscribe/delete.post.responses.200.content"
UNKNOWN_ID_XML = f"{IN}    <entry>4</entry>\n{IN}    <entry>Le mail et invalide</entry>\n{IN}</result>\n"

# For each wrong example: where it is, what is said about it, and what was replaced by what.
WRONG: dict[str, tuple[str, str, Replacement, *tuple[Replacement, ...]]] = {
    "a JSON example with a property that XML has no place for": (
        f"{DELETED}.application/xml.examples.UnknownId",
        "the JSON example has text, which no x-xml-order has a place for",
        ("message: Le mail et invalide\n", "text: Le mail et invalide\n"),
    ),
    "a JSON success with a gap": (
        f"{LISTED}.application/xml.examples.ListedNone",
        "nbData is left out",
        ("                    nbData: 0\n                    data: []", "                    data: []"),
        (
            "                        <entry>0</entry>\n                        <entry/>\n",
            "                        <entry/>\n",
        ),
    ),
    "XML that is cut": (f"{DELETED}.application/xml.examples.UnknownId", "not well-formed", (UNKNOWN_ID_XML, "")),
    "XML with a DTD": (
        f"{DELETED}.application/xml.examples.UnknownId",
        "it has a DTD",
        (
            f"{IN}<result>\n{IN}    <entry>false</entry>\n{IN}    <entry>4</entry>\n",
            f"{IN}<!DOCTYPE result>\n{IN}<result>\n{IN}    <entry>false</entry>\n{IN}    <entry>4</entry>\n",
        ),
    ),
    "XML with another root": (
        f"{DELETED}.application/xml.examples.Ok",
        "the root is <answer>; the schema's xml.name says <result>",
        (
            f"{IN}<result>\n{IN}    <entry>true</entry>\n{IN}    <entry>200</entry>\n{IN}</result>\n",
            f"{IN}<answer>\n{IN}    <entry>true</entry>\n{IN}    <entry>200</entry>\n{IN}</answer>\n",
        ),
    ),
    "XML with another element": (
        f"{DELETED}.application/xml.examples.UnknownId",
        "<result> holds <code>; the schema has <entry>",
        ("                        <entry>4</entry>\n", "                        <code>4</code>\n"),
    ),
    "XML with another element within": (
        f"{LISTED}.application/xml.examples.Listed",
        "<id> stands where <entry> belongs",
        ("<entry>19</entry>", "<id>19</id>"),
    ),
    "XML with text between its elements": (
        f"{DELETED}.application/xml.examples.UnknownId",
        "<result> holds text beside elements",
        ("                        <entry>4</entry>\n", "                        <entry>4</entry>, and\n"),
    ),
    "XML with fewer entries than the schema allows": (
        f"{DELETED}.application/xml.examples.UnknownId",
        "entry does not fit the schema: ['Le mail et invalide'] is too short",
        ("                        <entry>false</entry>\n                        <entry>4</entry>\n", ""),
    ),
    "XML that says another value": (
        f"{DELETED}.application/xml.examples.UnknownId",
        "entry 2 is '5', the JSON example has '4'",
        ("                        <entry>4</entry>\n", "                        <entry>5</entry>\n"),
    ),
    "XML that says another value within": (
        f"{LISTED}.application/xml.examples.Listed",
        "entry 4.1.1 is '20', the JSON example has '19'",
        ("<entry>19</entry>", "<entry>20</entry>"),
    ),
    "XML in another order": (
        f"{ADDED}.application/xml.examples.Added",
        "entry 2 is '300', the JSON example has '200'",
        (
            "                        <entry>200</entry>\n                        <entry>300</entry>\n",
            "                        <entry>300</entry>\n                        <entry>200</entry>\n",
        ),
    ),
    "XML that says less": (
        f"{ADDED}.application/xml.examples.Added",
        "the root holds 2 entries, the JSON example 3",
        ("                        <entry>300</entry>\n", ""),
    ),
    "XML with spaces in a value": (
        f"{DELETED}.application/xml.examples.UnknownId",
        "entry 2 is ' 4 '",
        ("                        <entry>4</entry>\n", "                        <entry> 4 </entry>\n"),
    ),
    "XML without a JSON example": (
        f"{LISTED}.application/xml.examples.ListedNone",
        "no JSON example has the same name",
        ("                ListedNone:\n", "                ListedOther:\n"),
    ),
}


def test_every_example_of_the_contract_is_right() -> None:
    """Each XML example of full.yaml has the form of its schema, and says the same as the JSON example."""
    assert list(findings(Document(FULL).root)) == []


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_example_is_found(name: str) -> None:
    """A wrong example is named by its place, with a sentence that says what is wrong."""
    where, told, *replacements = WRONG[name]
    found = findings(yaml.safe_load(edited(*replacements, source=FULL)))
    assert [message for place, message in found if ".".join(map(str, place)) == where and told in message]


def test_a_finding_is_printed_with_its_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The command prints file, line, place and sentence, and ends with 1."""
    path = copy_with(tmp_path, ("<entry>19</entry>", "<entry>20</entry>"), source=FULL)
    listed = [number for number, text in enumerate(edited(source=FULL).splitlines(), 1) if text.strip() == "Listed:"]
    assert main([str(path)]) == 1
    place = f"{LISTED}.application/xml.examples.Listed"
    assert capsys.readouterr().out == (
        f"full.yaml:{listed[1]} at {place}: entry 4.1.1 is '20', the JSON example has '19'\n"
    )


def test_a_document_that_is_no_yaml_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What cannot be read at all is said in one line, not in a traceback."""
    assert main([str(copy_with(tmp_path, ("paths:\n", "paths: [\n")))]) == 1
    assert capsys.readouterr().out.count("\n") == 1


@pytest.mark.parametrize("text", ["", "# nothing\n", "[]\n", "openapi\n"])
def test_a_file_that_holds_no_document(tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str) -> None:
    """An openapi.yaml that is empty, or no mapping, is said in one line."""
    path = tmp_path / "openapi.yaml"
    path.write_text(text, encoding="utf-8")
    assert main([str(path)]) == 1
    assert capsys.readouterr().out == "openapi.yaml cannot be read: it is empty, or no mapping\n"
