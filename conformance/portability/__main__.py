"""Make the clients of other languages, and hold them to the conformance cases and the sandbox.

python -m conformance.portability               all languages, compared with conformance/RESULTS.md
python -m conformance.portability go php        these alone, compared with nothing
python -m conformance.portability --write       write conformance/RESULTS.md
"""

from __future__ import annotations

import argparse
import sys
from functools import partial
from pathlib import Path

from conformance.referee.cases import Case, document
from conformance.referee.judge import AGREES, DIFFERS, UNSUPPORTED
from conformance.referee.report import Report

from mailpartner.sandbox import SandboxProcess

from . import results
from .controls import CONTROLS, Control, effect
from .language import PROFILE, Language
from .results import Measured
from .smoke import STEPS, faults
from .steps import Steps

LANGUAGES = {
    "python": "Python, the SDK",
    "typescript": "TypeScript",
    "go": "Go",
    "php": "PHP",
    "ruby": "Ruby",
    "java": "Java",
}


class Measuring:
    """The steps of one language. Each says whether it went well, and a line."""

    def __init__(self, language: Language, cases: list[Case], url: str) -> None:
        self.language = language
        self.cases = cases
        self.url = url
        self.versions = ("", "")
        self.report = Report([], {})
        self.controls: dict[str, str] = {}

    def build(self) -> tuple[bool, str]:
        self.language.build()
        self.versions = self.language.versions()
        return True, " | ".join(filter(None, self.versions))

    def judge(self) -> tuple[bool, str]:
        self.report = self.language.report(self.cases)
        verdicts = [item.verdict for item in self.report.judgements]
        agreed, differing, lacking = (verdicts.count(verdict) for verdict in (AGREES, DIFFERS, UNSUPPORTED))
        summary = f"{agreed} agree, {differing} differ, {lacking} are not supported"
        return self.report.good, summary if self.report.good else "\n".join([summary, *self.report.lines()])

    def smoke(self) -> tuple[bool, str]:
        wrong = faults(self.language, self.url)
        return not wrong, "\n".join(wrong) or STEPS

    def control(self, control: Control) -> tuple[bool, str]:
        fitting, self.controls[control.name] = effect(self.language, control, self.cases)
        return fitting, self.controls[control.name]

    def measured(self) -> Measured:
        return Measured(self.language.title, self.versions, self.report, self.controls)


def measure(language: Language, cases: list[Case], url: str, steps: Steps) -> Measured | None:
    """All steps of one language; None where one of them failed."""
    measuring, name = Measuring(language, cases, url), language.name
    if not (steps.take(name, "build", measuring.build) and steps.take(name, "cases", measuring.judge)):
        return None
    good = steps.take(name, "sandbox", measuring.smoke)
    for control in CONTROLS if language.generated else ():
        good &= steps.take(name, control.name, partial(measuring.control, control))
    return measuring.measured() if good else None


def page(measured: list[Measured], write: bool) -> tuple[bool, str]:
    """Whether RESULTS.md says what was measured; it is written where that is wanted."""
    text = results.page(measured)
    if write:
        results.PATH.write_text(text, encoding="utf-8")
        return True, "written"
    if results.PATH.exists() and results.same(text, results.PATH.read_text(encoding="utf-8")):
        return True, "conformance/RESULTS.md says what was measured"
    return False, "conformance/RESULTS.md says something else than was measured: run `make test-languages ARGS=--write`"


def _arguments(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m conformance.portability", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("languages", nargs="*", metavar="LANGUAGE", help=f"of {', '.join(LANGUAGES)}; all by default")
    parser.add_argument("--spec", type=Path, default=PROFILE, help="another profile; compared with nothing")
    parser.add_argument("--write", action="store_true", help="write conformance/RESULTS.md; with all languages only")
    options = parser.parse_args(arguments)
    unknown = set(options.languages) - LANGUAGES.keys()
    if unknown:
        parser.error(f"no runner for {', '.join(sorted(unknown))}; there are {', '.join(LANGUAGES)}")
    options.whole = not options.languages and options.spec == PROFILE
    if options.write and not options.whole:
        parser.error("--write goes with all languages and the profile of this repository")
    return options


def main(arguments: list[str] | None = None) -> int:
    options = _arguments(arguments)
    cases = document()["cases"]
    steps = Steps()
    chosen = [Language(name, LANGUAGES[name], options.spec.resolve()) for name in options.languages or LANGUAGES]
    try:
        with SandboxProcess(entries=3) as sandbox:
            measured = [measure(language, cases, sandbox.url, steps) for language in chosen]
    except KeyboardInterrupt:
        print("interrupted: nothing is left running, RESULTS.md is as it was", file=sys.stderr)
        return 130
    if options.whole and None not in measured:
        steps.take("results", "", lambda: page([each for each in measured if each], options.write))
    print(f"{steps.passed} passed, {steps.failed} failed")
    return 1 if steps.failed else 0


if __name__ == "__main__":
    sys.exit(main())
