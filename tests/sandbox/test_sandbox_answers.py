"""The sandbox answers what openapi.yaml says, to the byte, and nothing that it knows by itself."""

import json
from xml.etree import ElementTree

import pytest
from sandbox_client import ask, delete

from mailpartner.sandbox import operations
from mailpartner.sandbox.answers import Answer, as_xml, envelope
from mailpartner.sandbox.document import DocumentError, read_document
from mailpartner.sandbox.operations import Call

# What to send for each example of the document; None: no request gets it by itself, so a fault answers it.
REQUESTS = {
    "Ok": "apiKey=sandbox-key&id=7",
    "ApiKeyRequired": "id=7",
    "Undocumented2": None,
    "IdRequired": "apiKey=sandbox-key",
    "UnknownId": "apiKey=sandbox-key&id=700",
    "InvalidApiKey": "apiKey=sandbox-wrong&id=7",
}


def answer_for(sandbox, spec, name, method, form):
    if REQUESTS[name] is None:
        sandbox.fault("code", code=spec["components"]["examples"][name]["value"]["code"])
    query = REQUESTS[name] or "apiKey=sandbox-key&id=7"
    return ask(sandbox, f"/v1/unsubscribe/delete?{query}&_format={form}", method)


@pytest.mark.parametrize("method", ["POST", "GET"])
@pytest.mark.parametrize("name", REQUESTS)
def test_each_json_example_is_served_to_the_byte(sandbox, spec, name, method):
    """Each JSON example of the document comes as compact UTF-8 JSON in its own order, by POST and by GET."""
    answer = answer_for(sandbox, spec, name, method, "json")
    example = spec["components"]["examples"][name]["value"]
    assert answer.body.decode() == json.dumps(example, ensure_ascii=False, separators=(",", ":"))
    assert answer.headers["content-type"] == "application/json"
    assert answer.status == 200


@pytest.mark.parametrize("method", ["POST", "GET"])
@pytest.mark.parametrize("name", REQUESTS)
def test_each_xml_example_is_served_to_the_byte(sandbox, spec, name, method):
    """Each XML example of the document comes with every space and line break that it has there."""
    answer = answer_for(sandbox, spec, name, method, "xml")
    assert answer.body.decode() == spec["components"]["examples"][f"{name}Xml"]["value"]
    assert answer.headers["content-type"] == "application/xml; charset=utf-8"


def test_the_requests_above_cover_every_example(spec):
    """No example of the document is left out of the two tests above."""
    names = {name.removesuffix("Xml") for name in spec["components"]["examples"]}
    assert names == set(REQUESTS)


@pytest.mark.parametrize("name", REQUESTS)
def test_built_xml_is_the_examples_xml(spec, name):
    """XML that is built from the schema, for codes without an example, has exactly the shape of the examples."""
    operation = read_document().operations["/v1/unsubscribe/delete"]["POST"]
    value = spec["components"]["examples"][name]["value"]
    assert as_xml(value, operation.answers["json"].schema) == spec["components"]["examples"][f"{name}Xml"]["value"]


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
    assert as_xml(value, schema) == (
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
        ("        message: Le mail et invalide\n", "        message: Le mail et invalide\n        hint: h\n"),
        ("            <entry>4</entry>\n", "          <entry><![CDATA[4]]></entry>\n"),
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
        ("enum: [1, 2, 3, 4, 10, 200]", "enum: [1, 2, 3, 44, 10, 200]"),
        ("        code: 4\n", "        code: 44\n"),
    )
    sandbox = sandbox_with(spec=spec)
    assert json.loads(ask(sandbox, "/v2/stop?token=sandbox-key&stop=7").body)["code"] == 200
    assert json.loads(ask(sandbox, "/v2/stop?token=sandbox-key&stop=3").body)["code"] == 44
    assert ask(sandbox, "/v2/stop?token=sandbox-key&stop=8&format=xml").body.startswith(b"<?xml")
    assert json.loads(ask(sandbox, "/v2/stop?apiKey=sandbox-key&id=7").body)["code"] == 1
    assert ask(sandbox, "/v1/unsubscribe/delete?token=sandbox-key&stop=9").status == 404


LATER_PATHS = """
  /v1/unsubscribe/list:
    get:
      operationId: listUnsubscribes
      parameters: [{$ref: '#/components/parameters/ResponseFormat'}]
      x-codes: [DeleteUnsubscribeCode, AccountCode]
      responses: {'200': {content: {application/json: {schema: {$ref: '#/components/schemas/Listing'}},
        application/xml: {schema: {$ref: '#/components/schemas/OutcomeXml'}}}}}
  /v1/unsubscribe/add:
    post:
      operationId: addUnsubscribe
      security: []
      requestBody: {content: {application/json: {schema: {type: object,
        properties: {apiKey: {type: string}, email: {type: string}, _format: {type: string}}}}}}
      x-codes: [DeleteUnsubscribeCode, AccountCode]
      responses: {'200': {$ref: '#/components/responses/OutcomeResponse'}}

components:
"""
LATER_SCHEMAS = """  schemas:
    Listing:
      type: object
      x-entry-order: [success, code, nbData, data]
      properties:
        success: {type: boolean}
        code: {type: integer}
        nbData: {type: integer}
        data: {type: array, items: {type: object, x-entry-order: [id, email, createdAt],
          properties: {createdAt: {type: string}, id: {type: integer}, email: {type: string}}}}
"""


