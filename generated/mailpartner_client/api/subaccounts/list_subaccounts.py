from http import HTTPStatus
from typing import Any

import httpx

from ...client import AuthenticatedClient, Client
from ...models.list_subaccounts_format import ListSubaccountsFormat
from ...models.subaccount_page import SubaccountPage
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    page: int | Unset = UNSET,
    field_format_: ListSubaccountsFormat | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    params["page"] = page

    json_field_format_: str | Unset = UNSET
    if not isinstance(field_format_, Unset):
        json_field_format_ = field_format_.value

    params["_format"] = json_field_format_

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/v1/subaccount/list",
        "params": params,
    }

    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> SubaccountPage:
    if response.status_code == 200:
        response_200 = SubaccountPage.from_dict(response.json())

        return response_200

    response_default = SubaccountPage.from_dict(response.json())

    return response_default


def _build_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Response[SubaccountPage]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient | Client,
    page: int | Unset = UNSET,
    field_format_: ListSubaccountsFormat | Unset = UNSET,
) -> Response[SubaccountPage]:
    """List the sub-accounts

     One page of the sub-accounts, 20 of them. The answer holds their keys and tokens: whoever has them
    acts for these accounts.

    - Page: listed among the required parameters, and said to be 1 where it is left out. So it is
      optional here. A client should not rely on it: if the server ignores it, each page is the first.
    - Sample: one edition prints a // comment inside the JSON. It is a slip.

    Args:
        page (int | Unset):
        field_format_ (ListSubaccountsFormat | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[SubaccountPage]
    """

    kwargs = _get_kwargs(
        page=page,
        field_format_=field_format_,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient | Client,
    page: int | Unset = UNSET,
    field_format_: ListSubaccountsFormat | Unset = UNSET,
) -> SubaccountPage | None:
    """List the sub-accounts

     One page of the sub-accounts, 20 of them. The answer holds their keys and tokens: whoever has them
    acts for these accounts.

    - Page: listed among the required parameters, and said to be 1 where it is left out. So it is
      optional here. A client should not rely on it: if the server ignores it, each page is the first.
    - Sample: one edition prints a // comment inside the JSON. It is a slip.

    Args:
        page (int | Unset):
        field_format_ (ListSubaccountsFormat | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        SubaccountPage
    """

    return sync_detailed(
        client=client,
        page=page,
        field_format_=field_format_,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient | Client,
    page: int | Unset = UNSET,
    field_format_: ListSubaccountsFormat | Unset = UNSET,
) -> Response[SubaccountPage]:
    """List the sub-accounts

     One page of the sub-accounts, 20 of them. The answer holds their keys and tokens: whoever has them
    acts for these accounts.

    - Page: listed among the required parameters, and said to be 1 where it is left out. So it is
      optional here. A client should not rely on it: if the server ignores it, each page is the first.
    - Sample: one edition prints a // comment inside the JSON. It is a slip.

    Args:
        page (int | Unset):
        field_format_ (ListSubaccountsFormat | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[SubaccountPage]
    """

    kwargs = _get_kwargs(
        page=page,
        field_format_=field_format_,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient | Client,
    page: int | Unset = UNSET,
    field_format_: ListSubaccountsFormat | Unset = UNSET,
) -> SubaccountPage | None:
    """List the sub-accounts

     One page of the sub-accounts, 20 of them. The answer holds their keys and tokens: whoever has them
    acts for these accounts.

    - Page: listed among the required parameters, and said to be 1 where it is left out. So it is
      optional here. A client should not rely on it: if the server ignores it, each page is the first.
    - Sample: one edition prints a // comment inside the JSON. It is a slip.

    Args:
        page (int | Unset):
        field_format_ (ListSubaccountsFormat | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        SubaccountPage
    """

    return (
        await asyncio_detailed(
            client=client,
            page=page,
            field_format_=field_format_,
        )
    ).parsed
