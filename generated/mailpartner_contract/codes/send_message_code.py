"""The code list SendMessageCode. Written by `make generate` from openapi.yaml; do not edit."""

from typing import Final

from ..types import Code

CODES: Final[dict[int, Code]] = {
    1: Code("API_KEY_REQUIRED", "authentication", "La clé API est requise", "The API key is missing.", "not_applied"),
    2: Code(
        "CONTENT_REQUIRED", "invalid_request", "Le contenu du mail est requis", "The content is missing.", "not_applied"
    ),
    3: Code(
        "API_KEY_REQUIRED_3",
        "authentication",
        "La clé API est requise",
        "The API key is missing (the same text as code 1).",
        "not_applied",
    ),
    4: Code(
        "SENDER_EMAIL_REQUIRED",
        "invalid_request",
        "Le sender email est requis",
        "The address of the sender is missing; no parameter takes one.",
        "not_applied",
    ),
    5: Code(
        "SENDER_NAME_EMPTY",
        "invalid_request",
        "Le sender name ne peut-être vide",
        "The name of the sender is empty; no parameter takes one.",
        "not_applied",
    ),
    8: Code(
        "ATTACHMENT_URL_REQUIRED",
        "invalid_request",
        "L'URL de la pièce jointe est requise",
        "The URL of an attachment is missing; no parameter takes one.",
        "not_applied",
    ),
    9: Code(
        "ATTACHMENT_EXTENSION_NOT_ALLOWED",
        "invalid_request",
        "L'extension de la pièce jointe n'est pas autorisée",
        "An attachment is of a kind that is not allowed.",
        "not_applied",
    ),
    10: Code("INVALID_API_KEY", "authentication", "Clef API incorrecte", "The API key is wrong.", "not_applied"),
    11: Code(
        "INSUFFICIENT_CREDIT",
        "insufficient_credit",
        "Crédit insuffisant",
        "The account has not enough credit.",
        "not_applied",
    ),
    14: Code(
        "RECIPIENT_UNSUBSCRIBED",
        "invalid_request",
        "Le mail est dans la liste des désinscriptions",
        "A recipient is on the list of unsubscribes.",
        "not_applied",
    ),
    15: Code(
        "RECIPIENT_LISTED_TWICE",
        "invalid_request",
        "Le mail est déjà dans la liste d'envoi",
        "A recipient is in the list of recipients already.",
        "not_applied",
    ),
    16: Code(
        "ATTACHMENT_NAME_EMPTY",
        "invalid_request",
        "Le nom de la pièce jointe ne peut-être vide",
        "The name of an attachment is empty.",
        "not_applied",
    ),
    17: Code(
        "TOO_MANY_RECIPIENTS",
        "invalid_request",
        "Nombre de destinataires maximum dépassé",
        "There are too many recipients.",
        "not_applied",
    ),
    18: Code(
        "RECIPIENT_EMAIL_REQUIRED",
        "invalid_request",
        "L'email du destinataire est requis",
        "The address of a recipient is missing.",
        "not_applied",
    ),
    19: Code(
        "INVALID_RECIPIENT_EMAIL",
        "invalid_request",
        "L'email du destinataire semble invalide",
        "The address of a recipient seems to be none.",
        "not_applied",
    ),
    21: Code(
        "RECIPIENT_NAME_EMPTY",
        "invalid_request",
        "Le nom du destinataire ne peut-être vide",
        "The name of a recipient is empty.",
        "not_applied",
    ),
    22: Code(
        "RECIPIENTS_REQUIRED",
        "invalid_request",
        "La liste des destinataires est requise",
        "The list of recipients is missing.",
        "not_applied",
    ),
    23: Code(
        "REPLY_EMAIL_REQUIRED",
        "invalid_request",
        "L'email du destinataire en réponse est requis",
        "The address for replies is missing.",
        "not_applied",
    ),
    24: Code(
        "INVALID_REPLY_EMAIL",
        "invalid_request",
        "L'email du destinataire en réponse semble invalide",
        "The address for replies seems to be none.",
        "not_applied",
    ),
    25: Code(
        "REPLY_NAME_EMPTY",
        "invalid_request",
        "Le nom du destinataire en réponse ne peut-être vide",
        "The name for replies is empty.",
        "not_applied",
    ),
    45: Code("DATE_REQUIRED", "invalid_request", "La date est requise", "The day is missing.", "not_applied"),
    46: Code("TIME_REQUIRED", "invalid_request", "L'heure est requise", "The hour is missing.", "not_applied"),
    47: Code(
        "INVALID_MINUTE",
        "invalid_request",
        "Le chiffre des minutes est invalide",
        "The minute is not a number.",
        "not_applied",
    ),
    48: Code(
        "MINUTE_OFF_GRID", "invalid_request", "…", "The minute must be from 5 to 55, in steps of 5.", "not_applied"
    ),
    49: Code("INVALID_DATE", "invalid_request", "La date est invalide", "The day is not a date.", "not_applied"),
    50: Code("TOO_MANY_MAILS", "invalid_request", "500 mails maxi", "There may be 500 mails at most.", "not_applied"),
    55: Code(
        "NO_DEFAULT_PRICE",
        "invalid_request",
        "Aucun prix par défaut n'a été trouvé",
        "The vendor has no price for this account.",
        "not_applied",
    ),
    200: Code("OK", "success", "Tout s’est bien passé !", "Done.", "applied"),
}
