from http import HTTPStatus
from typing import Any

import httpx

from ...client import AuthenticatedClient, Client
from ...models.credit_balances import CreditBalances
from ...models.credit_order import CreditOrder
from ...models.remove_subaccount_credit_format import RemoveSubaccountCreditFormat
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    body: CreditOrder,
    field_format_: RemoveSubaccountCreditFormat | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    params: dict[str, Any] = {}

    json_field_format_: str | Unset = UNSET
    if not isinstance(field_format_, Unset):
        json_field_format_ = field_format_.value

    params["_format"] = json_field_format_

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/v1/subaccount/credit/remove",
        "params": params,
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> CreditBalances:
    if response.status_code == 200:
        response_200 = CreditBalances.from_dict(response.json())

        return response_200

    response_default = CreditBalances.from_dict(response.json())

    return response_default


def _build_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Response[CreditBalances]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient | Client,
    body: CreditOrder,
    field_format_: RemoveSubaccountCreditFormat | Unset = UNSET,
) -> Response[CreditBalances]:
    """Take credit from a sub-account

     Moves credit from a sub-account back to the account.

    - Samples: those in PHP, Python and cURL call credit/add, VB.net calls subaccount/credit/sms, which
      does not exist: copied as they stand, they give credit where it was to be taken. The page also
      describes credit as the amount to add.
    - Codes: unreliable; the list of codes says why.
    - Repeating: each request moves credit. Never repeat it in doubt: compare the balances first.

    Args:
        field_format_ (RemoveSubaccountCreditFormat | Unset):
        body (CreditOrder): Credit to move, with the key of the account.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[CreditBalances]
    """

    kwargs = _get_kwargs(
        body=body,
        field_format_=field_format_,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient | Client,
    body: CreditOrder,
    field_format_: RemoveSubaccountCreditFormat | Unset = UNSET,
) -> CreditBalances | None:
    """Take credit from a sub-account

     Moves credit from a sub-account back to the account.

    - Samples: those in PHP, Python and cURL call credit/add, VB.net calls subaccount/credit/sms, which
      does not exist: copied as they stand, they give credit where it was to be taken. The page also
      describes credit as the amount to add.
    - Codes: unreliable; the list of codes says why.
    - Repeating: each request moves credit. Never repeat it in doubt: compare the balances first.

    Args:
        field_format_ (RemoveSubaccountCreditFormat | Unset):
        body (CreditOrder): Credit to move, with the key of the account.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        CreditBalances
    """

    return sync_detailed(
        client=client,
        body=body,
        field_format_=field_format_,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient | Client,
    body: CreditOrder,
    field_format_: RemoveSubaccountCreditFormat | Unset = UNSET,
) -> Response[CreditBalances]:
    """Take credit from a sub-account

     Moves credit from a sub-account back to the account.

    - Samples: those in PHP, Python and cURL call credit/add, VB.net calls subaccount/credit/sms, which
      does not exist: copied as they stand, they give credit where it was to be taken. The page also
      describes credit as the amount to add.
    - Codes: unreliable; the list of codes says why.
    - Repeating: each request moves credit. Never repeat it in doubt: compare the balances first.

    Args:
        field_format_ (RemoveSubaccountCreditFormat | Unset):
        body (CreditOrder): Credit to move, with the key of the account.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[CreditBalances]
    """

    kwargs = _get_kwargs(
        body=body,
        field_format_=field_format_,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient | Client,
    body: CreditOrder,
    field_format_: RemoveSubaccountCreditFormat | Unset = UNSET,
) -> CreditBalances | None:
    """Take credit from a sub-account

     Moves credit from a sub-account back to the account.

    - Samples: those in PHP, Python and cURL call credit/add, VB.net calls subaccount/credit/sms, which
      does not exist: copied as they stand, they give credit where it was to be taken. The page also
      describes credit as the amount to add.
    - Codes: unreliable; the list of codes says why.
    - Repeating: each request moves credit. Never repeat it in doubt: compare the balances first.

    Args:
        field_format_ (RemoveSubaccountCreditFormat | Unset):
        body (CreditOrder): Credit to move, with the key of the account.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        CreditBalances
    """

    return (
        await asyncio_detailed(
            client=client,
            body=body,
            field_format_=field_format_,
        )
    ).parsed
