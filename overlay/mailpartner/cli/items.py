"""The items of a run on stdout: all of a handful; of many in a pipe too, on a terminal those that failed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mailpartner.cli.error_text import text_of
from mailpartner.cli.language import N_, _, result_text
from mailpartner.cli.output import Output
from mailpartner.cli.say import say, shown
from mailpartner.errors import APIError

if TYPE_CHECKING:
    from mailpartner.cli.actions import Action
    from mailpartner.results import BulkItem

SHOWN = 20
IDS_SHOWN = 10


class Items:
    """Shows one item after the other, as they end."""

    def __init__(self, output: Output, action: Action, handful: bool) -> None:
        self.output = output
        self._action = action
        self._handful = handful
        self._groups: dict[tuple[Any, ...], tuple[int, tuple[int | str, ...]]] = {}
        """By outcome and cause, and of a handful by item: how many, and the first items."""

    def item(self, item: BulkItem[Any, Any]) -> None:
        """Show one more, or keep it for the table. Raise Signalled and OutputLost as `Output.line` does."""
        doubt = getattr(item.error, "maybe_applied", False)
        outcome = item.outcome.value if item.outcome is not None else "in_doubt" if doubt else "failed"
        why = self._text(item.error)
        if self.output.json:
            named = {self._action.item: item.input}
            self.output.record(self._action.type, **named, outcome=outcome, error=error_fields(item.error, why))
        elif not self.output.terminal:
            self.output.line(shown(f"{item.input} {outcome} {why}".rstrip()))
        elif self._handful or item.error is not None:
            key = (item.input,) if self._handful else ()
            count, ids = self._groups.get((outcome, why, *key), (0, ()))
            self._groups[outcome, why, *key] = count + 1, (*ids, item.input) if len(ids) < IDS_SHOWN else ids

    def end(self) -> None:
        """Show what was kept for the table: failures of many by their cause."""
        groups = list(self._groups.items())
        rows = [(_listed(*ids), outcome, why) for (outcome, why, *_id), ids in groups[:SHOWN]]
        if rows:
            noun = N_("address") if self._action.item == "email" else N_("id") if self._handful else N_("ids")
            self.output.rows((noun, N_("outcome"), N_("why")), rows)
        if more := sum(count for _key, (count, _ids) in groups[SHOWN:]):
            say(_("{count} more failed; the audit file has them all.").format(count=more))

    def _text(self, error: Exception | None) -> str:
        return text_of(error, not self._handful, result_text)


def error_fields(error: Exception | None, text: str) -> dict[str, Any] | None:
    """Return an error as JSON has it, with its text; None for none."""
    if error is None:
        return None
    api = error if isinstance(error, APIError) else None
    return {
        "class": type(error).__name__,
        "code": api.code if api is not None else None,
        "name": api.name if api is not None else None,
        "text": text,
        "maybe_applied": bool(getattr(error, "maybe_applied", False)),
    }


def _listed(count: int, ids: tuple[int | str, ...]) -> str:
    more = count - len(ids)
    return " ".join(map(str, ids)) + (_(" and {count} more").format(count=more) if more else "")
