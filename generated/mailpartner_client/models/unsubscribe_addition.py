from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="UnsubscribeAddition")


@_attrs_define
class UnsubscribeAddition:
    """An address to add, with the key of the account.

    Attributes:
        api_key (str): The key of the account. Redact it wherever a request is recorded. Some generated models print a
            password as asterisks in JSON too, and would send those. Example: YOUR_API_KEY.
        email (str): The address. Example: xxx@www.com.
    """

    api_key: str
    email: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        api_key = self.api_key

        email = self.email

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "apiKey": api_key,
                "email": email,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        api_key = d.pop("apiKey")

        email = d.pop("email")

        unsubscribe_addition = cls(
            api_key=api_key,
            email=email,
        )

        unsubscribe_addition.additional_properties = d
        return unsubscribe_addition

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
