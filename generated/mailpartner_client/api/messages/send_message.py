from http import HTTPStatus
from typing import Any

import httpx

from ...client import AuthenticatedClient, Client
from ...models.outgoing_message import OutgoingMessage
from ...models.send_message_format import SendMessageFormat
from ...models.sent_message import SentMessage
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    body: OutgoingMessage,
    field_format_: SendMessageFormat | Unset = UNSET,
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
        "url": "/v1/send",
        "params": params,
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> SentMessage:
    if response.status_code == 200:
        response_200 = SentMessage.from_dict(response.json())

        return response_200

    response_default = SentMessage.from_dict(response.json())

    return response_default


def _build_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Response[SentMessage]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient | Client,
    body: OutgoingMessage,
    field_format_: SendMessageFormat | Unset = UNSET,
) -> Response[SentMessage]:
    """Send a message

     Sends a mail to as many as 500 recipients, now or later. Each one is charged. With sandbox 1
    nothing is sent or charged. The account must have been validated, and have credit.

    - Scheme: all samples use http, which shows the key to the network. Use https.
    - Recipients: the table lists to at the top level, every sample has it within params. Described
      here are the samples. Whether replyTo, variables and attachments belong within params is not
      shown. Whether recipients see each other's address is not known.
    - Sender: no parameter takes one, though two codes speak of a sender's address and name, and one of
      the URL of an attachment. Third-party clients send from (email, name); no page has it.
    - Parameters: the French page lists those of the SMS service (gamme, sender, urlDlr and others),
      pasted. They are not described here.
    - Schedule: sent as a date, an hour and a minute, answered as one time. The time zone is stated
      nowhere; x-sending has the one that is assumed. The hour is said to go to 24. Minutes are said to
      go from 0 to 55 in steps of 5; the table of codes says from 5.
    - Hours: commercial mail is held back between 20:00 and 08:00, on Sundays and on public holidays in
      France, until 08:00 of the next working day; the vendor's support can lift that.
    - Answer: nothing says whether scheduledDeliveryDate comes where nothing was scheduled; the SMS
      service leaves it out.
    - Codes: those of the general error page; the page of this operation has none.
    - Repeating: each request sends. Never repeat it in doubt.

    Args:
        field_format_ (SendMessageFormat | Unset):
        body (OutgoingMessage): A mail to send, with the key of the account. sandbox 1 sends and
            charges nothing; what it was called with is deleted every day.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[SentMessage]
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
    body: OutgoingMessage,
    field_format_: SendMessageFormat | Unset = UNSET,
) -> SentMessage | None:
    """Send a message

     Sends a mail to as many as 500 recipients, now or later. Each one is charged. With sandbox 1
    nothing is sent or charged. The account must have been validated, and have credit.

    - Scheme: all samples use http, which shows the key to the network. Use https.
    - Recipients: the table lists to at the top level, every sample has it within params. Described
      here are the samples. Whether replyTo, variables and attachments belong within params is not
      shown. Whether recipients see each other's address is not known.
    - Sender: no parameter takes one, though two codes speak of a sender's address and name, and one of
      the URL of an attachment. Third-party clients send from (email, name); no page has it.
    - Parameters: the French page lists those of the SMS service (gamme, sender, urlDlr and others),
      pasted. They are not described here.
    - Schedule: sent as a date, an hour and a minute, answered as one time. The time zone is stated
      nowhere; x-sending has the one that is assumed. The hour is said to go to 24. Minutes are said to
      go from 0 to 55 in steps of 5; the table of codes says from 5.
    - Hours: commercial mail is held back between 20:00 and 08:00, on Sundays and on public holidays in
      France, until 08:00 of the next working day; the vendor's support can lift that.
    - Answer: nothing says whether scheduledDeliveryDate comes where nothing was scheduled; the SMS
      service leaves it out.
    - Codes: those of the general error page; the page of this operation has none.
    - Repeating: each request sends. Never repeat it in doubt.

    Args:
        field_format_ (SendMessageFormat | Unset):
        body (OutgoingMessage): A mail to send, with the key of the account. sandbox 1 sends and
            charges nothing; what it was called with is deleted every day.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        SentMessage
    """

    return sync_detailed(
        client=client,
        body=body,
        field_format_=field_format_,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient | Client,
    body: OutgoingMessage,
    field_format_: SendMessageFormat | Unset = UNSET,
) -> Response[SentMessage]:
    """Send a message

     Sends a mail to as many as 500 recipients, now or later. Each one is charged. With sandbox 1
    nothing is sent or charged. The account must have been validated, and have credit.

    - Scheme: all samples use http, which shows the key to the network. Use https.
    - Recipients: the table lists to at the top level, every sample has it within params. Described
      here are the samples. Whether replyTo, variables and attachments belong within params is not
      shown. Whether recipients see each other's address is not known.
    - Sender: no parameter takes one, though two codes speak of a sender's address and name, and one of
      the URL of an attachment. Third-party clients send from (email, name); no page has it.
    - Parameters: the French page lists those of the SMS service (gamme, sender, urlDlr and others),
      pasted. They are not described here.
    - Schedule: sent as a date, an hour and a minute, answered as one time. The time zone is stated
      nowhere; x-sending has the one that is assumed. The hour is said to go to 24. Minutes are said to
      go from 0 to 55 in steps of 5; the table of codes says from 5.
    - Hours: commercial mail is held back between 20:00 and 08:00, on Sundays and on public holidays in
      France, until 08:00 of the next working day; the vendor's support can lift that.
    - Answer: nothing says whether scheduledDeliveryDate comes where nothing was scheduled; the SMS
      service leaves it out.
    - Codes: those of the general error page; the page of this operation has none.
    - Repeating: each request sends. Never repeat it in doubt.

    Args:
        field_format_ (SendMessageFormat | Unset):
        body (OutgoingMessage): A mail to send, with the key of the account. sandbox 1 sends and
            charges nothing; what it was called with is deleted every day.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[SentMessage]
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
    body: OutgoingMessage,
    field_format_: SendMessageFormat | Unset = UNSET,
) -> SentMessage | None:
    """Send a message

     Sends a mail to as many as 500 recipients, now or later. Each one is charged. With sandbox 1
    nothing is sent or charged. The account must have been validated, and have credit.

    - Scheme: all samples use http, which shows the key to the network. Use https.
    - Recipients: the table lists to at the top level, every sample has it within params. Described
      here are the samples. Whether replyTo, variables and attachments belong within params is not
      shown. Whether recipients see each other's address is not known.
    - Sender: no parameter takes one, though two codes speak of a sender's address and name, and one of
      the URL of an attachment. Third-party clients send from (email, name); no page has it.
    - Parameters: the French page lists those of the SMS service (gamme, sender, urlDlr and others),
      pasted. They are not described here.
    - Schedule: sent as a date, an hour and a minute, answered as one time. The time zone is stated
      nowhere; x-sending has the one that is assumed. The hour is said to go to 24. Minutes are said to
      go from 0 to 55 in steps of 5; the table of codes says from 5.
    - Hours: commercial mail is held back between 20:00 and 08:00, on Sundays and on public holidays in
      France, until 08:00 of the next working day; the vendor's support can lift that.
    - Answer: nothing says whether scheduledDeliveryDate comes where nothing was scheduled; the SMS
      service leaves it out.
    - Codes: those of the general error page; the page of this operation has none.
    - Repeating: each request sends. Never repeat it in doubt.

    Args:
        field_format_ (SendMessageFormat | Unset):
        body (OutgoingMessage): A mail to send, with the key of the account. sandbox 1 sends and
            charges nothing; what it was called with is deleted every day.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        SentMessage
    """

    return (
        await asyncio_detailed(
            client=client,
            body=body,
            field_format_=field_format_,
        )
    ).parsed
