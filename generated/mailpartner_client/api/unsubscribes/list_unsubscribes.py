from http import HTTPStatus
from typing import Any

import httpx

from ...client import AuthenticatedClient, Client
from ...models.list_unsubscribes_format import ListUnsubscribesFormat
from ...models.unsubscribe_list import UnsubscribeList
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    field_format_: ListUnsubscribesFormat | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    json_field_format_: str | Unset = UNSET
    if not isinstance(field_format_, Unset):
        json_field_format_ = field_format_.value

    params["_format"] = json_field_format_

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/v1/unsubscribe/list",
        "params": params,
    }

    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> UnsubscribeList:
    if response.status_code == 200:
        response_200 = UnsubscribeList.from_dict(response.json())

        return response_200

    response_default = UnsubscribeList.from_dict(response.json())

    return response_default


def _build_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Response[UnsubscribeList]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient | Client,
    field_format_: ListUnsubscribesFormat | Unset = UNSET,
) -> Response[UnsubscribeList]:
    """List the unsubscribes

     All entries of the list of unsubscribes, with the ids that the delete operation takes.

    - Path: the heading of the vendor's page says /v1/bulk-status, pasted from the page of the delivery
      status; all its samples call this path.
    - Paging: no paging parameter is documented, and none is described here. Whether the list is
      complete for a large account is not known; a client should compare nbData with the number of
      entries it received.

    Args:
        field_format_ (ListUnsubscribesFormat | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[UnsubscribeList]
    """

    kwargs = _get_kwargs(
        field_format_=field_format_,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient | Client,
    field_format_: ListUnsubscribesFormat | Unset = UNSET,
) -> UnsubscribeList | None:
    """List the unsubscribes

     All entries of the list of unsubscribes, with the ids that the delete operation takes.

    - Path: the heading of the vendor's page says /v1/bulk-status, pasted from the page of the delivery
      status; all its samples call this path.
    - Paging: no paging parameter is documented, and none is described here. Whether the list is
      complete for a large account is not known; a client should compare nbData with the number of
      entries it received.

    Args:
        field_format_ (ListUnsubscribesFormat | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        UnsubscribeList
    """

    return sync_detailed(
        client=client,
        field_format_=field_format_,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient | Client,
    field_format_: ListUnsubscribesFormat | Unset = UNSET,
) -> Response[UnsubscribeList]:
    """List the unsubscribes

     All entries of the list of unsubscribes, with the ids that the delete operation takes.

    - Path: the heading of the vendor's page says /v1/bulk-status, pasted from the page of the delivery
      status; all its samples call this path.
    - Paging: no paging parameter is documented, and none is described here. Whether the list is
      complete for a large account is not known; a client should compare nbData with the number of
      entries it received.

    Args:
        field_format_ (ListUnsubscribesFormat | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[UnsubscribeList]
    """

    kwargs = _get_kwargs(
        field_format_=field_format_,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient | Client,
    field_format_: ListUnsubscribesFormat | Unset = UNSET,
) -> UnsubscribeList | None:
    """List the unsubscribes

     All entries of the list of unsubscribes, with the ids that the delete operation takes.

    - Path: the heading of the vendor's page says /v1/bulk-status, pasted from the page of the delivery
      status; all its samples call this path.
    - Paging: no paging parameter is documented, and none is described here. Whether the list is
      complete for a large account is not known; a client should compare nbData with the number of
      entries it received.

    Args:
        field_format_ (ListUnsubscribesFormat | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        UnsubscribeList
    """

    return (
        await asyncio_detailed(
            client=client,
            field_format_=field_format_,
        )
    ).parsed
