"""Read the list of unsubscribes entry by entry, without ever holding all of it."""

from __future__ import annotations

from collections.abc import Callable

from mailpartner.client import MailPartner
from mailpartner.resources._unsubscribe_calls import scan_call

Take = Callable[[int, str], None]


class ListingClient(MailPartner):
    """A client that can hand on the entries of the list one by one."""

    def scan(self, begin: Callable[[], None], take: Take) -> None:
        """Call `begin`, then `take` with the id and the address of each entry, in one call of the API.

        If more was handed on than the list holds, as when a first answer broke off and a second one came, the list is
        read again as a whole after another `begin`.
        """
        taken = 0

        def count(id: int, email: str) -> None:
            nonlocal taken
            taken += 1
            take(id, email)

        begin()
        if self._session.execute(scan_call(count), {}) != taken:
            begin()
            for entry in self.unsubscribes.list():
                take(entry.id, entry.email)
