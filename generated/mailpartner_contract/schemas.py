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
