"""JSON that says what JSON cannot say, or says it in a way that breaks its reader."""

from __future__ import annotations

import contextlib
import json

import pytest
from kit.callers import Caller
from kit.server import Server

from mailpartner import (
    APIError,
    AuthenticationError,
    Deletion,
    InvalidRequestError,
    RateLimitError,
    UnexpectedResponseError,
)
from mailpartner._core.decoding import decode
from mailpartner._core.response import DecodeError
from mailpartner.contract import OPERATIONS
from mailpartner.generated.api.unsubscribes import delete_unsubscribe
from mailpartner.testing import ScriptedMailPartner, raw

from .answers import reply
from .measures import MEGABYTE, assert_fit, assert_one_line, weighed, worked
from .outcomes import deleted

OPERATION = OPERATIONS["POST", "/v1/unsubscribe/delete"]


def beside(text: str) -> str:
    """A success with `text` as the value of a field that nobody knows."""
    return f'{{"success": true, "code": 200, "new": {text}}}'


REFUSED = {
    "nan": beside("NaN"),
    "infinity": beside("Infinity"),
    "minus_infinity": beside("-Infinity"),
    "nan_as_code": '{"success": true, "code": NaN}',
    "infinity_as_code": '{"success": true, "code": Infinity}',
    "float_out_of_range": beside("1e999"),
    "float_out_of_range_below": beside("-1e999"),
    "float_out_of_range_as_code": '{"success": true, "code": 1e999}',
    "number_of_5000_digits": beside("9" * 5000),
    "code_of_5000_digits": '{"success": true, "code": ' + "9" * 5000 + "}",
    "code_of_5000_digits_as_text": '{"success": true, "code": "' + "9" * 5000 + '"}',
    "number_of_a_megabyte": beside("9" * 1_000_000),
    "success_twice": '{"success": false, "success": true, "code": 200}',
    "code_twice": '{"success": true, "code": 4, "code": 200}',
    "code_twice_alike": '{"success": true, "code": 200, "code": 200}',
    "code_twice_escaped": '{"success": true, "code": 4, "\\u0063ode": 200}',
    "twice_deep_within": beside('[{"a": {"b": 1, "b": 1}}]'),
    "arrays_200000_deep": beside("[" * 200_000 + "]" * 200_000),
    "arrays_left_open": "[" * 1_000_000,
    "objects_200000_deep": '{"a":' * 200_000,
    "objects_100000_deep": beside('{"a":' * 100_000 + "1" + "}" * 100_000),
    "message_200000_deep": '{"success": true, "code": 200, "message": ' + "[" * 200_000 + "]" * 200_000 + "}",
    "array": "[]",
    "array_of_pairs": '[["success", true], ["code", 200]]',
    "text": '"success"',
    "number": "200",
    "true": "true",
    "false": "false",
    "null": "null",
    "empty_text": '""',
    "control_character": '{"success": true, "code": 200, "message": "\x01"}',
    "line_break_in_text": '{"success": true, "code": 200, "message": "a\nb"}',
    "bad_escape": '{"success": true, "code": 200, "message": "\\x41"}',
    "short_escape": '{"success": true, "code": 200, "message": "\\u00"}',
    "leading_zero": '{"success": true, "code": 0200}',
    "hexadecimal": '{"success": true, "code": 0xC8}',
    "python_true": '{"success": True, "code": 200}',
    "cut": '{"success": true, "code": 200, "message": "',
    "quotes": '"' * 1_000_000,
    "minus_signs": "-" * 1_000_000,
}

LARGE = {
    "arrays_flood": beside("[" + "[]," * 100_000 + "[]]"),
    "names_flood": '{"success":true,"code":200' + "".join(f',"{n:x}":1' for n in range(15_000)) + "}",
    "numbers_of_4300_digits": beside("[" + ("9" * 4300 + ",") * 230 + "1]"),
    "errors_flood": '{"success":false,"code":3,"errors":[' + "1," * 5_000 + "1]}",
    "message_of_a_megabyte": '{"success":false,"code":3,"message":"' + "x" * 1_000_000 + '"}',
    "message_of_spaces": '{"success":false,"code":3,"message":"' + " " * 1_000_000 + '"}',
    "message_of_escapes": '{"success":false,"code":3,"message":"' + "\\u0001" * 170_000 + '"}',
    "message_that_is_a_list": '{"success":false,"code":3,"message":[' + "[]," * 50_000 + "[]]}",
}
"""Objects that are only large: what they say may count, but not cost."""

