"""The operations, by method and path. Written by `make generate` from openapi.yaml; do not edit."""

from typing import Final

from . import schemas
from .codes import account_code, add_unsubscribe_code, delete_unsubscribe_code, get_credits_code, list_unsubscribes_code
from .types import Limits, Operation

OPERATIONS: Final[dict[tuple[str, str], Operation]] = {
    ("GET", "/v1/unsubscribe/list"): Operation(
        id="listUnsubscribes",
        method="GET",
        path="/v1/unsubscribe/list",
        model="UnsubscribeList",
        response=schemas.UNSUBSCRIBE_LIST,
        codes={**account_code.CODES, **list_unsubscribes_code.CODES},
        safe=True,
        idempotent=True,
        key_in="query",
        alternate_method=None,
        takes_format=True,
        limits={},
    ),
    ("POST", "/v1/unsubscribe/add"): Operation(
        id="addUnsubscribe",
        method="POST",
        path="/v1/unsubscribe/add",
        model="Addition",
        response=schemas.ADDITION,
        codes={**account_code.CODES, **add_unsubscribe_code.CODES},
        safe=False,
        idempotent=True,
        key_in="body",
        alternate_method=None,
        takes_format=True,
        limits={},
    ),
    ("GET", "/v1/unsubscribe/delete"): Operation(
        id="deleteUnsubscribeWithGet",
        method="GET",
        path="/v1/unsubscribe/delete",
        model="Outcome",
        response=schemas.OUTCOME,
        codes={**account_code.CODES, **delete_unsubscribe_code.CODES},
        safe=False,
        idempotent=True,
        key_in="query",
        alternate_method=None,
        takes_format=True,
        limits={
            "id": Limits(minimum=1, maximum=9223372036854775807),
        },
    ),
    ("POST", "/v1/unsubscribe/delete"): Operation(
        id="deleteUnsubscribe",
        method="POST",
        path="/v1/unsubscribe/delete",
        model="Outcome",
        response=schemas.OUTCOME,
        codes={**account_code.CODES, **delete_unsubscribe_code.CODES},
        safe=False,
        idempotent=True,
        key_in="query",
        alternate_method="GET",
        takes_format=True,
        limits={
            "id": Limits(minimum=1, maximum=9223372036854775807),
        },
    ),
    ("GET", "/v1/me"): Operation(
        id="getCredits",
        method="GET",
        path="/v1/me",
        model="AccountCredits",
        response=schemas.ACCOUNT_CREDITS,
        codes={**account_code.CODES, **get_credits_code.CODES},
        safe=True,
        idempotent=True,
        key_in="query",
        alternate_method=None,
        takes_format=True,
        limits={},
    ),
}
