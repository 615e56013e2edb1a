"""conformance/RESULTS.md: it says what was measured, and a run notices where it does not."""

from __future__ import annotations

import pytest
from conformance.harness.cases import Case
from conformance.harness.compare import AGREES, DIFFERS, UNSUPPORTED, Comparison
from conformance.harness.report import Report
from conformance.harness.run import RunnerError
from conformance.portability import __main__ as program
from conformance.portability import results
from conformance.portability.results import Measured, page, same


def compared(name: str, verdict: str, why: str = "", *requires: str) -> Comparison:
    case: Case = {"id": name, "requires": list(requires), "call": {"operation": "sendMessage"}}
    return Comparison(case, verdict, why)


def measured(machine: str = "go1.19", *more: Comparison) -> Measured:
    comparisons = [
        compared("a", AGREES),
        compared("b", DIFFERS, 'result is "done", not "unreadable"; code is 200, not null'),
        compared("c", DIFFERS, 'result is "unreadable", not "done"; code is null, not 200'),
        compared("d", DIFFERS, "message is 'x', not 'y'"),
        compared("e", DIFFERS, "stopId is null, not 3"),
        compared("f", DIFFERS, "stopId is 1, not 3"),
        compared("g", UNSUPPORTED, "no XML", "xml", "retry"),
        *more,
    ]
    causes = {"b": "the last of two", "c": "no mark", "d": "no mark", "e": "no id", "f": "a wrong id"}
    report = Report(comparisons, causes)
    return Measured("Go", ("generator 1", machine), report, {"closed enum": "does not compile"})


def test_the_page_has_the_counts_by_need() -> None:
    """Agreeing, differing and unsupported cases are counted by what they require."""
    counts = ["1 / 5 / 0", *["0 / 0 / 0"] * 4, "0 / 0 / 1"]
    assert f"| Go | generator 1 | {' | '.join(counts)} |" in page([measured()])


def test_the_headline_says_what_was_measured() -> None:
    """How many clients and cases there were, and how each client did."""
    text = page([measured()])
    assert text.startswith("# What 1 clients make of 7 conformance cases\n")
    assert "- Go: 1 agree, 5 differ, 1 not supported.\n" in text


def test_the_page_has_each_difference_with_its_cause() -> None:
    """What tells the caller something that may not be so stands first, in bold."""
    text = page([measured()])
    rows = [
        "| the last of two | **done**, not unreadable | `b` |",
        "| a wrong id | **other stopId** | `f` |",
        "| no mark | other message; unreadable, not done | `c`, `d` |",
        "| no id | no stopId | `e` |",
        "- no XML (1)",
    ]
    assert [text.index(row) for row in rows] == sorted(text.index(row) for row in rows)


def test_the_versions_of_a_machine_do_not_count() -> None:
    """Another machine measures the same with another version of a Debian package; another count is not the same."""
    assert same(page([measured()]), page([measured("go1.24")]))
    assert not same(page([measured()]), page([measured("go1.19", compared("h", AGREES))]))


def test_a_page_that_says_something_else_fails(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    """No page, and a page of another measurement, fail with what to do; after writing, it is the same."""
    monkeypatch.setattr(results, "PATH", tmp_path / "RESULTS.md")
    other = [measured("go1.19", compared("h", AGREES))]
    with pytest.raises(RunnerError):
        program.page([measured()], write=False)
    assert program.page([measured()], write=True) == (True, "written")
    assert program.page([measured()], write=False)[0] is True
    with pytest.raises(RunnerError, match=r"run `make test-languages ARGS=--write`$"):
        program.page(other, write=False)


@pytest.mark.parametrize("arguments", [["go", "--write"], ["cobol"]])
def test_what_cannot_be_done_is_refused_before_anything_is_built(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """A part of the languages is never written down; nor is there a language without a runner."""
    with pytest.raises(SystemExit) as ending:
        program.main(arguments)
    assert ending.value.code == 2
    assert capsys.readouterr().err.splitlines()[-1].startswith("python -m conformance.portability: error: ")
