from http import HTTPStatus
from typing import Any

import httpx

from ...client import AuthenticatedClient, Client
from ...models.cancel_message_format import CancelMessageFormat
from ...models.outcome import Outcome
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    message_id: str,
    field_format_: CancelMessageFormat | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    params["messageId"] = message_id

    json_field_format_: str | Unset = UNSET
    if not isinstance(field_format_, Unset):
        json_field_format_ = field_format_.value

    params["_format"] = json_field_format_

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/v1/message-cancel",
        "params": params,
    }

    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Outcome:
    if response.status_code == 200:
        response_200 = Outcome.from_dict(response.json())

        return response_200

    response_default = Outcome.from_dict(response.json())

    return response_default


def _build_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Response[Outcome]:
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
    field_format_: CancelMessageFormat | Unset = UNSET,
) -> Response[Outcome]:
    """Cancel a scheduled message

     Cancels a message that is scheduled, at the latest five minutes before it is due. It has an effect
    although it is a GET: never prefetch it, cache it or follow it from a link.

    - Host: one edition's heading and some of its samples name api.smspartner.fr, the SMS service of
      the same vendor.
    - Answer: a success carries a message.
    - Repeating: a second cancellation answers code 5; after a lost answer, code 5 therefore means that
      the message is cancelled.

    Args:
        message_id (str):
        field_format_ (CancelMessageFormat | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Outcome]
    """

    kwargs = _get_kwargs(
        message_id=message_id,
        field_format_=field_format_,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient | Client,
    message_id: str,
    field_format_: CancelMessageFormat | Unset = UNSET,
) -> Outcome | None:
    """Cancel a scheduled message

     Cancels a message that is scheduled, at the latest five minutes before it is due. It has an effect
    although it is a GET: never prefetch it, cache it or follow it from a link.

    - Host: one edition's heading and some of its samples name api.smspartner.fr, the SMS service of
      the same vendor.
    - Answer: a success carries a message.
    - Repeating: a second cancellation answers code 5; after a lost answer, code 5 therefore means that
      the message is cancelled.

    Args:
        message_id (str):
        field_format_ (CancelMessageFormat | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Outcome
    """

    return sync_detailed(
        client=client,
        message_id=message_id,
        field_format_=field_format_,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient | Client,
    message_id: str,
    field_format_: CancelMessageFormat | Unset = UNSET,
) -> Response[Outcome]:
    """Cancel a scheduled message

     Cancels a message that is scheduled, at the latest five minutes before it is due. It has an effect
    although it is a GET: never prefetch it, cache it or follow it from a link.

    - Host: one edition's heading and some of its samples name api.smspartner.fr, the SMS service of
      the same vendor.
    - Answer: a success carries a message.
    - Repeating: a second cancellation answers code 5; after a lost answer, code 5 therefore means that
      the message is cancelled.

    Args:
        message_id (str):
        field_format_ (CancelMessageFormat | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Outcome]
    """

    kwargs = _get_kwargs(
        message_id=message_id,
        field_format_=field_format_,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient | Client,
    message_id: str,
    field_format_: CancelMessageFormat | Unset = UNSET,
) -> Outcome | None:
    """Cancel a scheduled message

     Cancels a message that is scheduled, at the latest five minutes before it is due. It has an effect
    although it is a GET: never prefetch it, cache it or follow it from a link.

    - Host: one edition's heading and some of its samples name api.smspartner.fr, the SMS service of
      the same vendor.
    - Answer: a success carries a message.
    - Repeating: a second cancellation answers code 5; after a lost answer, code 5 therefore means that
      the message is cancelled.

    Args:
        message_id (str):
        field_format_ (CancelMessageFormat | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Outcome
    """

    return (
        await asyncio_detailed(
            client=client,
            message_id=message_id,
            field_format_=field_format_,
        )
    ).parsed
