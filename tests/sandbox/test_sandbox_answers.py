"""The sandbox answers what openapi.yaml says, to the byte, and nothing that it knows by itself."""

import json
from xml.etree import ElementTree

import pytest
from contract_examples import own_examples
from kit.raw_client import ask, delete

from mailpartner.sandbox import Entry
from mailpartner.sandbox.answers import Answer, envelope, to_xml
from mailpartner.sandbox.document import DocumentError, read_document

DELETE, LIST, ADD = "/v1/unsubscribe/delete?", "/v1/unsubscribe/list?", "/v1/unsubscribe/add?"
KEY = "apiKey=sandbox-key"
EXAMPLES = {
    name: example
    for operation in ("listUnsubscribes", "addUnsubscribe", "deleteUnsubscribe")
    for name, example in own_examples(operation).items()
}
# What to send for each example of the document: method, target, body; a target of None: no request gets it by itself,
# so a fault answers it.
REQUESTS = {
    "Ok": ("POST", f"{DELETE}{KEY}&id=7", None),
    "ApiKeyRequired": ("POST", f"{DELETE}id=7", None),
    "Undocumented2": ("POST", None, None),
    "IdRequired": ("POST", f"{DELETE}{KEY}", None),
    "UnknownId": ("POST", f"{DELETE}{KEY}&id=700", None),
    "InvalidApiKey": ("POST", f"{DELETE}apiKey=sandbox-wrong&id=7", None),
    "Listed": ("GET", f"{LIST}{KEY}", None),
    "ListedNone": ("GET", f"{LIST}{KEY}", None),
    "Added": ("POST", ADD, {"apiKey": "sandbox-key", "email": "new@example.com"}),
    "EmailRequired": ("POST", ADD, {"apiKey": "sandbox-key"}),
    "AlreadyListed": ("POST", ADD, {"apiKey": "sandbox-key", "email": "user7@example.com"}),
    "InvalidEmail": ("POST", ADD, {"apiKey": "sandbox-key", "email": "no address"}),
}
LOADED = {
    "Listed": [Entry(19, "xxx@www.com", "2015-07-20 10:19:45")],
    "ListedNone": [],
    "Added": [Entry(299, "user299@example.com", "2015-07-20 10:19:45")],
}
NAMES = [*REQUESTS, "Ok by GET", "UnknownId by GET", "ApiKeyRequired of the list", "InvalidApiKey of the addition"]
OTHERS = {
    "Ok by GET": ("GET", f"{DELETE}{KEY}&id=7", None),
    "UnknownId by GET": ("GET", f"{DELETE}{KEY}&id=700", None),
    "ApiKeyRequired of the list": ("GET", LIST, None),
    "InvalidApiKey of the addition": ("POST", ADD, {"apiKey": "sandbox-wrong", "email": "new@example.com"}),
}


def answer_for(sandbox, name, form):
    method, target, body = {**REQUESTS, **OTHERS}[name]
    if target is None:
        sandbox.fault("code", code=EXAMPLES[name].value["code"])
    if name in LOADED:
        sandbox.load(LOADED[name])
    target = f"{target or DELETE + KEY}&_format={form}"
    return ask(sandbox, target, method, body=b"" if body is None else json.dumps(body).encode())


@pytest.mark.parametrize("name", NAMES)
def test_each_json_example_is_served_to_the_byte(sandbox, name):
    """Each JSON example of the document comes as compact UTF-8 JSON in its own order, whatever asks for it."""
    answer = answer_for(sandbox, name, "json")
    example = EXAMPLES[name.split()[0]].value
    assert answer.body.decode() == json.dumps(example, ensure_ascii=False, separators=(",", ":"))
    assert answer.headers["content-type"] == "application/json"
    assert answer.status == 200


@pytest.mark.parametrize("name", NAMES)
def test_each_xml_example_is_served_to_the_byte(sandbox, name):
    """Each XML example of the document comes with every space and line break that it has there."""
    answer = answer_for(sandbox, name, "xml")
    assert answer.body.decode() == EXAMPLES[name.split()[0]].xml
    assert answer.headers["content-type"] == "application/xml; charset=utf-8"


def test_the_requests_above_cover_every_example():
    """No example of the document is left out of the two tests above."""
    assert EXAMPLES.keys() == REQUESTS.keys()


@pytest.mark.parametrize("name", REQUESTS)
def test_built_xml_is_the_examples_xml(name):
    """XML that is built from the schema, for codes without an example, has exactly the shape of the examples."""
    method, target, _ = REQUESTS[name]
    operation = read_document().operations[(target or DELETE).partition("?")[0]][method]
    value = EXAMPLES[name].value
    assert to_xml(value, operation.answers["json"].schema) == EXAMPLES[name].xml


def test_a_code_without_an_example_is_built_from_its_row(sandbox):
    """A code that has no example is answered with its number and its text, in the order of the document."""
    sandbox.fault("code", code="ACCOUNT_BLOCKED", times=2)
    assert delete(sandbox, 1).body.decode() == '{"success":false,"code":30,"message":"Compte bloqué"}'
    xml = delete(sandbox, 1, form="xml").body.decode()
    assert [entry.text for entry in ElementTree.fromstring(xml)] == ["false", "30", "Compte bloqué"]


