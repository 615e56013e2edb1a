"""Checks of openapi.yaml that the linters have no rule for: `make check-spec` and `make spec-diff` run them."""
