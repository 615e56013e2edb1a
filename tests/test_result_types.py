"""What calls return, in the hands of the libraries that users pass it to."""

from __future__ import annotations

import asyncio
import copy
import dataclasses
import enum
import json
import pickle
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from kombu.utils import json as celery_json
from pydantic import TypeAdapter

from mailpartner import (
    Addition,
    AdditionOutcome,
    BulkFailure,
    BulkSuccess,
    Cancellation,
    CancellationOutcome,
    CreditMove,
    Credits,
    Deletion,
    DeletionOutcome,
    Delivery,
    ErrorDetail,
    HttpInfo,
    MessageStatus,
    NotFoundError,
    SentMessage,
    Subaccount,
    Unsubscribe,
)
from mailpartner._result import Result
from mailpartner.testing import AsyncScriptedMailPartner, ScriptedMailPartner, done, listed, refused

HTTP = HttpInfo("POST", 200, "application/json")
RESULTS: list[Any] = [
    ErrorDetail("children[message].data", "Le message est requis", 3),
    HTTP,
    Unsubscribe(19, "ann@example.com", "2015-07-20 10:19:45"),
    Deletion(300, DeletionOutcome.DELETED, 200, None, 1, HTTP),
    Addition("ann@example.com", AdditionOutcome.ADDED, 5, 200, None, 1, HTTP),
    BulkSuccess(300, DeletionOutcome.ALREADY_GONE),
    BulkFailure(301, NotFoundError("one line", code=4)),
]

CONFIRMED: dict[str, Any] = {"code": 200, "message": None, "attempts": 1, "http": HTTP}
NEWER: list[Any] = [
    Credits("account@example.com", 5, Decimal("1.50"), "EUR"),
    SentMessage("7", 2, Decimal("0.09"), "EUR", datetime(2027, 1, 2, tzinfo=UTC), "2027-01-02 00:00:00", **CONFIRMED),
    Cancellation("7", CancellationOutcome.CANCELLED, **CONFIRMED),
    MessageStatus("7", (Delivery("ann@example.com", "Delivered", date=datetime(2027, 1, 2, tzinfo=UTC)),)),
    CreditMove(Decimal("2.5"), None, "EUR", **CONFIRMED),
    Subaccount("ann@example.com", id=1),
]


@pytest.mark.parametrize("result", RESULTS + NEWER, ids=lambda result: type(result).__name__)
def test_results_are_frozen_slotted_dataclasses(result: Any) -> None:
    """Fields cannot be changed or added, and dataclasses' own functions work on them."""
    first = dataclasses.fields(result)[0].name
    for name in (first, "other"):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(result, name, None)
        with pytest.raises(dataclasses.FrozenInstanceError):
            delattr(result, name)
    assert not hasattr(result, "__dict__")
    assert dataclasses.asdict(result)[first] == getattr(result, first)
    assert dataclasses.replace(result) == result
    assert copy.copy(result) == result


def test_results_of_bulk_runs_are_made_by_their_types() -> None:
    """A BulkSuccess or BulkFailure with type arguments is created like one without."""
    error = NotFoundError("one line", code=4)
    gone = BulkSuccess[int, DeletionOutcome](300, DeletionOutcome.ALREADY_GONE)
    assert gone == BulkSuccess(300, DeletionOutcome.ALREADY_GONE)
    assert BulkFailure[int](301, error) == BulkFailure(301, error)


@pytest.mark.parametrize("result", RESULTS[:-1] + NEWER, ids=lambda result: type(result).__name__)
def test_results_pickle(result: Any) -> None:
    """A result can be sent to another process."""
    assert pickle.loads(pickle.dumps(result)) == result


@pytest.mark.parametrize("result", RESULTS + NEWER, ids=lambda result: type(result).__name__)
def test_to_dict_holds_json_primitives(result: Any) -> None:
    """json and Celery's JSON take `to_dict()`, and read back the same."""
    data = result.to_dict()
    assert json.loads(json.dumps(data)) == data
    assert celery_json.loads(celery_json.dumps(data)) == data


def test_decimals_and_times_become_text() -> None:
    """Money loses no digits on its way into JSON, and times keep their zone."""

    @dataclasses.dataclass(frozen=True, slots=True)
    class Move(Result):
        amount: Decimal
        at: datetime

    move = Move(Decimal("123456789012.123456789"), datetime(2026, 1, 2, 3, 4, tzinfo=UTC))
    assert move.to_dict() == {"amount": "123456789012.123456789", "at": "2026-01-02T03:04:00+00:00"}


