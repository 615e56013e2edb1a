"""The rows of a long list, made into what they are to be while the answer is read. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mailpartner._core.response import DecodeError
from mailpartner._core.schema import coerce, rows_of

if TYPE_CHECKING:
    from mailpartner_contract import Shape

    from mailpartner._core.request import Row


class RowDecoder:
    """What an answer's rows are called, how they are shaped, and what each is made into."""

    def __init__(self, name: str, shape: Shape, row: Row) -> None:
        self.name = name
        self.shape = shape
        self._row = row

    @classmethod
    def of(cls, answer: Shape, row: Row | None) -> RowDecoder | None:
        """The rows of `answer`; None if it has none or nobody wants anything of them."""
        found = rows_of(answer) if row is not None else None
        return cls(*found, row) if found is not None and row is not None else None

    def made(self, data: dict[str, Any]) -> Any:
        """What a row becomes. An object that is no row stays as it is: `taken_from` sees where it stands."""
        if "success" in data or not self.shape.required <= data.keys():
            return data
        try:
            return self._made(data)
        except DecodeError:
            return data

    def _made(self, data: dict[str, Any]) -> Any:
        return self._row(coerce(data, self.shape, "row"))

    def taken_from(self, data: dict[str, Any]) -> list[Any] | None:
        """Take the finished rows out of an answer's data. Raises Unreadable if something else is among them."""
        found = data.pop(self.name, None)
        if found is None:
            return None
        if not isinstance(found, list):
            raise DecodeError(f"an answer whose {self.name} is no list")
        if any(isinstance(item, _NO_ROW) for item in found):
            return [self._finished(item) for item in found]
        return found

    def _finished(self, item: Any) -> Any:
        if not isinstance(item, _NO_ROW):
            return item
        if not isinstance(item, dict) or "success" in item:
            raise DecodeError(f"an answer whose {self.name} is not a list of rows")
        return self._made(item)


_NO_ROW = (dict, list, str, int, float, type(None))
