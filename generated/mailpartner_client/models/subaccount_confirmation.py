from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.outcome_error import OutcomeError
    from ..models.subaccount_access import SubaccountAccess


T = TypeVar("T", bound="SubaccountConfirmation")


@_attrs_define
class SubaccountConfirmation:
    """The new sub-account. Other properties may appear.

    Attributes:
        success (bool): Whether the request was carried out. The HTTP status does not say so. If this value contradicts
            a listed code, the answer is unreadable (see code). Example: True.
        code (int): The reason; see the code list of the operation, which is open. Do not require 200 for a success:
            siblings of this API succeed with 2. But an answer with success true and the code of an error of the list (2 is
            one on most), or with success false and that of a success, contradicts itself: treat it as unreadable, and the
            request as possibly carried out. Example: 200.
        subaccount (SubaccountAccess | Unset): How the new sub-account is named; on success. Other properties may
            appear.
        send_confirm_mail_to (str | Unset): Where a mail to confirm it went; on success. Example: email1.
        parent_email (str | Unset): The address of the account above it; on success. Example: exemple@email.com.
        message (str | Unset): Text for people, in French or English; often absent. Compare the code, never this text.
            Example: Clé API incorrecte.
        errors (list[OutcomeError] | Unset): The faults of single fields. On no page of this API: siblings of it answer
            so, some under the name error, some instead of message, some with success and code (as text) in place of
            elementId.
    """

    success: bool
    code: int
    subaccount: SubaccountAccess | Unset = UNSET
    send_confirm_mail_to: str | Unset = UNSET
    parent_email: str | Unset = UNSET
    message: str | Unset = UNSET
    errors: list[OutcomeError] | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        success = self.success

        code = self.code

        subaccount: dict[str, Any] | Unset = UNSET
        if not isinstance(self.subaccount, Unset):
            subaccount = self.subaccount.to_dict()

        send_confirm_mail_to = self.send_confirm_mail_to

        parent_email = self.parent_email

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
        if subaccount is not UNSET:
            field_dict["subaccount"] = subaccount
        if send_confirm_mail_to is not UNSET:
            field_dict["sendConfirmMailTo"] = send_confirm_mail_to
        if parent_email is not UNSET:
            field_dict["parent_email"] = parent_email
        if message is not UNSET:
            field_dict["message"] = message
        if errors is not UNSET:
            field_dict["errors"] = errors

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.outcome_error import OutcomeError  # noqa: PLC0415
        from ..models.subaccount_access import SubaccountAccess  # noqa: PLC0415

        d = dict(src_dict)
        success = d.pop("success")

        code = d.pop("code")

        _subaccount = d.pop("subaccount", UNSET)
        subaccount: SubaccountAccess | Unset
        if isinstance(_subaccount, Unset):
            subaccount = UNSET
        else:
            subaccount = SubaccountAccess.from_dict(_subaccount)

        send_confirm_mail_to = d.pop("sendConfirmMailTo", UNSET)

        parent_email = d.pop("parent_email", UNSET)

        message = d.pop("message", UNSET)

        _errors = d.pop("errors", UNSET)
        errors: list[OutcomeError] | Unset = UNSET
        if _errors is not UNSET:
            errors = []
            for errors_item_data in _errors:
                errors_item = OutcomeError.from_dict(errors_item_data)

                errors.append(errors_item)

        subaccount_confirmation = cls(
            success=success,
            code=code,
            subaccount=subaccount,
            send_confirm_mail_to=send_confirm_mail_to,
            parent_email=parent_email,
            message=message,
            errors=errors,
        )

        subaccount_confirmation.additional_properties = d
        return subaccount_confirmation

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
