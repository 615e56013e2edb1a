"""Values of types that today's operations do not have: decimals, patterns, lists of PHP."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from mailpartner._core.decoding import decode
from mailpartner._core.response import DecodeError, Envelope
from mailpartner.contract import OPERATIONS, Schema

FIELDS = (
    ("success", Schema("boolean")),
    ("code", Schema("integer")),
    ("messageId", Schema("string", pattern="[0-9]+")),
    ("cost", Schema("number", decimal=True)),
    ("currency", Schema("string", pattern="[A-Z]{3}")),
    ("ids", Schema("array", items=Schema("integer"))),
    ("message", Schema("string")),
)
SENT = OPERATIONS["POST", "/v1/unsubscribe/delete"]._replace(response=Schema("object", fields=FIELDS))
ESSENTIAL = SENT._replace(response=SENT.response._replace(essential=frozenset({"messageId"})))


def read(body: str, operation: Any = SENT) -> Envelope:
    return decode([body.encode()], None, operation)


def positional(*entries: str) -> str:
    return f"<result>{''.join(f'<entry>{entry}</entry>' for entry in entries)}</result>"


@pytest.mark.parametrize(
    "text", ["123456789012.123456789", "0.1234567890", "7", "1e3", '"123456789012.123456789"', '" 0.5 "']
)
def test_a_decimal_is_made_from_its_text(text: str) -> None:
    """No digit of an amount is lost, as a number or as text."""
    cost = read(f'{{"success": true, "code": 200, "cost": {text}}}').data["cost"]
    assert cost == Decimal(str(json.loads(text, parse_float=str)).strip())
    assert isinstance(cost, Decimal)


def test_a_decimal_in_xml() -> None:
    """The same in XML."""
    data = read(positional("true", "200", "300", "123456789012.123456789", "EUR")).data
    assert (data["cost"], data["currency"]) == (Decimal("123456789012.123456789"), "EUR")


@pytest.mark.parametrize("cost", ["true", '"12,5"', "[1]", '"x"', "null"])
def test_an_optional_field_that_does_not_fit_is_dropped(cost: str) -> None:
    """What was done stays done; the envelope says which field was ignored, null excepted."""
    envelope = read(f'{{"success": true, "code": 200, "cost": {cost}, "messageId": 300}}')
    assert envelope.success
    assert "cost" not in envelope.data
    assert envelope.data["messageId"] == "300"
    assert envelope.ignored == (() if cost == "null" else ("cost",))


@pytest.mark.parametrize("entry", ["Votre mail est parti", "<entry>1</entry>", ""])
def test_a_value_that_does_not_fit_its_place_shifts_nothing(entry: str) -> None:
    """In positional XML nothing but its place says what a value is: it and all after it are unknown."""
    envelope = read(positional("true", "200", entry, "444551", "300"))
    assert envelope.success
    assert envelope.data == {"success": True, "code": 200}
    assert envelope.ignored == ("messageId",)


def test_a_value_in_another_place_is_not_taken() -> None:
    """A number where the currency belongs is not one."""
    envelope = read(positional("true", "200", "300", "12.5", "444551"))
    assert (envelope.data.get("currency"), envelope.data["cost"]) == (None, Decimal("12.5"))


@pytest.mark.parametrize(
    "body",
    ['{"success": true, "code": 200}', '{"success": true, "messageId": "x"}', positional("true", "200", "x")],
)
def test_an_essential_field_that_is_missing_makes_it_unreadable(body: str) -> None:
    """What the operation cannot do without is never taken for absent."""
    with pytest.raises(DecodeError, match="messageId"):
        read(body, ESSENTIAL)


@pytest.mark.parametrize(
    ("ids", "expected"),
    [("[1, 4]", [1, 4]), ('{"1": 1, "4": "4"}', [1, 4]), ("{}", []), ('{"a": 1}', None), ('{"\\u0661": 1}', None)],
)
def test_an_object_with_numbers_for_names_is_a_list(ids: str, expected: list[int] | None) -> None:
    """PHP encodes a list with gaps as an object, and an empty one as either."""
    assert read(f'{{"success": true, "ids": {ids}}}').data.get("ids") == expected
