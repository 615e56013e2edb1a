from http import HTTPStatus
from typing import Any

import httpx

from ...client import AuthenticatedClient, Client
from ...models.account_credits import AccountCredits
from ...models.get_credits_format import GetCreditsFormat
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    field_format_: GetCreditsFormat | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    json_field_format_: str | Unset = UNSET
    if not isinstance(field_format_, Unset):
        json_field_format_ = field_format_.value

    params["_format"] = json_field_format_

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/v1/me",
        "params": params,
    }

    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> AccountCredits:
    if response.status_code == 200:
        response_200 = AccountCredits.from_dict(response.json())

        return response_200

    response_default = AccountCredits.from_dict(response.json())

    return response_default


def _build_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Response[AccountCredits]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient | Client,
    field_format_: GetCreditsFormat | Unset = UNSET,
) -> Response[AccountCredits]:
    """Read the credits

     How many mails the account may still send, and its balance.

    - Host: the page of 2024 names api.smspartner.fr, the SMS service of the same vendor, in all its
      samples; the newer page names api.mailpartner.fr.
    - Answer: the French page shows the answer of the SMS service (creditSms, toSend, solde); described
      here is the English page's, which counts mails. An answer without creditMail is another
      service's.
    - Parameters: the English page lists messageId too, pasted from the page of the cancellation. It is
      not described here.
    - XML: shown for the SMS service only, which gives names to the entries of user.

    Args:
        field_format_ (GetCreditsFormat | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[AccountCredits]
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
    field_format_: GetCreditsFormat | Unset = UNSET,
) -> AccountCredits | None:
    """Read the credits

     How many mails the account may still send, and its balance.

    - Host: the page of 2024 names api.smspartner.fr, the SMS service of the same vendor, in all its
      samples; the newer page names api.mailpartner.fr.
    - Answer: the French page shows the answer of the SMS service (creditSms, toSend, solde); described
      here is the English page's, which counts mails. An answer without creditMail is another
      service's.
    - Parameters: the English page lists messageId too, pasted from the page of the cancellation. It is
      not described here.
    - XML: shown for the SMS service only, which gives names to the entries of user.

    Args:
        field_format_ (GetCreditsFormat | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        AccountCredits
    """

    return sync_detailed(
        client=client,
        field_format_=field_format_,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient | Client,
    field_format_: GetCreditsFormat | Unset = UNSET,
) -> Response[AccountCredits]:
    """Read the credits

     How many mails the account may still send, and its balance.

    - Host: the page of 2024 names api.smspartner.fr, the SMS service of the same vendor, in all its
      samples; the newer page names api.mailpartner.fr.
    - Answer: the French page shows the answer of the SMS service (creditSms, toSend, solde); described
      here is the English page's, which counts mails. An answer without creditMail is another
      service's.
    - Parameters: the English page lists messageId too, pasted from the page of the cancellation. It is
      not described here.
    - XML: shown for the SMS service only, which gives names to the entries of user.

    Args:
        field_format_ (GetCreditsFormat | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[AccountCredits]
    """

    kwargs = _get_kwargs(
        field_format_=field_format_,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient | Client,
    field_format_: GetCreditsFormat | Unset = UNSET,
) -> AccountCredits | None:
    """Read the credits

     How many mails the account may still send, and its balance.

    - Host: the page of 2024 names api.smspartner.fr, the SMS service of the same vendor, in all its
      samples; the newer page names api.mailpartner.fr.
    - Answer: the French page shows the answer of the SMS service (creditSms, toSend, solde); described
      here is the English page's, which counts mails. An answer without creditMail is another
      service's.
    - Parameters: the English page lists messageId too, pasted from the page of the cancellation. It is
      not described here.
    - XML: shown for the SMS service only, which gives names to the entries of user.

    Args:
        field_format_ (GetCreditsFormat | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        AccountCredits
    """

    return (
        await asyncio_detailed(
            client=client,
            field_format_=field_format_,
        )
    ).parsed
