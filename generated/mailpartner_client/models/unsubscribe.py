from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="Unsubscribe")


@_attrs_define
class Unsubscribe:
    """One address that receives no mailings. Other properties may appear.

    Attributes:
        id (int): The id that the delete operation takes. Example: 19.
        email (str): The address. How the server treats upper case is not known. Example: xxx@www.com.
        created_at (str | Unset): When it was added, YYYY-MM-DD HH:MM:SS. The time zone is not stated. Example:
            2015-07-20 10:19:45.
    """

    id: int
    email: str
    created_at: str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        email = self.email

        created_at = self.created_at

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "email": email,
            }
        )
        if created_at is not UNSET:
            field_dict["createdAt"] = created_at

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = d.pop("id")

        email = d.pop("email")

        created_at = d.pop("createdAt", UNSET)

        unsubscribe = cls(
            id=id,
            email=email,
            created_at=created_at,
        )

        unsubscribe.additional_properties = d
        return unsubscribe

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
