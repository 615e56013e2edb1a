"""The list of unsubscribes ("Gestion des désabonnements"), sync and async.

Every method takes the options of a call (format, method, timeout, deadline, max_retries) instead of the client's, and
raises MailPartnerError as docs/python/how-to.md says; what it raises besides is in its docstring.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Unpack

from mailpartner._bulk.run import AsyncBulkRun, BulkRun
from mailpartner._core.options import CallOptions
from mailpartner._core.session import AsyncSession, Session
from mailpartner.errors import MailPartnerError
from mailpartner.resources import _unsubscribe_calls as calls
from mailpartner.resources._addresses import check_address
from mailpartner.resources._unsubscribes_in_bulk import BulkUnsubscribes
from mailpartner.results import Addition, AdditionOutcome, Deletion, DeletionOutcome, Unsubscribe


class Unsubscribes(BulkUnsubscribes[Session, BulkRun[str, AdditionOutcome], BulkRun[int, DeletionOutcome]]):
    """The addresses that no longer receive the mailings of the account."""

    _run = BulkRun

    def list(self, **options: Unpack[CallOptions]) -> tuple[Unsubscribe, ...]:
        """Return all entries, in the order of the server.

        The vendor documents no paging, so none is done. Up to 256 MiB are read, about three million entries: a long
        list may need a longer `deadline`. Source: the vendor's page "Liste des désabonnements".

        Raises:
            UnexpectedResponseError: If the answer counts more entries than it lists.
        """
        return self._session.execute(calls.list_call(), options)

    def find(self, email: str, **options: Unpack[CallOptions]) -> tuple[Unsubscribe, ...]:
        """Return the entries with this address: none, one, or several. Reads the whole list.

        Addresses are compared as the list gives them; only the case of the domain does not matter.

        Raises:
            TypeError: If `email` is not a str.
            ValueError: If `email` cannot be an address.
        """
        check_address(email)
        return calls.with_address(email, self.list(**options))

    def add(self, email: str, *, exist_ok: bool = False, **options: Unpack[CallOptions]) -> Addition:
        """Put an address on the list, so that it receives no more mailings.

        After a lost answer the addition is repeated. If the address is then listed already, its id is looked up in
        the list. Source: the vendor's page "Ajouter un mail".

        Args:
            email: The address.
            exist_ok: Whether an address that is listed already is ALREADY_LISTED rather than an error. Its id is then
                None: `find` gives it.
            **options: Replace the client's options for this call.

        Raises:
            TypeError: If `email` is not a str.
            ValueError: If `email` cannot be an address.
            InvalidRequestError: If the address is listed already (name ALREADY_LISTED), or the server rejects it.
        """
        addition = self._session.execute(calls.add_call(email, exist_ok), options)
        if isinstance(addition, Addition):
            return addition
        with suppress(MailPartnerError):
            if found := self.find(email, **options):
                return calls.listed_before(email, addition, found[-1])
        raise addition.error

    def delete(self, id: int, *, missing_ok: bool = False, **options: Unpack[CallOptions]) -> Deletion:
        """Delete one entry, so that its address receives mailings again.

        After a lost answer the deletion is repeated. If the API then does not know the id, an earlier attempt deleted
        it, and the outcome is ALREADY_GONE. Source: the vendor's page "Supprimer un mail".

        Args:
            id: The entry's id in the list of unsubscribes, an int from 1 to 2⁶³-1. Not the address.
            missing_ok: Whether an id that the API does not know is ALREADY_GONE rather than an error.
            **options: Replace the client's options for this call.

        Raises:
            TypeError: If `id` is not an int.
            ValueError: If `id` is out of range.
            NotFoundError: If the API does not know the id.
        """
        return self._session.execute(calls.delete_call(id, missing_ok), options)

    def delete_email(
        self, email: str, *, missing_ok: bool = False, **options: Unpack[CallOptions]
    ) -> tuple[Deletion, ...]:
        """Delete every entry with this address, found as `find` does: one call for the list, and one for each entry.

        Args:
            email: The address.
            missing_ok: Whether to return an empty tuple if the address is not listed.
            **options: Replace the client's options. Each call has the whole deadline.

        Returns:
            A Deletion for each entry. If a later call fails, the error's `deletions` are those done before.

        Raises:
            TypeError: If `email` is not a str.
            ValueError: If `email` cannot be an address.
            NotFoundError: If the address is not listed.
        """
        entries = self.find(email, **options)
        with calls.PartialDeletion(entries, missing_ok) as several:
            for entry in entries:
                several.done.append(self.delete(entry.id, missing_ok=True, **options))
        return tuple(several.done)


class AsyncUnsubscribes(
    BulkUnsubscribes[AsyncSession, AsyncBulkRun[str, AdditionOutcome], AsyncBulkRun[int, DeletionOutcome]]
):
    """The addresses that no longer receive the mailings of the account."""

    _run = AsyncBulkRun

    async def list(self, **options: Unpack[CallOptions]) -> tuple[Unsubscribe, ...]:
        """Return all entries, in the order of the server.

        The vendor documents no paging, so none is done. Up to 256 MiB are read, about three million entries: a long
        list may need a longer `deadline`. Source: the vendor's page "Liste des désabonnements".

        Raises:
            UnexpectedResponseError: If the answer counts more entries than it lists.
        """
        return await self._session.execute(calls.list_call(), options)

    async def find(self, email: str, **options: Unpack[CallOptions]) -> tuple[Unsubscribe, ...]:
        """Return the entries with this address: none, one, or several. Reads the whole list.

        Addresses are compared as the list gives them; only the case of the domain does not matter.

        Raises:
            TypeError: If `email` is not a str.
            ValueError: If `email` cannot be an address.
        """
        check_address(email)
        return calls.with_address(email, await self.list(**options))

    async def add(self, email: str, *, exist_ok: bool = False, **options: Unpack[CallOptions]) -> Addition:
        """Put an address on the list, so that it receives no more mailings.

        After a lost answer the addition is repeated. If the address is then listed already, its id is looked up in
        the list. Source: the vendor's page "Ajouter un mail".

        Args:
            email: The address.
            exist_ok: Whether an address that is listed already is ALREADY_LISTED rather than an error. Its id is then
                None: `find` gives it.
            **options: Replace the client's options for this call.

        Raises:
            TypeError: If `email` is not a str.
            ValueError: If `email` cannot be an address.
            InvalidRequestError: If the address is listed already (name ALREADY_LISTED), or the server rejects it.
        """
        addition = await self._session.execute(calls.add_call(email, exist_ok), options)
        if isinstance(addition, Addition):
            return addition
        with suppress(MailPartnerError):
            if found := await self.find(email, **options):
                return calls.listed_before(email, addition, found[-1])
        raise addition.error

    async def delete(self, id: int, *, missing_ok: bool = False, **options: Unpack[CallOptions]) -> Deletion:
        """Delete one entry, so that its address receives mailings again.

        After a lost answer the deletion is repeated. If the API then does not know the id, an earlier attempt deleted
        it, and the outcome is ALREADY_GONE. Source: the vendor's page "Supprimer un mail".

        Args:
            id: The entry's id in the list of unsubscribes, an int from 1 to 2⁶³-1. Not the address.
            missing_ok: Whether an id that the API does not know is ALREADY_GONE rather than an error.
            **options: Replace the client's options for this call.

        Raises:
            TypeError: If `id` is not an int.
            ValueError: If `id` is out of range.
            NotFoundError: If the API does not know the id.
        """
        return await self._session.execute(calls.delete_call(id, missing_ok), options)

    async def delete_email(
        self, email: str, *, missing_ok: bool = False, **options: Unpack[CallOptions]
    ) -> tuple[Deletion, ...]:
        """Delete every entry with this address, found as `find` does: one call for the list, and one for each entry.

        Args:
            email: The address.
            missing_ok: Whether to return an empty tuple if the address is not listed.
            **options: Replace the client's options. Each call has the whole deadline.

        Returns:
            A Deletion for each entry. If a later call fails, the error's `deletions` are those done before.

        Raises:
            TypeError: If `email` is not a str.
            ValueError: If `email` cannot be an address.
            NotFoundError: If the address is not listed.
        """
        entries = await self.find(email, **options)
        with calls.PartialDeletion(entries, missing_ok) as several:
            for entry in entries:
                several.done.append(await self.delete(entry.id, missing_ok=True, **options))
        return tuple(several.done)
