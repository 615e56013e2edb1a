"""Secrets of other accounts: values that nothing shows unless it is asked to."""

from __future__ import annotations

import hmac
from typing import Any, Final, NoReturn, Self

MASK: Final = "**********"


class Secret:
    """A key or token of another account. `repr`, `str`, `to_dict()` and pydantic show asterisks; `reveal()` the value.

    Copying gives the same object. Pickling raises TypeError, because it would write the value down or lose it.
    """

    __slots__ = ("__value",)

    def __init__(self, value: str) -> None:
        """Hide `value`.

        Raises:
            TypeError: If it is not a str.
        """
        if not isinstance(value, str):
            raise TypeError(f"A Secret hides a str, not {type(value).__name__}.")
        self.__value = value

    def reveal(self) -> str:
        """Return the value."""
        return self.__value

    def __repr__(self) -> str:
        """Show that there is a secret."""
        return f"Secret({MASK!r})"

    def __str__(self) -> str:
        """Return asterisks."""
        return MASK

    def __eq__(self, other: object) -> bool:
        """Compare with another Secret; never with text."""
        if not isinstance(other, Secret):
            return NotImplemented
        return hmac.compare_digest(self.__value.encode(), other.__value.encode())

    def __hash__(self) -> int:
        """Hash as the value does."""
        return hash((Secret, self.__value))

    def __copy__(self) -> Self:
        """Return itself."""
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        """Return itself: `dataclasses.asdict` copies."""
        return self

    def __reduce__(self) -> NoReturn:
        """Refuse to be pickled."""
        raise TypeError("A Secret is not pickled: pass on what reveal() returns, and hide it again there.")

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
        """Let pydantic and FastAPI take a Secret or text, and write asterisks."""
        from pydantic_core import core_schema

        return core_schema.union_schema(
            [
                core_schema.is_instance_schema(cls),
                core_schema.no_info_after_validator_function(cls, core_schema.str_schema()),
            ],
            serialization=core_schema.plain_serializer_function_ser_schema(str),
        )


def revealed(value: object) -> str:
    """Return the value of a Secret for what is sent. Raises TypeError for anything else, as JSON has no word for it."""
    if isinstance(value, Secret):
        return value.reveal()
    raise TypeError(f"Object of type {type(value).__name__} is not JSON serializable")
