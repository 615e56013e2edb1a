from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="MessageAttachment")


@_attrs_define
class MessageAttachment:
    """A file of at most 5 MB; x-sending says what is meant by that.

    Attributes:
        base_64_content (str): The content in base64. Example: SGVsbG8=.
        content_type (str): The media type. Which ones are allowed is not stated. Example: text/plain.
        filename (str): The name, without its extension. Example: hello.
    """

    base_64_content: str
    content_type: str
    filename: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        base_64_content = self.base_64_content

        content_type = self.content_type

        filename = self.filename

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "base64Content": base_64_content,
                "contentType": content_type,
                "filename": filename,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        base_64_content = d.pop("base64Content")

        content_type = d.pop("contentType")

        filename = d.pop("filename")

        message_attachment = cls(
            base_64_content=base_64_content,
            content_type=content_type,
            filename=filename,
        )

        message_attachment.additional_properties = d
        return message_attachment

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
