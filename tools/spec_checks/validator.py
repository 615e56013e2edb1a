"""A document is what the schema of its OpenAPI version allows. The validator's own command prints the whole document.

Usage: python -m spec_checks.validator openapi.yaml ...
"""

from __future__ import annotations

import sys
from pathlib import Path

# Of the layer spec, so it may be missing where only the types are checked.
from openapi_spec_validator import OpenAPIV30SpecValidator  # type: ignore[import-not-found,unused-ignore]

from .document import Document, DocumentError, Finding


def findings(document: Document) -> list[Finding]:
    """What OpenAPI 3.0 does not allow."""
    errors = OpenAPIV30SpecValidator(document.root).iter_errors()
    return [Finding(tuple(error.absolute_path), str(error.message).partition("\n")[0]) for error in errors]


def main(paths: list[str]) -> int:
    """Print what is wrong, one line a finding."""
    status = 0
    for path in paths:
        try:
            document = Document(Path(path))
        except DocumentError as error:
            print(error)
            return 1
        for finding in findings(document):
            print(f"{document.where(finding.place)}: {finding.message}")
            status = 1
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
