from http import HTTPStatus
from typing import Any

import httpx

from ...client import AuthenticatedClient, Client
from ...models.create_subaccount_format import CreateSubaccountFormat
from ...models.subaccount_confirmation import SubaccountConfirmation
from ...models.subaccount_creation import SubaccountCreation
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    body: SubaccountCreation,
    field_format_: CreateSubaccountFormat | Unset = UNSET,
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
        "url": "/v1/subaccount/create",
        "params": params,
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> SubaccountConfirmation:
    if response.status_code == 200:
        response_200 = SubaccountConfirmation.from_dict(response.json())

        return response_200

    response_default = SubaccountConfirmation.from_dict(response.json())

    return response_default


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[SubaccountConfirmation]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient | Client,
    body: SubaccountCreation,
    field_format_: CreateSubaccountFormat | Unset = UNSET,
) -> Response[SubaccountConfirmation]:
    """Create a sub-account

     Creates an account below this one. The vendor has to allow it first; there is no operation that
    deletes one.

    - Page: the French page carries the samples and the answer of the deletion of an unsubscribe, the
      English one its table of codes. Described here are the English page's samples, and the codes of
      the SMS service's page, the only table that fits; it lacks code 10.
    - Codes: unreliable. The general error page has one table for all of sub-accounts: 2 as here, 3 to 7
      for credit that is moved, 11 for insufficient credit.
    - Email: optional for a simple sub-account ("else generated"), although the SMS service has a code
      for a missing address.
    - Telephone: an advanced sub-account's owner is said to be asked for a mobile number; no parameter
      takes one.
    - Repeating: not documented. Never repeat it in doubt: look in the list.

    Args:
        field_format_ (CreateSubaccountFormat | Unset):
        body (SubaccountCreation): A sub-account to create, with the key of the account.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[SubaccountConfirmation]
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
    body: SubaccountCreation,
    field_format_: CreateSubaccountFormat | Unset = UNSET,
) -> SubaccountConfirmation | None:
    """Create a sub-account

     Creates an account below this one. The vendor has to allow it first; there is no operation that
    deletes one.

    - Page: the French page carries the samples and the answer of the deletion of an unsubscribe, the
      English one its table of codes. Described here are the English page's samples, and the codes of
      the SMS service's page, the only table that fits; it lacks code 10.
    - Codes: unreliable. The general error page has one table for all of sub-accounts: 2 as here, 3 to 7
      for credit that is moved, 11 for insufficient credit.
    - Email: optional for a simple sub-account ("else generated"), although the SMS service has a code
      for a missing address.
    - Telephone: an advanced sub-account's owner is said to be asked for a mobile number; no parameter
      takes one.
    - Repeating: not documented. Never repeat it in doubt: look in the list.

    Args:
        field_format_ (CreateSubaccountFormat | Unset):
        body (SubaccountCreation): A sub-account to create, with the key of the account.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        SubaccountConfirmation
    """

    return sync_detailed(
        client=client,
        body=body,
        field_format_=field_format_,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient | Client,
    body: SubaccountCreation,
    field_format_: CreateSubaccountFormat | Unset = UNSET,
) -> Response[SubaccountConfirmation]:
    """Create a sub-account

     Creates an account below this one. The vendor has to allow it first; there is no operation that
    deletes one.

    - Page: the French page carries the samples and the answer of the deletion of an unsubscribe, the
      English one its table of codes. Described here are the English page's samples, and the codes of
      the SMS service's page, the only table that fits; it lacks code 10.
    - Codes: unreliable. The general error page has one table for all of sub-accounts: 2 as here, 3 to 7
      for credit that is moved, 11 for insufficient credit.
    - Email: optional for a simple sub-account ("else generated"), although the SMS service has a code
      for a missing address.
    - Telephone: an advanced sub-account's owner is said to be asked for a mobile number; no parameter
      takes one.
    - Repeating: not documented. Never repeat it in doubt: look in the list.

    Args:
        field_format_ (CreateSubaccountFormat | Unset):
        body (SubaccountCreation): A sub-account to create, with the key of the account.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[SubaccountConfirmation]
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
    body: SubaccountCreation,
    field_format_: CreateSubaccountFormat | Unset = UNSET,
) -> SubaccountConfirmation | None:
    """Create a sub-account

     Creates an account below this one. The vendor has to allow it first; there is no operation that
    deletes one.

    - Page: the French page carries the samples and the answer of the deletion of an unsubscribe, the
      English one its table of codes. Described here are the English page's samples, and the codes of
      the SMS service's page, the only table that fits; it lacks code 10.
    - Codes: unreliable. The general error page has one table for all of sub-accounts: 2 as here, 3 to 7
      for credit that is moved, 11 for insufficient credit.
    - Email: optional for a simple sub-account ("else generated"), although the SMS service has a code
      for a missing address.
    - Telephone: an advanced sub-account's owner is said to be asked for a mobile number; no parameter
      takes one.
    - Repeating: not documented. Never repeat it in doubt: look in the list.

    Args:
        field_format_ (CreateSubaccountFormat | Unset):
        body (SubaccountCreation): A sub-account to create, with the key of the account.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        SubaccountConfirmation
    """

    return (
        await asyncio_detailed(
            client=client,
            body=body,
            field_format_=field_format_,
        )
    ).parsed
