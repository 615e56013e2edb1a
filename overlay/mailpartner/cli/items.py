"""The items of a run on stdout: all of a handful; of many in a pipe too, on a terminal those that failed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mailpartner.cli.output import Output
from mailpartner.cli.say import say, shown
from mailpartner.errors import APIError

if TYPE_CHECKING:
    from mailpartner.results import BulkItem, DeletionOutcome

SHOWN = 20


class Items:
    """Shows one item after the other, as they end."""

    def __init__(self, output: Output, handful: bool) -> None:
        self.output = output
        self._handful = handful
        self._rows: list[tuple[object, ...]] = []
        self._more = 0

    def item(self, item: BulkItem[int, DeletionOutcome]) -> None:
        """One more. Raises Signalled and OutputLost as `Output.line` does."""
        outcome = item.outcome.value if item.outcome is not None else "failed"
        why = _here(item.error)
        if self.output.json:
            self.output.record("deletion", id=item.input, outcome=outcome, error=_error(item.error))
        elif not self.output.terminal:
            self.output.line(shown(f"{item.input} {outcome} {why}".rstrip()))
        elif self._handful or item.error is not None:
            if len(self._rows) < SHOWN:
                self._rows.append((item.input, outcome, why))
            else:
                self._more += 1

    def end(self) -> None:
        """There are no more: show what was kept for a table."""
        if self._rows:
            self.output.rows(("id", "outcome", "why"), self._rows)
        if self._more:
            say(f"{self._more} more failed; the audit file has them all.")


def _here(error: Exception | None) -> str:
    """An error's line, its advice in the words of this command."""
    return str(error or "").replace("pass missing_ok=True", "give --missing-ok")


def _error(error: Exception | None) -> dict[str, Any] | None:
    if error is None:
        return None
    api = error if isinstance(error, APIError) else None
    return {
        "class": type(error).__name__,
        "code": api.code if api is not None else None,
        "name": api.name if api is not None else None,
        "text": _here(error),
        "maybe_applied": bool(getattr(error, "maybe_applied", False)),
    }
