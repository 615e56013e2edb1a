"""The answers that the vendor's page and openapi.yaml show, to the byte, and every code that they list."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from kit.callers import Caller
from kit.server import Server

from mailpartner import APIError, AuthenticationError, Deletion, UnexpectedResponseError

from .answers import reply
from .description import CODES, REFUSALS, SUCCESS, examples, outcome_of
from .outcomes import Refused, deleted, said

PAGE = Path(__file__).parent / "vendor_page"
"""The four samples of the vendor's page "Supprimer un mail", cut out of it byte by byte."""

ON_THE_PAGE: dict[str, Deletion | Refused] = {
    "deleted.json": deleted(200),
    "deleted.xml": deleted(200),
    "wrong_key.json": Refused(AuthenticationError, 10, "INVALID_API_KEY", "Clé API incorrecte"),
    "wrong_key.xml": Refused(AuthenticationError, 10, "INVALID_API_KEY", "Clé API incorrecte"),
}

EXAMPLES = examples()
FORMATS = ("json", "xml")


def envelope(success: bool, code: int, format: str) -> str:
    """An answer with these two values."""
    if format == "json":
        return json.dumps({"success": success, "code": code})
    return f"<result><entry>{str(success).lower()}</entry><entry>{code}</entry></result>"


@pytest.mark.parametrize("asked", FORMATS)
@pytest.mark.parametrize("sample", ON_THE_PAGE)
def test_a_sample_of_the_page(server: Server, caller: Caller, sample: str, asked: str) -> None:
    """Each sample of the vendor's page is read as what it says, whichever format was asked for."""
    server.then(reply((PAGE / sample).read_bytes()))
    assert said(caller.try_delete(format=asked)) == ON_THE_PAGE[sample]


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_of_the_description(server: Server, caller: Caller, name: str, format: str) -> None:
    """Each example of openapi.yaml comes to the outcome, the class and the name that its code lists give the code."""
    value, xml = EXAMPLES[name]
    body = json.dumps(value) if format == "json" else xml
    server.then(reply(body, 200, f"application/{format}"))
    assert said(caller.try_delete(format=format)) == outcome_of(**value)


def test_all_codes_are_tried() -> None:
    """The code lists of the deletion hold the vendor's codes and nothing else."""
    assert list(CODES) == [1, 2, 3, 4, 10, 20, 30, 40, 90, 96, 200, 429, 500]
    assert SUCCESS == 200


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("code", REFUSALS)
def test_a_listed_code(server: Server, caller: Caller, code: int, format: str) -> None:
    """A refusal with a code that openapi.yaml lists is of the class and the name that stand beside the code."""
    server.then(reply(envelope(False, code, format)))
    assert said(caller.try_delete()) == outcome_of(False, code)


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("code", [0, 5, 9, 77, 100, 404, 2147483647, -1])
def test_an_unlisted_code(server: Server, caller: Caller, code: int, format: str) -> None:
    """A refusal with a code that openapi.yaml does not list is an APIError, of no closer class, with that number."""
    server.then(reply(envelope(False, code, format)))
    assert said(caller.try_delete()) == Refused(APIError, code)


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("code", [0, 5, 77, 201, -1])
def test_success_with_an_unlisted_code(server: Server, caller: Caller, code: int, format: str) -> None:
    """Success is success whatever unlisted code stands beside it, and the code is kept."""
    server.then(reply(envelope(True, code, format)))
    assert said(caller.try_delete()) == deleted(code)


@pytest.mark.parametrize(
    "body",
    ['{"success": true}', '{"success": true, "code": null}', "<result><entry>true</entry></result>"],
    ids=["json", "json_null", "xml"],
)
def test_success_without_a_code(server: Server, caller: Caller, body: str) -> None:
    """Success without a code is success; its code is None."""
    server.then(reply(body))
    assert said(caller.try_delete()) == deleted(None)


CONTRADICTIONS = [(True, code) for code in REFUSALS] + [(False, SUCCESS)]


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize(("success", "code"), CONTRADICTIONS, ids=[f"{s}_beside_{c}" for s, c in CONTRADICTIONS])
def test_a_contradiction(server: Server, caller: Caller, success: bool, code: int, format: str) -> None:
    """True beside a code that is listed as an error, or false beside the code of success, is not believed either way:
    the answer is unreadable, and it may have been done."""
    server.then(reply(envelope(success, code, format)))
    came = caller.try_delete()
    assert said(came) == (UnexpectedResponseError, True)
    assert CODES[code].name in str(came)


@pytest.mark.parametrize("format", FORMATS)
def test_no_code_at_all_in_a_refusal(server: Server, caller: Caller, format: str) -> None:
    """A refusal that names no code is an APIError without one, with the server's words."""
    bodies = {
        "json": '{"success": false, "message": "Non"}',
        "xml": "<result xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance'><entry>false</entry>"
        "<entry xsi:nil='true'/><entry>Non</entry></result>",
    }
    server.then(reply(bodies[format]))
    assert said(caller.try_delete()) == Refused(APIError, None, None, "Non")
