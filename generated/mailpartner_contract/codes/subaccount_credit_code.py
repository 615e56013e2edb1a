"""The code list SubaccountCreditCode. Written by `make generate` from openapi.yaml; do not edit."""

from typing import Final

from ..types import Code

CODES: Final[dict[int, Code]] = {
    1: Code("API_KEY_REQUIRED", "authentication", "La Clé API est requise", "The API key is missing.", "not_applied"),
    2: Code("CREDIT_REQUIRED", "invalid_request", "Le crédit est requis", "The amount is missing.", "not_applied"),
    3: Code(
        "TOKEN_REQUIRED",
        "invalid_request",
        "L'identifiant du sous-compte est requis",
        "The token of the sub-account is missing.",
        "not_applied",
    ),
    4: Code(
        "NOT_AUTHORISED",
        "permission_denied",
        "Vous n'avez pas l'autorisation",
        "The account may not move credit.",
        "not_applied",
    ),
    5: Code(
        "CREDIT_NOT_POSITIVE",
        "invalid_request",
        "Le crédit à attribuer doit être supérieur à 0",
        "The amount must be more than 0.",
        "not_applied",
    ),
    6: Code(
        "BALANCE_NOT_POSITIVE",
        "insufficient_credit",
        "La balance doit être supérieur à 0",
        "The balance must be more than 0; of which account is not stated.",
        "not_applied",
    ),
    7: Code(
        "UNKNOWN_SUBACCOUNT",
        "not_found",
        "Le sous-compte n'existe pas",
        "No sub-account has this token.",
        "not_applied",
    ),
    8: Code(
        "INSUFFICIENT_CREDIT",
        "insufficient_credit",
        "Crédit insuffisant",
        "There is not enough credit to move.",
        "not_applied",
    ),
    10: Code("INVALID_API_KEY", "authentication", "Clé API incorrecte", "The API key is wrong.", "not_applied"),
    11: Code(
        "INSUFFICIENT_CREDIT_11",
        "insufficient_credit",
        "Crédit insuffisant",
        "There is not enough credit to move (the general error page).",
        "not_applied",
    ),
    200: Code("OK", "success", "Tout s’est bien passé !", "Done.", "applied"),
}
