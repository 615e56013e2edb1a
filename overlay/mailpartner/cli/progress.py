"""What is being done and how far it is, on stderr, so that nobody takes a long wait for a crash."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Self

import attrs

from mailpartner.cli.exit_codes import SOME_FAILED, code_of
from mailpartner.cli.language import _
from mailpartner.cli.say import can_animate, is_terminal, say
from mailpartner.results import BulkItem

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress

    from mailpartner.cli.actions import Action

LINE_EVERY = 10.0
RATE_OVER = 60.0
SHORTEST_BAR = 20
WAITING_EVERY = 1.0


@attrs.define
class Tally:
    """What came of the items, over all sessions of a run, and the exit codes that failures of this session lead to."""

    total: int
    successes: dict[str, int]
    failed: int = 0
    in_doubt: int = 0
    codes: set[int] = attrs.field(factory=set)

    @classmethod
    def of(cls, action: Action, total: int, known: dict[str, int], failed: int = 0) -> Tally:
        return cls(total, {outcome: known.get(outcome, 0) for outcome in action.outcomes}, failed)

    @property
    def unsuccessful(self) -> int:
        return self.failed + self.in_doubt

    @property
    def done(self) -> int:
        return sum(self.successes.values()) + self.unsuccessful

    @property
    def left(self) -> int:
        return self.total - self.done

    def count(self, item: BulkItem[Any, Any]) -> None:
        if item.error is not None:
            self.codes.add(code_of(item.error) or SOME_FAILED)
        if item.outcome is not None:
            self.successes[item.outcome.value] += 1
        elif getattr(item.error, "maybe_applied", False):
            self.in_doubt += 1
        else:
            self.failed += 1

    def words(self) -> str:
        """Return the counts; that of what is in doubt only if there is any."""
        if "added" in self.successes:
            words = _("{added} added, {already_listed} already listed, {failed} failed")
        else:
            words = _("{deleted} deleted, {already_gone} already gone, {failed} failed")
        if self.in_doubt:
            words += _(", {in_doubt} in doubt")
        return words.format(**self.successes, failed=self.failed, in_doubt=self.in_doubt)


class Progress:
    """Shows a tally: a bar on a terminal where no log and no stdout writes between its lines, else a line at times."""

    def __init__(self, tally: Tally, *, lines_on_stdout: bool, logged: bool = False, quiet: bool = False) -> None:
        between = logged or (lines_on_stdout and is_terminal(sys.stdout))
        self._tally = tally
        self._is_drawn = not quiet and can_animate(sys.stderr) and not between
        self._bar = None if quiet else bar(tally)
        self._next_line = time.monotonic() + LINE_EVERY

    def step(self) -> None:
        if self._bar is None:
            return
        task = self._bar.tasks[0]
        self._bar.update(task.id, completed=self._tally.done)
        if self._is_drawn:
            words = self._words(task.speed)
            if len(words) + SHORTEST_BAR > self._bar.console.width:
                words = self._words(task.speed, short=True)
            self._bar.update(task.id, words=words)
        elif time.monotonic() >= self._next_line:
            self._next_line = time.monotonic() + LINE_EVERY
            say(self._words(task.speed))

    def _words(self, speed: float | None, short: bool = False) -> str:
        tally = self._tally
        left = str(timedelta(seconds=int(tally.left / speed))) if speed else "-:--:--"
        if short:
            text = _("{done}/{total} {failed} failed {rate}/min {left} left")
        else:
            text = _("{done} of {total}: {counts}; {rate} a minute, {left} left")
        return text.format(
            done=tally.done, total=tally.total, failed=tally.unsuccessful, counts=tally.words(),
            rate=round((speed or 0.0) * 60), left=left,
        )  # fmt: skip

    def __enter__(self) -> Self:
        if self._bar is not None and self._is_drawn:
            self.step()
            self._bar.start()
        return self

    def __exit__(self, *_error: object) -> None:
        if self._bar is not None and self._is_drawn:
            self._bar.stop()


def bar(tally: Tally, clock: Callable[[], float] = time.monotonic) -> RichProgress:
    """Return a bar that knows the speed over the last minute: a laptop that slept is forgiven after one."""
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn
    from rich.progress import Progress as Made

    made = Made(
        BarColumn(bar_width=None, complete_style="cyan", finished_style="cyan"),
        TextColumn("{task.fields[words]}", markup=False),
        console=Console(file=sys.stderr, force_terminal=True, highlight=False),
        expand=True,
        redirect_stdout=False,
        redirect_stderr=False,
        refresh_per_second=5,
        speed_estimate_period=RATE_OVER,
        get_time=clock,
    )
    made.add_task("", total=tally.total, completed=tally.done, words="")
    return made


class Waiting:
    """Says what is being done, once a second: in one line on a terminal."""

    def __init__(self) -> None:
        self._last = time.monotonic()

    @contextmanager
    def during(self, what: str) -> Iterator[None]:
        """Say `what` while the block runs. Steps that are short, but long together, are not silent either."""
        ended = threading.Event()
        thread = threading.Thread(target=self._repeat, args=(what, ended), daemon=True)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()

    def _repeat(self, what: str, ended: threading.Event) -> None:
        began = time.monotonic()
        animated, said = can_animate(sys.stderr), False
        while not ended.wait(max(0.0, self._last + WAITING_EVERY - time.monotonic())):
            text = _("{what} ... {seconds} s").format(what=what, seconds=round(time.monotonic() - began))
            if animated:
                _draw(f"mailpartner: {text}")
            else:
                say(text)
            self._last, said = time.monotonic(), True
        if animated and said:
            _draw("")


def _draw(text: str) -> None:
    with suppress(OSError, ValueError):
        sys.stderr.write(f"\r\x1b[K{text}")
        sys.stderr.flush()
