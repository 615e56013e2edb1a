from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.outcome_error import OutcomeError


T = TypeVar("T", bound="Addition")


@_attrs_define
class Addition:
    """The outcome of an addition. Other properties may appear.

    Attributes:
        success (bool): Whether the request was carried out. The HTTP status does not say so. If this value contradicts
            a listed code, the answer is unreadable (see code). Example: True.
        code (int): The reason; see the code list of the operation, which is open. Do not require 200 for a success:
            siblings of this API succeed with 2. But an answer with success true and the code of an error of the list (2 is
            one on most), or with success false and that of a success, contradicts itself: treat it as unreadable, and the
            request as possibly carried out. Example: 200.
        stop_id (int | Unset): The id of the new entry; on success. Probably the same id as in the list: the vendor does
            not say so. Treat an id outside the limits of the delete operation as missing. Example: 300.
        message (str | Unset): Text for people, in French or English; often absent. Compare the code, never this text.
            Example: Clé API incorrecte.
        errors (list[OutcomeError] | Unset): The faults of single fields. On no page of this API: siblings of it answer
            so, some under the name error, some instead of message, some with success and code (as text) in place of
            elementId.
    """

    success: bool
    code: int
    stop_id: int | Unset = UNSET
    message: str | Unset = UNSET
    errors: list[OutcomeError] | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        success = self.success

        code = self.code

        stop_id = self.stop_id

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
        if stop_id is not UNSET:
            field_dict["stopId"] = stop_id
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

        stop_id = d.pop("stopId", UNSET)

        message = d.pop("message", UNSET)

        _errors = d.pop("errors", UNSET)
        errors: list[OutcomeError] | Unset = UNSET
        if _errors is not UNSET:
            errors = []
            for errors_item_data in _errors:
                errors_item = OutcomeError.from_dict(errors_item_data)

                errors.append(errors_item)

        addition = cls(
            success=success,
            code=code,
            stop_id=stop_id,
            message=message,
            errors=errors,
        )

        addition.additional_properties = d
        return addition

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
