"""Facts of the API that the generated client leaves out. Written by `make generate` from openapi.yaml; do not edit."""

from typing import Final

from .operations import OPERATIONS
from .types import Code, Limits, Operation, Schema

__all__ = ["Code", "Limits", "OPERATIONS", "Operation", "RATE_LIMIT", "SERVER", "Schema"]

SERVER: Final = "https://api.mailpartner.fr"

RATE_LIMIT: Final = (2000, 60)  # requests, seconds
