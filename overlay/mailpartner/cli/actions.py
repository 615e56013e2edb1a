"""What the bulk commands do: delete entries of the list, or add addresses to it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import attrs

if TYPE_CHECKING:
    from mailpartner._bulk.journal import Journal
    from mailpartner._bulk.run import BulkRun
    from mailpartner.client import MailPartner


@attrs.frozen
class Action:
    """What a bulk command does with each item.

    `command` is its name in the journal, `type` and `item` are those of JSON lines; `outcomes` are of an item that was
    done, and of one that was done before.
    """

    command: str
    type: str
    item: str
    outcomes: tuple[str, str]
    start: Callable[..., BulkRun[Any, Any]]


def _delete(client: MailPartner, ids: Iterable[int], done_before_ok: bool, **options: Any) -> BulkRun[Any, Any]:
    return client.unsubscribes.delete_many(ids, missing_ok=done_before_ok, **options)


def _add(client: MailPartner, emails: Iterable[str], done_before_ok: bool, **options: Any) -> BulkRun[Any, Any]:
    return client.unsubscribes.add_many(emails, exist_ok=done_before_ok, **options)


DELETION = Action("mailpartner unsubscribes delete", "deletion", "id", ("deleted", "already_gone"), _delete)
ADDITION = Action("mailpartner unsubscribes add", "addition", "email", ("added", "already_listed"), _add)


def action_of(journal: Journal) -> Action:
    """Return what the run of a journal does."""
    return ADDITION if journal.metadata()["command"] == ADDITION.command else DELETION
