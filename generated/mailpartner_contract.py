"""Facts of the API that the generated client leaves out. Written by `make generate` from openapi.yaml; do not edit."""

from typing import Final, NamedTuple


class Code(NamedTuple):
    """A code that openapi.yaml lists: its name, its kind of outcome, the vendor's French text, its English meaning."""

    name: str
    kind: str
    text: "str | None"
    meaning: str


class Shape(NamedTuple):
    """The shape of a JSON value. An object's fields stand in the order of its XML entries."""

    type: str
    fields: "tuple[tuple[str, Shape], ...]" = ()
    required: "frozenset[str]" = frozenset()
    items: "Shape | None" = None


class Operation(NamedTuple):
    """One operation, as `OPERATIONS` lists it under its method and path."""

    id: str
    model: str
    answer: Shape
    codes: "dict[int, Code]"
    repeatable: bool
    key_in: str
    other_method: "str | None"
    limits: "dict[str, tuple[int, int]]"


SERVER: Final = "https://api.mailpartner.fr"

RATE_LIMIT: Final = (2000, 60)  # requests, seconds

ACCOUNT_CODE: Final[dict[int, Code]] = {
    20: Code("ACCOUNT_DISABLED", "permission_denied", "Compte désactivé", "The account is disabled."),
    30: Code("ACCOUNT_BLOCKED", "permission_denied", "Compte bloqué", "The account is blocked."),
    40: Code(
        "API_ACCESS_DENIED", "permission_denied", "L'accès à l'API est refusé", "The account may not use the API."
    ),
    90: Code(
        "MALFORMED_JSON",
        "invalid_request",
        "Le JSON est malformé: erreur de syntaxe",
        "The JSON of the request cannot be read.",
    ),
    96: Code(
        "IP_NOT_ALLOWED",
        "permission_denied",
        "L'IP n'est pas autorisée",
        "The account does not accept requests from this IP address.",
    ),
    429: Code(
        "TOO_MANY_REQUESTS",
        "rate_limit",
        "Trop de requêtes",
        "More requests than x-rate-limit allows; the rest of the vendor's text is not known.",
    ),
    500: Code(
        "SERVER_ERROR",
        "server",
        "Problème lors de l'ajout du mail dans la file d'attente",
        "A fault of the server; the vendor's text is about queueing a mail.",
    ),
}

LIST_UNSUBSCRIBES_CODE: Final[dict[int, Code]] = {
    1: Code("API_KEY_REQUIRED", "authentication", "La Clé API est requise", "The API key is missing."),
    10: Code("INVALID_API_KEY", "authentication", "Clé API incorrecte", "The API key is wrong."),
    200: Code("OK", "success", "Tout s’est bien passé !", "Done."),
}

UNSUBSCRIBE: Final = Shape(
    "object",
    fields=(
        ("id", Shape("integer")),
        ("email", Shape("string")),
        ("createdAt", Shape("string")),
    ),
    required=frozenset(["email", "id"]),
)

OUTCOME_ERROR: Final = Shape(
    "object",
    fields=(
        ("elementId", Shape("string")),
        ("message", Shape("string")),
    ),
    required=frozenset([]),
)

UNSUBSCRIBE_LIST: Final = Shape(
    "object",
    fields=(
        ("success", Shape("boolean")),
        ("code", Shape("integer")),
        ("nbData", Shape("integer")),
        ("data", Shape("array", items=UNSUBSCRIBE)),
        ("message", Shape("string")),
        ("errors", Shape("array", items=OUTCOME_ERROR)),
    ),
    required=frozenset(["code", "success"]),
)

ADD_UNSUBSCRIBE_CODE: Final[dict[int, Code]] = {
    1: Code("API_KEY_REQUIRED", "authentication", "La Clé API est requise", "The API key is missing."),
    2: Code("EMAIL_REQUIRED", "invalid_request", "Le mail est requis", "The address is missing."),
    3: Code(
        "ALREADY_LISTED", "invalid_request", "Le mail est déjà dans la liste", "The address is on the list already."
    ),
    9: Code("INVALID_EMAIL", "invalid_request", "Le mail est invalide", "The address is no mail address."),
    10: Code("INVALID_API_KEY", "authentication", "Clé API incorrecte", "The API key is wrong."),
    200: Code("OK", "success", "Tout s’est bien passé !", "Done."),
}

ADDITION: Final = Shape(
    "object",
    fields=(
        ("success", Shape("boolean")),
        ("code", Shape("integer")),
        ("stopId", Shape("integer")),
        ("message", Shape("string")),
        ("errors", Shape("array", items=OUTCOME_ERROR)),
    ),
    required=frozenset(["code", "success"]),
)

DELETE_UNSUBSCRIBE_CODE: Final[dict[int, Code]] = {
    1: Code("API_KEY_REQUIRED", "authentication", "La Clé API est requise", "The API key is missing."),
    2: Code(
        "UNDOCUMENTED_2",
        "invalid_request",
        None,
        "Listed on the page without a text; on the add operation, a missing mail.",
    ),
    3: Code("ID_REQUIRED", "invalid_request", "L’ID du message est requis", "The id is missing."),
    4: Code(
        "UNKNOWN_ID",
        "not_found",
        "Le mail et invalide",
        "No entry has this id, say the vendor's English page and both SMS twins; the mail is invalid, says this page.",
    ),
    10: Code("INVALID_API_KEY", "authentication", "Clé API incorrecte", "The API key is wrong."),
    200: Code("OK", "success", "Tout s’est bien passé !", "Done."),
}

OUTCOME: Final = Shape(
    "object",
    fields=(
        ("success", Shape("boolean")),
        ("code", Shape("integer")),
        ("message", Shape("string")),
        ("errors", Shape("array", items=OUTCOME_ERROR)),
    ),
    required=frozenset(["code", "success"]),
)

OPERATIONS: Final[dict[tuple[str, str], Operation]] = {
    ("GET", "/v1/unsubscribe/list"): Operation(
        id="listUnsubscribes",
        model="UnsubscribeList",
        answer=UNSUBSCRIBE_LIST,
        codes={
            **ACCOUNT_CODE,
            **LIST_UNSUBSCRIBES_CODE,
        },
        repeatable=True,
        key_in="query",
        other_method=None,
        limits={},
    ),
    ("POST", "/v1/unsubscribe/add"): Operation(
        id="addUnsubscribe",
        model="Addition",
        answer=ADDITION,
        codes={
            **ACCOUNT_CODE,
            **ADD_UNSUBSCRIBE_CODE,
        },
        repeatable=True,
        key_in="body",
        other_method=None,
        limits={},
    ),
    ("GET", "/v1/unsubscribe/delete"): Operation(
        id="deleteUnsubscribeWithGet",
        model="Outcome",
        answer=OUTCOME,
        codes={
            **ACCOUNT_CODE,
            **DELETE_UNSUBSCRIBE_CODE,
        },
        repeatable=True,
        key_in="query",
        other_method=None,
        limits={"id": (1, 9223372036854775807)},
    ),
    ("POST", "/v1/unsubscribe/delete"): Operation(
        id="deleteUnsubscribe",
        model="Outcome",
        answer=OUTCOME,
        codes={
            **ACCOUNT_CODE,
            **DELETE_UNSUBSCRIBE_CODE,
        },
        repeatable=True,
        key_in="query",
        other_method="GET",
        limits={"id": (1, 9223372036854775807)},
    ),
}
