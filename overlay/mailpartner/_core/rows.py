"""Build the rows of a long list while its response is parsed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mailpartner._core.response import DecodeError
from mailpartner._core.schema import as_list, coerce_object, rows_of

if TYPE_CHECKING:
    from mailpartner._core.request import RowFactory
    from mailpartner.contract import Schema

_NOT_A_ROW = (dict, list, str, int, float, type(None))


class RowDecoder:
    """Turn each row into its result as soon as it is parsed.

    A million rows as text, as dicts and as results at the same time would need several times the memory.
    """

    def __init__(self, name: str, schema: Schema, factory: RowFactory) -> None:
        self.name = name
        self.schema = schema
        self.ignored: set[str] = set()
        """The optional fields of rows whose values did not fit the contract."""
        self._factory = factory

    @classmethod
    def create(cls, response: Schema, factory: RowFactory | None) -> RowDecoder | None:
        """Return a decoder for the rows of `response`; None if it has none, or no factory is given."""
        found = rows_of(response) if factory is not None else None
        return cls(*found, factory) if found is not None and factory is not None else None

    def decode(self, data: dict[str, Any]) -> Any:
        """Return the result for an object that looks like a row, else the object as it is."""
        if "success" in data or not self.schema.essential <= data.keys():
            return data
        try:
            return self._build(data)
        except DecodeError:
            return data  # `take_rows` decides, which knows where it stands

    def take_rows(self, data: dict[str, Any]) -> list[Any] | None:
        """Remove the finished rows from a response's data and return them.

        Raises DecodeError if something other than rows is among them.
        """
        found = data.pop(self.name, None)
        if found is None:
            return None
        rows = as_list(found)
        if rows is None:
            raise DecodeError(f"a response whose {self.name} is not a list")
        if any(isinstance(item, _NOT_A_ROW) for item in rows):
            return [self._finish(item) for item in rows]
        return rows

    def _build(self, data: dict[str, Any]) -> Any:
        row, ignored = coerce_object(data, self.schema, "row")
        self.ignored.update(ignored)
        return self._factory(row)

    def _finish(self, item: Any) -> Any:
        if not isinstance(item, _NOT_A_ROW):
            return item
        if not isinstance(item, dict) or "success" in item:
            raise DecodeError(f"a response whose {self.name} is not a list of rows")
        return self._build(item)
