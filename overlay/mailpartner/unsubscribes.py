"""The list of unsubscribes ("Gestion des désabonnements"), sync and async side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailpartner.errors import NotFoundError
from mailpartner.exchange import Done
from mailpartner.results import Deletion, Outcome

if TYPE_CHECKING:
    from mailpartner.client import AsyncMailPartner, MailPartner
    from mailpartner.exchange import Settled

_ADVICE = {
    "not_found": "Take the id from the list of unsubscribes, or pass missing_ok=True.",
    "doubt": "Delete it once more with missing_ok=True.",
}


class Unsubscribes:
    """The addresses that no longer receive the mailings of the account."""

    def __init__(self, client: MailPartner) -> None:
        self._client = client

    def delete(
        self,
        id: int,
        /,
        *,
        missing_ok: bool = False,
        format: str | None = None,
        timeout: float | None = None,
        deadline: float | None = None,
        max_retries: int | None = None,
    ) -> Deletion:
        """Delete one entry, so that its address receives mailings again.

        id: the entry's id, from the list of unsubscribes; an int from 1 to 2⁶³-1. missing_ok: whether an id that the
        API does not know is ALREADY_GONE rather than an error. The others are those of the client, for this call
        only.

        After a lost answer the deletion is repeated; if the API then does not know the id, the outcome is
        ALREADY_GONE.

        Raises TypeError or ValueError for an id that cannot be one, NotFoundError for one that the API does not
        know, any other MailPartnerError as README's table says. Source: the vendor's page "Supprimer un mail".
        """
        from mailpartner_client.api.unsubscribes import delete_unsubscribe

        given = {"format": format, "timeout": timeout, "deadline": deadline, "max_retries": max_retries}
        request, options = self._client._prepared(delete_unsubscribe, {"id": id}, given, _ADVICE)
        return _deletion(id, self._client._settle(request, options), missing_ok)


class AsyncUnsubscribes:
    """The addresses that no longer receive the mailings of the account."""

    def __init__(self, client: AsyncMailPartner) -> None:
        self._client = client

    async def delete(
        self,
        id: int,
        /,
        *,
        missing_ok: bool = False,
        format: str | None = None,
        timeout: float | None = None,
        deadline: float | None = None,
        max_retries: int | None = None,
    ) -> Deletion:
        """Delete one entry, so that its address receives mailings again.

        id: the entry's id, from the list of unsubscribes; an int from 1 to 2⁶³-1. missing_ok: whether an id that the
        API does not know is ALREADY_GONE rather than an error. The others are those of the client, for this call
        only.

        After a lost answer the deletion is repeated; if the API then does not know the id, the outcome is
        ALREADY_GONE.

        Raises TypeError or ValueError for an id that cannot be one, NotFoundError for one that the API does not
        know, any other MailPartnerError as README's table says. Source: the vendor's page "Supprimer un mail".
        """
        from mailpartner_client.api.unsubscribes import delete_unsubscribe

        given = {"format": format, "timeout": timeout, "deadline": deadline, "max_retries": max_retries}
        request, options = self._client._prepared(delete_unsubscribe, {"id": id}, given, _ADVICE)
        return _deletion(id, await self._client._settle(request, options), missing_ok)


def _deletion(id: int, settled: Settled, missing_ok: bool) -> Deletion:
    if isinstance(settled, Done):
        envelope = settled.envelope
        return Deletion(id, Outcome.DELETED, envelope.code, envelope.message, settled.attempts, settled.http)
    error, http = settled.error, settled.http
    if isinstance(error, NotFoundError) and http is not None and (missing_ok or error.maybe_applied):
        return Deletion(id, Outcome.ALREADY_GONE, error.code, error.message, settled.attempts, http)
    raise error
