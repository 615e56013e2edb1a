"""The operations of sub-accounts: one description each, for sync and async."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import Any, Final

from mailpartner._core.call import CallResult, Failure
from mailpartner._core.generated_client import models, operation_module
from mailpartner._core.request import check_limits
from mailpartner._core.session import Call
from mailpartner._secret import Secret
from mailpartner.errors import Hint
from mailpartner.resources._addresses import check_address
from mailpartner.resources._amounts import amount_text
from mailpartner.resources._base import argument_limits, check_encodable
from mailpartner.results import CreditMove, Subaccount

Amount = Decimal | int | str

_CREATION_HINTS: Final = {
    "doubt": Hint("look_for_subaccount", "Do not create it again before subaccounts.list() shows that it is missing."),
}
_CREDIT_HINTS: Final = {
    "not_found": Hint("take_token_from_list", "Take the token from subaccounts.list()."),
    "doubt": Hint(
        "compare_balances",
        "Do not repeat it before you know: compare the balance in subaccounts.list() with the one before.",
    ),
}


def create_call(
    type: str,
    email: str | None,
    credit: Amount | None,
    is_buyer: bool | None,
    title: str | None,
    first_name: str | None,
    last_name: str | None,
) -> Call[Subaccount]:
    """Describe creating a sub-account.

    Raises:
        TypeError: If an argument is of the wrong type.
        ValueError: If an argument is out of range, missing, or not for this type.
    """
    _check_type(type, email, is_buyer)
    limits = argument_limits("createSubaccount", "parameters.creditToAttribute")
    details: dict[str, Any] = {
        "email": email,
        "isBuyer": None if is_buyer is None else int(is_buyer),
        "creditToAttribute": None if credit is None else amount_text("credit", credit, limits),
        "title": _checked_text("title", title),
        "firstname": _checked_text("first_name", first_name),
        "lastname": _checked_text("last_name", last_name),
    }
    body = models().SubaccountCreation.from_dict(
        {
            "apiKey": "",  # the transport puts the key in
            "type": type,
            "parameters": {name: value for name, value in details.items() if value is not None},
        }
    )
    module = operation_module("subaccounts.create_subaccount")
    return Call(module, {"body": body}, partial(_created, type), _CREATION_HINTS)


def _check_type(type: str, email: object, is_buyer: object) -> None:
    known = [each.value for each in models().SubaccountType]
    if type not in known:
        raise ValueError(f"type must be one of {', '.join(known)}. Nothing was sent.")
    if email is not None:
        check_address(email)
    elif type == "advanced":
        raise ValueError("email is required for an advanced sub-account. Nothing was sent.")
    if is_buyer is not None and type != "advanced":
        raise ValueError("is_buyer is for an advanced sub-account only. Nothing was sent.")
    if is_buyer is not None and not isinstance(is_buyer, bool):
        raise TypeError("is_buyer must be True or False. Nothing was sent.")


def _checked_text(name: str, value: object) -> str | None:
    if value is None:
        return None
    if isinstance(value, str):
        check_encodable(name, value)
        return value
    raise TypeError(f"{name} must be a str. Nothing was sent.")


def _created(type: str, outcome: CallResult) -> Subaccount:
    if isinstance(outcome, Failure):
        raise outcome.error
    data = outcome.envelope.data
    access = data.get("subaccount", {})
    return Subaccount(
        access.get("email"),
        access.get("token"),
        type=type,
        confirmation_sent_to=data.get("sendConfirmMailTo"),
        parent_email=data.get("parent_email"),
    )


def add_credit_call(token: str | Secret, amount: Amount) -> Call[CreditMove]:
    """Describe giving credit to a sub-account.

    Raises:
        TypeError: If an argument is of the wrong type.
        ValueError: If an argument is out of range.
    """
    return _credit_call("add", token, amount)


def remove_credit_call(token: str | Secret, amount: Amount) -> Call[CreditMove]:
    """Describe taking credit from a sub-account.

    Raises:
        TypeError: If an argument is of the wrong type.
        ValueError: If an argument is out of range.
    """
    return _credit_call("remove", token, amount)


def _credit_call(verb: str, token: object, amount: Amount) -> Call[CreditMove]:
    if not isinstance(token, (str, Secret)):
        raise TypeError(f"token must be a str or a Secret, not {type(token).__name__}. Nothing was sent.")
    secret = Secret(token) if isinstance(token, str) else token
    operation = f"{verb}SubaccountCredit"
    check_limits("token", secret, argument_limits(operation, "tokenSubaccount"))
    credit = amount_text("amount", amount, argument_limits(operation, "credit"))
    body = models().CreditOrder(api_key="", credit=credit, token_subaccount=secret)  # the transport puts the key in
    return Call(operation_module(f"subaccounts.{verb}_subaccount_credit"), {"body": body}, _moved, _CREDIT_HINTS)


def _moved(outcome: CallResult) -> CreditMove:
    if isinstance(outcome, Failure):
        raise outcome.error
    envelope, data = outcome.envelope, outcome.envelope.data
    return CreditMove(
        data.get("credit"),
        data.get("subaccountCredit"),
        data.get("currency"),
        code=envelope.code,
        message=envelope.message,
        attempts=outcome.attempts,
        http=outcome.http,
    )
