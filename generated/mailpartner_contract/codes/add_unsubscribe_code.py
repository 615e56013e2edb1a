"""The code list AddUnsubscribeCode. Written by `make generate` from openapi.yaml; do not edit."""

from typing import Final

from ..types import Code

CODES: Final[dict[int, Code]] = {
    1: Code("API_KEY_REQUIRED", "authentication", "La Clé API est requise", "The API key is missing.", "not_applied"),
    2: Code("EMAIL_REQUIRED", "invalid_request", "Le mail est requis", "The address is missing.", "not_applied"),
    3: Code(
        "ALREADY_LISTED",
        "invalid_request",
        "Le mail est déjà dans la liste",
        "The address is on the list already.",
        "settles",
    ),
    9: Code(
        "INVALID_EMAIL", "invalid_request", "Le mail est invalide", "The address is not a mail address.", "not_applied"
    ),
    10: Code("INVALID_API_KEY", "authentication", "Clé API incorrecte", "The API key is wrong.", "not_applied"),
    200: Code("OK", "success", "Tout s’est bien passé !", "Done.", "applied"),
}
