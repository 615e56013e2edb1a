"""The code list CreateSubaccountCode. Written by `make generate` from openapi.yaml; do not edit."""

from typing import Final

from ..types import Code

CODES: Final[dict[int, Code]] = {
    1: Code("API_KEY_REQUIRED", "authentication", "La Clé API est requise", "The API key is missing.", "not_applied"),
    2: Code("NOT_AUTHORISED", "permission_denied", "…", "The account may not create sub-accounts.", "not_applied"),
    3: Code("IS_BUYER_REQUIRED", "invalid_request", "…", "The parameter isBuyer is missing.", "not_applied"),
    4: Code("TYPE_REQUIRED", "invalid_request", "…", "The type is missing.", "not_applied"),
    5: Code("UNKNOWN_TYPE", "invalid_request", "…", "There is no such type.", "not_applied"),
    6: Code("EMAIL_REQUIRED", "invalid_request", "…", "The address is missing.", "not_applied"),
    7: Code("EMAIL_IN_USE", "invalid_request", "…", "An account with this address exists.", "not_applied"),
    8: Code(
        "CREDIT_NOT_POSITIVE",
        "invalid_request",
        "…",
        "The parameter creditToAttribute must be more than 0.",
        "not_applied",
    ),
    9: Code(
        "BALANCE_NOT_POSITIVE",
        "insufficient_credit",
        "…",
        "The balance must be more than 0; probably that of the account.",
        "not_applied",
    ),
    10: Code("INVALID_API_KEY", "authentication", "Clé API incorrecte", "The API key is wrong.", "not_applied"),
    11: Code(
        "INSUFFICIENT_CREDIT",
        "insufficient_credit",
        "Crédit insuffisant",
        "The account has not enough credit (the general error page).",
        "not_applied",
    ),
    200: Code("OK", "success", "Tout s’est bien passé !", "Done.", "applied"),
}
