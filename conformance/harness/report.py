"""The comparisons on one client, for people and for the table of all languages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from .compare import AGREES, DIFFERS, SILENT, UNSUPPORTED, Comparison


class Report:
    """The result of a run. differences: the differences that are known, by the id of a case, each with its cause.
    unmatched: the requests that had no case's key."""

    def __init__(
        self, comparisons: Iterable[Comparison], differences: Mapping[str, str], unmatched: Iterable[str] = ()
    ) -> None:
        self.comparisons = list(comparisons)
        self.differences = differences
        self.unmatched = list(unmatched)

    @property
    def unexpected(self) -> list[Comparison]:
        """Return what makes a run fail: a difference that nobody has explained, a case that nothing was said of."""
        return [
            item
            for item in self.comparisons
            if item.verdict == SILENT or (item.verdict == DIFFERS and item.case["id"] not in self.differences)
        ]

    @property
    def outdated(self) -> list[str]:
        """Explained differences that are none any more."""
        differing = {item.case["id"] for item in self.comparisons if item.verdict == DIFFERS}
        return sorted(self.differences.keys() - differing)

    @property
    def shown(self) -> bool:
        """Return whether anything was shown: a runner that supports no case has shown nothing."""
        return any(item.verdict == AGREES for item in self.comparisons)

    @property
    def good(self) -> bool:
        """Return whether nothing is unexpected, and something was shown."""
        return self.shown and not self.unexpected and not self.outdated and not self.unmatched

    def lines(self) -> list[str]:
        """The report, for a terminal."""
        counts = Counter(item.verdict for item in self.comparisons)
        differing = [item for item in self.unexpected if item.verdict != SILENT]
        silent = [item.case["id"] for item in self.unexpected if item.verdict == SILENT]
        lines = [f"{item.verdict}: {item.case['id']} ({item.case['title']}): {item.why}" for item in differing]
        if silent:
            names = ", ".join([*silent[:5], *(["..."] if len(silent) > 5 else [])])
            lines.append(f"The runner said nothing of {len(silent)} cases: {names}. Print one JSON line for each call.")
        if self.unmatched:
            lines.append(
                f"{_counted(len(self.unmatched), 'request')} had no case's key, the first: {self.unmatched[0]}. Send"
                " the call's own key as openapi.yaml has it: apiKey in the query, for an addition in the body."
            )
        if not self.shown:
            lines.append("No case agrees, so nothing was shown.")
        lines += [f"agrees now, so take it off the list of differences: {name}" for name in self.outdated]
        lines += self._by_reason(DIFFERS, "differs, with a known cause")
        lines += self._by_reason(UNSUPPORTED, "not supported by this client")
        bad = (len(self.unexpected) + len(self.outdated) + bool(self.unmatched)) or int(not self.shown)
        known = counts[DIFFERS] - len(differing)
        return [
            *lines,
            f"{_counted(len(self.comparisons), 'case')}: {counts[AGREES]} agree, {known} differ with a known cause,"
            f" {counts[UNSUPPORTED]} not supported, {bad} failed",
        ]

    def _by_reason(self, verdict: str, heading: str) -> list[str]:
        reasons = Counter(
            self.differences.get(item.case["id"], item.why)
            for item in self.comparisons
            if item.verdict == verdict and item not in self.unexpected
        )
        return [f"{heading}: {_counted(count, 'case')}: {reason}" for reason, count in reasons.most_common()]


def _counted(count: int, thing: str) -> str:
    return f"{count} {thing}{'' if count == 1 else 's'}"
