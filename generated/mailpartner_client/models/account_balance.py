from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="AccountBalance")


@_attrs_define
class AccountBalance:
    """What the account may spend; on success. Without creditMail or currency it is the SMS service's, whose entries have
    other meanings.

        Attributes:
            credit_mail (int | Unset): How many mails may be sent. Example: 269082.
            currency (str | Unset): The currency of balance (ISO 4217). Example: EUR.
            balance (str | Unset): The balance, as text. Example: 10225.119.
    """

    credit_mail: int | Unset = UNSET
    currency: str | Unset = UNSET
    balance: str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        credit_mail = self.credit_mail

        currency = self.currency

        balance = self.balance

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if credit_mail is not UNSET:
            field_dict["creditMail"] = credit_mail
        if currency is not UNSET:
            field_dict["currency"] = currency
        if balance is not UNSET:
            field_dict["balance"] = balance

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        credit_mail = d.pop("creditMail", UNSET)

        currency = d.pop("currency", UNSET)

        balance = d.pop("balance", UNSET)

        account_balance = cls(
            credit_mail=credit_mail,
            currency=currency,
            balance=balance,
        )

        account_balance.additional_properties = d
        return account_balance

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
