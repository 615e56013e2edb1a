from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.on_off import OnOff
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.message_address import MessageAddress
    from ..models.message_attachment import MessageAttachment
    from ..models.message_recipients import MessageRecipients
    from ..models.message_variables import MessageVariables


T = TypeVar("T", bound="OutgoingMessage")


@_attrs_define
class OutgoingMessage:
    """A mail to send, with the key of the account. sandbox 1 sends and charges nothing; what it was called with is deleted
    every day.

        Attributes:
            api_key (str): The key of the account. Redact it wherever a request is recorded. Some generated models print a
                password as asterisks in JSON too, and would send those. Example: YOUR_API_KEY.
            subject (str): The subject. Example: Your order.
            html_content (str): The mail as HTML, with the values of variables where their names stand between number signs;
                see x-sending. Example: <p>Hello #NAME#.</p>.
            params (MessageRecipients): Who the mail goes to.
            reply_to (MessageAddress | Unset): An address, with a name if there is one.
            variables (MessageVariables | Unset): Texts by name, at most 8; the names in upper case. Some generated clients
                send an empty one as []. Example: {'NAME': 'Ann'}.
            attachments (list[MessageAttachment] | Unset): Files that go along.
            tag (str | Unset): A word to find the message by; in lower case, without spaces. Example: orders.
            scheduled_delivery_date (str | Unset): The day to send it, DD/MM/YYYY; with time and minute. Example:
                21/10/2027.
            time (str | Unset): The hour to send it, required with a day. A text in the sample. Example: 12.
            minute (str | Unset): The minute to send it, required with a day. A text in the sample. Example: 00.
            sandbox (OnOff | Unset): 1 for yes, 0 for no. As isBuyer, listed for an advanced sub-account only: whether it
                buys its credit itself. As sandbox of a message: 1 sends and charges nothing. Example: 1.
    """

    api_key: str
    subject: str
    html_content: str
    params: MessageRecipients
    reply_to: MessageAddress | Unset = UNSET
    variables: MessageVariables | Unset = UNSET
    attachments: list[MessageAttachment] | Unset = UNSET
    tag: str | Unset = UNSET
    scheduled_delivery_date: str | Unset = UNSET
    time: str | Unset = UNSET
    minute: str | Unset = UNSET
    sandbox: OnOff | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        api_key = self.api_key

        subject = self.subject

        html_content = self.html_content

        params = self.params.to_dict()

        reply_to: dict[str, Any] | Unset = UNSET
        if not isinstance(self.reply_to, Unset):
            reply_to = self.reply_to.to_dict()

        variables: dict[str, Any] | Unset = UNSET
        if not isinstance(self.variables, Unset):
            variables = self.variables.to_dict()

        attachments: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.attachments, Unset):
            attachments = []
            for attachments_item_data in self.attachments:
                attachments_item = attachments_item_data.to_dict()
                attachments.append(attachments_item)

        tag = self.tag

        scheduled_delivery_date = self.scheduled_delivery_date

        time = self.time

        minute = self.minute

        sandbox: int | Unset = UNSET
        if not isinstance(self.sandbox, Unset):
            sandbox = self.sandbox.value

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "apiKey": api_key,
                "subject": subject,
                "htmlContent": html_content,
                "params": params,
            }
        )
        if reply_to is not UNSET:
            field_dict["replyTo"] = reply_to
        if variables is not UNSET:
            field_dict["variables"] = variables
        if attachments is not UNSET:
            field_dict["attachments"] = attachments
        if tag is not UNSET:
            field_dict["tag"] = tag
        if scheduled_delivery_date is not UNSET:
            field_dict["scheduledDeliveryDate"] = scheduled_delivery_date
        if time is not UNSET:
            field_dict["time"] = time
        if minute is not UNSET:
            field_dict["minute"] = minute
        if sandbox is not UNSET:
            field_dict["sandbox"] = sandbox

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.message_address import MessageAddress  # noqa: PLC0415
        from ..models.message_attachment import MessageAttachment  # noqa: PLC0415
        from ..models.message_recipients import MessageRecipients  # noqa: PLC0415
        from ..models.message_variables import MessageVariables  # noqa: PLC0415

        d = dict(src_dict)
        api_key = d.pop("apiKey")

        subject = d.pop("subject")

        html_content = d.pop("htmlContent")

        params = MessageRecipients.from_dict(d.pop("params"))

        _reply_to = d.pop("replyTo", UNSET)
        reply_to: MessageAddress | Unset
        if isinstance(_reply_to, Unset):
            reply_to = UNSET
        else:
            reply_to = MessageAddress.from_dict(_reply_to)

        _variables = d.pop("variables", UNSET)
        variables: MessageVariables | Unset
        if isinstance(_variables, Unset):
            variables = UNSET
        else:
            variables = MessageVariables.from_dict(_variables)

        _attachments = d.pop("attachments", UNSET)
        attachments: list[MessageAttachment] | Unset = UNSET
        if _attachments is not UNSET:
            attachments = []
            for attachments_item_data in _attachments:
                attachments_item = MessageAttachment.from_dict(attachments_item_data)

                attachments.append(attachments_item)

        tag = d.pop("tag", UNSET)

        scheduled_delivery_date = d.pop("scheduledDeliveryDate", UNSET)

        time = d.pop("time", UNSET)

        minute = d.pop("minute", UNSET)

        _sandbox = d.pop("sandbox", UNSET)
        sandbox: OnOff | Unset
        if isinstance(_sandbox, Unset):
            sandbox = UNSET
        else:
            sandbox = OnOff(_sandbox)

        outgoing_message = cls(
            api_key=api_key,
            subject=subject,
            html_content=html_content,
            params=params,
            reply_to=reply_to,
            variables=variables,
            attachments=attachments,
            tag=tag,
            scheduled_delivery_date=scheduled_delivery_date,
            time=time,
            minute=minute,
            sandbox=sandbox,
        )

        outgoing_message.additional_properties = d
        return outgoing_message

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
