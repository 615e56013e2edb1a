"""The answers that `mailpartner.testing` offers: functions of the request that they are given to."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from mailpartner._core.response import NoResponse, RawResponse
from mailpartner._secret import Secret
from mailpartner.results import Delivery, Subaccount, Unsubscribe

if TYPE_CHECKING:
    from mailpartner._core.request import Request
    from mailpartner.contract import Operation, Schema

__all__ = [
    "added",
    "cancelled",
    "created",
    "credits",
    "delivered",
    "done",
    "listed",
    "lost",
    "moved",
    "never_sent",
    "raw",
    "refused",
    "sent",
    "subaccounts",
]

_NIL = '<entry xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:nil="true"/>'

Answer = RawResponse | NoResponse
ScriptedAnswer = Callable[["Request"], Answer]


def done(code: int = 200, message: str | None = None, *, status: int = 200, **data: Any) -> ScriptedAnswer:
    """Answer that it was done, in the requested format.

    Args:
        code: The API's code.
        message: The server's text.
        status: The HTTP status.
        **data: The other fields of the answer, by their names in the JSON.
    """
    answer = {"success": True, "code": code, "message": message, **data}
    return lambda request: _render(request, answer, status, None)


def listed(entries: Iterable[str | Unsubscribe] = (), *, status: int = 200) -> ScriptedAnswer:
    """Answer to `list`, and so to `find` and `delete_email`.

    Args:
        entries: Addresses, whose ids are then 1, 2, ..., or whole entries.
        status: The HTTP status.
    """
    rows = (each if isinstance(each, Unsubscribe) else Unsubscribe(nr, each) for nr, each in enumerate(entries, 1))
    data = [{"id": row.id, "email": row.email, "createdAt": row.created_at} for row in rows]
    return done(status=status, nbData=len(data), data=data)


def added(id: int, *, status: int = 200) -> ScriptedAnswer:
    """Answer to `add` with the id of the new entry.

    Args:
        id: The id.
        status: The HTTP status.
    """
    return done(stopId=id, status=status)


def credits(
    mails: int,
    *,
    balance: Decimal | int | str = 0,
    currency: str = "EUR",
    username: str = "account@example.com",
    status: int = 200,
) -> ScriptedAnswer:
    """Answer to `account.credits`.

    Args:
        mails: How many mails may be sent.
        balance: The balance.
        currency: Its currency.
        username: The name that the account's owner signs in with.
        status: The HTTP status.
    """
    fields = {"creditMail": mails, "currency": currency, "balance": str(balance)}
    return done(status=status, user={"username": username}, credits=fields)


def sent(
    message_id: str = "300",
    *,
    count: int = 1,
    cost: Decimal | float | None = None,
    currency: str | None = None,
    scheduled: str | None = None,
    status: int = 200,
) -> ScriptedAnswer:
    """Answer to `messages.send`.

    Args:
        message_id: The id of the message.
        count: How many mails it is.
        cost: What it costs.
        currency: The currency of the cost.
        scheduled: When it will be sent, as the server writes it.
        status: The HTTP status.
    """
    price = None if cost is None else float(cost)
    fields: dict[str, Any] = {"messageId": message_id, "nbMail": count, "cost": price, "currency": currency}
    return done(status=status, **fields, scheduledDeliveryDate=scheduled)


def cancelled(message: str | None = "L'envoi du mail a été annulé.", *, status: int = 200) -> ScriptedAnswer:
    """Answer to `messages.cancel`.

    Args:
        message: The server's text.
        status: The HTTP status.
    """
    return done(message=message, status=status)


def delivered(
    deliveries: Iterable[str | Delivery] = (), *, message_id: str | None = None, status: int = 200
) -> ScriptedAnswer:
    """Answer to `messages.status`.

    Args:
        deliveries: Addresses, whose mail is then ``Delivered``, or whole deliveries.
        message_id: The id that the server tells; by default the client's own is taken.
        status: The HTTP status.
    """
    rows = (each if isinstance(each, Delivery) else Delivery(each, "Delivered") for each in deliveries)
    return done(status=status, messageId=message_id, StatutResponseList=[_delivery(row) for row in rows])


def _delivery(row: Delivery) -> dict[str, Any]:
    date = None if row.date is None else str(int(row.date.timestamp()))
    cost = None if row.cost is None else float(row.cost)
    fields = {"email": row.email, "token": row.token, "status": row.status, "cost": cost}
    return {**fields, "stopMail": row.unsubscribed, "date": date}


def subaccounts(
    accounts: Iterable[str | Subaccount] = (),
    *,
    total: int | None = None,
    page: int = 1,
    per_page: int = 20,
    status: int = 200,
) -> ScriptedAnswer:
    """Answer to `subaccounts.list`: one page.

    Args:
        accounts: Addresses, whose ids and tokens then follow from their places, or whole sub-accounts.
        total: How many there are on all pages, by default those of this one.
        page: Which page it is.
        per_page: How many a page holds.
        status: The HTTP status.
    """
    data = [_subaccount(each, number) for number, each in enumerate(accounts, (page - 1) * per_page + 1)]
    total = len(data) if total is None else total
    return done(status=status, total=total, nb_per_page=per_page, page=page, data=data)


def _subaccount(row: str | Subaccount, number: int) -> dict[str, Any]:
    if isinstance(row, str):
        row = Subaccount(row, Secret(f"token{number}"), Secret(f"key{number}"), number, "simple")
    token, key = (secret.reveal() if secret is not None else None for secret in (row.token, row.api_key))
    credits = {"balance": None if row.balance is None else str(row.balance), "currency": row.currency}
    head = {"id": row.id, "email": row.email, "type": row.type, "token": token, "apiKey": key}
    return {**head, "createdAt": row.created_at, "credits": credits}


def created(email: str, token: str, *, status: int = 200) -> ScriptedAnswer:
    """Answer to `subaccounts.create`.

    Args:
        email: The address of the new sub-account.
        token: Its token.
        status: The HTTP status.
    """
    return done(status=status, subaccount={"email": email, "token": token}, sendConfirmMailTo=email)


def moved(
    credit: Decimal | float, subaccount_credit: Decimal | float, *, currency: str = "EUR", status: int = 200
) -> ScriptedAnswer:
    """Answer to `subaccounts.add_credit` and `remove_credit`.

    Args:
        credit: The credit of the account afterwards.
        subaccount_credit: The credit of the sub-account afterwards.
        currency: The currency of both.
        status: The HTTP status.
    """
    sides: dict[str, Any] = {"credit": float(credit), "subaccountCredit": float(subaccount_credit)}
    return done(status=status, currency=currency, **sides)


def refused(
    code: int | str, message: str | None = None, *, status: int = 200, retry_after: str | float | None = None
) -> ScriptedAnswer:
    """Refuse.

    Args:
        code: A number, or a name in openapi.yaml such as "UNKNOWN_ID".
        message: The server's text, by default the vendor's.
        status: The HTTP status.
        retry_after: The Retry-After header, or seconds.
    """

    def answer(request: Request) -> RawResponse:
        number = _number(code, request.operation)
        known = request.operation.codes.get(number)
        text = message if message is not None or known is None else known.text
        body = {"success": False, "code": number, "message": text}
        return _render(request, body, status, _header(retry_after))

    return answer


def raw(
    body: bytes | str = b"",
    *,
    status: int = 200,
    content_type: str | None = "text/html",
    retry_after: str | float | None = None,
    location: str | None = None,
) -> ScriptedAnswer:
    """Answer anything at all, such as the error page of a gateway.

    Args:
        body: The body.
        status: The HTTP status.
        content_type: The Content-Type header.
        retry_after: The Retry-After header, or seconds.
        location: The Location header.
    """
    data = body.encode("utf-8") if isinstance(body, str) else body
    return lambda request: RawResponse(status, content_type, _header(retry_after), location, data)


def lost(*, timed_out: bool = False) -> ScriptedAnswer:
    """Lose the answer after the request was sent: it may have been done.

    Args:
        timed_out: Whether the answer does not come in time, rather than the connection breaking.
    """
    detail = "the answer timed out" if timed_out else "the connection was lost"
    return lambda request: NoResponse(True, timed_out, detail)


def never_sent(*, timed_out: bool = False) -> ScriptedAnswer:
    """Fail to connect, so that nothing can have been done.

    Args:
        timed_out: Whether connecting takes too long, rather than being refused.
    """
    return lambda request: NoResponse(False, timed_out, "no connection")


def _header(retry_after: str | float | None) -> str | None:
    return None if retry_after is None else str(retry_after)


def _number(code: int | str, operation: Operation) -> int:
    if isinstance(code, int):
        return code
    numbers = {known.name: number for number, known in operation.codes.items()}
    if code in numbers:
        return numbers[code]
    raise AssertionError(f"openapi.yaml has no code {code!r} for {operation.id}; it has {', '.join(numbers)}.")


def _render(request: Request, data: dict[str, Any], status: int, retry_after: str | None) -> RawResponse:
    present = {name: value for name, value in data.items() if value is not None}
    if request.format == "json":
        return RawResponse(status, "application/json", retry_after, None, json.dumps(present).encode())
    text = f"<?xml version='1.0' encoding='UTF-8'?>\n<result>{_entries(present, request.operation.response)}</result>"
    return RawResponse(status, "application/xml", retry_after, None, text.encode())


def _entries(data: dict[str, Any], schema: Schema) -> str:
    """Return each field at its place: nil if absent before a present one, as the vendor's serializer does."""
    places = [index for index, (name, _) in enumerate(schema.fields) if data.get(name) is not None]
    shown = schema.fields[: max(places, default=-1) + 1]
    return "".join(
        f"<entry>{_xml(data[name], inner)}</entry>" if data.get(name) is not None else _NIL for name, inner in shown
    )


def _xml(value: Any, schema: Schema) -> str:
    if schema.type == "object":
        return _entries(value, schema)
    if schema.type == "array" and schema.items is not None:
        items = schema.items
        return "".join(f"<entry>{_xml(item, items)}</entry>" for item in value)
    return str(value).lower() if isinstance(value, bool) else escape(str(value))
