"""Answers of other shapes than the page shows: those of the API's siblings, and what a serializer may make of them.

Each is given in JSON and in XML, often in more than one way, and all ways must come to the same.
"""

from __future__ import annotations

from typing import NamedTuple

import pytest
from kit.callers import Caller
from kit.server import Server

from mailpartner import APIError, AuthenticationError, Deletion, ErrorDetail, InvalidRequestError, NotFoundError

from .answers import reply
from .outcomes import Refused, deleted, said


class Shape(NamedTuple):
    """One thing said in several ways. `means`: what all of them come to; None where only their agreement counts."""

    means: Deletion | Refused | None
    ways: tuple[str, ...]


def xml(*entries: str) -> str:
    """An answer of unnamed entries."""
    inner = "".join(f"<entry>{entry}</entry>" for entry in entries)
    return f"<result xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance'>{inner}</result>"


def entries(*values: str) -> str:
    """Entries in an entry."""
    return "".join(f"<entry>{value}</entry>" for value in values)


def key_error(message: str | None = None, *errors: ErrorDetail) -> Refused:
    return Refused(AuthenticationError, 10, "INVALID_API_KEY", message, errors)


def id_error(*errors: ErrorDetail, message: str | None = None) -> Refused:
    return Refused(InvalidRequestError, 3, "ID_REQUIRED", message, errors)


NIL = "<entry xsi:nil='true'/>"
FIELD = "children[message].data"
REQUIRED = "Le message est requis"
LONG = "é" * 20_000
PHONE = "Le téléphone (+33) n'est pas valide"

