"""The pages of the list of sub-accounts."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from decimal import Decimal
from functools import partial
from typing import Any, Generic, TypeVar

from mailpartner._core.call import CallResult, Failure
from mailpartner._core.generated_client import operation_module
from mailpartner._core.options import CallOptions
from mailpartner._core.request import check_limits
from mailpartner._core.session import AsyncSession, Call, Session
from mailpartner.resources._base import argument_limits
from mailpartner.results import Subaccount

S = TypeVar("S", Session, AsyncSession)
P = TypeVar("P", bound="_Page[Any]")


class _Page(Generic[S]):
    """What sync and async pages share."""

    def __init__(self, session: S, options: CallOptions, number: int, data: dict[str, Any]) -> None:
        self._session: S = session
        self._options = options
        self._number = number
        self.items: tuple[Subaccount, ...] = tuple(map(_subaccount, data["data"]))
        """The sub-accounts of this page alone."""
        self.page: int = data.get("page", number)
        """Which page this is."""
        self.per_page: int | None = data.get("nb_per_page")
        """How many a page holds, None if the server did not tell it."""
        self.total: int | None = data.get("total")
        """How many there are on all pages, None if the server did not tell it."""

    def __repr__(self) -> str:
        """Show which page it is, and how much it holds."""
        return f"{type(self).__name__}(page={self.page}, items={len(self.items)}, total={self.total})"


class _Progress:
    """What an iteration has seen, and which page comes next."""

    def __init__(self, number: int, per_page: int | None) -> None:
        self.next: int | None = number
        self._count = (number - 1) * (per_page or 0)
        self._ids: set[int | None] = set()

    def take(self, page: _Page[Any]) -> tuple[Subaccount, ...]:
        """Return those of a page that no earlier one had: where one is created meanwhile, the others move on.

        A page with nothing new is the last: a server that ignores the number of the page sends the same for ever.
        """
        new = tuple(each for each in page.items if each.id not in self._ids)
        self._ids.update(each.id for each in new)
        self._count += len(new)
        is_short = page.per_page is not None and len(page.items) < page.per_page
        is_whole = page.total is not None and self._count >= page.total
        self.next = None if not new or is_short or is_whole or self.next is None else self.next + 1
        return new


class SubaccountPage(_Page[Session]):
    """One page of the list. Iterate it for its sub-accounts and those of all later pages, each once.

    A page is read when it is needed. The iteration ends where a page brings nothing new: if the server ignores the
    number of the page, `total` is more than came.
    """

    def __iter__(self) -> Iterator[Subaccount]:
        """Yield the sub-accounts from this page on."""
        page, progress = self, _Progress(self._number, self.per_page)
        while True:
            yield from progress.take(page)
            if progress.next is None:
                return
            page = self._session.execute(page_call(self._session, progress.next, self._options), self._options)


class AsyncSubaccountPage(_Page[AsyncSession]):
    """One page of the list. Iterate it for its sub-accounts and those of all later pages, each once.

    A page is read when it is needed. The iteration ends where a page brings nothing new: if the server ignores the
    number of the page, `total` is more than came.
    """

    async def __aiter__(self) -> AsyncIterator[Subaccount]:
        """Yield the sub-accounts from this page on."""
        page, progress = self, _Progress(self._number, self.per_page)
        while True:
            for each in progress.take(page):
                yield each
            if progress.next is None:
                return
            call = async_page_call(self._session, progress.next, self._options)
            page = await self._session.execute(call, self._options)


def page_call(session: Session, number: int, options: CallOptions) -> Call[SubaccountPage]:
    """Describe reading a page.

    Raises:
        TypeError: If `number` is not an int.
        ValueError: If it is below 1.
    """
    return _call(number, partial(SubaccountPage, session, options, number))


def async_page_call(session: AsyncSession, number: int, options: CallOptions) -> Call[AsyncSubaccountPage]:
    """Describe the same for an async session."""
    return _call(number, partial(AsyncSubaccountPage, session, options, number))


def _call(number: int, make: Callable[[dict[str, Any]], P]) -> Call[P]:
    check_limits("page", number, argument_limits("listSubaccounts", "page"))
    return Call(operation_module("subaccounts.list_subaccounts"), {"page": number}, partial(_read, make))


def _read(make: Callable[[dict[str, Any]], P], outcome: CallResult) -> P:
    if isinstance(outcome, Failure):
        raise outcome.error
    return make(outcome.envelope.data)


def _subaccount(row: dict[str, Any]) -> Subaccount:
    credits = row.get("credits", {})
    return Subaccount(
        row["email"],
        row.get("token"),
        row.get("apiKey"),
        row["id"],
        row.get("type"),
        row.get("createdAt"),
        Decimal(credits["balance"]) if "balance" in credits else None,
        credits.get("currency"),
    )
