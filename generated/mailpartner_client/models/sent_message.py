from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.outcome_error import OutcomeError


T = TypeVar("T", bound="SentMessage")


@_attrs_define
class SentMessage:
    """A message that was taken. Other properties may appear.

    Attributes:
        success (bool): Whether the request was carried out. The HTTP status does not say so. If this value contradicts
            a listed code, the answer is unreadable (see code). Example: True.
        code (int): The reason; see the code list of the operation, which is open. Do not require 200 for a success:
            siblings of this API succeed with 2. But an answer with success true and the code of an error of the list (2 is
            one on most), or with success false and that of a success, contradicts itself: treat it as unreadable, and the
            request as possibly carried out. Example: 200.
        message_id (str | Unset): The id of the message, for its status and its cancellation; on success. Example: xxx.
        nb_mail (int | Unset): How many mails it is; on success. Example: 1.
        cost (float | Unset): What it costs; on success. Example: 1.
        currency (str | Unset): The currency of cost (ISO 4217). Example: EUR.
        scheduled_delivery_date (str | Unset): When it will be sent, YYYY-MM-DD HH:MM:SS. The time zone is not stated.
            Example: 2020-09-25 12:00:00.
        message (str | Unset): Text for people, in French or English; often absent. Compare the code, never this text.
            Example: Clé API incorrecte.
        errors (list[OutcomeError] | Unset): The faults of single fields. On no page of this API: siblings of it answer
            so, some under the name error, some instead of message, some with success and code (as text) in place of
            elementId.
    """

    success: bool
    code: int
    message_id: str | Unset = UNSET
    nb_mail: int | Unset = UNSET
    cost: float | Unset = UNSET
    currency: str | Unset = UNSET
    scheduled_delivery_date: str | Unset = UNSET
    message: str | Unset = UNSET
    errors: list[OutcomeError] | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        success = self.success

        code = self.code

        message_id = self.message_id

        nb_mail = self.nb_mail

        cost = self.cost

        currency = self.currency

        scheduled_delivery_date = self.scheduled_delivery_date

        message = self.message

        errors: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.errors, Unset):
            errors = []
            for errors_item_data in self.errors:
                errors_item = errors_item_data.to_dict()
                errors.append(errors_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "success": success,
                "code": code,
            }
        )
        if message_id is not UNSET:
            field_dict["messageId"] = message_id
        if nb_mail is not UNSET:
            field_dict["nbMail"] = nb_mail
        if cost is not UNSET:
            field_dict["cost"] = cost
        if currency is not UNSET:
            field_dict["currency"] = currency
        if scheduled_delivery_date is not UNSET:
            field_dict["scheduledDeliveryDate"] = scheduled_delivery_date
        if message is not UNSET:
            field_dict["message"] = message
        if errors is not UNSET:
            field_dict["errors"] = errors

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.outcome_error import OutcomeError  # noqa: PLC0415

        d = dict(src_dict)
        success = d.pop("success")

        code = d.pop("code")

        message_id = d.pop("messageId", UNSET)

        nb_mail = d.pop("nbMail", UNSET)

        cost = d.pop("cost", UNSET)

        currency = d.pop("currency", UNSET)

        scheduled_delivery_date = d.pop("scheduledDeliveryDate", UNSET)

        message = d.pop("message", UNSET)

        _errors = d.pop("errors", UNSET)
        errors: list[OutcomeError] | Unset = UNSET
        if _errors is not UNSET:
            errors = []
            for errors_item_data in _errors:
                errors_item = OutcomeError.from_dict(errors_item_data)

                errors.append(errors_item)

        sent_message = cls(
            success=success,
            code=code,
            message_id=message_id,
            nb_mail=nb_mail,
            cost=cost,
            currency=currency,
            scheduled_delivery_date=scheduled_delivery_date,
            message=message,
            errors=errors,
        )

        sent_message.additional_properties = d
        return sent_message

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
