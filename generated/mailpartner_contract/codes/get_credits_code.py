"""The code list GetCreditsCode. Written by `make generate` from openapi.yaml; do not edit."""

from typing import Final

from ..types import Code

CODES: Final[dict[int, Code]] = {
    10: Code("INVALID_API_KEY", "authentication", "Clé API incorrecte", "The API key is wrong.", "not_applied"),
    200: Code("OK", "success", "Tout s’est bien passé !", "Done.", "applied"),
}
