from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="Delivery")


@_attrs_define
class Delivery:
    """What became of a message for one recipient. Other properties may appear.

    Attributes:
        email (str | Unset): The address of the recipient. Example: email1.
        token (str | Unset): A token of the delivery; the page does not say what it is for. Example: xxx.
        status (str | Unset): The state of the delivery. Only Delivered is documented. Example: Delivered.
        cost (float | Unset): What the delivery cost. In which currency is not stated; the answer to the sending names
            one. Example: 1.
        stop_mail (bool | Unset): Not explained; probably whether the recipient has unsubscribed. Example: True.
        date (str | Unset): When the state was reported, in seconds since 1970, UTC, as text. Example: 1599061044.
    """

    email: str | Unset = UNSET
    token: str | Unset = UNSET
    status: str | Unset = UNSET
    cost: float | Unset = UNSET
    stop_mail: bool | Unset = UNSET
    date: str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        email = self.email

        token = self.token

        status = self.status

        cost = self.cost

        stop_mail = self.stop_mail

        date = self.date

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if email is not UNSET:
            field_dict["email"] = email
        if token is not UNSET:
            field_dict["token"] = token
        if status is not UNSET:
            field_dict["status"] = status
        if cost is not UNSET:
            field_dict["cost"] = cost
        if stop_mail is not UNSET:
            field_dict["stopMail"] = stop_mail
        if date is not UNSET:
            field_dict["date"] = date

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        email = d.pop("email", UNSET)

        token = d.pop("token", UNSET)

        status = d.pop("status", UNSET)

        cost = d.pop("cost", UNSET)

        stop_mail = d.pop("stopMail", UNSET)

        date = d.pop("date", UNSET)

        delivery = cls(
            email=email,
            token=token,
            status=status,
            cost=cost,
            stop_mail=stop_mail,
            date=date,
        )

        delivery.additional_properties = d
        return delivery

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
