"""The code lists. Written by `make generate` from openapi.yaml; do not edit."""

from typing import Final

from .types import Code

ACCOUNT_CODE: Final[dict[int, Code]] = {
    20: Code("ACCOUNT_DISABLED", "permission_denied", "Compte désactivé", "The account is disabled.", "not_applied"),
    30: Code("ACCOUNT_BLOCKED", "permission_denied", "Compte bloqué", "The account is blocked.", "not_applied"),
    40: Code(
        "API_ACCESS_DENIED",
        "permission_denied",
        "L'accès à l'API est refusé",
        "The account may not use the API.",
        "not_applied",
    ),
    90: Code(
        "MALFORMED_JSON",
        "invalid_request",
        "Le JSON est malformé: erreur de syntaxe",
        "The JSON of the request cannot be read.",
        "not_applied",
    ),
    96: Code(
        "IP_NOT_ALLOWED",
        "permission_denied",
        "L'IP n'est pas autorisée",
        "The account does not accept requests from this IP address.",
        "not_applied",
    ),
    429: Code(
        "TOO_MANY_REQUESTS",
        "rate_limit",
        "Trop de requêtes",
        "More requests than x-rate-limit allows; the rest of the vendor's text is not known.",
        "not_applied_retry",
    ),
    500: Code(
        "SERVER_ERROR",
        "server",
        "Problème lors de l'ajout du mail dans la file d'attente",
        "A fault of the server; the vendor's text is about queueing a mail.",
        "unknown",
    ),
}

LIST_UNSUBSCRIBES_CODE: Final[dict[int, Code]] = {
    1: Code("API_KEY_REQUIRED", "authentication", "La Clé API est requise", "The API key is missing.", "not_applied"),
    10: Code("INVALID_API_KEY", "authentication", "Clé API incorrecte", "The API key is wrong.", "not_applied"),
    200: Code("OK", "success", "Tout s’est bien passé !", "Done.", "applied"),
}

ADD_UNSUBSCRIBE_CODE: Final[dict[int, Code]] = {
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
        "INVALID_EMAIL", "invalid_request", "Le mail est invalide", "The address is no mail address.", "not_applied"
    ),
    10: Code("INVALID_API_KEY", "authentication", "Clé API incorrecte", "The API key is wrong.", "not_applied"),
    200: Code("OK", "success", "Tout s’est bien passé !", "Done.", "applied"),
}

DELETE_UNSUBSCRIBE_CODE: Final[dict[int, Code]] = {
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
        "No entry has this id, say the vendor's English page and both SMS twins; the mail is invalid, says this page.",
        "settles",
    ),
    10: Code("INVALID_API_KEY", "authentication", "Clé API incorrecte", "The API key is wrong.", "not_applied"),
    200: Code("OK", "success", "Tout s’est bien passé !", "Done.", "applied"),
}
