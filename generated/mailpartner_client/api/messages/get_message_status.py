from http import HTTPStatus
from typing import Any

import httpx

from ...client import AuthenticatedClient, Client
from ...models.message_status import MessageStatus
from ...types import UNSET, Response


def _get_kwargs(
    *,
    message_id: str,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    params["messageId"] = message_id

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/v1/bulk-status",
        "params": params,
    }

    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> MessageStatus:
    if response.status_code == 200:
        response_200 = MessageStatus.from_dict(response.json())

        return response_200

    response_default = MessageStatus.from_dict(response.json())

    return response_default


def _build_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Response[MessageStatus]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient | Client,
    message_id: str,
) -> Response[MessageStatus]:
    """Read what became of a message

     What became of a message, for each of its recipients. Reports come in within seconds, and up to 48
    hours after sending. No webhook is documented for mail. /v1/message-status is on the SMS service's
    pages only.

    - Format: the page lists no _format here, unlike all others; whether the server knows it is not
      known, so this operation does not offer it.
    - Status: only Delivered is shown. Other values are not known: the list is open.
    - Recipients: each has a token and a cost of its own, which suggests one mail for each; the vendor
      does not say so.

    Args:
        message_id (str):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[MessageStatus]
    """

    kwargs = _get_kwargs(
        message_id=message_id,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient | Client,
    message_id: str,
) -> MessageStatus | None:
    """Read what became of a message

     What became of a message, for each of its recipients. Reports come in within seconds, and up to 48
    hours after sending. No webhook is documented for mail. /v1/message-status is on the SMS service's
    pages only.

    - Format: the page lists no _format here, unlike all others; whether the server knows it is not
      known, so this operation does not offer it.
    - Status: only Delivered is shown. Other values are not known: the list is open.
    - Recipients: each has a token and a cost of its own, which suggests one mail for each; the vendor
      does not say so.

    Args:
        message_id (str):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        MessageStatus
    """

    return sync_detailed(
        client=client,
        message_id=message_id,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient | Client,
    message_id: str,
) -> Response[MessageStatus]:
    """Read what became of a message

     What became of a message, for each of its recipients. Reports come in within seconds, and up to 48
    hours after sending. No webhook is documented for mail. /v1/message-status is on the SMS service's
    pages only.

    - Format: the page lists no _format here, unlike all others; whether the server knows it is not
      known, so this operation does not offer it.
    - Status: only Delivered is shown. Other values are not known: the list is open.
    - Recipients: each has a token and a cost of its own, which suggests one mail for each; the vendor
      does not say so.

    Args:
        message_id (str):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[MessageStatus]
    """

    kwargs = _get_kwargs(
        message_id=message_id,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient | Client,
    message_id: str,
) -> MessageStatus | None:
    """Read what became of a message

     What became of a message, for each of its recipients. Reports come in within seconds, and up to 48
    hours after sending. No webhook is documented for mail. /v1/message-status is on the SMS service's
    pages only.

    - Format: the page lists no _format here, unlike all others; whether the server knows it is not
      known, so this operation does not offer it.
    - Status: only Delivered is shown. Other values are not known: the list is open.
    - Recipients: each has a token and a cost of its own, which suggests one mail for each; the vendor
      does not say so.

    Args:
        message_id (str):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        MessageStatus
    """

    return (
        await asyncio_detailed(
            client=client,
            message_id=message_id,
        )
    ).parsed
