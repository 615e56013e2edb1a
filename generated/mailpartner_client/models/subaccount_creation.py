from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.subaccount_type import SubaccountType

if TYPE_CHECKING:
    from ..models.subaccount_details import SubaccountDetails


T = TypeVar("T", bound="SubaccountCreation")


@_attrs_define
class SubaccountCreation:
    """A sub-account to create, with the key of the account.

    Attributes:
        api_key (str): The key of the account. Redact it wherever a request is recorded. Some generated models print a
            password as asterisks in JSON too, and would send those. Example: YOUR_API_KEY.
        type_ (SubaccountType): What the sub-account can do. It cannot be changed later. Example: simple.
        parameters (SubaccountDetails): Who the sub-account is for.
    """

    api_key: str
    type_: SubaccountType
    parameters: SubaccountDetails
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        api_key = self.api_key

        type_ = self.type_.value

        parameters = self.parameters.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "apiKey": api_key,
                "type": type_,
                "parameters": parameters,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.subaccount_details import SubaccountDetails  # noqa: PLC0415

        d = dict(src_dict)
        api_key = d.pop("apiKey")

        type_ = SubaccountType(d.pop("type"))

        parameters = SubaccountDetails.from_dict(d.pop("parameters"))

        subaccount_creation = cls(
            api_key=api_key,
            type_=type_,
            parameters=parameters,
        )

        subaccount_creation.additional_properties = d
        return subaccount_creation

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