def test_text_in_xml_is_escaped(sandbox):
    """Markup in a text cannot break the XML, escaped or in CDATA."""
    text = "a < b & c ]]> d"
    for cdata in (False, True):
        sandbox.settings(cdata=cdata)
        sandbox.fault("code", code="UNKNOWN_ID", message=text)
        assert ElementTree.fromstring(delete(sandbox, 1, form="xml").body)[2].text == text


def test_nested_values_become_nested_entries():
    """A list of objects becomes one entry that holds an entry for each, which holds the values in their order."""
    schema = read_document().operations["/v1/unsubscribe/delete"]["POST"].answers["json"].schema
    value = {"errors": [{"message": "m", "elementId": "e"}], "code": 9, "success": False}
    assert to_xml(value, schema) == (
        "<?xml version='1.0' encoding='UTF-8'?>\n<result>\n"
        "    <entry>false</entry>\n    <entry>9</entry>\n"
        "    <entry>\n        <entry>\n            <entry>e</entry>\n            <entry>m</entry>\n"
        "        </entry>\n    </entry>\n</result>\n"
    )


def test_an_edited_text_is_answered(sandbox_with, edited_spec):
    """A text that someone changes in openapi.yaml is what the sandbox says, in JSON and in XML."""
    sandbox = sandbox_with(spec=edited_spec(("Le mail et invalide", "Identifiant inconnu")))
    assert json.loads(delete(sandbox, 700).body)["message"] == "Identifiant inconnu"
    assert "<entry>Identifiant inconnu</entry>" in delete(sandbox, 700, form="xml").body.decode()


def test_an_edited_example_is_answered_as_it_stands(sandbox_with, edited_spec):
    """An example goes out with what it has and a built answer would not: an extra property, other spaces, CDATA."""
    spec = edited_spec(
        ("message: Le mail et invalide\n", "message: Le mail et invalide\n                    hint: h\n"),
        ("    <entry>4</entry>\n", "  <entry><![CDATA[4]]></entry>\n"),
    )
    sandbox = sandbox_with(spec=spec)
    assert json.loads(delete(sandbox, 700).body)["hint"] == "h"
    assert b"\n  <entry><![CDATA[4]]></entry>\n" in delete(sandbox, 700, form="xml").body


def test_edited_names_numbers_and_paths_are_obeyed(sandbox_with, edited_spec):
    """Path, parameter names and limits, the key's name, and code numbers come from the document alone."""
    spec = edited_spec(
        ("/v1/unsubscribe/delete:", "/v2/stop:"),
        ("      name: id\n", "      name: stop\n"),
        ("      name: apiKey\n", "      name: token\n"),
        ("      name: _format\n", "      name: format\n"),
        ("        minimum: 1\n", "        minimum: 5\n"),
        ("      - 3\n      - 4\n      - 10\n", "      - 3\n      - 44\n      - 10\n"),
        ("code: 4\n", "code: 44\n"),
    )
    sandbox = sandbox_with(spec=spec)
    assert json.loads(ask(sandbox, "/v2/stop?token=sandbox-key&stop=7").body)["code"] == 200
    assert json.loads(ask(sandbox, "/v2/stop?token=sandbox-key&stop=3").body)["code"] == 44
    assert ask(sandbox, "/v2/stop?token=sandbox-key&stop=8&format=xml").body.startswith(b"<?xml")
    assert json.loads(ask(sandbox, "/v2/stop?apiKey=sandbox-key&id=7").body)["code"] == 1
    assert ask(sandbox, "/v1/unsubscribe/delete?token=sandbox-key&stop=9").status == 404


def test_an_operation_without_a_handler_says_so(sandbox_with, edited_spec):
    """An operation that the document has and the sandbox cannot play is HTTP 501, not a made-up success."""
    spec = edited_spec(("operationId: addUnsubscribe", "operationId: importUnsubscribes"))
    answer = ask(sandbox_with(spec=spec), "/v1/unsubscribe/add", body=b"{}")
    assert (answer.status, b"importUnsubscribes" in answer.body) == (501, True)


def test_a_document_that_cannot_be_served_is_one_line(edited_spec, tmp_path):
    """What is wrong with an openapi.yaml is said in one line, before anything is served."""
    for spec in (tmp_path / "none.yaml", edited_spec(("x-codes:", "y-codes:"))):
        with pytest.raises(DocumentError) as caught:
            read_document(spec)
        assert "\n" not in str(caught.value)


def test_the_text_of_an_answer_can_be_replaced():
    """An answer that says more than the document's example is built, not taken from the example."""
    operation = read_document().operations["/v1/unsubscribe/delete"]["POST"]
    answer = Answer(operation.code("UNKNOWN_ID"), "refused", message="m")
    assert envelope(operation, answer) == {"success": False, "code": 4, "message": "m"}
