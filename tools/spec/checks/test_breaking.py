"""`make spec-diff` on edits of openapi.yaml, Redocly's part included. Needs node: `make check-spec` runs this."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from spec.checks.edits import CONTRACT, Replacement, copy_with, edited
from spec_checks.changes import Change, Level, changes
from spec_checks.document import Document, SpecError
from spec_checks.released import diff, main

# All of these at once, each at a place of its own: what was replaced by what, and the place that must be told.
BREAKING: dict[str, tuple[str, Replacement]] = {
    "the server is another one": ("servers", ("https://api.mailpartner.fr", "https://api2.mailpartner.fr")),
    "a path is another one": ("paths./v1/unsubscribes", ("/v1/unsubscribe/list:", "/v1/unsubscribes:")),
    "an operationId is renamed": ("paths./v1/unsubscribe/add.post.operationId",
        ("operationId: addUnsubscribe", "operationId: addStop")),
    "a parameter is gone": ("paths./v1/unsubscribe/add.post",
        ("      parameters: [{$ref: '#/components/parameters/ResponseFormat'}]\n      requestBody",
         "      requestBody")),
    "the key is called differently": ("components.securitySchemes.apiKey.name", ("name: apiKey\n", "name: key\n")),
    "a type is narrowed": ("components.parameters.UnsubscribeId.schema.maximum",
        ("int64, minimum: 1}", "int64, minimum: 1, maximum: 2147483647}")),
    "a value of a parameter is gone": ("components.parameters.ResponseFormat.schema.enum",
        ("enum: [json, xml]", "enum: [json]")),
    "a property of an answer has another type": ("components.schemas.Addition.properties.stopId.type",
        ("        stopId:\n          type: integer\n          format: int64\n",
         "        stopId:\n          type: string\n")),
    "a property of an answer is gone": ("components.schemas.OutcomeError.properties.elementId",
        ("        elementId:\n          type: string\n          description: The field, as the server names it.\n"
         "          example: children[message].data\n", "")),
    "an answer need not have its code": ("components.schemas.Outcome.required",
        ("description: The outcome of a call. Other properties may appear.\n      required: [success, code]",
         "description: The outcome of a call. Other properties may appear.\n      required: [success]")),
    "a request needs more": ("components.schemas.UnsubscribeAddition.required",
        ("required: [apiKey, email]", "required: [apiKey, email, name]")),
    "a code is gone": ("components.schemas.AccountCode.enum", ("enum: [20, 30, 40, 90,", "enum: [20, 30, 41, 90,")),
    "the entries have another order": ("components.schemas.Unsubscribe.x-xml-order",
        ("x-xml-order: [id, email, createdAt]", "x-xml-order: [email, id, createdAt]")),
    "the XML has another root": ("components.schemas.OutcomeXml.xml",
        ("x-xml-of: Outcome\n      xml: {name: result}", "x-xml-of: Outcome\n      xml: {name: answer}")),
}  # fmt: skip

NEW_PROPERTY = (
    ("x-xml-order: [id, email, createdAt]", "x-xml-order: [id, email, createdAt, reason]"),
    ("        email:\n          type: string\n          description: The address. How",
     "        reason:\n          type: string\n          description: Why.\n"
     "        email:\n          type: string\n          description: The address. How"),
)  # fmt: skip
NEW_CODE = (
    ("enum: [1, 10, 200]", "enum: [1, 10, 200, 201]"),
    ("INVALID_API_KEY, OK]", "INVALID_API_KEY, OK, OLD]"),
    ("Tout s’est bien passé !]", "Tout s’est bien passé !, Ancien]"),
    ("Done.]", "Done., Old.]"),
    ("authentication, success]", "authentication, success, success]"),
    ("not_applied, applied]", "not_applied, applied, applied]"),
)
# The property is an alias of another one in openapi.yaml, to which Redocly would not look a second time.
ALIAS_GONE = (
    (
        "        message: *message\n        errors: *errors\n    AccountUser:",
        "        errors: *errors\n    AccountUser:",
    ),
    ("credits, message, errors]", "credits, errors]"),
)
WORDING = (("All entries of the list of unsubscribes,", "Every entry of the list of unsubscribes,"),)

VERSION = Document(CONTRACT).version


@pytest.fixture
def released(tmp_path: Path) -> Document:
    """The present contract as if it were the released one, whatever its version is."""
    path = tmp_path / "released.yaml"
    shutil.copyfile(CONTRACT, path)
    return Document(path)


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> list[Change]:
    """What is said about all breaking edits, made at once: one run of Redocly."""
    path = tmp_path_factory.mktemp("broken") / "openapi.yaml"
    path.write_text(edited(*(replacement for _, replacement in BREAKING.values())), encoding="utf-8")
    return changes(Document(CONTRACT), Document(path))


@pytest.mark.parametrize("name", BREAKING)
def test_a_breaking_edit_is_caught(broken: list[Change], name: str) -> None:
    """What would break a client is called breaking, at its place."""
    told = [".".join(map(str, change.place)) for change in broken if change.level is Level.BREAKING]
    assert [place for place in told if place.startswith(BREAKING[name][0])], told


def test_a_property_that_is_an_alias_is_compared(tmp_path: Path, released: Document) -> None:
    """A property that is gone is called breaking also where YAML has an alias in its place."""
    place = ("components", "schemas", "AccountCredits", "properties", "message")
    found = changes(released, Document(copy_with(tmp_path, *ALIAS_GONE)))
    assert [change.level for change in found if change.place == place] == [Level.BREAKING]


@pytest.mark.parametrize(
    ("replacements", "level", "told"),
    [
        (WORDING, Level.WORDING, "paths./v1/unsubscribe/list.get.description"),
        (NEW_PROPERTY, Level.ADDITION, "components.schemas.Unsubscribe.properties.reason"),
        (NEW_CODE, Level.ADDITION, "components.schemas.ListUnsubscribesCode.enum"),
    ],
    ids=["another wording", "a new optional property", "a new code"],
)
def test_a_harmless_edit_asks_for_a_version_and_breaks_nothing(
    tmp_path: Path, released: Document, replacements: tuple[Replacement, ...], level: Level, told: str
) -> None:
    """What breaks no client is not called breaking, and still wants its part of info.version raised."""
    new = Document(copy_with(tmp_path, *replacements))
    found = changes(released, new)
    assert max(change.level for change in found) is level
    assert told in [".".join(map(str, change.place)) for change in found]
    with pytest.raises(SpecError, match=f"info.version is {new.version}"):
        diff(released, new)


def test_the_same_contract_is_no_change(released: Document) -> None:
    """Between a contract and itself there is nothing to tell, and its version may stay."""
    assert changes(released, Document(CONTRACT)) == []


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A folder with the present contract, as the released one too."""
    folder = tmp_path / "tools" / "spec" / "released"
    folder.mkdir(parents=True)
    shutil.copyfile(CONTRACT, folder / f"openapi-{VERSION}.yaml")
    return tmp_path


