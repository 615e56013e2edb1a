"""The operations, by method and path. Written by `make generate` from openapi.yaml; do not edit."""

from typing import Final

from . import codes, schemas
from .types import Limits, Operation

OPERATIONS: Final[dict[tuple[str, str], Operation]] = {
    ("GET", "/v1/unsubscribe/list"): Operation(
        id="listUnsubscribes",
        method="GET",
        path="/v1/unsubscribe/list",
        model="UnsubscribeList",
        response=schemas.UNSUBSCRIBE_LIST,
        codes={
            **codes.ACCOUNT_CODE,
            **codes.LIST_UNSUBSCRIBES_CODE,
        },
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
        codes={
            **codes.ACCOUNT_CODE,
            **codes.ADD_UNSUBSCRIBE_CODE,
        },
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
        codes={
            **codes.ACCOUNT_CODE,
            **codes.DELETE_UNSUBSCRIBE_CODE,
        },
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
        codes={
            **codes.ACCOUNT_CODE,
            **codes.DELETE_UNSUBSCRIBE_CODE,
        },
        safe=False,
        idempotent=True,
        key_in="query",
        alternate_method="GET",
        takes_format=True,
        limits={
            "id": Limits(minimum=1, maximum=9223372036854775807),
        },
    ),
}
