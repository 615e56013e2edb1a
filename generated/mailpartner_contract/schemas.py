"""The types of answers. Written by `make generate` from openapi.yaml; do not edit."""

from typing import Final

from .types import Schema

UNSUBSCRIBE: Final = Schema(
    "object",
    fields=(
        ("id", Schema("integer")),
        ("email", Schema("string")),
        ("createdAt", Schema("string")),
    ),
    essential=frozenset(["email", "id"]),
)

OUTCOME_ERROR: Final = Schema(
    "object",
    fields=(
        ("elementId", Schema("string")),
        ("message", Schema("string")),
    ),
)

UNSUBSCRIBE_LIST: Final = Schema(
    "object",
    fields=(
        ("success", Schema("boolean")),
        ("code", Schema("integer")),
        ("nbData", Schema("integer")),
        ("data", Schema("array", items=UNSUBSCRIBE)),
        ("message", Schema("string")),
        ("errors", Schema("array", items=OUTCOME_ERROR)),
    ),
    essential=frozenset(["data"]),
)

ADDITION: Final = Schema(
    "object",
    fields=(
        ("success", Schema("boolean")),
        ("code", Schema("integer")),
        ("stopId", Schema("integer")),
        ("message", Schema("string")),
        ("errors", Schema("array", items=OUTCOME_ERROR)),
    ),
)

OUTCOME: Final = Schema(
    "object",
    fields=(
        ("success", Schema("boolean")),
        ("code", Schema("integer")),
        ("message", Schema("string")),
        ("errors", Schema("array", items=OUTCOME_ERROR)),
    ),
)

ACCOUNT_USER: Final = Schema("object", fields=(("username", Schema("string")),))

ACCOUNT_BALANCE: Final = Schema(
    "object",
    fields=(
        ("creditMail", Schema("integer")),
        ("currency", Schema("string", pattern="^[A-Z]{3}$")),
        ("balance", Schema("string", pattern="^-?[0-9]+(\\.[0-9]+)?$")),
    ),
    essential=frozenset(["creditMail", "currency"]),
)

ACCOUNT_CREDITS: Final = Schema(
    "object",
    fields=(
        ("success", Schema("boolean")),
        ("code", Schema("integer")),
        ("user", ACCOUNT_USER),
        ("credits", ACCOUNT_BALANCE),
        ("message", Schema("string")),
        ("errors", Schema("array", items=OUTCOME_ERROR)),
    ),
    essential=frozenset(["credits"]),
)

SENT_MESSAGE: Final = Schema(
    "object",
    fields=(
        ("success", Schema("boolean")),
        ("code", Schema("integer")),
        ("messageId", Schema("string", pattern="^[!-~]+$")),
        ("nbMail", Schema("integer")),
        ("cost", Schema("number", decimal=True)),
        ("currency", Schema("string", pattern="^[A-Z]{3}$")),
        ("scheduledDeliveryDate", Schema("string", pattern="^[0-9][0-9 :/.T+-]*$")),
        ("message", Schema("string")),
        ("errors", Schema("array", items=OUTCOME_ERROR)),
    ),
)

DELIVERY: Final = Schema(
    "object",
    fields=(
        ("email", Schema("string")),
        ("token", Schema("string")),
        ("status", Schema("string")),
        ("cost", Schema("number", decimal=True)),
        ("stopMail", Schema("boolean")),
        ("date", Schema("string", pattern="^[0-9]{1,10}$")),
    ),
    essential=frozenset(["email"]),
)

MESSAGE_STATUS: Final = Schema(
    "object",
    fields=(
        ("success", Schema("boolean")),
        ("code", Schema("integer")),
        ("messageId", Schema("string", pattern="^[!-~]+$")),
        ("StatutResponseList", Schema("array", items=DELIVERY)),
        ("message", Schema("string")),
        ("errors", Schema("array", items=OUTCOME_ERROR)),
    ),
    essential=frozenset(["StatutResponseList"]),
)

SUBACCOUNT_BALANCE: Final = Schema(
    "object",
    fields=(
        ("balance", Schema("string", pattern="^-?[0-9]+(\\.[0-9]+)?$")),
        ("currency", Schema("string", pattern="^[A-Z]{3}$")),
    ),
)

SUBACCOUNT_ENTRY: Final = Schema(
    "object",
    fields=(
        ("id", Schema("integer")),
        ("email", Schema("string")),
        ("type", Schema("string")),
        ("token", Schema("string", secret=True)),
        ("apiKey", Schema("string", secret=True)),
        ("createdAt", Schema("string")),
        ("credits", SUBACCOUNT_BALANCE),
    ),
    essential=frozenset(["email", "id"]),
)

SUBACCOUNT_PAGE: Final = Schema(
    "object",
    fields=(
        ("success", Schema("boolean")),
        ("code", Schema("integer")),
        ("total", Schema("integer")),
        ("nb_per_page", Schema("integer")),
        ("page", Schema("integer")),
        ("data", Schema("array", items=SUBACCOUNT_ENTRY)),
        ("message", Schema("string")),
        ("errors", Schema("array", items=OUTCOME_ERROR)),
    ),
    essential=frozenset(["data"]),
)

SUBACCOUNT_ACCESS: Final = Schema(
    "object",
    fields=(
        ("email", Schema("string")),
        ("token", Schema("string", secret=True)),
    ),
)

SUBACCOUNT_CONFIRMATION: Final = Schema(
    "object",
    fields=(
        ("success", Schema("boolean")),
        ("code", Schema("integer")),
        ("subaccount", SUBACCOUNT_ACCESS),
        ("sendConfirmMailTo", Schema("string")),
        ("parent_email", Schema("string")),
        ("message", Schema("string")),
        ("errors", Schema("array", items=OUTCOME_ERROR)),
    ),
)

CREDIT_BALANCES: Final = Schema(
    "object",
    fields=(
        ("success", Schema("boolean")),
        ("code", Schema("integer")),
        ("credit", Schema("number", decimal=True)),
        ("subaccountCredit", Schema("number", decimal=True)),
        ("currency", Schema("string", pattern="^[A-Z]{3}$")),
        ("message", Schema("string")),
        ("errors", Schema("array", items=OUTCOME_ERROR)),
    ),
)
