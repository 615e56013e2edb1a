"""Whatever arrives: a result or a MailPartnerError comes of it, in bounded time, fit to be shown, logged and handed
on; never another exception."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from kit.callers import Caller, Callers
from kit.responses import head
from kit.server import Server
from kit.steps import partly

from mailpartner import Deletion, MailPartnerError, UnexpectedResponseError
from mailpartner._core.decoding import decode
from mailpartner._core.response import DecodeError, Envelope
from mailpartner.contract import OPERATIONS
from mailpartner.generated.api.unsubscribes import delete_unsubscribe
from mailpartner.generated.models import Outcome as OutcomeModel
from mailpartner.testing import AsyncScriptedMailPartner, ScriptedMailPartner, raw

from .conftest import ONE_ATTEMPT, answering
from .measures import assert_fit
from .outcomes import CLIENT_KINDS, CUSTOM_KINDS, said
from .strategies import ARRIVING, bodies, envelopes, header_lines, json_bytes, places, statuses, types, waits

OPERATION = OPERATIONS["POST", "/v1/unsubscribe/delete"]

EVERY_CLASS = {
    "APIError",
    "AuthenticationError",
    "Deletion",
    "InvalidRequestError",
    "NotFoundError",
    "PermissionDeniedError",
    "RateLimitError",
    "ServerError",
    "UnexpectedResponseError",
}


def came_of(client: ScriptedMailPartner) -> Deletion | MailPartnerError:
    try:
        return client.unsubscribes.delete(300)
    except MailPartnerError as error:
        return error


def scripted(*answer: Any, **headers: Any) -> ScriptedMailPartner:
    return ScriptedMailPartner(raw(*answer, **headers), max_retries=0, method="POST")


def decoded(body: bytes, content_type: str | None) -> Envelope | str:
    try:
        return decode([body], content_type, OPERATION)
    except DecodeError as reason:
        return str(reason)


@ARRIVING
@given(body=bodies, content_type=types)
def test_decoding_gives_an_envelope_or_says_why_not(body: bytes, content_type: str | None) -> None:
    """`decode` returns an envelope of the right types or raises Unreadable with a printable reason; nothing else."""
    envelope = decoded(body, content_type)
    if isinstance(envelope, str):
        assert envelope.isprintable()
        return
    assert isinstance(envelope.success, bool)
    assert type(envelope.code) in (int, type(None))
    assert isinstance(envelope.message, str | None)
    for detail in envelope.errors:
        assert isinstance(detail.element_id, str | None)
        assert isinstance(detail.message, str | None)
        assert type(detail.code) in (int, type(None))
    listed = OPERATION.codes.get(envelope.code) if envelope.code is not None else None
    assert listed is None or (listed.kind == "success") is envelope.success


def test_a_call_gives_a_result_or_an_error_of_the_package() -> None:
    """Of every answer comes a deletion or a MailPartnerError that is one clean line, pickles and copies. The answers
    that hypothesis makes up reach every kind of outcome, and not mostly the same."""
    reached: Counter[str] = Counter()

    @settings(ARRIVING, max_examples=240)
    @given(body=bodies, status=statuses, content_type=types, retry_after=waits, location=places)
    def run(body: bytes, status: int, content_type: str | None, retry_after: str | None, location: str | None) -> None:
        with scripted(
            body, status=status, content_type=content_type, retry_after=retry_after, location=location
        ) as client:
            came = came_of(client)
        reached[type(came).__name__] += 1
        assert_fit(came)
        if isinstance(came, UnexpectedResponseError):
            assert came.status_code == status
            assert status != 429

    run()
    # Which of the rare ones are reached changes with every change of the code that is covered.
    assert set(reached) <= EVERY_CLASS
    assert len(EVERY_CLASS - set(reached)) <= 3
    assert reached["UnexpectedResponseError"] < reached.total() * 0.8


@ARRIVING
@given(body=json_bytes(envelopes), status=statuses)
@example(body=b'{"success": true}', status=200)
@example(body=b'{"success": true, "code": null, "message": 5, "errors": {}}', status=500)
def test_a_call_of_any_operation_does_the_same(body: bytes, status: int) -> None:
    """`call()` gives the generated model where `delete` gives a deletion, and else the same error; only a success
    without the code that the model demands is an error of its own."""
    with scripted(body, status=status) as client:
        came = came_of(client)
    with scripted(body, status=status) as client:
        model = called(client)
    assert_fit(came)
    if isinstance(model, MailPartnerError):
        assert_fit(model)
        lacks_the_code = isinstance(came, Deletion) and came.code is None
        assert type(model) is (UnexpectedResponseError if lacks_the_code else type(came))
    else:
        assert isinstance(came, Deletion)
        assert (model.success, model.code) == (True, came.code)


def called(client: ScriptedMailPartner) -> OutcomeModel | MailPartnerError:
    try:
        return client.call(delete_unsubscribe, id=300)
    except MailPartnerError as error:
        return error


@ARRIVING
@given(body=bodies, status=statuses, retry_after=waits)
def test_sync_and_async_agree(body: bytes, status: int, retry_after: str | None) -> None:
    """What comes of an answer does not depend on the kind of client."""

    async def asynchronously() -> Deletion | MailPartnerError:
        answer = raw(body, status=status, retry_after=retry_after)
        async with AsyncScriptedMailPartner(answer, max_retries=0, method="POST") as client:
            try:
                return await client.unsubscribes.delete(300)
            except MailPartnerError as error:
                return error

    with scripted(body, status=status, retry_after=retry_after) as client:
        came = came_of(client)
    other = asyncio.run(asynchronously())
    assert said(came) == said(other)
    assert isinstance(came, Deletion) or str(came) == str(other)


@pytest.fixture(scope="module")
def lasting_server() -> Iterator[Server]:
    """One server for all examples."""
    with answering() as server:
        yield server


@pytest.fixture(scope="module", params=CLIENT_KINDS + CUSTOM_KINDS)
def lasting_caller(lasting_server: Server, request: pytest.FixtureRequest) -> Iterator[Caller]:
    """One client of each kind for all examples: what one answer does to it, the next call would show."""
    with Callers(**ONE_ATTEMPT) as connect:
        yield connect(lasting_server.url, request.param)


@settings(ARRIVING, max_examples=50)
@given(status=statuses, lines=st.lists(header_lines, max_size=4), body=bodies, measured=st.booleans())
def test_any_answer_over_a_socket(
    lasting_server: Server, lasting_caller: Caller, status: int, lines: list[bytes], body: bytes, measured: bool
) -> None:
    """With any headers, on a real connection, sync or async, own or custom: a result or an error of the package."""
    length = [b"Content-Length: %d" % len(body)] if measured else []
    lasting_server.set_script(partly(head(status, *lines, *length) + body))
    assert_fit(lasting_caller.try_delete())


@settings(ARRIVING, max_examples=50)
@given(data=st.one_of(st.binary(max_size=300), st.binary(max_size=60).map(lambda data: b"HTTP/1.1 " + data)))
def test_any_bytes_over_a_socket(lasting_server: Server, lasting_caller: Caller, data: bytes) -> None:
    """The same where what arrives is not even HTTP."""
    lasting_server.set_script(partly(data))
    assert_fit(lasting_caller.try_delete())
