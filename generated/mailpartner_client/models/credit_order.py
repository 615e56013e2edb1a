from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="CreditOrder")


@_attrs_define
class CreditOrder:
    """Credit to move, with the key of the account.

    Attributes:
        api_key (str): The key of the account. Redact it wherever a request is recorded. Some generated models print a
            password as asterisks in JSON too, and would send those. Example: YOUR_API_KEY.
        credit (str): How much to move, in EUR, more than 0. The samples send it as text; the answer has numbers. How
            many decimals count is not known. Example: 100.
        token_subaccount (str): The token of the sub-account, called token in the list. That it holds no spaces is
            assumed. Example: token1.
    """

    api_key: str
    credit: str
    token_subaccount: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        api_key = self.api_key

        credit = self.credit

        token_subaccount = self.token_subaccount

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "apiKey": api_key,
                "credit": credit,
                "tokenSubaccount": token_subaccount,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        api_key = d.pop("apiKey")

        credit = d.pop("credit")

        token_subaccount = d.pop("tokenSubaccount")

        credit_order = cls(
            api_key=api_key,
            credit=credit,
            token_subaccount=token_subaccount,
        )

        credit_order.additional_properties = d
        return credit_order

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
