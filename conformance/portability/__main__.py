"""Make the clients of other languages, and hold them to the conformance cases and the sandbox.

python -m conformance.portability               all languages, compared with conformance/RESULTS.md
python -m conformance.portability go php        these alone, compared with nothing
python -m conformance.portability --write       write conformance/RESULTS.md
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from conformance.harness.cases import Case, document
from conformance.harness.report import Report
from conformance.harness.run import RunnerError

from mailpartner.sandbox import SandboxProcess

from . import results
from .language import Language
from .mutations import MUTATIONS, Mutation, effect
from .results import Measured
from .smoke import STEPS, faults

LANGUAGES = {
    "python": "Python, the SDK",
    "typescript": "TypeScript",
    "go": "Go",
    "php": "PHP",
    "ruby": "Ruby",
    "java": "Java",
}
MOST_LINES = 30

T = TypeVar("T")


class Steps:
    """Says how each step went, in a line. `failed` counts those that did not go well."""

    def __init__(self) -> None:
        self.passed = self.failed = 0

    def take(self, name: str, step: str, doing: Callable[[], tuple[T, str]]) -> T | None:
        """Do a step, which returns what came of it and a line, or raises RunnerError; None where it failed."""
        if sys.stdout.isatty():
            print(f"{name:<12}{step:<17}...", end="\r", flush=True)
        begun, came = time.monotonic(), None
        try:
            came, text = doing()
            self.passed += 1
        except RunnerError as error:
            text = str(error)
            self.failed += 1
        line, *more = text.splitlines() or [""]
        good, seconds = "ok" if came is not None else "FAILED", time.monotonic() - begun
        print(f"{name:<12}{step:<17}{good:<7}{seconds:5.1f} s  {line}".rstrip(), flush=True)
        for each in more[:MOST_LINES]:
            print(f"    {each}")
        if more[MOST_LINES:]:
            print(f"    ... and {len(more) - MOST_LINES} lines more")
        return came


def _build(language: Language) -> tuple[tuple[str, str], str]:
    language.build()
    versions = language.versions()
    return versions, " | ".join(filter(None, versions))


def _compare(language: Language, cases: list[Case]) -> tuple[Report, str]:
    report = language.report(cases)
    if not report.good:
        raise RunnerError("\n".join([results.counted(report), *report.lines()]))
    return report, results.counted(report)


def _smoke(language: Language, url: str) -> tuple[bool, str]:
    if wrong := faults(language, url):
        raise RunnerError("\n".join(wrong))
    return True, STEPS


def _mutation(language: Language, mutation: Mutation, cases: list[Case]) -> tuple[str, str]:
    fitting, said = effect(language, mutation, cases)
    if not fitting:
        raise RunnerError(said)
    return said, said


def measure(language: Language, cases: list[Case], url: str, steps: Steps) -> Measured | None:
    """All steps of one language; None where one of them failed."""
    take, failed = partial(steps.take, language.name), steps.failed
    versions = take("build", lambda: _build(language))
    report = take("cases", lambda: _compare(language, cases)) if versions else None
    if versions is None or report is None:
        return None
    take("sandbox", lambda: _smoke(language, url))
    mutations = MUTATIONS if language.generated else ()
    said = {each.name: take(each.name, partial(_mutation, language, each, cases)) or "" for each in mutations}
    return Measured(language.title, versions, report, said) if steps.failed == failed else None


def page(measured: list[Measured], write: bool) -> tuple[bool, str]:
    """Write RESULTS.md if that is wanted; otherwise raise RunnerError unless it says what was measured."""
    text = results.page(measured)
    if write:
        results.PATH.write_text(text, encoding="utf-8")
        return True, "written"
    if not results.PATH.exists() or not results.same(text, results.PATH.read_text(encoding="utf-8")):
        told = "conformance/RESULTS.md says something else than was measured: run `make test-languages ARGS=--write`"
        raise RunnerError(told)
    return True, "conformance/RESULTS.md says what was measured"


def _arguments(arguments: list[str] | None) -> argparse.Namespace:
    summary = (__doc__ or "").partition("\n")[0]
    parser = argparse.ArgumentParser(prog="python -m conformance.portability", description=summary)
    parser.add_argument("languages", nargs="*", metavar="LANGUAGE", help=f"of {', '.join(LANGUAGES)}; all by default")
    parser.add_argument("--write", action="store_true", help="write conformance/RESULTS.md; with all languages only")
    options = parser.parse_args(arguments)
    unknown = set(options.languages) - LANGUAGES.keys()
    if unknown:
        parser.error(f"no runner for {', '.join(sorted(unknown))}; there are {', '.join(LANGUAGES)}")
    if options.write and options.languages:
        parser.error("--write goes with all languages")
    return options


def main(arguments: list[str] | None = None) -> int:
    options = _arguments(arguments)
    cases = document()["cases"]
    steps = Steps()
    chosen = [Language(name, LANGUAGES[name]) for name in options.languages or LANGUAGES]
    try:
        with SandboxProcess(entries=3) as sandbox:
            measured = [measure(language, cases, sandbox.url, steps) for language in chosen]
    except KeyboardInterrupt:
        print("interrupted: nothing is left running, RESULTS.md is as it was", file=sys.stderr)
        return 130
    if not options.languages and None not in measured:
        steps.take("results", "", lambda: page([each for each in measured if each], options.write))
    print(f"{steps.passed} passed, {steps.failed} failed")
    return 1 if steps.failed else 0


if __name__ == "__main__":
    sys.exit(main())
