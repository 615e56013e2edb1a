"""openapi.yaml holds together, tools/contract.py carries it, and the generated client has the shape that is used."""

from __future__ import annotations

import copy
import enum
import importlib
import inspect
import json
import pkgutil
import re
import sys
import typing
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import yaml
from contract import ContractError, contract_sources
from documents import full

import mailpartner.contract
import mailpartner.generated.api
import mailpartner.generated.models

DOCUMENT = Path(__file__).resolve().parent.parent / "openapi.yaml"
SPEC: dict[str, Any] = yaml.safe_load(DOCUMENT.read_text(encoding="utf-8"))
SCHEMAS: dict[str, Any] = SPEC["components"]["schemas"]
METHODS = ("get", "post", "put", "patch", "delete")
COLUMNS = ("x-enum-varnames", "x-enum-texts", "x-enum-descriptions", "x-enum-classes", "x-enum-effects")
# Names alone are those of any enum.
CODE_LISTS = [name for name, schema in SCHEMAS.items() if set(COLUMNS[1:]) & schema.keys()]
DERIVED = DOCUMENT.parent / "generated" / "openapi"
FULL = yaml.safe_load((DERIVED / "full.yaml").read_text(encoding="utf-8"))
JSON_ONLY = json.loads((DERIVED / "json-only.json").read_text(encoding="utf-8"))
KEY_AS_PARAMETER = json.loads((DERIVED / "key-as-parameter.json").read_text(encoding="utf-8"))


def operations(spec: dict[str, Any]) -> dict[str, dict[str, Any]]:
    items = spec["paths"].values()
    return {item[method]["operationId"]: item[method] for item in items for method in METHODS if method in item}


OPERATIONS = operations(SPEC)
WITH_EXAMPLES = operations(FULL)

# The vendor's page, to the letter: its slips ("et invalide"), its typographic apostrophes, its code without a text.
PAGE_TEXTS = {
    1: "La Clé API est requise",
    2: None,
    3: "L’ID du message est requis",
    4: "Le mail et invalide",
    10: "Clé API incorrecte",
    200: "Tout s’est bien passé !",
}
TEXT_OF_SUCCESS = {"cancelMessage": "L'envoi du mail a été annulé."}
XML_HEAD = "<?xml version='1.0' encoding='UTF-8'?>\n<result>\n"
PAGE_XML = {
    "Ok": f"{XML_HEAD}    <entry>true</entry>\n    <entry>200</entry>\n</result>\n",
    "InvalidApiKey": (
        f"{XML_HEAD}    <entry>false</entry>\n    <entry>10</entry>\n    <entry>Clé API incorrecte</entry>\n</result>\n"
    ),
}
PAGE_JSON = {
    "Ok": {"success": True, "code": 200},
    "InvalidApiKey": {"success": False, "code": 10, "message": "Clé API incorrecte"},
}


