from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.account_balance import AccountBalance
    from ..models.account_user import AccountUser
    from ..models.outcome_error import OutcomeError


T = TypeVar("T", bound="AccountCredits")


@_attrs_define
class AccountCredits:
    """The account and its credits. Other properties may appear.

    Attributes:
        success (bool): Whether the request was carried out. The HTTP status does not say so. If this value contradicts
            a listed code, the answer is unreadable (see code). Example: True.
        code (int): The reason; see the code list of the operation, which is open. Do not require 200 for a success:
            siblings of this API succeed with 2. But an answer with success true and the code of an error of the list (2 is
            one on most), or with success false and that of a success, contradicts itself: treat it as unreadable, and the
            request as possibly carried out. Example: 200.
        user (AccountUser | Unset): Whose account it is; on success. Other properties may appear.
        credits_ (AccountBalance | Unset): What the account may spend; on success. Without creditMail or currency it is
            the SMS service's, whose entries have other meanings.
        message (str | Unset): Text for people, in French or English; often absent. Compare the code, never this text.
            Example: Clé API incorrecte.
        errors (list[OutcomeError] | Unset): The faults of single fields. On no page of this API: siblings of it answer
            so, some under the name error, some instead of message, some with success and code (as text) in place of
            elementId.
    """

    success: bool
    code: int
    user: AccountUser | Unset = UNSET
    credits_: AccountBalance | Unset = UNSET
    message: str | Unset = UNSET
    errors: list[OutcomeError] | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        success = self.success

        code = self.code

        user: dict[str, Any] | Unset = UNSET
        if not isinstance(self.user, Unset):
            user = self.user.to_dict()

        credits_: dict[str, Any] | Unset = UNSET
        if not isinstance(self.credits_, Unset):
            credits_ = self.credits_.to_dict()

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
        if user is not UNSET:
            field_dict["user"] = user
        if credits_ is not UNSET:
            field_dict["credits"] = credits_
        if message is not UNSET:
            field_dict["message"] = message
        if errors is not UNSET:
            field_dict["errors"] = errors

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.account_balance import AccountBalance  # noqa: PLC0415
        from ..models.account_user import AccountUser  # noqa: PLC0415
        from ..models.outcome_error import OutcomeError  # noqa: PLC0415

        d = dict(src_dict)
        success = d.pop("success")

        code = d.pop("code")

        _user = d.pop("user", UNSET)
        user: AccountUser | Unset
        if isinstance(_user, Unset):
            user = UNSET
        else:
            user = AccountUser.from_dict(_user)

        _credits_ = d.pop("credits", UNSET)
        credits_: AccountBalance | Unset
        if isinstance(_credits_, Unset):
            credits_ = UNSET
        else:
            credits_ = AccountBalance.from_dict(_credits_)

        message = d.pop("message", UNSET)

        _errors = d.pop("errors", UNSET)
        errors: list[OutcomeError] | Unset = UNSET
        if _errors is not UNSET:
            errors = []
            for errors_item_data in _errors:
                errors_item = OutcomeError.from_dict(errors_item_data)

                errors.append(errors_item)

        account_credits = cls(
            success=success,
            code=code,
            user=user,
            credits_=credits_,
            message=message,
            errors=errors,
        )

        account_credits.additional_properties = d
        return account_credits

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
