"""The account itself, sync and async.

Every method takes the options of a call (format, timeout, deadline, max_retries) instead of the client's, and raises
MailPartnerError as docs/python/how-to.md says.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Unpack

from mailpartner._core.call import CallResult, Failure
from mailpartner._core.generated_client import operation_module
from mailpartner._core.options import CallOptions
from mailpartner._core.session import AsyncSession, Call, Session
from mailpartner.resources._base import Resource
from mailpartner.results import Credits


def _credits_call() -> Call[Credits]:
    return Call(operation_module("account.get_credits"), {}, _credits)


def _credits(outcome: CallResult) -> Credits:
    if isinstance(outcome, Failure):
        raise outcome.error
    data = outcome.envelope.data
    user, credits = data.get("user", {}), data["credits"]
    balance = Decimal(credits["balance"]) if "balance" in credits else None
    return Credits(user.get("username"), credits["creditMail"], balance, credits["currency"])


class Account(Resource[Session]):
    """The account itself."""

    def credits(self, **options: Unpack[CallOptions]) -> Credits:
        """Return how many mails the account may send, and its balance. Source: the vendor's page "Crédits"."""
        return self._session.execute(_credits_call(), options)


class AsyncAccount(Resource[AsyncSession]):
    """The account itself."""

    async def credits(self, **options: Unpack[CallOptions]) -> Credits:
        """Return how many mails the account may send, and its balance. Source: the vendor's page "Crédits"."""
        return await self._session.execute(_credits_call(), options)