def resolve(node: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in node:
        target: Any = SPEC
        for step in node["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        node = target
    return node


def extension_keys(node: Any) -> set[str]:
    """Every x- key below a node, values of examples excepted."""
    if isinstance(node, list):
        return set().union(*map(extension_keys, node))
    if not isinstance(node, dict):
        return set()
    here = {key for key in node if isinstance(key, str) and key.startswith("x-")}
    return here.union(*(extension_keys(value) for key, value in node.items() if key not in ("example", "value")))


def references(node: Any) -> Iterator[str]:
    """Every $ref below a node."""
    if isinstance(node, list):
        node = dict(enumerate(node))
    if isinstance(node, dict):
        for key, value in node.items():
            yield from [value] if key == "$ref" else references(value)


def examples(operation_id: str, media_type: str, status: str = "200") -> dict[str, Any]:
    content = WITH_EXAMPLES[operation_id]["responses"][status]["content"][media_type]
    return {name: example["value"] for name, example in content["examples"].items()}


def read_xml(document: str, schema: dict[str, Any]) -> dict[str, Any]:
    """An XML example as the JSON that says the same, by the x-xml-order of its JSON twin's schema."""
    root = ElementTree.fromstring(document.encode("utf-8"))
    assert root.tag == "result"
    if root[0].text == "true":
        answer: dict[str, Any] = read_entries(root, schema)
        return answer
    return {"success": False, "code": int(root[1].text or ""), **({"message": root[2].text} if len(root) > 2 else {})}


def read_entries(element: ElementTree.Element, schema: dict[str, Any]) -> Any:
    schema = resolve(schema)
    if schema["type"] == "array":
        return [read_entries(child, schema["items"]) for child in element]
    if schema["type"] == "object":
        assert {child.tag for child in element} == {"entry"}
        names = zip(schema["x-xml-order"], element, strict=False)
        return {name: read_entries(child, schema["properties"][name]) for name, child in names}
    readers = {
        "boolean": "true".__eq__,
        "integer": lambda text: int(text) if text.isdigit() else text,
        "number": float,
        "string": str,
    }
    return readers[schema["type"]](element.text or "")


# The document


def test_every_extension_is_explained_once_and_every_explanation_is_used() -> None:
    """The x- keys in use are exactly those that x-extensions explains at the top of the document."""
    used = extension_keys({key: value for key, value in SPEC.items() if key != "x-extensions"})
    assert used == SPEC["x-extensions"].keys()


@pytest.mark.parametrize("name", CODE_LISTS)
def test_a_code_list_has_all_columns_with_a_row_for_each_code(name: str) -> None:
    """Names, texts, meanings, classes and effects have as many rows as a list has codes, and no code stands twice."""
    schema = SCHEMAS[name]
    assert {column: len(schema[column]) for column in COLUMNS} == dict.fromkeys(COLUMNS, len(schema["enum"]))
    assert len(set(schema["enum"])) == len(schema["enum"])
    assert len(set(schema["x-enum-varnames"])) == len(schema["enum"])
    assert all(schema["x-enum-descriptions"])


@pytest.mark.parametrize("name", CODE_LISTS)
def test_a_code_list_uses_only_the_classes_that_the_document_names(name: str) -> None:
    """Each code is of a class that the explanation of x-enum-classes lists."""
    explained = re.search(r"one of ([a-z_, ]+)\.", SPEC["x-extensions"]["x-enum-classes"])
    assert explained is not None
    assert set(SCHEMAS[name]["x-enum-classes"]) <= set(explained[1].split(", "))


@pytest.mark.parametrize("name", CODE_LISTS)
def test_a_code_list_stays_open(name: str) -> None:
    """No schema refers to a code list, so that no generated client refuses a code that it does not know."""
    assert f"#/components/schemas/{name}" not in set(references(SPEC))


@pytest.mark.parametrize("operation_id", OPERATIONS)
def test_an_operation_names_code_lists_that_exist(operation_id: str) -> None:
    """x-codes of an operation names code lists of the document, its own first."""
    own, *others = OPERATIONS[operation_id]["x-codes"]
    assert {own, *others} <= set(CODE_LISTS)
    assert "success" in SCHEMAS[own]["x-enum-classes"]


@pytest.mark.parametrize("operation_id", OPERATIONS)
def test_each_code_of_an_operation_has_an_example_with_its_text(operation_id: str) -> None:
    """Each code of an operation's lists has an example answer in JSON that carries the vendor's text of it."""
    lists = [SCHEMAS[name] for name in OPERATIONS[operation_id]["x-codes"]]
    texts = {code: text for each in lists for code, text in zip(each["enum"], each["x-enum-texts"], strict=True)}
    kinds = {code: kind for each in lists for code, kind in zip(each["enum"], each["x-enum-classes"], strict=True)}
    good = {code: kind == "success" for code, kind in kinds.items()}
    shown = examples(operation_id, "application/json").values()
    assert {answer["code"] for answer in shown} == texts.keys()
    for answer in shown:
        assert answer["success"] is good[answer["code"]]
        # A page shows a success without the text that its table gives for it; that of the cancellation with another.
        told = TEXT_OF_SUCCESS.get(operation_id) if answer["success"] else texts[answer["code"]]
        assert answer.get("message") == told


@pytest.mark.parametrize("status", ["200", "default"])
@pytest.mark.parametrize("operation_id", OPERATIONS)
def test_each_json_example_has_an_xml_twin(operation_id: str, status: str) -> None:
    """The XML examples of an answer have the names of the JSON ones, and say the same."""
    in_json = examples(operation_id, "application/json", status)
    in_xml = examples(operation_id, "application/xml", status)
    schema = resolve(OPERATIONS[operation_id]["responses"]["200"])["content"]["application/json"]["schema"]
    assert {name: read_xml(document, schema) for name, document in in_xml.items()} == in_json


@pytest.mark.parametrize("operation_id", OPERATIONS)
def test_another_status_than_200_is_described_as_a_failure(operation_id: str) -> None:
    """The answer for any other status has the examples of 200 less the successes."""
    answers = examples(operation_id, "application/json")
    failures = {name: answer for name, answer in answers.items() if not answer["success"]}
    assert examples(operation_id, "application/json", "default") == failures


@pytest.mark.parametrize("operation_id", [name for name in OPERATIONS if "x-alias-of" in OPERATIONS[name]])
def test_the_other_form_of_an_operation_is_the_same_but_for_the_method(operation_id: str) -> None:
    """Both forms stand on one path, with the same parameters, codes and answers."""
    form = OPERATIONS[operation_id]
    original = OPERATIONS[form["x-alias-of"]]
    same = ("parameters", "requestBody", "responses", "x-codes", "x-safe", "x-idempotent", "tags")
    assert {key: form.get(key) for key in same} == {key: original.get(key) for key in same}
    assert [item for item in SPEC["paths"].values() if form in item.values() and original in item.values()]


def test_the_vendors_texts_of_a_deletion_stand_as_on_the_page() -> None:
    """The codes and texts of deleteUnsubscribe are the page's to the letter, its slips included."""
    codes = SCHEMAS["DeleteUnsubscribeCode"]
    assert dict(zip(codes["enum"], codes["x-enum-texts"], strict=True)) == PAGE_TEXTS


@pytest.mark.parametrize("name", PAGE_XML)
def test_the_pages_own_answers_are_among_the_examples(name: str) -> None:
    """The success and the error that the page prints are examples, the XML ones to the letter."""
    assert examples("deleteUnsubscribe", "application/json")[name] == PAGE_JSON[name]
    assert examples("deleteUnsubscribe", "application/xml")[name] == PAGE_XML[name]


def test_the_derivation_makes_the_xml_that_the_vendor_documents(spec: dict[str, Any]) -> None:
    """Without the examples that are written by hand, the same XML comes out to the byte."""
    del spec["components"]["responses"]["OutcomeResponse"]["content"]["application/xml"]["examples"]
    content = operations(full(spec))["deleteUnsubscribe"]["responses"]["200"]["content"]["application/xml"]
    assert {name: content["examples"][name]["value"] for name in PAGE_XML} == PAGE_XML


@pytest.mark.parametrize(
    "document",
    [SPEC, FULL, JSON_ONLY, KEY_AS_PARAMETER],
    ids=["openapi.yaml", "full.yaml", "json-only.json", "key-as-parameter.json"],
)
def test_no_number_is_too_large_for_javascript(document: dict[str, Any]) -> None:
    """JavaScript tools hold integers up to 2**53; they would write others back changed."""

    def numbers(node: Any) -> Iterator[float]:
        if isinstance(node, int | float) and not isinstance(node, bool):
            yield node
        for value in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
            yield from numbers(value)

    assert max(map(abs, numbers(document))) < 1 << 53


def test_the_key_is_a_parameter_for_generators_that_ignore_security() -> None:
    """No security is left; every operation takes the key once, required: in the query, or in its JSON body."""
    profile = KEY_AS_PARAMETER
    components = profile["components"]
    key = {"$ref": "#/components/parameters/ApiKeyInQuery"}
    assert components["parameters"]["ApiKeyInQuery"]["name"] == "apiKey"
    assert components["parameters"]["ApiKeyInQuery"]["required"] is True
    assert "security" not in profile
    assert "securitySchemes" not in components
    for name, operation in operations(profile).items():
        assert "security" not in operation, name
        in_query = operation.get("parameters", []).count(key)
        schema = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
        body = components["schemas"].get(schema.get("$ref", "").rpartition("/")[2], {})
        assert in_query + ("apiKey" in body.get("required", ())) == 1, name


def test_the_rest_of_it_is_the_json_only_profile() -> None:
    """With the key taken out of both there is no other difference."""
    ours, other = copy.deepcopy(KEY_AS_PARAMETER), copy.deepcopy(JSON_ONLY)
    del ours["components"]["parameters"]["ApiKeyInQuery"], ours["info"]["description"]
    del other["components"]["securitySchemes"], other["security"], other["info"]["description"]
    for operation in operations(other).values():
        operation.pop("security", None)
    for operation in operations(ours).values():
        left = [each for each in operation.pop("parameters", []) if "ApiKeyInQuery" not in each["$ref"]]
        operation.update({"parameters": left} if left else {})
    assert ours == other


# What tools/contract.py makes of it


CONTRACT_COLUMNS = ("varnames", "classes", "texts", "descriptions", "effects")
Made = Callable[[dict[str, Any]], Any]


@pytest.fixture
def contract_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Made]:
    """Imports the package that a document makes."""
    monkeypatch.syspath_prepend(tmp_path)

    def contract_of(spec: dict[str, Any]) -> Any:
        for name, source in contract_sources(spec).items():
            path = tmp_path / "contract_under_test" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(source, encoding="utf-8")
        return importlib.import_module("contract_under_test")

    yield contract_of
    for name in [name for name in sys.modules if name.startswith("contract_under_test")]:
        del sys.modules[name]


@pytest.fixture
def spec() -> dict[str, Any]:
    """A copy of the document to change."""
    return copy.deepcopy(SPEC)


def test_the_contract_lists_every_operation_with_its_codes() -> None:
    """Under its method and path stand an operation's id and all codes of its lists, as the document has them."""
    for path, item in SPEC["paths"].items():
        for method in set(METHODS) & item.keys():
            made = mailpartner.contract.OPERATIONS[method.upper(), path]
            assert made.id == item[method]["operationId"]
            assert made[:3] == (item[method]["operationId"], method.upper(), path)
            assert made.idempotent is item[method].get("x-idempotent", False)
            assert made.safe is item[method].get("x-safe", False)
            for name in item[method]["x-codes"]:
                schema = SCHEMAS[name]
                rows = zip(*(schema[f"x-enum-{column}"] for column in CONTRACT_COLUMNS), strict=True)
                found = [tuple(made.codes[code]) for code in schema["enum"]]
                assert found == list(rows)
    assert len(mailpartner.contract.OPERATIONS) == len(OPERATIONS)


def test_the_contract_of_a_deletion() -> None:
    """A deletion may be repeated and sent by GET, its id is bounded, its key is in the query, code 4 is not_found."""
    post = mailpartner.contract.OPERATIONS["POST", "/v1/unsubscribe/delete"]
    get = mailpartner.contract.OPERATIONS["GET", "/v1/unsubscribe/delete"]
    assert (post.alternate_method, get.alternate_method) == ("GET", None)
    assert (post.safe, get.safe, post.idempotent, post.key_in, post.model) == (False, False, True, "query", "Outcome")
    assert post.limits == {"id": mailpartner.contract.Limits(minimum=1, maximum=2**63 - 1)}
    assert [name for name, _ in post.response.fields] == ["success", "code", "message", "errors"]
    assert post.response.essential == set()
    assert post.codes[4][:3] == ("UNKNOWN_ID", "not_found", "Le mail et invalide")
    assert post.codes[4].effect == "settles"
    assert mailpartner.contract.SERVER == "https://api.mailpartner.fr"


def test_the_contract_of_the_list() -> None:
    """Reading is safe, and a list without its rows is of no use."""
    listing = mailpartner.contract.OPERATIONS["GET", "/v1/unsubscribe/list"]
    assert (listing.safe, listing.response.essential, listing.takes_format) == (True, {"data"}, True)
    rows = dict(listing.response.fields)["data"].items
    assert rows is not None
    assert rows.essential == {"id", "email"}


def test_only_too_many_requests_may_be_repeated_by_any_operation() -> None:
    """The codes that say that nothing was done and that a later repeat may succeed, and those that leave it open."""
    effects = {
        (code, row.effect) for made in mailpartner.contract.OPERATIONS.values() for code, row in made.codes.items()
    }
    assert {code for code, effect in effects if effect == "not_applied_retry"} == {429}
    assert {code for code, effect in effects if effect == "unknown"} == {500}


def test_an_operations_own_code_wins_over_a_general_one(contract_of: Made, spec: dict[str, Any]) -> None:
    """Where two lists of an operation have one number, the list that is named first says what it means."""
    general = spec["components"]["schemas"]["AccountCode"]
    general["enum"][0] = 4
    codes = contract_of(spec).OPERATIONS["POST", "/v1/unsubscribe/delete"].codes
    assert codes[4].name == "UNKNOWN_ID"


def test_a_key_in_the_body_is_known_by_its_property(contract_of: Made, spec: dict[str, Any]) -> None:
    """An operation whose JSON body has a property apiKey takes the key there, not in the query."""
    spec["paths"]["/v1/unsubscribe/delete"]["post"]["requestBody"] = {
        "content": {"application/json": {"schema": {"type": "object", "properties": {"apiKey": {"type": "string"}}}}}
    }
    made = contract_of(spec).OPERATIONS
    assert made["POST", "/v1/unsubscribe/delete"].key_in == "body"
    assert made["GET", "/v1/unsubscribe/delete"].key_in == "query"


def test_an_operation_is_not_repeatable_unless_the_document_says_so(contract_of: Made, spec: dict[str, Any]) -> None:
    """Without x-idempotent an operation counts as one that must not be sent twice."""
    del spec["paths"]["/v1/unsubscribe/delete"]["post"]["x-idempotent"]
    assert contract_of(spec).OPERATIONS["POST", "/v1/unsubscribe/delete"].idempotent is False


def test_the_order_of_entries_is_the_documents(contract_of: Made, spec: dict[str, Any]) -> None:
    """x-xml-order decides in which order the fields of an answer stand, whatever the order of its properties."""
    spec["components"]["schemas"]["Outcome"]["x-xml-order"] = ["code", "success", "errors", "message"]
    fields = contract_of(spec).OPERATIONS["POST", "/v1/unsubscribe/delete"].response.fields
    assert [name for name, _ in fields] == ["code", "success", "errors", "message"]


def test_the_limits_of_a_body_and_of_its_parts_are_carried(contract_of: Made, spec: dict[str, Any]) -> None:
    """Each limit that the document states of a JSON body is the argument's, those of its parts by their path."""
    email = {"type": "string", "minLength": 3, "maxLength": 254, "pattern": "^.+@.+$"}
    addition = spec["components"]["schemas"]["UnsubscribeAddition"]["properties"]
    addition |= {
        "email": email,
        "page": {"type": "integer", "minimum": 1, "maximum": 9},
        "stop": {"type": "integer", "format": "int64", "minimum": 1},
        "params": {
            "type": "object",
            "properties": {
                "to": {
                    "type": "array",
                    "minItems": 1,
                    "maxItems": 500,
                    "items": {"type": "object", "properties": {"email": email}},
                },
                "reason": {"type": "string"},
            },
        },
    }
    made = contract_of(spec)
    limits_of_email = made.Limits(min_length=3, max_length=254, pattern="^.+@.+$")
    assert made.OPERATIONS["POST", "/v1/unsubscribe/add"].limits == {
        "email": limits_of_email,
        "page": made.Limits(minimum=1, maximum=9),
        "stop": made.Limits(minimum=1, maximum=2**63 - 1),
        "params.to": made.Limits(min_items=1, max_items=500),
        "params.to[].email": limits_of_email,
    }


def test_a_decimal_and_a_pattern_of_an_answer_are_carried(contract_of: Made, spec: dict[str, Any]) -> None:
    """A number marked x-decimal is one to the reader, and a text has the pattern that the document states."""
    addition = spec["components"]["schemas"]["Addition"]
    addition["properties"] |= {
        "cost": {"type": "number", "format": "double", "x-decimal": True},
        "messageId": {"type": "string", "pattern": "^[0-9]{1,20}$"},
    }
    addition["x-xml-order"] = ["success", "code", "stopId", "cost", "messageId", "message", "errors"]
    made = contract_of(spec)
    fields = dict(made.OPERATIONS["POST", "/v1/unsubscribe/add"].response.fields)
    assert fields["cost"] == made.Schema("number", decimal=True)
    assert fields["messageId"] == made.Schema("string", pattern="^[0-9]{1,20}$")


def test_an_operation_without_the_parameter_takes_no_format(contract_of: Made, spec: dict[str, Any]) -> None:
    """An operation knows _format if it has that parameter."""
    del spec["paths"]["/v1/unsubscribe/list"]["get"]["parameters"]
    made = contract_of(spec).OPERATIONS
    assert not made["GET", "/v1/unsubscribe/list"].takes_format
    assert made["POST", "/v1/unsubscribe/add"].takes_format


def limit_that_is_not_carried(spec: dict[str, Any]) -> None:
    spec["components"]["parameters"]["UnsubscribeId"]["schema"]["multipleOf"] = 2


def pattern_for_a_part(spec: dict[str, Any]) -> None:
    spec["components"]["schemas"]["UnsubscribeAddition"]["properties"]["email"]["pattern"] = "@"


def essential_stranger(spec: dict[str, Any]) -> None:
    spec["components"]["schemas"]["UnsubscribeList"]["x-essential"] = ["rows"]


def drop_a_text(spec: dict[str, Any]) -> None:
    spec["components"]["schemas"]["DeleteUnsubscribeCode"]["x-enum-texts"].pop()


def drop_an_entry(spec: dict[str, Any]) -> None:
    spec["components"]["schemas"]["Outcome"]["x-xml-order"].pop()


def answer_without_a_name(spec: dict[str, Any]) -> None:
    answer = spec["components"]["responses"]["OutcomeResponse"]["content"]["application/json"]
    answer["schema"] = spec["components"]["schemas"]["Outcome"]


@pytest.mark.parametrize(
    ("slip", "complaint"),
    [
        (drop_a_text, "DeleteUnsubscribeCode: x-enum-texts has 5 rows, enum has 6"),
        (drop_an_entry, "x-xml-order .* does not list exactly the properties"),
        (answer_without_a_name, "deleteUnsubscribe.*: its answer must be a component"),
        (limit_that_is_not_carried, "id: the contract has no limit called multipleOf"),
        (pattern_for_a_part, "the pattern @ must be for the whole text"),
        (essential_stranger, "x-essential .'rows'. lists other properties"),
    ],
)
def test_a_slip_in_the_document_stops_the_generation(
    spec: dict[str, Any], slip: Callable[[dict[str, Any]], None], complaint: str
) -> None:
    """What the contract cannot carry is refused with a sentence that names the place, not written in part."""
    slip(spec)
    with pytest.raises(ContractError, match=complaint):
        contract_sources(spec)


# The generated client, as far as the overlay uses it

OPERATION_MODULES = [
    name
    for _, name, is_package in pkgutil.walk_packages(mailpartner.generated.api.__path__, "mailpartner.generated.api.")
    if not is_package
]
REQUEST_KEYS = {"method", "url", "params", "json", "headers", "data"}
SAMPLES: dict[Any, Any] = {int: 300, str: "a", float: 1.5, bool: True}


def required_arguments(get_kwargs: Callable[..., dict[str, Any]]) -> dict[str, Any]:
    hints = typing.get_type_hints(get_kwargs)
    return {name: _sample(hints[name]) for name in _required(get_kwargs)}


def _sample(kind: Any) -> Any:
    """A value of a parameter's type; a model is made of an object with a value for each of its fields."""
    if kind in SAMPLES:
        return SAMPLES[kind]
    if typing.get_origin(kind) is list:
        return [_sample(typing.get_args(kind)[0])]
    if issubclass(kind, enum.Enum):
        return next(iter(kind))
    fields = typing.get_type_hints(kind, localns=vars(mailpartner.generated.models))
    return kind(**{name: _sample(fields[name]) for name in _required(kind)})


def _required(function: Callable[..., Any]) -> list[str]:
    """The parameters without a default."""
    parameters = inspect.signature(function).parameters.items()
    return [name for name, parameter in parameters if parameter.default is inspect.Parameter.empty]


@pytest.mark.parametrize("name", OPERATION_MODULES)
def test_an_operation_module_makes_a_request_of_known_parts(name: str) -> None:
    """_get_kwargs takes keywords only and returns method, URL, query and body, of an operation in the contract."""
    get_kwargs = importlib.import_module(name)._get_kwargs
    parameters = inspect.signature(get_kwargs).parameters.values()
    assert {parameter.kind for parameter in parameters} <= {inspect.Parameter.KEYWORD_ONLY}

    made = get_kwargs(**required_arguments(get_kwargs))

    assert {"method", "url"} <= made.keys() <= REQUEST_KEYS
    assert (made["method"].upper(), made["url"]) in mailpartner.contract.OPERATIONS
    assert isinstance(made.get("params", {}), dict)


def test_every_operation_of_the_contract_has_a_module() -> None:
    """Each method and path of the contract is made by exactly one generated operation module."""
    made = []
    for name in OPERATION_MODULES:
        get_kwargs = importlib.import_module(name)._get_kwargs
        kwargs = get_kwargs(**required_arguments(get_kwargs))
        made.append((kwargs["method"].upper(), kwargs["url"]))
    assert sorted(made) == sorted(mailpartner.contract.OPERATIONS)


def test_the_request_of_a_deletion() -> None:
    """The generated request of a deletion is a POST with the id in the query, and nothing else."""
    module = importlib.import_module("mailpartner.generated.api.unsubscribes.delete_unsubscribe")
    assert module._get_kwargs(id=300) == {"method": "post", "url": "/v1/unsubscribe/delete", "params": {"id": 300}}


@pytest.mark.parametrize("name", sorted({operation.model for operation in mailpartner.contract.OPERATIONS.values()}))
def test_a_model_of_the_contract_reads_and_writes_what_its_shape_says(name: str) -> None:
    """A model that the contract names is generated, and gives back a JSON answer as it took it, unknown parts too."""
    model = getattr(mailpartner.generated.models, name)
    for operation_id in [made.id for made in mailpartner.contract.OPERATIONS.values() if made.model == name]:
        for answer in examples(operation_id, "application/json").values():
            known = {**answer, "unknown": {"kept": [1]}}
            assert model.from_dict(known).to_dict() == known
