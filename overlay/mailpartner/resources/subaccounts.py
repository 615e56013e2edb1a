"""Sub-accounts ("Sous-comptes"), sync and async.

Every method takes the options of a call (format, timeout, deadline, max_retries) instead of the client's, and raises
MailPartnerError as docs/python/how-to.md says; what it raises besides is in its docstring.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Literal, Unpack

from mailpartner._core.options import CallOptions
from mailpartner._core.session import AsyncSession, Session
from mailpartner._secret import Secret
from mailpartner.resources import _subaccount_calls as calls
from mailpartner.resources._base import Resource
from mailpartner.resources._subaccount_pages import AsyncSubaccountPage, SubaccountPage, async_page_call, page_call
from mailpartner.results import CreditMove, Subaccount


class Subaccounts(Resource[Session]):
    """The accounts below this one, and their credit."""

    def list(self, *, page: int = 1, **options: Unpack[CallOptions]) -> SubaccountPage:
        """Return a page of the sub-accounts, with their keys and tokens as secrets.

        Iterate it (`for`, `async for`) for its sub-accounts and those of all later pages. A page is read when it is
        needed. Source: the vendor's page "Liste des sous-comptes".

        Args:
            page: The page to begin with, from 1 on.
            **options: Replace the client's options, also for later pages. Each page has the whole deadline.

        Raises:
            TypeError: If `page` is not an int.
            ValueError: If `page` is below 1.
        """
        return self._session.execute(page_call(self._session, page, options), options)

    def create(
        self,
        *,
        type: Literal["simple", "advanced"],
        email: str | None = None,
        credit: Decimal | int | str | None = None,
        is_buyer: bool | None = None,
        title: str | None = None,
        first_name: str | None = None,
        last_name: str | None = None,
        **options: Unpack[CallOptions],
    ) -> Subaccount:
        """Create a sub-account. There is no way to delete one.

        After a lost answer it is not repeated: it would create another. Source: the vendor's page "Créer un
        sous-compte", which contradicts itself; see openapi.yaml.

        Args:
            type: "simple" or "advanced". It cannot be changed later.
            email: Its address; required for an advanced one, else the server generates one.
            credit: What it begins with, in euros, taken from the account.
            is_buyer: True if an advanced one buys its credit itself.
            title: The title of its owner, such as "M".
            first_name: The first name of its owner.
            last_name: The last name of its owner.
            **options: Replace the client's options for this call.

        Returns:
            A Subaccount with its address and token.

        Raises:
            TypeError: If an argument is of the wrong type.
            ValueError: If an argument is out of range, missing, or not for this type.
            InvalidRequestError: If the server rejects an argument.
            InsufficientCreditError: If the account has not enough credit.
        """
        call = calls.create_call(type, email, credit, is_buyer, title, first_name, last_name)
        return self._session.execute(call, options)

    def add_credit(
        self, token: str | Secret, *, amount: Decimal | int | str, **options: Unpack[CallOptions]
    ) -> CreditMove:
        """Give credit of this account to a sub-account.

        After a lost answer it is not repeated: it would move the amount twice. Source: the vendor's page "Ajouter du
        crédit".

        Args:
            token: The sub-account's token.
            amount: How much, in euros, above 0. No float: it may not be the amount that it shows.
            **options: Replace the client's options for this call.

        Raises:
            TypeError: If an argument is of the wrong type.
            ValueError: If an argument is out of range.
            NotFoundError: If no sub-account has this token.
            InsufficientCreditError: If there is not enough credit to move.
        """
        return self._session.execute(calls.add_credit_call(token, amount), options)

    def remove_credit(
        self, token: str | Secret, *, amount: Decimal | int | str, **options: Unpack[CallOptions]
    ) -> CreditMove:
        """Take credit of a sub-account back to this account.

        After a lost answer it is not repeated: it would move the amount twice. Source: the vendor's page "Retirer du
        crédit", most of whose samples add credit instead.

        Args:
            token: The sub-account's token.
            amount: How much, in euros, above 0. No float: it may not be the amount that it shows.
            **options: Replace the client's options for this call.

        Raises:
            TypeError: If an argument is of the wrong type.
            ValueError: If an argument is out of range.
            NotFoundError: If no sub-account has this token.
            InsufficientCreditError: If there is not enough credit to move.
        """
        return self._session.execute(calls.remove_credit_call(token, amount), options)


class AsyncSubaccounts(Resource[AsyncSession]):
    """The accounts below this one, and their credit."""

    async def list(self, *, page: int = 1, **options: Unpack[CallOptions]) -> AsyncSubaccountPage:
        """Return a page of the sub-accounts, with their keys and tokens as secrets.

        Iterate it (`for`, `async for`) for its sub-accounts and those of all later pages. A page is read when it is
        needed. Source: the vendor's page "Liste des sous-comptes".

        Args:
            page: The page to begin with, from 1 on.
            **options: Replace the client's options, also for later pages. Each page has the whole deadline.

        Raises:
            TypeError: If `page` is not an int.
            ValueError: If `page` is below 1.
        """
        return await self._session.execute(async_page_call(self._session, page, options), options)

    async def create(
        self,
        *,
        type: Literal["simple", "advanced"],
        email: str | None = None,
        credit: Decimal | int | str | None = None,
        is_buyer: bool | None = None,
        title: str | None = None,
        first_name: str | None = None,
        last_name: str | None = None,
        **options: Unpack[CallOptions],
    ) -> Subaccount:
        """Create a sub-account. There is no way to delete one.

        After a lost answer it is not repeated: it would create another. Source: the vendor's page "Créer un
        sous-compte", which contradicts itself; see openapi.yaml.

        Args:
            type: "simple" or "advanced". It cannot be changed later.
            email: Its address; required for an advanced one, else the server generates one.
            credit: What it begins with, in euros, taken from the account.
            is_buyer: True if an advanced one buys its credit itself.
            title: The title of its owner, such as "M".
            first_name: The first name of its owner.
            last_name: The last name of its owner.
            **options: Replace the client's options for this call.

        Returns:
            A Subaccount with its address and token.

        Raises:
            TypeError: If an argument is of the wrong type.
            ValueError: If an argument is out of range, missing, or not for this type.
            InvalidRequestError: If the server rejects an argument.
            InsufficientCreditError: If the account has not enough credit.
        """
        call = calls.create_call(type, email, credit, is_buyer, title, first_name, last_name)
        return await self._session.execute(call, options)

    async def add_credit(
        self, token: str | Secret, *, amount: Decimal | int | str, **options: Unpack[CallOptions]
    ) -> CreditMove:
        """Give credit of this account to a sub-account.

        After a lost answer it is not repeated: it would move the amount twice. Source: the vendor's page "Ajouter du
        crédit".

        Args:
            token: The sub-account's token.
            amount: How much, in euros, above 0. No float: it may not be the amount that it shows.
            **options: Replace the client's options for this call.

        Raises:
            TypeError: If an argument is of the wrong type.
            ValueError: If an argument is out of range.
            NotFoundError: If no sub-account has this token.
            InsufficientCreditError: If there is not enough credit to move.
        """
        return await self._session.execute(calls.add_credit_call(token, amount), options)

    async def remove_credit(
        self, token: str | Secret, *, amount: Decimal | int | str, **options: Unpack[CallOptions]
    ) -> CreditMove:
        """Take credit of a sub-account back to this account.

        After a lost answer it is not repeated: it would move the amount twice. Source: the vendor's page "Retirer du
        crédit", most of whose samples add credit instead.

        Args:
            token: The sub-account's token.
            amount: How much, in euros, above 0. No float: it may not be the amount that it shows.
            **options: Replace the client's options for this call.

        Raises:
            TypeError: If an argument is of the wrong type.
            ValueError: If an argument is out of range.
            NotFoundError: If no sub-account has this token.
            InsufficientCreditError: If there is not enough credit to move.
        """
        return await self._session.execute(calls.remove_credit_call(token, amount), options)
