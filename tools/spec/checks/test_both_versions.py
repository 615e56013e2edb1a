"""openapi.yaml keeps to what OpenAPI 3.0 and 3.1 have in common. Needs the tools of tools/requirements/spec.txt."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from openapi_spec_validator import OpenAPIV30SpecValidator, OpenAPIV31SpecValidator
from spec.checks.edits import copy_with, edited

LABEL = "openapi: 3.0.3\n"


@pytest.mark.parametrize(
    ("label", "validator"),
    [(LABEL, OpenAPIV30SpecValidator), ("openapi: 3.1.1\n", OpenAPIV31SpecValidator)],
    ids=["3.0", "3.1"],
)
def test_the_contract_is_valid_under_either_label(label: str, validator: type[OpenAPIV30SpecValidator]) -> None:
    """With the label of 3.1 and nothing else changed, the contract is as valid as with its own."""
    assert list(validator(yaml.safe_load(edited((LABEL, label)))).iter_errors()) == []


def test_what_only_one_version_knows_is_refused() -> None:
    """A limit written as 3.0 alone allows is valid under its own label, and found under the other."""
    limit = ("int64, minimum: 1}", "int64, minimum: 1, exclusiveMinimum: false}")
    assert list(OpenAPIV30SpecValidator(yaml.safe_load(edited(limit))).iter_errors()) == []
    relabelled = yaml.safe_load(edited(limit, (LABEL, "openapi: 3.1.1\n")))
    assert list(OpenAPIV31SpecValidator(relabelled).iter_errors()) != []


def test_what_openapi_does_not_know_is_found(tmp_path: Path) -> None:
    """The command that `make check-spec` runs names the key that OpenAPI has not, and ends with 1."""
    path = copy_with(tmp_path, ("  contact:\n", "  contacts: 1\n  contact:\n"))
    command = [sys.executable, "-m", "openapi_spec_validator", "--validation-errors", "all", path]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "Additional properties are not allowed ('contacts' was unexpected)" in done.stdout + done.stderr
