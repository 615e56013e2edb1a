from http import HTTPStatus
from typing import Any

import httpx

from ...client import AuthenticatedClient, Client
from ...models.delete_unsubscribe_format import DeleteUnsubscribeFormat
from ...models.outcome import Outcome
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    id: int,
    field_format_: DeleteUnsubscribeFormat | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    params["id"] = id

    json_field_format_: str | Unset = UNSET
    if not isinstance(field_format_, Unset):
        json_field_format_ = field_format_.value

    params["_format"] = json_field_format_

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "post",
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
    field_format_: DeleteUnsubscribeFormat | Unset = UNSET,
) -> Response[Outcome]:
    """Delete an unsubscribe

     Removes one entry from the list of unsubscribes, so that its address receives mailings again.

    - Purpose: the page's first sentence says that the request adds ("ajouter") a mail to the list. It
      is copied from the page of the add operation; the title, the path and the parameter id say
      delete.
    - Method: the page's URL line says POST, all samples of all editions send GET with the parameters
      in the query; the SMS service's page once had such a line too, and says GET now. Both forms are
      described here; which one the server accepts is not known. A client that sends POST may fall back
      to GET on HTTP 405 without a listed code, and on code 1 although a key was sent: both mean that
      the server did not read the POST and did nothing. It must not do so after any other answer.
    - Body: none. No source shows the parameters in a body.
    - Scheme: the page's VB.net and Python samples use http, which shows the key to the network. Use
      https.
    - Samples: the URL in the page's cURL sample is not quoted, so a shell cuts it at the & and loses
      the id; its VB.net sample reads the body at HTTP 200 only, and so never sees an error that comes
      with another status.
    - Outcome: in the body, never in the HTTP status, of which the page says nothing. Read success
      first, then code, whatever the status is.
    - Codes: the vendor's tables of this operation differ. An older French page repeats the table of
      the add operation (2 the mail is required, 3 it is on the list already, 9 it is invalid), an
      older English one says 2 the mail is required, 3 the id is required, 4 the id is not found. The
      codes here are those of the page of 2025, where 2 has no text.
    - Repeating: not documented. A second deletion of the same id probably answers code 4; after a lost
      answer, code 4 therefore means that the entry is gone.

    Args:
        id (int):
        field_format_ (DeleteUnsubscribeFormat | Unset):

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
    field_format_: DeleteUnsubscribeFormat | Unset = UNSET,
) -> Outcome | None:
    """Delete an unsubscribe

     Removes one entry from the list of unsubscribes, so that its address receives mailings again.

    - Purpose: the page's first sentence says that the request adds ("ajouter") a mail to the list. It
      is copied from the page of the add operation; the title, the path and the parameter id say
      delete.
    - Method: the page's URL line says POST, all samples of all editions send GET with the parameters
      in the query; the SMS service's page once had such a line too, and says GET now. Both forms are
      described here; which one the server accepts is not known. A client that sends POST may fall back
      to GET on HTTP 405 without a listed code, and on code 1 although a key was sent: both mean that
      the server did not read the POST and did nothing. It must not do so after any other answer.
    - Body: none. No source shows the parameters in a body.
    - Scheme: the page's VB.net and Python samples use http, which shows the key to the network. Use
      https.
    - Samples: the URL in the page's cURL sample is not quoted, so a shell cuts it at the & and loses
      the id; its VB.net sample reads the body at HTTP 200 only, and so never sees an error that comes
      with another status.
    - Outcome: in the body, never in the HTTP status, of which the page says nothing. Read success
      first, then code, whatever the status is.
    - Codes: the vendor's tables of this operation differ. An older French page repeats the table of
      the add operation (2 the mail is required, 3 it is on the list already, 9 it is invalid), an
      older English one says 2 the mail is required, 3 the id is required, 4 the id is not found. The
      codes here are those of the page of 2025, where 2 has no text.
    - Repeating: not documented. A second deletion of the same id probably answers code 4; after a lost
      answer, code 4 therefore means that the entry is gone.

    Args:
        id (int):
        field_format_ (DeleteUnsubscribeFormat | Unset):

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
    field_format_: DeleteUnsubscribeFormat | Unset = UNSET,
) -> Response[Outcome]:
    """Delete an unsubscribe

     Removes one entry from the list of unsubscribes, so that its address receives mailings again.

    - Purpose: the page's first sentence says that the request adds ("ajouter") a mail to the list. It
      is copied from the page of the add operation; the title, the path and the parameter id say
      delete.
    - Method: the page's URL line says POST, all samples of all editions send GET with the parameters
      in the query; the SMS service's page once had such a line too, and says GET now. Both forms are
      described here; which one the server accepts is not known. A client that sends POST may fall back
      to GET on HTTP 405 without a listed code, and on code 1 although a key was sent: both mean that
      the server did not read the POST and did nothing. It must not do so after any other answer.
    - Body: none. No source shows the parameters in a body.
    - Scheme: the page's VB.net and Python samples use http, which shows the key to the network. Use
      https.
    - Samples: the URL in the page's cURL sample is not quoted, so a shell cuts it at the & and loses
      the id; its VB.net sample reads the body at HTTP 200 only, and so never sees an error that comes
      with another status.
    - Outcome: in the body, never in the HTTP status, of which the page says nothing. Read success
      first, then code, whatever the status is.
    - Codes: the vendor's tables of this operation differ. An older French page repeats the table of
      the add operation (2 the mail is required, 3 it is on the list already, 9 it is invalid), an
      older English one says 2 the mail is required, 3 the id is required, 4 the id is not found. The
      codes here are those of the page of 2025, where 2 has no text.
    - Repeating: not documented. A second deletion of the same id probably answers code 4; after a lost
      answer, code 4 therefore means that the entry is gone.

    Args:
        id (int):
        field_format_ (DeleteUnsubscribeFormat | Unset):

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
    field_format_: DeleteUnsubscribeFormat | Unset = UNSET,
) -> Outcome | None:
    """Delete an unsubscribe

     Removes one entry from the list of unsubscribes, so that its address receives mailings again.

    - Purpose: the page's first sentence says that the request adds ("ajouter") a mail to the list. It
      is copied from the page of the add operation; the title, the path and the parameter id say
      delete.
    - Method: the page's URL line says POST, all samples of all editions send GET with the parameters
      in the query; the SMS service's page once had such a line too, and says GET now. Both forms are
      described here; which one the server accepts is not known. A client that sends POST may fall back
      to GET on HTTP 405 without a listed code, and on code 1 although a key was sent: both mean that
      the server did not read the POST and did nothing. It must not do so after any other answer.
    - Body: none. No source shows the parameters in a body.
    - Scheme: the page's VB.net and Python samples use http, which shows the key to the network. Use
      https.
    - Samples: the URL in the page's cURL sample is not quoted, so a shell cuts it at the & and loses
      the id; its VB.net sample reads the body at HTTP 200 only, and so never sees an error that comes
      with another status.
    - Outcome: in the body, never in the HTTP status, of which the page says nothing. Read success
      first, then code, whatever the status is.
    - Codes: the vendor's tables of this operation differ. An older French page repeats the table of
      the add operation (2 the mail is required, 3 it is on the list already, 9 it is invalid), an
      older English one says 2 the mail is required, 3 the id is required, 4 the id is not found. The
      codes here are those of the page of 2025, where 2 has no text.
    - Repeating: not documented. A second deletion of the same id probably answers code 4; after a lost
      answer, code 4 therefore means that the entry is gone.

    Args:
        id (int):
        field_format_ (DeleteUnsubscribeFormat | Unset):

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
