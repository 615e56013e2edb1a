"""The code list AccountCode. Written by `make generate` from openapi.yaml; do not edit."""

from typing import Final

from ..types import Code

CODES: Final[dict[int, Code]] = {
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
        "An error of the server; the vendor's text is about queueing a mail.",
        "unknown",
    ),
}
