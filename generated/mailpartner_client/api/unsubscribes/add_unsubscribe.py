from http import HTTPStatus
from typing import Any

import httpx

from ...client import AuthenticatedClient, Client
from ...models.add_unsubscribe_format import AddUnsubscribeFormat
from ...models.addition import Addition
from ...models.unsubscribe_addition import UnsubscribeAddition
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    body: UnsubscribeAddition,
    field_format_: AddUnsubscribeFormat | Unset = UNSET,
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
        "url": "/v1/unsubscribe/add",
        "params": params,
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Addition:
    if response.status_code == 200:
        response_200 = Addition.from_dict(response.json())

        return response_200

    response_default = Addition.from_dict(response.json())

    return response_default


def _build_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Response[Addition]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient | Client,
    body: UnsubscribeAddition,
    field_format_: AddUnsubscribeFormat | Unset = UNSET,
) -> Response[Addition]:
    """Add an unsubscribe

     Puts an address on the list of unsubscribes, so that it receives no more mailings.

    - Body: JSON with the key in it, as all sources show.
    - Repeating: a second addition answers code 3; after a lost answer, code 3 therefore means that the
      address is on the list, whose entry has its id.

    Args:
        field_format_ (AddUnsubscribeFormat | Unset):
        body (UnsubscribeAddition): An address to add, with the key of the account.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Addition]
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
    body: UnsubscribeAddition,
    field_format_: AddUnsubscribeFormat | Unset = UNSET,
) -> Addition | None:
    """Add an unsubscribe

     Puts an address on the list of unsubscribes, so that it receives no more mailings.

    - Body: JSON with the key in it, as all sources show.
    - Repeating: a second addition answers code 3; after a lost answer, code 3 therefore means that the
      address is on the list, whose entry has its id.

    Args:
        field_format_ (AddUnsubscribeFormat | Unset):
        body (UnsubscribeAddition): An address to add, with the key of the account.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Addition
    """

    return sync_detailed(
        client=client,
        body=body,
        field_format_=field_format_,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient | Client,
    body: UnsubscribeAddition,
    field_format_: AddUnsubscribeFormat | Unset = UNSET,
) -> Response[Addition]:
    """Add an unsubscribe

     Puts an address on the list of unsubscribes, so that it receives no more mailings.

    - Body: JSON with the key in it, as all sources show.
    - Repeating: a second addition answers code 3; after a lost answer, code 3 therefore means that the
      address is on the list, whose entry has its id.

    Args:
        field_format_ (AddUnsubscribeFormat | Unset):
        body (UnsubscribeAddition): An address to add, with the key of the account.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Addition]
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
    body: UnsubscribeAddition,
    field_format_: AddUnsubscribeFormat | Unset = UNSET,
) -> Addition | None:
    """Add an unsubscribe

     Puts an address on the list of unsubscribes, so that it receives no more mailings.

    - Body: JSON with the key in it, as all sources show.
    - Repeating: a second addition answers code 3; after a lost answer, code 3 therefore means that the
      address is on the list, whose entry has its id.

    Args:
        field_format_ (AddUnsubscribeFormat | Unset):
        body (UnsubscribeAddition): An address to add, with the key of the account.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Addition
    """

    return (
        await asyncio_detailed(
            client=client,
            body=body,
            field_format_=field_format_,
        )
    ).parsed