def test_a_fastapi_handler_returns_results() -> None:
    """`return await mp.unsubscribes.delete(id)` answers with the fields, not with HTTP 500."""
    app = FastAPI()
    mp = AsyncScriptedMailPartner(done(), listed(["ann@example.com"]))

    @app.post("/delete/{id}")
    async def delete(id: int) -> Deletion:
        return await mp.unsubscribes.delete(id)

    @app.get("/list")
    async def entries() -> list[Unsubscribe]:
        return list(await mp.unsubscribes.list())

    async def main() -> None:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://app") as client:
            assert (await client.post("/delete/300")).json()["outcome"] == "deleted"
            rows = (await client.get("/list")).json()
            assert rows == [{"id": 1, "email": "ann@example.com", "created_at": None}]

    asyncio.run(main())


def test_pydantic_reads_and_writes_results() -> None:
    """A result is a field of a pydantic model like any dataclass."""
    deletion = RESULTS[3]
    adapter = TypeAdapter(Deletion)
    assert adapter.validate_json(adapter.dump_json(deletion)) == deletion


@pytest.mark.parametrize("result", NEWER, ids=lambda result: type(result).__name__)
def test_pydantic_reads_and_writes_newer_results(result: Any) -> None:
    """With their amounts and times."""
    adapter = TypeAdapter(type(result))
    assert adapter.validate_json(adapter.dump_json(result)) == result


def test_outcomes_are_texts() -> None:
    """An outcome compares, formats and serialises as its text."""
    assert DeletionOutcome.DELETED == "deleted"
    assert f"{AdditionOutcome.ALREADY_LISTED}" == "already_listed"
    assert json.dumps(DeletionOutcome.ALREADY_GONE) == '"already_gone"'
    assert all(issubclass(cls, enum.StrEnum) for cls in (DeletionOutcome, AdditionOutcome))


def test_bulk_items_raise_their_error() -> None:
    """`raise_for_error` raises the error of an item that failed, and does nothing for others."""
    RESULTS[5].raise_for_error()
    with pytest.raises(NotFoundError):
        RESULTS[6].raise_for_error()


def test_ids_and_addresses_may_be_keywords() -> None:
    """`delete(id=...)`, `find(email=...)` and `add(email=...)` work, sync and async."""
    with ScriptedMailPartner(done(), listed(), done(stopId=3)) as mp:
        assert mp.unsubscribes.delete(id=300).id == 300
        assert mp.unsubscribes.find(email="ann@example.com") == ()
        assert mp.unsubscribes.add(email="ann@example.com").id == 3

    async def main() -> None:
        async with AsyncScriptedMailPartner(done(), listed(), done(stopId=3)) as mp:
            assert (await mp.unsubscribes.delete(id=300)).id == 300
            assert await mp.unsubscribes.find(email="ann@example.com") == ()
            assert (await mp.unsubscribes.add(email="ann@example.com")).id == 3

    asyncio.run(main())


def test_the_input_of_a_failure_is_shown_as_it_is_written() -> None:
    """What cannot be an id may be anything: its repr goes into the JSON."""
    data = BulkFailure(b"5", TypeError("no")).to_dict()  # type: ignore[arg-type]
    assert json.loads(json.dumps(data))["input"] == "b'5'"


def test_an_error_has_its_hint_as_data() -> None:
    """The last sentence of an error is a hint with an id, so that a program can say it in another language."""
    with ScriptedMailPartner(refused("UNKNOWN_ID"), refused(10)) as mp:
        with pytest.raises(NotFoundError) as unknown:
            mp.unsubscribes.delete(300)
        with pytest.raises(Exception, match="Check the API key") as wrong_key:
            mp.unsubscribes.delete(300)
    for caught, name in ((unknown, "take_id_from_list"), (wrong_key, "check_key")):
        hint = caught.value.hint  # type: ignore[attr-defined]
        assert (hint.id, str(caught.value).endswith(str(hint))) == (name, True)
        again = pickle.loads(pickle.dumps(caught.value)).hint
        assert again == hint
        assert hash(again) == hash(hint)
