"""What type checkers see of the public API. Checked by mypy and pyright in `make check`; not run."""

from __future__ import annotations

from typing import assert_type

import httpx
from mailpartner_client.api.unsubscribes import delete_unsubscribe
from mailpartner_client.models import Outcome as OutcomeModel

from mailpartner import APIError, AsyncMailPartner, Deletion, ErrorDetail, MailPartner, Outcome, RateLimitError
from mailpartner.testing import AsyncScriptedMailPartner, ScriptedMailPartner, SentRequest, done, refused


def sync_client() -> None:
    with MailPartner("key", http_client=httpx.Client()) as mp:
        assert_type(mp, MailPartner)
        deletion = mp.unsubscribes.delete(300, missing_ok=True, timeout=2, format="xml")
        assert_type(deletion, Deletion)
        assert_type(deletion.outcome, Outcome)
        assert_type(deletion.code, int | None)
        assert_type(mp.with_options(timeout=3), MailPartner)
        assert_type(mp.call(delete_unsubscribe, id=300), OutcomeModel)


async def async_client() -> None:
    async with AsyncMailPartner("key", http_client=httpx.AsyncClient()) as mp:
        assert_type(await mp.unsubscribes.delete(300), Deletion)
        assert_type(mp.with_options(timeout=3), AsyncMailPartner)
        assert_type(await mp.call(delete_unsubscribe, id=300), OutcomeModel)


def errors_have_typed_fields(error: APIError, limit: RateLimitError) -> None:
    assert_type(error.code, int | None)
    assert_type(error.errors, tuple[ErrorDetail, ...])
    assert_type(error.maybe_applied, bool)
    assert_type(limit.retry_after, float | None)


def scripted() -> None:
    mp: MailPartner = ScriptedMailPartner(done(), refused("UNKNOWN_ID"))
    twin: AsyncMailPartner = AsyncScriptedMailPartner(done())
    assert_type(ScriptedMailPartner().requests, list[SentRequest])
    print(mp, twin)


def mistakes() -> None:
    mp = MailPartner("key")
    mp.unsubscribes.delete("300")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    mp.unsubscribes.delete(id=300)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    MailPartner("key", http_client=httpx.AsyncClient())  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
