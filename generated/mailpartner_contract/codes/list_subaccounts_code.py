"""The code list ListSubaccountsCode. Written by `make generate` from openapi.yaml; do not edit."""

from typing import Final

from ..types import Code

CODES: Final[dict[int, Code]] = {
    1: Code("API_KEY_REQUIRED", "authentication", "La Clé API est requise", "The API key is missing.", "not_applied"),
    10: Code("INVALID_API_KEY", "authentication", "Clé API incorrecte", "The API key is wrong.", "not_applied"),
    200: Code("OK", "success", "Tout s’est bien passé !", "Done.", "applied"),
}
