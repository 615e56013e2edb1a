from http import HTTPStatus
from typing import Any

import httpx

from ...client import AuthenticatedClient, Client
from ...models.delete_unsubscribe_with_get_format import DeleteUnsubscribeWithGetFormat
from ...models.outcome import Outcome
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    id: int,
    field_format_: DeleteUnsubscribeWithGetFormat | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    params["id"] = id

    json_field_format_: str | Unset = UNSET
    if not isinstance(field_format_, Unset):
        json_field_format_ = field_format_.value

    params["_format"] = json_field_format_

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/v1/unsubscribe/delete",
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
    id: int,
    field_format_: DeleteUnsubscribeWithGetFormat | Unset = UNSET,
) -> Response[Outcome]:
    """Delete an unsubscribe (GET form)

     The form that all samples of the page send. It changes data although it is a GET: never prefetch
    it, cache it or follow it from a link.

    Args:
        id (int):
        field_format_ (DeleteUnsubscribeWithGetFormat | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Outcome]
    """

    kwargs = _get_kwargs(
        id=id,
        field_format_=field_format_,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient | Client,
    id: int,
    field_format_: DeleteUnsubscribeWithGetFormat | Unset = UNSET,
) -> Outcome | None:
    """Delete an unsubscribe (GET form)

     The form that all samples of the page send. It changes data although it is a GET: never prefetch
    it, cache it or follow it from a link.

    Args:
        id (int):
        field_format_ (DeleteUnsubscribeWithGetFormat | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Outcome
    """

    return sync_detailed(
        client=client,
        id=id,
        field_format_=field_format_,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient | Client,
    id: int,
    field_format_: DeleteUnsubscribeWithGetFormat | Unset = UNSET,
) -> Response[Outcome]:
    """Delete an unsubscribe (GET form)

     The form that all samples of the page send. It changes data although it is a GET: never prefetch
    it, cache it or follow it from a link.

    Args:
        id (int):
        field_format_ (DeleteUnsubscribeWithGetFormat | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Outcome]
    """

    kwargs = _get_kwargs(
        id=id,
        field_format_=field_format_,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient | Client,
    id: int,
    field_format_: DeleteUnsubscribeWithGetFormat | Unset = UNSET,
) -> Outcome | None:
    """Delete an unsubscribe (GET form)

     The form that all samples of the page send. It changes data although it is a GET: never prefetch
    it, cache it or follow it from a link.

    Args:
        id (int):
        field_format_ (DeleteUnsubscribeWithGetFormat | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Outcome
    """

    return (
        await asyncio_detailed(
            client=client,
            id=id,
            field_format_=field_format_,
        )
    ).parsed
