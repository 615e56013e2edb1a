"""conformance/RESULTS.md: what a run measured, as tables. Pure but for the reading."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from conformance.harness.cases import FOLDER
from conformance.harness.compare import AGREES, DIFFERS, UNSUPPORTED, Comparison
from conformance.harness.report import Report

from .smoke import STEPS

PATH = FOLDER / "RESULTS.md"
MACHINE = "## The machine of this run"
GROUPS = {
    "": "one JSON call",
    "check": "check",
    "retry": "retry",
    "fallback": "fallback",
    "look-up": "look-up",
    "xml": "XML",
}

HEAD = """\
# What {clients} clients make of {cases} conformance cases

Each case is a call of one of {operations} operations, the answer to it, and the outcome that a client must come to.
What differs, and why, is below.

{summary}

Written by `make test-languages ARGS=--write`, from what it measured. `make test-languages` measures again, and fails
where this page says something else. [docs/other-languages.md](../docs/other-languages.md) says how each client is made.

All but the SDK of this project are what the language's usual generator makes of
`generated/openapi/json-only.json`, with a runner of a few hundred lines around it. XML is not possible with that
profile: it leaves XML out, because some generated clients read an XML answer as zero values without an error.

Cases by what a client must support, as `agree / differ / not supported`. What differs has its cause below, in bold
where the client tells its caller what may not be so; elsewhere it cannot read the answer, or reads less of it.
"""


SANDBOX = f"On the sandbox ({STEPS}) each of them comes to the right outcome at every step.\n"


@dataclass(frozen=True)
class Measured:
    """The result of one language that passed. versions: of tools, pinned or the machine's. mutations: by name."""

    title: str
    versions: tuple[str, str]
    report: Report
    mutations: dict[str, str]


def page(measured: list[Measured]) -> str:
    """The text of RESULTS.md."""
    comparisons = measured[0].report.comparisons
    count = Counter(_group(item) for item in comparisons)
    head = HEAD.format(
        clients=len(measured),
        cases=len(comparisons),
        operations=len({item.case["call"]["operation"] for item in comparisons}),
        summary="\n".join(f"- {each.title}: {counted(each.report)}." for each in measured),
    )
    heads = [f"{title} ({count[group]})" for group, title in GROUPS.items()]
    rows = [[each.title, each.versions[0], *_cells(each.report.comparisons)] for each in measured]
    parts = [head, _table(["language", "proven with", *heads], rows), SANDBOX, *_mutations(measured)]
    parts += [part for each in measured for part in _section(each)]
    machine = [[each.title, each.versions[1] or "all versions are pinned"] for each in measured]
    parts += [f"{MACHINE}\n", "Of these any version will do; a run does not compare them.\n"]
    return "\n".join([*parts, _table(["language", "versions of this machine"], machine)])


def same(text: str, other: str) -> bool:
    """Whether two pages say the same, but for the versions that a machine brings."""
    return text.partition(MACHINE)[0] == other.partition(MACHINE)[0]


def counted(report: Report) -> str:
    """Return the result of a client, in a line."""
    count = Counter(item.verdict for item in report.comparisons)
    return f"{count[AGREES]} agree, {count[DIFFERS]} differ, {count[UNSUPPORTED]} not supported"


def _group(comparison: Comparison) -> str:
    return str(next(iter(comparison.case["requires"]), ""))


def _cells(comparisons: Iterable[Comparison]) -> list[str]:
    count = Counter((_group(item), item.verdict) for item in comparisons)
    return [" / ".join(str(count[group, verdict]) for verdict in (AGREES, DIFFERS, UNSUPPORTED)) for group in GROUPS]


def _mutations(measured: list[Measured]) -> list[str]:
    names = list(dict.fromkeys(name for each in measured for name in each.mutations))
    rows = [[each.title, *(each.mutations[name] for name in names)] for each in measured if each.mutations]
    text = "What a bad profile does to each client: with `code` as a closed enum, and with another name for `id`.\n"
    return [text, _table(["language", *names], rows)] if rows else []


def _section(measured: Measured) -> list[str]:
    """What differs in one language, and what is not supported, each with its cause."""
    differing: defaultdict[str, list[Comparison]] = defaultdict(list)
    lacking: Counter[str] = Counter()
    for item in measured.report.comparisons:
        if item.verdict == DIFFERS:
            differing[measured.report.differences[item.case["id"]]].append(item)
        if item.verdict == UNSUPPORTED:
            lacking[item.why] += 1
    rows = [
        [
            cause,
            "; ".join(sorted({_short(each.why) for each in items})),
            ", ".join(f"`{each.case['id']}`" for each in items),
        ]
        for cause, items in differing.items()
    ]
    rows.sort(key=lambda row: "**" not in row[1])
    parts = [f"## {measured.title}\n"] if rows or lacking else []
    parts += [_table(["why it differs", "the client says", "cases"], rows)] if rows else []
    lines = "".join(f"- {cause} ({count})\n" for cause, count in lacking.items())
    return [*parts, "Not supported (cases):\n", lines] if lines else parts


def _short(why: str) -> str:
    """The first fault: another result says most. Bold where the caller is told what may not be so."""
    fault = next((each for each in why.split("; ") if each.startswith("result is ")), why.partition("; ")[0])
    found = re.fullmatch(r'result is "(\w+)", not "(\w+)"', fault)
    if found:
        return f"{found[1]}, not {found[2]}" if found[1] == "unreadable" else f"**{found[1]}**, not {found[2]}"
    name, _, value = fault.partition(" is ")
    if name in ("errors", "message"):
        return f"other {name}"
    return f"no {name}" if value.startswith("null") else f"**other {name}**"


def _table(heads: list[str], rows: list[list[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "".join(f"| {' | '.join(cell.replace('|', '/') for cell in line)} |\n" for line in lines)
