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
