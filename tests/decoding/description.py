"""What openapi.yaml says about the answers, read from the file: the tests do not believe what was generated from it."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final, NamedTuple

import yaml
from contract_examples import own_examples

from mailpartner import (
    APIError,
    AuthenticationError,
    Deletion,
    InvalidRequestError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitError,
    ServerError,
)

from .outcomes import Refused, deleted

_SPEC: Final[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).resolve().parents[2] / "openapi.yaml").read_text(encoding="utf-8")
)

CLASSES: Final[dict[str, type[APIError]]] = {
    "authentication": AuthenticationError,
    "permission_denied": PermissionDeniedError,
    "invalid_request": InvalidRequestError,
    "not_found": NotFoundError,
    "rate_limit": RateLimitError,
    "server": ServerError,
}


class ListedCode(NamedTuple):
    """A code of the operation, as its list gives it."""

    number: int
    name: str
    kind: str
    text: str | None


def _codes() -> dict[int, ListedCode]:
    listed: dict[int, ListedCode] = {}
    for name in reversed(_SPEC["paths"]["/v1/unsubscribe/delete"]["post"]["x-codes"]):
        schema = _SPEC["components"]["schemas"][name]
        columns = (schema[key] for key in ("enum", "x-enum-varnames", "x-enum-classes", "x-enum-texts"))
        listed |= {row[0]: ListedCode(*row) for row in zip(*columns, strict=True)}
    return dict(sorted(listed.items()))


CODES: Final = _codes()
"""The codes of the deletion by number."""

REFUSALS: Final = {number: code for number, code in CODES.items() if code.kind != "success"}
"""The codes that are errors."""

SUCCESS: Final = next(code.number for code in CODES.values() if code.kind == "success")
"""The code that is none."""


def outcome_of(success: bool, code: int, message: str | None = None) -> Deletion | Refused:
    """What openapi.yaml says that an answer with these values comes to."""
    if success:
        return deleted(code, message)
    listed = CODES[code]
    # A fault of the server may have come after the deed.
    return Refused(CLASSES[listed.kind], code, listed.name, message, (), listed.kind == "server")


def examples() -> dict[str, tuple[dict[str, Any], str]]:
    """Each example of the deletion by its name: the JSON object and its XML twin."""
    return {name: tuple(example) for name, example in own_examples("deleteUnsubscribe").items()}