assert max(map(len, (REFUSED | LARGE).values())) <= MEGABYTE, "the cap must not be what refuses them"


@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED)
def test_hostile_json_is_unreadable(server: Server, caller: Caller, text: str) -> None:
    """A hostile text is an unreadable answer like any other, found out with little work."""
    server.then(reply(text, 200, "application/json"))
    with worked() as cost:
        came = caller.try_delete()
    assert type(came) is UnexpectedResponseError
    assert came.maybe_applied
    assert_fit(came)
    assert cost.work < 1500


@pytest.mark.parametrize("text", LARGE.values(), ids=LARGE)
def test_large_json_is_bounded(server: Server, caller: Caller, text: str) -> None:
    """An object that is only large ends in an answer or an error, after a bounded time."""
    server.then(reply(text))
    with worked() as cost:
        came = caller.try_delete()
    assert_fit(came)
    assert cost.work < 2500


LONG_TEXTS = {name: text for name, text in (REFUSED | LARGE).items() if len(text) > 10_000}


@pytest.mark.parametrize("text", LONG_TEXTS.values(), ids=LONG_TEXTS)
def test_json_stays_small(text: str) -> None:
    """No text grows to more than a hundred times its length in memory."""
    with weighed() as cost, contextlib.suppress(DecodeError):
        decode([text.encode()], None, OPERATION)
    assert cost.bytes < MEGABYTE + 100 * len(text)


def test_depth_within_reason_is_read(server: Server, caller: Caller) -> None:
    """A field that nobody knows may be nested a hundred deep."""
    server.then(reply(beside("[" * 100 + "]" * 100)))
    assert caller.try_delete() == deleted(200)


DEPTHS = [100, 300, 450, 500, 600, 800, 950, 1000, 1500, 5000, 50_000]


@pytest.mark.parametrize("field", ["new", "message", "errors"])
@pytest.mark.parametrize("success", [True, False], ids=["success", "refusal"])
def test_no_depth_breaks_what_comes_after_the_reader(success: bool, field: str) -> None:
    """What the JSON reader still takes, the rest takes too, or calls it unreadable: at no depth, whatever Python's own
    limit is, does another exception come of it."""
    code = 200 if success else 3
    for depth in DEPTHS:
        for left, right in (("[", "]"), ('{"a":', "}")):
            text = f'{{"success":{json.dumps(success)},"code":{code},"{field}":{left * depth}1{right * depth}}}'
            with ScriptedMailPartner(raw(text), raw(text), max_retries=0, method="POST") as client:
                with contextlib.suppress(UnexpectedResponseError, InvalidRequestError):
                    client.unsubscribes.delete(300)
                with contextlib.suppress(UnexpectedResponseError, InvalidRequestError):
                    client.call(delete_unsubscribe, id=300)


LONE = "\\ud800 x \\udfff\\ud83d y"


@pytest.mark.parametrize("success", [True, False], ids=["success", "refusal"])
def test_lone_surrogates_can_be_written(server: Server, any_caller: Caller, success: bool) -> None:
    """Halves of characters, which no log, terminal or database takes, do not reach a message."""
    server.then(reply(f'{{"success": {json.dumps(success)}, "code": {200 if success else 10}, "message": "{LONE}"}}'))
    came = any_caller.try_delete()
    assert isinstance(came, Deletion | AuthenticationError)
    assert came.message is not None
    assert " x " in came.message
    assert " y" in came.message
    came.message.encode("utf-8")
    str(came).encode("utf-8")
    assert_fit(came)


