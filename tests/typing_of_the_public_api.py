"""What type checkers see of the public API. Checked by mypy and pyright in `make check`; not run."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any, assert_type

import httpx

from mailpartner import (
    Addition,
    APIError,
    AsyncMailPartner,
    CancellationOutcome,
    CreditMove,
    Deletion,
    DeletionOutcome,
    ErrorDetail,
    MailPartner,
    MailPartnerError,
    RateLimitError,
    Recipient,
    Secret,
    SentMessage,
    Subaccount,
)
from mailpartner.generated.api.unsubscribes import delete_unsubscribe
from mailpartner.generated.models import Outcome as OutcomeModel
from mailpartner.testing import AsyncScriptedMailPartner, ScriptedMailPartner, SentRequest, done, refused


def sync_client() -> None:
    with MailPartner("key", http_client=httpx.Client()) as mp:
        assert_type(mp, MailPartner)
        deletion = mp.unsubscribes.delete(300, missing_ok=True, timeout=2, format="xml")
        assert_type(deletion, Deletion)
        assert_type(deletion.outcome, DeletionOutcome)
        assert_type(deletion.to_dict(), dict[str, Any])
        assert_type(mp.unsubscribes.add(email="a@example.com", exist_ok=True), Addition)
        assert_type(mp.unsubscribes.delete(id=300), Deletion)
        assert_type(deletion.code, int | None)
        assert_type(mp.account.credits().balance, Decimal | None)
        sent = mp.messages.send(subject="a", html="b", to=["a@example.com", Recipient("b@example.com")], tag="abc")
        assert_type(sent, SentMessage)
        assert_type(mp.messages.cancel(sent.message_id or "7").outcome, CancellationOutcome)
        assert_type(mp.messages.status("7").deliveries[0].date, datetime | None)
        assert_type(mp.subaccounts.create(type="simple"), Subaccount)
        assert_type(mp.subaccounts.add_credit("t", amount=1), CreditMove)
        for each in mp.subaccounts.list(page=2):
            assert_type(each.token, Secret | None)
        assert_type(mp.with_options(timeout=3), MailPartner)
        assert_type(mp.call(delete_unsubscribe, id=300), OutcomeModel)


async def async_client() -> None:
    async with AsyncMailPartner("key", http_client=httpx.AsyncClient()) as mp:
        assert_type(await mp.unsubscribes.delete(300), Deletion)
        assert_type((await mp.account.credits()).mails, int)
        async for each in await mp.subaccounts.list():
            assert_type(each, Subaccount)
        assert_type(mp.with_options(timeout=3), AsyncMailPartner)
        assert_type(await mp.call(delete_unsubscribe, id=300), OutcomeModel)


def errors_have_typed_fields(error: APIError, limit: RateLimitError) -> None:
    assert_type(error.code, int | None)
    assert_type(error.errors, tuple[ErrorDetail, ...])
    assert_type(error.maybe_applied, bool)
    assert_type(limit.retry_after, float | None)


def bulk_items_narrow() -> None:
    for item in MailPartner("key").unsubscribes.delete_many([1]):
        if item.error is None:
            assert_type(item.outcome, DeletionOutcome)
        else:
            assert_type(item.error, Exception)
        if item.outcome is not None:
            assert_type(item.outcome, DeletionOutcome)
        else:
            assert_type(item.error.args, tuple[Any, ...])
        item.raise_for_error()


def errors_have_hints(error: MailPartnerError) -> None:
    if error.hint is not None:
        assert_type(error.hint.id, str)


def scripted() -> None:
    mp: MailPartner = ScriptedMailPartner(done(), refused("UNKNOWN_ID"))
    twin: AsyncMailPartner = AsyncScriptedMailPartner(done())
    assert_type(ScriptedMailPartner().requests, list[SentRequest])
    print(mp, twin)


def mistakes() -> None:
    mp = MailPartner("key")
    mp.unsubscribes.delete("300")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    mp.unsubscribes.delete(300, format="xmll")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    MailPartner("key", format="xmll")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    MailPartner("key", method="PUT")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    MailPartner("key", http_client=httpx.AsyncClient())  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
