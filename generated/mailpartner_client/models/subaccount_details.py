from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.on_off import OnOff
from ..types import UNSET, Unset

T = TypeVar("T", bound="SubaccountDetails")


@_attrs_define
class SubaccountDetails:
    """Who the sub-account is for.

    Attributes:
        email (str | Unset): Its address. Required for an advanced one; else one is generated. Example: email1.
        is_buyer (OnOff | Unset): 1 for yes, 0 for no. As isBuyer, listed for an advanced sub-account only: whether it
            buys its credit itself. As sandbox of a message: 1 sends and charges nothing. Example: 1.
        credit_to_attribute (str | Unset): Credit that it begins with, in EUR, more than 0, taken from the account. As
            text, like credit where credit is moved; no sample has it. Example: 10.
        title (str | Unset): The title of its owner; no values are listed. Example: M.
        firstname (str | Unset): The first name of its owner. Example: Ann.
        lastname (str | Unset): The last name of its owner. Example: Smith.
    """

    email: str | Unset = UNSET
    is_buyer: OnOff | Unset = UNSET
    credit_to_attribute: str | Unset = UNSET
    title: str | Unset = UNSET
    firstname: str | Unset = UNSET
    lastname: str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        email = self.email

        is_buyer: int | Unset = UNSET
        if not isinstance(self.is_buyer, Unset):
            is_buyer = self.is_buyer.value

        credit_to_attribute = self.credit_to_attribute

        title = self.title

        firstname = self.firstname

        lastname = self.lastname

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if email is not UNSET:
            field_dict["email"] = email
        if is_buyer is not UNSET:
            field_dict["isBuyer"] = is_buyer
        if credit_to_attribute is not UNSET:
            field_dict["creditToAttribute"] = credit_to_attribute
        if title is not UNSET:
            field_dict["title"] = title
        if firstname is not UNSET:
            field_dict["firstname"] = firstname
        if lastname is not UNSET:
            field_dict["lastname"] = lastname

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        email = d.pop("email", UNSET)

        _is_buyer = d.pop("isBuyer", UNSET)
        is_buyer: OnOff | Unset
        if isinstance(_is_buyer, Unset):
            is_buyer = UNSET
        else:
            is_buyer = OnOff(_is_buyer)

        credit_to_attribute = d.pop("creditToAttribute", UNSET)

        title = d.pop("title", UNSET)

        firstname = d.pop("firstname", UNSET)

        lastname = d.pop("lastname", UNSET)

        subaccount_details = cls(
            email=email,
            is_buyer=is_buyer,
            credit_to_attribute=credit_to_attribute,
            title=title,
            firstname=firstname,
            lastname=lastname,
        )

        subaccount_details.additional_properties = d
        return subaccount_details

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