@pytest.mark.parametrize("form", ['{{"elementId": "{0}", "message": "{0}"}}', '["{0}"]', '"{0}"', '[["{0}"]]'])
def test_lone_surrogates_in_the_details(server: Server, caller: Caller, form: str) -> None:
    """The same holds for what is said about single fields."""
    server.then(reply(f'{{"success": false, "code": 3, "errors": {form.format(LONE)}}}'))
    came = caller.try_delete()
    assert isinstance(came, APIError)
    assert came.errors
    for detail in came.errors:
        (detail.element_id or "").encode("utf-8")
        (detail.message or "").encode("utf-8")
    assert_fit(came)


UNSEEN = {
    "line_feed": "\n",
    "carriage_return": "\r",
    "vertical_tab": "\x0b",
    "file_separator": "\x1c",
    "next_line": "\x85",
    "line_separator": "\u2028",
    "paragraph_separator": "\u2029",
    "nul": "\0",
    "escape": "\x1b",
    "delete": "\x7f",
    "control_sequence": "\x9b",
    "right_to_left_override": "\u202e",
    "right_to_left_isolate": "\u2067",
    "right_to_left_mark": "\u200f",
    "arabic_letter_mark": "\u061c",
    "zero_width_space": "\u200b",
    "zero_width_no_break_space": "\ufeff",
    "word_joiner": "\u2060",
    "soft_hyphen": "\xad",
    "tag": "\U000e0041",
    "annotation": "\ufff9",
}


@pytest.mark.parametrize("character", UNSEEN.values(), ids=UNSEEN)
def test_what_is_not_seen_stays_out_of_the_line(server: Server, caller: Caller, character: str) -> None:
    """A server's words cannot break the line of an error, command a terminal, turn the text round or hide in it."""
    message = f"[31mClé{character}{character}incorrecte"
    server.then(reply(json.dumps({"success": False, "code": 10, "message": message})))
    came = caller.try_delete()
    assert isinstance(came, AuthenticationError)
    assert came.message == message
    assert character not in str(came)
    assert "incorrecte" in str(came)
    assert_one_line(str(came))


@pytest.mark.parametrize("status", [200, 302, 429, 502])
def test_long_words_are_cut(server: Server, caller: Caller, status: int) -> None:
    """The line stays short, however long the message, the Content-Type or the target of a redirect are."""
    long = "é" * 40_000
    headers = (b"Location: http://x/" + b"y" * 20_000, b"Retry-After: " + b"7" * 20_000)
    server.then(
        reply(json.dumps({"success": False, "code": 10, "message": long}), status, "a/" + "b" * 20_000, *headers)
    )
    server.then(reply(long, status, "a/" + "b" * 20_000, *headers))
    came = caller.try_delete()
    assert isinstance(came, AuthenticationError)
    assert came.message == long
    assert_fit(came)
    came = caller.try_delete()
    assert isinstance(came, RateLimitError if status == 429 else UnexpectedResponseError)
    assert_fit(came)
    assert len(came.body) <= 1 << 16


RUNS = {
    "backslashes": b"\\",
    "backslashes_after_a_letter": b"s\\",
    "percent_signs": b"%",
    "percents_escaped": b"%25",
    "ampersands": b"&",
    "ampersands_escaped": b"&amp;",
    "amp": b"amp;",
    "numbers": b"&#0",
    "numbers_of_zeros": b"0",
    "hexadecimal": b"&#x0",
    "unicode_escapes": b"\\u00",
    "nearly_the_key": b"account-planted-ke",
}


@pytest.mark.parametrize("place", ["body", "message", "content_type"])
@pytest.mark.parametrize("run", RUNS.values(), ids=RUNS)
def test_no_repetition_is_slow(server: Server, caller: Caller, run: bytes, place: str) -> None:
    """The search for an echoed key does not slow down on any repetition: the time grows as the answer does."""
    text = run * (10_000 // len(run))
    if place == "body":
        server.then(reply(text))
    elif place == "message":
        server.then(reply(json.dumps({"success": False, "code": 10, "message": text.decode("ascii")})))
    else:
        server.then(reply(b"?", 200, b"text/" + text))
    with worked() as cost:
        came = caller.try_delete()
    assert isinstance(came, AuthenticationError if place == "message" else UnexpectedResponseError)
    assert cost.work < 250
