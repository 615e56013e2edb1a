"""Each rule of tools/spec/ is seen red on a broken copy of openapi.yaml. Needs node: `make check-spec` runs this."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
import yaml
from documents import json_only
from spec.checks.edits import ROOT, copy_with, edited

NODE = str(ROOT / "tools" / "node")
MODULES = ROOT / ".work" / "node" / "node_modules"
SPECTRAL = [NODE, str(MODULES / "@stoplight/spectral-cli/dist/index.js"), "lint", "--quiet"]
SPEC = ROOT / "tools" / "spec"
REDOCLY = [NODE, str(MODULES / "@redocly/cli/bin/cli.js"), "lint", "--config", str(SPEC / "redocly.lint.yaml")]
RULES = yaml.safe_load((SPEC / "extensions.spectral.yaml").read_text(encoding="utf-8"))["rules"]

Found = dict[str, list[tuple[str, str]]]

# For each copy: the rule that must catch it, what is in its message, and what was replaced by what.
SLIPS = {
    "a text is missing": ("code-list", "x-enum-texts has 2 rows", (" Clé API incorrecte,", "")),
    "a name is missing": ("code-list", "x-enum-varnames has 2 rows", (" INVALID_API_KEY,", "")),
    "a description is missing": ("code-list", "x-enum-descriptions has 2 rows",
        (" The API key is wrong.,", "")),
    "a class is missing": ("code-list", "x-enum-classes has 2 rows", ("[authentication,", "[")),
    "a code stands twice": ("code-list-form", "duplicate", ("enum: [1, 10, 200]", "enum: [1, 1, 200]")),
    "a code is no number": ("code-list-form", "integer", ("enum: [1, 10, 200]", "enum: [1, ten, 200]")),
    "a name stands twice": ("code-list-form", "duplicate", ("INVALID_API_KEY, OK]", "OK, OK]")),
    "a name is no constant": ("code-list-form", "pattern", (" INVALID_API_KEY,", " wrong-key,")),
    "a text is empty": ("code-list", "Code 10 has no French text",
        (" Clé API incorrecte,", " '',")),
    "a text is null": ("code-list", "UNDOCUMENTED_10", (" Clé API incorrecte,", " null,")),
    "a description is no sentence": ("code-list-form", "pattern",
        (" The API key is wrong.,", " wrong key,")),
    "a class is unknown": ("code-list", "not_there",
        ("invalid_request, not_found,", "invalid_request, not_there,")),
    "x-codes names no list": ("operation-codes", "no code list called AddCode",
        ("x-codes: [AddUnsubscribeCode,", "x-codes: [AddCode,")),
    "x-codes is missing": ("operation-codes", "addUnsubscribe has no x-codes",
        ("      x-codes: [AddUnsubscribeCode, AccountCode]\n", "")),
    "x-codes has the own list second": ("operation-codes", "no code of class success",
        ("x-codes: [AddUnsubscribeCode, AccountCode]", "x-codes: [AccountCode, AddUnsubscribeCode]")),
    "x-idempotent is missing": ("operation-idempotent", "must be defined", ("      x-idempotent: true\n", "")),
    "x-idempotent is a word": ("operation-idempotent", "boolean", ("x-idempotent: true\n", "x-idempotent: often\n")),
    "x-alias-of names nothing": ("operation-alias", "called deleteEntry",
        ("x-alias-of: deleteUnsubscribe", "x-alias-of: deleteEntry")),
    "the other form has other codes": ("operation-alias", "must be those of deleteUnsubscribe",
        ("x-alias-of: deleteUnsubscribe\n      x-codes: [DeleteUnsubscribeCode, AccountCode]",
         "x-alias-of: deleteUnsubscribe\n      x-codes: [DeleteUnsubscribeCode]")),
    "x-xml-order lacks a property": ("xml-order", "is not exactly the properties",
        ("x-xml-order: [id, email, createdAt]", "x-xml-order: [id, email]")),
    "x-xml-order has a stranger": ("xml-order", "is not exactly the properties",
        ("x-xml-order: [id, email, createdAt]", "x-xml-order: [id, email, createdAt, name]")),
    "objects within have no x-xml-order": ("xml-order", "data holds objects without x-xml-order",
        ("      x-xml-order: [id, email, createdAt]\n", "")),
    "x-decimal is on a text": ("decimal", "equal to constant",
        ("        email:\n          type: string\n",
         "        email:\n          type: string\n          format: double\n          x-decimal: true\n")),
    "x-decimal is on a number of single precision": ("decimal", 'required property "format"',
        ("        nbData:\n          type: integer\n",
         "        nbData:\n          type: number\n          x-decimal: true\n")),
    "x-xml-of names no schema": ("xml-of", "is Outcom;", ("x-xml-of: Outcome\n", "x-xml-of: Outcom\n")),
    "x-xml-of names another answer": ("xml-of", "is Addition;", ("x-xml-of: Outcome\n", "x-xml-of: Addition\n")),
    "x-xml-of is missing": ("xml-of", "is missing;", ("      x-xml-of: Outcome\n", "")),
    "the JSON answer has no x-xml-order": ("xml-of", "Outcome has no x-xml-order",
        ("      x-xml-order: [success, code, message, errors]\n", "")),
    "x-essential names no property": ("xml-order", "rows is essential and no property",
        ("      x-essential: [data]\n", "      x-essential: [rows]\n")),
    "a code has an unknown effect": ("code-list",
        '"settled" is not one of applied, not_applied, not_applied_retry, unknown, settles.',
        ("settles, not_applied,", "settled, not_applied,")),
    "a refusal is applied": ("code-list", "Code 3 must be both applied and a success",
        ("settles, not_applied,", "applied, not_applied,")),
    "a code has no effect": ("code-list", "x-enum-effects has 2 rows, enum has 3",
        ("[not_applied, not_applied, applied]", "[not_applied, applied]")),
    "x-safe is a word": ("operation-idempotent", "boolean", ("x-safe: true\n", "x-safe: often\n")),
    "a code list is named by no operation": ("component-used", "Nothing refers to LeftCode",
        ("    AccountCode:\n", "    LeftCode:\n      type: integer\n    AccountCode:\n")),
    "an example is used nowhere": ("component-used", "Nothing refers to LeftXml",
        ("  examples:\n    Listed:\n", "  examples:\n    LeftXml:\n      value: a\n    Listed:\n")),
    "x-rate-limit is missing": ("rate-limit", "must be defined",
        ("x-rate-limit:\n  requests: 2000\n  seconds: 60\n", "")),
    "x-sending lacks a time zone": ("sending", 'required property "time-zone"', ("  time-zone: Europe/Paris\n", "")),
    "x-rate-limit is for no time": ("rate-limit", "must be >= 1", ("  seconds: 60\n", "  seconds: 0\n")),
}  # fmt: skip

# The same for examples in JSON, which both linters hold to their schemas in json-only.json.
WRONG_EXAMPLES = {
    "an example of another type": ("oas3-valid-media-example", '"id" property type must be integer',
        ("[{id: 19,", "[{id: nineteen,")),
    "an example without what is required": ("oas3-valid-media-example", 'must have required property "code"',
        ("value: {success: true, code: 200, nbData: 1,", "value: {success: true, nbData: 1,")),
    "the example of a parameter": ("oas3-valid-media-example", "must be >= 1",
        ("      example: 300\n", "      example: 0\n")),
    "the example of a property": ("oas3-valid-schema-example", "type must be integer",
        ("example: 19\n", "example: '19'\n")),
    "the example of an array of components": ("oas3-valid-schema-example", '"message" property type must be string',
        ("in place of elementId.\n", "in place of elementId.\n          example: [{message: 1}]\n")),
}  # fmt: skip


def lint(command: list[str], *options: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a linter, which is to find something."""
    done = subprocess.run([*command, *map(str, options)], capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 1, done.stderr
    return done


def spectral(ruleset: str, texts: dict[Path, str]) -> dict[Path, list[tuple[str, str]]]:
    """What Spectral says about each text: rules and messages. One run: it takes a second to start."""
    for path, text in texts.items():
        path.write_text(text, encoding="utf-8")
    done = lint(SPECTRAL, "--ruleset", SPEC / ruleset, "--format", "json", *texts)
    found: dict[Path, list[tuple[str, str]]] = {path: [] for path in texts}
    for result in json.loads(done.stdout):
        found[Path(result["source"])].append((result["code"], result["message"]))
    return found


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Found:
    """What is said about each broken copy, and about each broken profile."""
    folder = tmp_path_factory.mktemp("broken")
    copies = {folder / f"{number}.yaml": edited(SLIPS[name][2]) for number, name in enumerate(SLIPS)}
    profiles = {
        folder / f"{number}.json": json.dumps(json_only(yaml.safe_load(edited(WRONG_EXAMPLES[name][2]))))
        for number, name in enumerate(WRONG_EXAMPLES)
    }
    said = [*spectral("extensions.spectral.yaml", copies).values(), *spectral("spectral.yaml", profiles).values()]
    return dict(zip([*SLIPS, *WRONG_EXAMPLES], said, strict=True))


@pytest.mark.parametrize("name", [*SLIPS, *WRONG_EXAMPLES])
def test_a_slip_is_caught_by_its_rule(found: Found, name: str) -> None:
    """The rule that is there for a slip finds it, and says what it is."""
    rule, told, _ = {**SLIPS, **WRONG_EXAMPLES}[name]
    assert [message for code, message in found[name] if code == rule and told in message], found[name]


def test_every_rule_is_seen_red() -> None:
    """No rule of extensions.spectral.yaml is without a slip above."""
    assert {rule for rule, _, _ in SLIPS.values()} == set(RULES)


def test_the_gates_own_ruleset_holds_our_rules(tmp_path: Path) -> None:
    """spectral.yaml, which `make check-spec` uses, ends with an error for a slip that our rules alone know."""
    broken = copy_with(tmp_path, ("enum: [1, 10, 200]", "enum: [1, 1, 200]"))
    done = lint(SPECTRAL, "--ruleset", SPEC / "spectral.yaml", "--fail-severity", "hint", broken)
    assert "code-list-form" in done.stdout


def test_redocly_fails_on_a_warning(tmp_path: Path) -> None:
    """Redocly ends with an error for what other settings only warn of."""
    broken = copy_with(tmp_path, ("      summary: Add an unsubscribe\n", ""))
    assert "operation-summary" in lint(REDOCLY, broken).stdout