@pytest.fixture
def later_operations(edited_spec, monkeypatch):
    """openapi.yaml with the operations that list and add, and their handlers."""

    def list_unsubscribes(call: Call) -> Answer:
        rows = [{"id": row.id, "email": row.email, "createdAt": row.created_at} for row in call.entries.first()]
        return call.success("listed", nbData=len(rows), data=rows)

    def add_unsubscribe(call: Call) -> Answer:
        assert call.argument("email") == "new@example.com"
        return call.success("added", stopId=21)

    monkeypatch.setitem(operations.HANDLERS, "listUnsubscribes", list_unsubscribes)
    monkeypatch.setitem(operations.HANDLERS, "addUnsubscribe", add_unsubscribe)
    return edited_spec(("\ncomponents:\n", LATER_PATHS), ("  schemas:\n", LATER_SCHEMAS))


def test_an_operation_that_lists_costs_a_handler(sandbox_with, later_operations):
    """A later operation that answers data needs its path in the document and a handler of two lines."""
    sandbox = sandbox_with(spec=later_operations, entries=1)
    json_answer = ask(sandbox, "/v1/unsubscribe/list?apiKey=sandbox-key", "GET").body.decode()
    assert json_answer == (
        '{"success":true,"code":200,"nbData":1,'
        '"data":[{"id":1,"email":"user1@example.com","createdAt":"2020-01-01 00:01:00"}]}'
    )
    xml = ask(sandbox, "/v1/unsubscribe/list?apiKey=sandbox-key&_format=xml", "GET").body
    assert [row.text for row in ElementTree.fromstring(xml)[3][0]] == ["1", "user1@example.com", "2020-01-01 00:01:00"]
    assert json.loads(ask(sandbox, "/v1/unsubscribe/list", "GET").body)["code"] == 1


def test_an_operation_with_a_json_body_costs_a_handler(sandbox_with, later_operations):
    """A later operation takes key, arguments and format from its JSON body, and a broken body has its code."""
    sandbox = sandbox_with(spec=later_operations)
    body = b'{"apiKey":"sandbox-key","email":"new@example.com","_format":"xml"}'
    answer = ask(sandbox, "/v1/unsubscribe/add", body=body).body
    assert [entry.text for entry in ElementTree.fromstring(answer)] == ["true", "200", "21"]
    assert sandbox.requests()[0]["body"] == {"apiKey": "***", "email": "new@example.com", "_format": "xml"}
    assert json.loads(ask(sandbox, "/v1/unsubscribe/add?apiKey=sandbox-key", body=b"{}").body)["code"] == 1
    for broken in (b"", b"{", b"[]", b"[" * 100_000):
        assert json.loads(ask(sandbox, "/v1/unsubscribe/add", body=broken).body)["code"] == 90


def test_post_and_get_are_switched_only_where_both_do_the_same(sandbox_with, later_operations):
    """The switches post and get leave an operation alone that has one method only."""
    sandbox = sandbox_with(spec=later_operations, post="405", get="405")
    body = b'{"apiKey":"sandbox-key","email":"new@example.com"}'
    assert json.loads(ask(sandbox, "/v1/unsubscribe/add", body=body).body)["code"] == 200
    assert ask(sandbox, "/v1/unsubscribe/list?apiKey=sandbox-key", "GET").status == 200


def test_an_operation_without_a_handler_says_so(sandbox_with, later_operations, monkeypatch):
    """An operation that the document has and the sandbox cannot play yet is HTTP 501, not a made-up success."""
    monkeypatch.delitem(operations.HANDLERS, "addUnsubscribe")
    answer = ask(sandbox_with(spec=later_operations), "/v1/unsubscribe/add", body=b"{}")
    assert (answer.status, b"addUnsubscribe" in answer.body) == (501, True)


def test_a_document_that_cannot_be_served_is_one_line(edited_spec, tmp_path):
    """What is wrong with an openapi.yaml is said in one line, before anything is served."""
    for spec in (tmp_path / "none.yaml", edited_spec(("x-codes:", "y-codes:"))):
        with pytest.raises(DocumentError) as caught:
            read_document(spec)
        assert "\n" not in str(caught.value)


def test_the_text_of_an_answer_can_be_replaced(spec):
    """An answer that says more than the document's example is built, not taken from the example."""
    operation = read_document().operations["/v1/unsubscribe/delete"]["POST"]
    answer = Answer(operation.code("UNKNOWN_ID"), "refused", message="m")
    assert envelope(operation, answer) == {"success": False, "code": 4, "message": "m"}
