"""The code list DeleteUnsubscribeCode. Written by `make generate` from openapi.yaml; do not edit."""

from typing import Final

from ..types import Code

CODES: Final[dict[int, Code]] = {
    1: Code("API_KEY_REQUIRED", "authentication", "La Clé API est requise", "The API key is missing.", "not_applied"),
    2: Code(
        "UNDOCUMENTED_2",
        "invalid_request",
        None,
        "Listed on the page without a text; on the add operation, a missing mail.",
        "not_applied",
    ),
    3: Code("ID_REQUIRED", "invalid_request", "L’ID du message est requis", "The id is missing.", "not_applied"),
    4: Code(
        "UNKNOWN_ID",
        "not_found",
        "Le mail et invalide",
        "No entry has this id (the vendor's English page and both SMS siblings); this page says that the mail is invalid.",
        "settles",
    ),
    10: Code("INVALID_API_KEY", "authentication", "Clé API incorrecte", "The API key is wrong.", "not_applied"),
    200: Code("OK", "success", "Tout s’est bien passé !", "Done.", "applied"),
}
