"""The code lists, a module for each. Written by `make generate` from openapi.yaml; do not edit."""