def test_what_breaks_is_printed_with_its_line_and_what_to_do(house: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The command names file, line and place of each change, and the version to set; it ends with 1."""
    copy_with(house, ("operationId: addUnsubscribe", "operationId: addStop"))

    assert main(["diff"], house) == 1

    line = edited().splitlines().index("      operationId: addUnsubscribe") + 1
    told, *_, last = capsys.readouterr().out.splitlines()
    assert told.startswith(f"breaking openapi.yaml:{line} at paths./v1/unsubscribe/add.post.operationId: ")
    assert last.startswith(f"info.version is {VERSION}; a breaking change since {VERSION} asks for ")


def test_a_release_takes_the_place_of_the_last_one(house: Path) -> None:
    """With its version raised, the present contract becomes the released one, to the byte, and the only one."""
    new = copy_with(house, *WORDING, (f"version: {VERSION}", "version: 99.0.0"))
    assert main(["release"], house) == 0
    assert [path.name for path in (house / "tools" / "spec" / "released").iterdir()] == ["openapi-99.0.0.yaml"]
    assert (house / "tools" / "spec" / "released" / "openapi-99.0.0.yaml").read_bytes() == new.read_bytes()
    assert main(["diff"], house) == 0


def test_a_change_without_its_version_is_not_released(house: Path) -> None:
    """With its version as it was, a changed contract is refused, and the released one stays."""
    copy_with(house, *WORDING)
    assert main(["release"], house) == 1
    assert [path.name for path in (house / "tools" / "spec" / "released").iterdir()] == [f"openapi-{VERSION}.yaml"]