SHAPES: dict[str, Shape] = {
    # The samples that the vendor's pages give for siblings of this operation.
    "a_list_of_errors_and_no_message": Shape(
        Refused(APIError, 9, None, None, (ErrorDetail(FIELD, REQUIRED), ErrorDetail("children[to].data", "Non"))),
        (
            f'{{"success":false,"code":9,"errors":[{{"elementId":"{FIELD}","message":"{REQUIRED}"}},'
            '{"elementId":"children[to].data","message":"Non"}]}',
            f'{{"success":false,"code":9,"error":[{{"elementId":"{FIELD}","message":"{REQUIRED}"}},'
            '{"elementId":"children[to].data","message":"Non"}]}',
            xml("false", "9", entries(entries(FIELD, REQUIRED), entries("children[to].data", "Non"))),
            xml("false", "9", entries(entries(f"<![CDATA[{FIELD}]]>", REQUIRED), entries("children[to].data", "Non"))),
        ),
    ),
    "a_message_and_a_list_of_errors_of_the_same_form": Shape(
        Refused(APIError, 55, None, "Aucun prix", (ErrorDetail(None, PHONE, 9),)),
        (
            f'{{"success":false,"code":55,"message":"Aucun prix","errors":[{{"success":false,"code":"9",'
            f'"message":"{PHONE}"}}]}}',
            xml("false", "55", "Aucun prix", entries(entries("false", "9", PHONE))),
        ),
    ),
    "success_with_a_message": Shape(
        deleted(200, "L'envoi a été annulé."),
        (
            '{"success":true,"code":200,"message":"L\'envoi a été annulé."}',
            '{"success":true,"code":200,"message":"L\'envoi a \\u00e9t\\u00e9 annul\\u00e9."}',
            xml("true", "200", "L'envoi a été annulé."),
            xml("true", "200", "<![CDATA[L'envoi a été annulé.]]>"),
            xml("true", "200", "L&#39;envoi a &#233;t&#xE9; annul&#xe9;."),
        ),
    ),
    # Errors in other forms.
    "one_error_instead_of_a_list": Shape(
        id_error(ErrorDetail(FIELD, REQUIRED)),
        (
            f'{{"success":false,"code":3,"error":{{"elementId":"{FIELD}","message":"{REQUIRED}"}}}}',
            f'{{"success":false,"code":3,"errors":{{"elementId":"{FIELD}","message":"{REQUIRED}"}}}}',
            xml("false", "3", entries(entries(FIELD, REQUIRED))),
        ),
    ),
    "an_error_as_text": Shape(
        id_error(ErrorDetail(None, REQUIRED)),
        (
            f'{{"success":false,"code":3,"error":"{REQUIRED}"}}',
            f'{{"success":false,"code":3,"errors":"{REQUIRED}"}}',
            f'{{"success":false,"code":3,"errors":["{REQUIRED}"]}}',
            xml("false", "3", entries(REQUIRED)),
        ),
    ),
    "an_error_with_a_number_as_field": Shape(
        id_error(ErrorDetail("7", REQUIRED)),
        (
            f'{{"success":false,"code":3,"errors":[{{"elementId":7,"message":"{REQUIRED}"}}]}}',
            xml("false", "3", entries(entries("7", REQUIRED))),
        ),
    ),
    "errors_with_names_in_unnamed_entries": Shape(
        id_error(ErrorDetail(FIELD, REQUIRED)),
        (
            f'{{"success":false,"code":3,"errors":[{{"elementId":"{FIELD}","message":"{REQUIRED}"}}]}}',
            xml("false", "3", entries(f"<elementId>{FIELD}</elementId><message>{REQUIRED}</message>")),
        ),
    ),
    "an_empty_list_of_errors": Shape(
        id_error(message="Non"),
        (
            '{"success":false,"code":3,"message":"Non","errors":[]}',
            '{"success":false,"code":3,"message":"Non","error":null}',
            xml("false", "3", "Non", ""),
            xml("false", "3", "Non") + "\n<!-- end -->",
        ),
    ),
    # Values in other forms.
    "a_code_as_text": Shape(
        key_error("Non"),
        (
            '{"success":false,"code":"10","message":"Non"}',
            '{"success":false,"code":" 10 ","message":"Non"}',
            xml("false", "10", "Non"),
            xml("\n  false\n  ", "\n  10\n  ", "\n  Non\n  "),
            xml("<![CDATA[false]]>", "<![CDATA[10]]>", "<![CDATA[Non]]>"),
            xml("fal<![CDATA[se]]>", "1<!-- ten -->0", "N<![CDATA[o]]>n"),
        ),
    ),
    "a_code_as_text_beside_success": Shape(
        deleted(200), ('{"success":true,"code":"200"}', xml("true", "<![CDATA[200]]>"))
    ),
    "a_code_that_is_nil": Shape(
        deleted(None),
        ('{"success":true,"code":null}', xml("true").replace("</result>", f"{NIL}</result>"), xml("true")),
    ),
    "a_message_that_is_nothing": Shape(
        key_error(),
        (
            '{"success":false,"code":10}',
            '{"success":false,"code":10,"message":null}',
            '{"success":false,"code":10,"message":""}',
            xml("false", "10"),
            xml("false", "10", ""),
            xml("false", "10").replace("</result>", "<entry/></result>"),
            xml("false", "10").replace("</result>", f"{NIL}</result>"),
        ),
    ),
    "success_with_a_message_that_is_nothing": Shape(
        deleted(200),
        (
            '{"success":true,"code":200,"message":null,"errors":null}',
            xml("true", "200", ""),
            xml("true", "200").replace("</result>", f"{NIL}</result>"),
            xml("true", "200").replace("</result>", "<entry xsi:nil='1'></entry></result>"),
        ),
    ),
    "a_long_message": Shape(
        key_error(LONG),
        (
            f'{{"success":false,"code":10,"message":"{LONG}"}}',
            xml("false", "10", LONG),
            xml("false", "10", f"{LONG[:9_000]}<![CDATA[{LONG[9_000:]}]]>"),
        ),
    ),
    "a_field_that_the_vendor_adds_last": Shape(
        deleted(200, "Fait"),
        (
            '{"success":true,"code":200,"message":"Fait","errors":[],"cost":{"amount":1.5}}',
            xml("true", "200", "Fait", "", entries("1.5")),
        ),
    ),
    # Named children, as a serializer writes objects, instead of entries.
    "names_on_a_success": Shape(
        deleted(200),
        (
            '{"code":200,"success":true}',
            "<result><success>true</success><code>200</code></result>",
            "<result>\n  <code>200</code>\n  <success><![CDATA[true]]></success>\n  <new>1</new>\n</result>",
        ),
    ),
    "names_on_a_refusal": Shape(
        Refused(NotFoundError, 4, "UNKNOWN_ID", "Le mail et invalide"),
        (
            '{"message":"Le mail et invalide","code":4,"success":false}',
            "<result><success>false</success><code>4</code><message>Le mail et invalide</message></result>",
        ),
    ),
    "names_on_a_list_of_errors": Shape(
        id_error(ErrorDetail(FIELD, REQUIRED)),
        (
            f'{{"success":false,"code":3,"errors":[{{"elementId":"{FIELD}","message":"{REQUIRED}"}}]}}',
            f"<result><success>false</success><code>3</code><errors><entry><elementId>{FIELD}</elementId>"
            f"<message>{REQUIRED}</message></entry></errors></result>",
            f"<result><success>false</success><code>3</code><errors>{entries(entries(FIELD, REQUIRED))}</errors>"
            "</result>",
        ),
    ),
    "names_in_another_order": Shape(
        id_error(ErrorDetail(FIELD, REQUIRED, 7)),
        (
            f'{{"success":false,"code":3,"errors":[{{"code":7,"message":"{REQUIRED}","elementId":"{FIELD}"}}]}}',
            f"<result><errors><entry><code>7</code><message>{REQUIRED}</message><elementId>{FIELD}</elementId></entry>"
            "</errors><code>3</code><success>false</success></result>",
            xml("false", "3", entries(f"<message>{REQUIRED}</message><code>7</code><elementId>{FIELD}</elementId>")),
        ),
    ),
    "names_on_a_list_called_error": Shape(
        id_error(ErrorDetail(FIELD, REQUIRED)),
        (
            f'{{"success":false,"code":3,"error":[{{"elementId":"{FIELD}","message":"{REQUIRED}"}}]}}',
            f"<result><success>false</success><code>3</code><error><entry><elementId>{FIELD}</elementId>"
            f"<message>{REQUIRED}</message></entry></error></result>",
        ),
    ),
    "names_on_errors_that_are_text": Shape(
        id_error(ErrorDetail(None, REQUIRED)),
        (
            f'{{"success":false,"code":3,"errors":["{REQUIRED}"]}}',
            f"<result><success>false</success><code>3</code><errors>{entries(REQUIRED)}</errors></result>",
        ),
    ),
    # The words beside a success never make it doubtful.
    "success_with_a_list_where_the_message_belongs": Shape(
        None,
        (
            '{"success":true,"code":200,"message":null,"errors":["Attention"]}',
            xml("true", "200", entries("Attention")),
        ),
    ),
    "success_with_text_where_the_errors_belong": Shape(
        deleted(200, "Fait"),
        (
            '{"success":true,"code":200,"message":"Fait","errors":"Attention"}',
            xml("true", "200", "Fait", "Attention"),
        ),
    ),
    "a_number_of_20_digits": Shape(
        None, ('{"success":false,"code":12345678901234567890}', xml("false", "12345678901234567890"))
    ),
}


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_all_ways_to_say_it_are_equal(server: Server, caller: Caller, shape: Shape) -> None:
    """What is said in JSON and in XML, in whichever of their ways, comes to the same, and to what it means: whole
    deletions are equal, and errors in class, code, name, message, errors and doubt."""
    server.then(*map(reply, shape.ways))
    came = {way: said(caller.try_delete()) for way in shape.ways}
    means = shape.means or came[shape.ways[0]]
    assert {way: one for way, one in came.items() if one != means} == {}
