"""The list of unsubscribes ("Gestion des désabonnements"), sync and async side by side.

Every method takes the options of a call (format, method, timeout, deadline, max_retries) in place of the client's, and
raises MailPartnerError as README's table says; what it raises beside that stands in its docstring.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Generator, Iterable
from concurrent.futures import Executor
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

from mailpartner._bulk import delete_many as start
from mailpartner._bulk.delete_many import VENDOR_RATE
from mailpartner._core.options import CallOptions
from mailpartner.errors import MailPartnerError
from mailpartner.resources import _deletion as removal
from mailpartner.resources import _listing as listing
from mailpartner.results import BulkItem, Deletion, Unsubscribe

if TYPE_CHECKING:
    from mailpartner._bulk.journal import Journal
    from mailpartner.client import AsyncMailPartner, MailPartner


class Unsubscribes:
    """The addresses that no longer receive the mailings of the account."""

    def __init__(self, client: MailPartner) -> None:
        self._client = client

    def list(self, **options: Unpack[CallOptions]) -> tuple[Unsubscribe, ...]:
        """All entries, in the order of the server.

        The vendor documents no paging, so none is done; an answer that counts more entries than it has is an
        UnexpectedResponseError. Up to 256 MiB are read, about three million entries: a long list may need a longer
        `deadline`. Source: the vendor's page "Liste des désabonnements".
        """
        settled = self._client._settle(*listing.list_call(self._client, options))
        return listing.entries(settled)

    def find(self, email: str, /, **options: Unpack[CallOptions]) -> tuple[Unsubscribe, ...]:
        """The entries with this address: none, one, or several. Reads the whole list.

        Addresses are compared as the list gives them, but for the letters of the domain, whose case does not count.
        Raises TypeError or ValueError for what is no address.
        """
        listing.check_address(email)
        return listing.with_address(email, self.list(**options))

    def add(self, email: str, /, **options: Unpack[CallOptions]) -> int:
        """Put an address on the list, so that it receives no more mailings. Returns the id of the entry.

        That this id (the vendor's stopId) is the one that `list` shows is likely but not documented. After a lost
        answer the addition is repeated; if the address is then listed already, its id is looked up in the list.
        Raises TypeError or ValueError for what is no address, InvalidRequestError for an address that is listed
        already (name ALREADY_LISTED) or that the server finds invalid. Source: the vendor's page "Ajouter un mail".
        """
        settled = self._client._settle(*listing.add_call(self._client, email, options))
        found: tuple[Unsubscribe, ...] = ()
        if listing.added_before(settled):
            with suppress(MailPartnerError):
                found = self.find(email, **options)
        return listing.new_id(settled, found)

    def delete(self, id: int, /, *, missing_ok: bool = False, **options: Unpack[CallOptions]) -> Deletion:
        """Delete one entry, so that its address receives mailings again.

        id: the entry's id, from the list of unsubscribes; an int from 1 to 2⁶³-1. missing_ok: whether an id that the
        API does not know is ALREADY_GONE rather than an error. After a lost answer the deletion is repeated; if the
        API then does not know the id, the outcome is ALREADY_GONE.
        Raises TypeError or ValueError for an id that cannot be one, NotFoundError for one that the API does not know.
        Source: the vendor's page "Supprimer un mail".
        """
        settled = self._client._settle(*removal.delete_call(self._client, id, options))
        return removal.deletion(id, settled, missing_ok)

    def delete_email(
        self, email: str, /, *, missing_ok: bool = False, **options: Unpack[CallOptions]
    ) -> tuple[Deletion, ...]:
        """Delete every entry with this address, found as `find` does: one call for the list, and one for each entry.

        Returns a Deletion for each; none where the address is not listed and missing_ok is given. Each call has the
        whole deadline. Should a later call fail, the error's `deletions` are those done before it.
        Raises TypeError or ValueError for what is no address, NotFoundError where it is not listed.
        """
        entries = self.find(email, **options)
        with removal.PartialDeletion(entries, missing_ok) as several:
            for entry in entries:
                several.done.append(self.delete(entry.id, missing_ok=True, **options))
        return tuple(several.done)

    def delete_many(
        self,
        ids: Iterable[int],
        /,
        *,
        missing_ok: bool = True,
        concurrency: int = 8,
        rate: float | None = VENDOR_RATE,
        journal: str | Path | Journal | None = None,
        stop_on_error: bool = False,
        executor: Executor | None = None,
        **options: Unpack[CallOptions],
    ) -> Generator[BulkItem, None, None]:
        """Delete many entries, and yield one BulkItem for each id as it ends: an outcome or an error. Nothing is sent
        until you iterate.

        ids: any iterable; never more of it is taken than `concurrency` ids are under way; while it is waited for, no
        item is given back. missing_ok: as for `delete`; here an unknown id is ALREADY_GONE unless told otherwise.
        rate: requests a minute of all calls of this client, by default the vendor's limit for one IP address; None for
        no pace. A 429 pauses everybody for what Retry-After says. journal: the path of a file that survives a crash;
        running again with the same journal and ids sends what has no outcome yet. stop_on_error: whether the first
        error ends the run. executor: any concurrent.futures.Executor to spread the run over, `concurrency` chunks at a
        time; its workers take the key from MAILPARTNER_API_KEY in their own environment.
        Raises the error of a refused key or account at the first such answer, BulkStoppedError after 20 failures in a
        row, and JournalError for a journal that cannot be used; all after the items of what was under way.
        """
        start.check_ids(ids)
        plan = start.BulkOptions(missing_ok, concurrency, rate, journal, stop_on_error, executor)
        return start.delete_many(self._client, ids, plan, options)


class AsyncUnsubscribes:
    """The addresses that no longer receive the mailings of the account. `delete_many` runs on asyncio only."""

    def __init__(self, client: AsyncMailPartner) -> None:
        self._client = client

    async def list(self, **options: Unpack[CallOptions]) -> tuple[Unsubscribe, ...]:
        """All entries, in the order of the server.

        The vendor documents no paging, so none is done; an answer that counts more entries than it has is an
        UnexpectedResponseError. Up to 256 MiB are read, about three million entries: a long list may need a longer
        `deadline`. Source: the vendor's page "Liste des désabonnements".
        """
        settled = await self._client._settle(*listing.list_call(self._client, options))
        return listing.entries(settled)

    async def find(self, email: str, /, **options: Unpack[CallOptions]) -> tuple[Unsubscribe, ...]:
        """The entries with this address: none, one, or several. Reads the whole list.

        Addresses are compared as the list gives them, but for the letters of the domain, whose case does not count.
        Raises TypeError or ValueError for what is no address.
        """
        listing.check_address(email)
        return listing.with_address(email, await self.list(**options))

    async def add(self, email: str, /, **options: Unpack[CallOptions]) -> int:
        """Put an address on the list, so that it receives no more mailings. Returns the id of the entry.

        That this id (the vendor's stopId) is the one that `list` shows is likely but not documented. After a lost
        answer the addition is repeated; if the address is then listed already, its id is looked up in the list.
        Raises TypeError or ValueError for what is no address, InvalidRequestError for an address that is listed
        already (name ALREADY_LISTED) or that the server finds invalid. Source: the vendor's page "Ajouter un mail".
        """
        settled = await self._client._settle(*listing.add_call(self._client, email, options))
        found: tuple[Unsubscribe, ...] = ()
        if listing.added_before(settled):
            with suppress(MailPartnerError):
                found = await self.find(email, **options)
        return listing.new_id(settled, found)

    async def delete(self, id: int, /, *, missing_ok: bool = False, **options: Unpack[CallOptions]) -> Deletion:
        """Delete one entry, so that its address receives mailings again.

        id: the entry's id, from the list of unsubscribes; an int from 1 to 2⁶³-1. missing_ok: whether an id that the
        API does not know is ALREADY_GONE rather than an error. After a lost answer the deletion is repeated; if the
        API then does not know the id, the outcome is ALREADY_GONE.
        Raises TypeError or ValueError for an id that cannot be one, NotFoundError for one that the API does not know.
        Source: the vendor's page "Supprimer un mail".
        """
        settled = await self._client._settle(*removal.delete_call(self._client, id, options))
        return removal.deletion(id, settled, missing_ok)

    async def delete_email(
        self, email: str, /, *, missing_ok: bool = False, **options: Unpack[CallOptions]
    ) -> tuple[Deletion, ...]:
        """Delete every entry with this address, found as `find` does: one call for the list, and one for each entry.

        Returns a Deletion for each; none where the address is not listed and missing_ok is given. Each call has the
        whole deadline. Should a later call fail, the error's `deletions` are those done before it.
        Raises TypeError or ValueError for what is no address, NotFoundError where it is not listed.
        """
        entries = await self.find(email, **options)
        with removal.PartialDeletion(entries, missing_ok) as several:
            for entry in entries:
                several.done.append(await self.delete(entry.id, missing_ok=True, **options))
        return tuple(several.done)

    def delete_many(
        self,
        ids: Iterable[int],
        /,
        *,
        missing_ok: bool = True,
        concurrency: int = 8,
        rate: float | None = VENDOR_RATE,
        journal: str | Path | Journal | None = None,
        stop_on_error: bool = False,
        executor: Executor | None = None,
        **options: Unpack[CallOptions],
    ) -> AsyncGenerator[BulkItem, None]:
        """Delete many entries, and yield one BulkItem for each id as it ends: an outcome or an error. Nothing is sent
        until you iterate.

        ids: any iterable; never more of it is taken than `concurrency` ids are under way; while it is waited for, no
        item is given back. missing_ok: as for `delete`; here an unknown id is ALREADY_GONE unless told otherwise.
        rate: requests a minute of all calls of this client, by default the vendor's limit for one IP address; None for
        no pace. A 429 pauses everybody for what Retry-After says. journal: the path of a file that survives a crash;
        running again with the same journal and ids sends what has no outcome yet. stop_on_error: whether the first
        error ends the run. executor: any concurrent.futures.Executor to spread the run over, `concurrency` chunks at a
        time; its workers take the key from MAILPARTNER_API_KEY in their own environment.
        Raises the error of a refused key or account at the first such answer, BulkStoppedError after 20 failures in a
        row, and JournalError for a journal that cannot be used; all after the items of what was under way.
        """
        start.check_ids(ids)
        plan = start.BulkOptions(missing_ok, concurrency, rate, journal, stop_on_error, executor)
        return start.delete_many_async(self._client, ids, plan, options)
